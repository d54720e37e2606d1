"""Cells of the tables of dunning, which a person keeps in a spreadsheet: texts, amounts, words of a list, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from tiers_payant.domain._cases import Reader, text_of
from tiers_payant.domain._cents import cents_from_french
from tiers_payant.domain._codes import Part
from tiers_payant.domain._tableur import escaped, unescaped
from tiers_payant.errors import LayoutError, MoneyError, PolicyError, shape

__all__ = [
    "amount_cell",
    "amount_of",
    "day_cell",
    "free_text",
    "one_of",
    "optional",
    "part_of",
    "reference_cell",
    "reference_of",
    "text_cell",
]

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_LONGEST = 2_000


def optional(read: Callable[[str], T], absent: object = None) -> Reader:
    """Return a reader that takes an empty cell for what is absent."""
    return lambda text: read(text) if text else absent


def reference_of(text: str) -> str:
    """Return a number, or another identifier, whose zeros a spreadsheet was kept from dropping.

    Raises:
        LayoutError: It is not made of 1 to 64 ASCII characters.
    """
    return text_of(unescaped(text, digits=True))


def free_text(most: int = _LONGEST, *, lines: bool = False) -> Reader:
    """Return a reader of texts of *most* characters, all of which print; of several lines if *lines*."""

    def read(text: str) -> str:
        if not text:
            return ""
        told = unescaped(text, digits=True).replace("\r\n", "\n")
        if len(told) > most or not (told.replace("\n", "") if lines else told).isprintable():
            raise LayoutError(f"expected a text of {most} characters at most, got '{shape(text)}'")
        return told

    return read


def amount_of(text: str) -> int:
    """Return an amount in cents, above 0, as the French write it.

    Raises:
        LayoutError: It is none.
    """
    try:
        cents = cents_from_french(text)
    except MoneyError as error:
        raise LayoutError(str(error)) from None
    if cents <= 0:
        raise LayoutError(f"expected more than 0, got '{shape(text)}'")
    return cents


def one_of(words: type[E]) -> Callable[[str], E]:
    """Return a reader of the words of a list, whatever their capitals."""

    def read(text: str) -> E:
        try:
            return words(text.lower())
        except ValueError:
            raise LayoutError(f"expected one of {', '.join(words)}, got '{shape(text)}'") from None

    return read


def part_of(text: str) -> Part:
    """Return the share that a cell names.

    Raises:
        LayoutError: It names none.
    """
    names = [part.name for part in Part if part is not Part.NON_PRECISEE]
    if text.upper() not in names:
        raise LayoutError(f"expected one of {', '.join(names)}, got '{shape(text)}'")
    return Part[text.upper()]


def reference_cell(text: str) -> str:
    """Return the cell of an identifier, its zeros kept.

    Raises:
        PolicyError: It is none that is read back: too long, not ASCII, or it would make its row a comment.
    """
    if text.startswith("#") or (text and _refused(text)):
        raise PolicyError(f"a reference that no cell can hold: '{shape(text)}'")
    return escaped(text, digits=True)


def _refused(text: str) -> bool:
    try:
        return text_of(text) != text.strip()
    except LayoutError:
        return True


def text_cell(text: str) -> str:
    """Return the cell of a text; spaces around it are left out.

    Raises:
        PolicyError: It holds a character that does not print, or is longer than what is read back.
    """
    told = text.strip()
    if len(told) > _LONGEST or not told.replace("\n", "").isprintable():
        raise PolicyError(f"a text that no cell can hold: expected {_LONGEST} characters that print, at most")
    return escaped(told, digits=True)


def day_cell(day: dt.date | None) -> str:
    """Return the cell of a day; an empty one for none."""
    return day.isoformat() if day else ""


def amount_cell(cents: int) -> str:
    """Return the cell of an amount.

    >>> amount_cell(123450), amount_of(amount_cell(123450))
    ('1234,50', 123450)
    """
    return f"{cents // 100},{cents % 100:02d}"
