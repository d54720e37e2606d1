"""Texts that a spreadsheet must not run."""

from __future__ import annotations

import re

__all__ = ["escaped", "unescaped"]

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a text begins that a spreadsheet would run, and such a text once escaped."""


def escaped(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula: an apostrophe before what begins like one.

    >>> escaped("=1+1"), escaped("'-2"), escaped("EXEMPLE")
    ("'=1+1", "''-2", 'EXEMPLE')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unescaped(text: str) -> str:
    """Return what `escaped` was given.

    >>> unescaped("'=1+1"), unescaped("'EXEMPLE")
    ('=1+1', "'EXEMPLE")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
