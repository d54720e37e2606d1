"""Cells of the tables that people keep in a spreadsheet: what one of them may say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from tiers_payant.errors import LayoutError, shape

__all__ = ["CLE_FACTURE", "FIRST_DAY", "LAST_DAY", "Reader", "day_of", "text_of"]

Reader = Callable[[str], Any]
"""What a cell means; raises `LayoutError`, in words that show the shape of the cell alone."""

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 12, 31)
"""Days outside are a mistake, as in the neutral files; and the day after the last is one still."""

_LONGEST = 64
_DATE = re.compile(r"(?:(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d\d)/(?P<m2>\d\d)/(?P<y2>\d{4}))", re.ASCII)


def day_of(text: str) -> dt.date:
    """Return the day that a cell tells.

    >>> day_of("2026-01-05") == day_of("05/01/2026")
    True

    Raises:
        LayoutError: It is none, or none from `FIRST_DAY` to `LAST_DAY`.
    """
    found = _DATE.fullmatch(text)
    try:
        if found:
            parts = found["y"] or found["y2"], found["m"] or found["m2"], found["d"] or found["d2"]
            day = dt.date(*map(int, parts))
            if FIRST_DAY <= day <= LAST_DAY:
                return day
    except ValueError:  # a thirteenth month
        pass
    raise LayoutError(f"expected a date AAAA-MM-JJ or JJ/MM/AAAA, got '{shape(text)}'")


def text_of(text: str) -> str:
    """Return a number, or another identifier, as it stands.

    Raises:
        LayoutError: It is not made of 1 to 64 ASCII characters.
    """
    if not text or len(text) > _LONGEST or not text.isascii() or not text.isprintable():
        raise LayoutError(f"expected 1 to {_LONGEST} ASCII characters, got '{shape(text)}'")
    return text


CLE_FACTURE: Mapping[str, Reader] = {"officine": text_of, "lot_date": day_of, "lot": text_of, "facture": text_of}
"""The columns that name a facture, as in the neutral files."""
