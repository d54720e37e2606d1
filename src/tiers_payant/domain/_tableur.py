"""CSV tables as a French spreadsheet opens them, and texts that it must not run nor change."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import BinaryIO

__all__ = ["escaped", "unescaped", "write_rows"]

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a text begins that a spreadsheet would run, and such a text once escaped."""
_NUMBER = re.compile(r"'*[=+\-@\t\r0-9]")
"""The same, and what it would take for a number, whose zeros it drops."""


def escaped(text: str, *, digits: bool = False) -> str:
    """Return a text that a spreadsheet does not take for a formula: an apostrophe before what begins like one.

    Args:
        text: The text of a cell.
        digits: Whether what begins with a digit is kept from being a number too: a code has its zeros.

    >>> escaped("=1+1"), escaped("'-2"), escaped("EXEMPLE"), escaped("2 boites")
    ("'=1+1", "''-2", 'EXEMPLE', '2 boites')
    >>> escaped("0450054", digits=True)
    "'0450054"
    """
    return f"'{text}" if (_NUMBER if digits else _FORMULA).match(text) else text


def unescaped(text: str, *, digits: bool = False) -> str:
    """Return what `escaped` was given.

    >>> unescaped("'=1+1"), unescaped("'EXEMPLE"), unescaped("'0450054", digits=True)
    ('=1+1', "'EXEMPLE", '0450054')
    """
    return text[1:] if text.startswith("'") and (_NUMBER if digits else _FORMULA).match(text) else text


def write_rows(out: BinaryIO, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV table: UTF-8 with a byte order mark, semicolons; *out* stays open."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(rows)
    text.detach()
