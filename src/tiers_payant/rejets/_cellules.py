"""Columns and cells of a code table in a CSV file, written so that a spreadsheet changes nothing in them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tiers_payant.domain import printable
from tiers_payant.errors import SourceError

__all__ = ["COLONNES", "STUB", "escaped", "unescaped", "write_table"]

COLONNES = ("portee", "code", "libelle", "famille", "du", "au", "source", "confiance")
STUB = ("nombre", "montant", "indice", "exemple")
"""What a list of unknown codes tells beside: never read."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"'*[=+\-@\t\r0-9]")


def escaped(text: str, *, code: bool = False) -> str:
    """Return a text that a spreadsheet leaves as it is: an apostrophe before a formula, or the digits of a code.

    >>> escaped("=1+1"), escaped("0450054", code=True), escaped("2 boites")
    ("'=1+1", "'0450054", '2 boites')
    """
    return f"'{text}" if (_NUMBER if code else _FORMULA).match(text) else text


def unescaped(text: str, *, code: bool = False) -> str:
    """Return what `escaped` was given."""
    return text[1:] if text.startswith("'") and (_NUMBER if code else _FORMULA).match(text) else text


def write_table(path: str | Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file as a French spreadsheet opens it: UTF-8 with a byte order mark, semicolons.

    Raises:
        SourceError: It cannot be written.
    """
    file = Path(path)
    try:
        with file.open("w", encoding="utf-8-sig", errors="replace", newline="") as out:
            writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
            writer.writerow(columns)
            writer.writerows(rows)
    except (OSError, ValueError) as error:
        raise SourceError(f"{printable(file.name)}: {getattr(error, 'strerror', None) or 'no path'}") from None
