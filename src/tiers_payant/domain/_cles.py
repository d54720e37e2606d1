"""Keys as integers: equal codes if and only if equal keys, whatever table the rows stand in.

Texts that are all digits are compared as numbers of the same width, so that lot `7` and lot `007` are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._table import Entiers, Jours, Textes

__all__ = [
    "Keyed", "among", "facture_codes", "key_words", "lot_codes", "mixed", "row_codes", "seen_again", "text_codes",
]  # fmt: skip

Words = npt.NDArray[np.uint64]

_DIGITS_THAT_FIT = 18
_ZERO, _NINE = 48, 57
_FACTURE_BITS = 32
_NO_NUMBER = (1 << _FACTURE_BITS) - 1
"""What -1, for an empty text, leaves in these bits: no number may reach it."""

_SIEVED = 64
"""Letters of a text that its word is made of."""


class Keyed(Protocol):
    """Any table that refers to factures."""

    @property
    def officine(self) -> Textes: ...
    @property
    def lot_date(self) -> Jours: ...
    @property
    def lot(self) -> Textes: ...
    @property
    def facture(self) -> Textes: ...


def text_codes(columns: Sequence[Textes]) -> list[Entiers]:
    """Return one integer per text, equal for equal texts across all *columns*."""
    numbers = [_as_number(column) for column in columns]
    if all(number is not None for number in numbers):
        return [number for number in numbers if number is not None]
    width = max(column.dtype.itemsize for column in columns)
    padded = [_padded(column, width) for column in columns]
    _, codes = np.unique(np.concatenate(padded), return_inverse=True)
    return np.split(codes.astype(np.int64), np.cumsum([len(column) for column in columns])[:-1])


def _padded(column: Textes, width: int) -> Textes:
    """Return texts made of digits filled with zeros on the left; others, empty ones included, as they are."""
    if not len(column):  # zfill looks for a longest text
        return column
    return np.where(np.char.isdigit(column), np.char.zfill(column, width), column.astype(f"S{width}"))


def _as_number(column: Textes) -> Entiers | None:
    """Return texts made of digits as numbers, -1 for an empty one; None when one holds something else."""
    width = column.dtype.itemsize
    if width > _DIGITS_THAT_FIT:
        return None
    letters = np.ascontiguousarray(column).view(np.uint8).reshape(len(column), width)
    if width > 1 and len(column) and letters[:, -1].all():
        return _full_width(letters)
    total = np.zeros(len(column), dtype=np.int64)
    for place in range(width):
        letter = letters[:, place]
        there = letter != 0
        if (there & ((letter < _ZERO) | (letter > _NINE))).any():
            return None
        total = np.where(there, total * 10 + (letter.astype(np.int64) - _ZERO), total)
    return np.where(letters[:, 0] == 0, -1, total) if width else total


def _full_width(letters: npt.NDArray[np.uint8]) -> Entiers | None:
    """Return numbers that all have as many digits as there are columns; None when one is no digit."""
    digits = letters - _ZERO  # below the zero it wraps to large values
    if digits.max() > _NINE - _ZERO:
        return None
    total = digits[:, 0].astype(np.int64)
    for place in range(1, digits.shape[1]):
        total *= 10
        total += digits[:, place]
    return total


def row_codes(columns: Sequence[Sequence[npt.NDArray[Any]]]) -> list[Entiers]:
    """Return one integer per row, equal for rows equal in every column.

    Args:
        columns: For each side, its columns, in the same order; bytes, integers or dates.
    """
    sizes = [len(side[0]) for side in columns]
    runs = [_run_starts(side) for side in columns]
    parts = []
    for place in range(len(columns[0])):
        shortened = [side[place][starts] for side, starts in zip(columns, runs, strict=True)]
        parts.append(np.concatenate(text_codes(shortened) if shortened[0].dtype.kind == "S" else _integers(shortened)))
    codes = _ranked(parts)
    pieces = np.split(codes, np.cumsum([len(starts) for starts in runs])[:-1])
    return [
        np.repeat(piece, np.diff(np.append(starts, size)))
        for piece, starts, size in zip(pieces, runs, sizes, strict=True)
    ]


def _run_starts(columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[np.intp]:
    """Return where a row differs from the one before: factures of one lot stand together, so runs are few."""
    length = len(columns[0])
    changes = np.ones(length, dtype=np.bool_)
    if length > 1:
        changes[1:] = False
        for column in columns:
            changes[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changes)


def _integers(columns: Sequence[npt.NDArray[Any]]) -> list[Entiers]:
    return [column.astype(np.int64) for column in columns]


def _ranked(parts: Sequence[Entiers]) -> Entiers:
    """Return a dense rank of the rows that *parts* make, side by side."""
    order = np.lexsort(parts)
    changes = np.zeros(len(order), dtype=np.bool_)
    for part in parts:
        ordered = part[order]
        changes[1:] |= ordered[1:] != ordered[:-1]
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.cumsum(changes)
    return ranks


def lot_codes(tables: Sequence[Any]) -> list[Entiers]:
    """Return one integer per row, equal for rows of the same lot: officine, lot date, lot number."""
    return row_codes([(table.officine, table.lot_date, table.lot) for table in tables])


def facture_codes(tables: Sequence[Keyed]) -> list[Entiers]:
    """Return one integer per row, equal for rows of the same facture: lot and facture number."""
    lots = lot_codes(tables)
    factures = text_codes([table.facture for table in tables])
    if all(len(side) == 0 or side.max() < _NO_NUMBER for side in factures):
        return [(lot << _FACTURE_BITS) | (facture & _NO_NUMBER) for lot, facture in zip(lots, factures, strict=True)]
    return row_codes([(lot, facture) for lot, facture in zip(lots, factures, strict=True)])


def mixed(columns: Sequence[npt.NDArray[Any]]) -> Words:
    """Return one 64-bit word per row that equal rows share: a sieve, since other rows may share it too.

    Words compare within one call: they depend on the width of the columns of text.
    """
    total = np.full(len(columns[0]), 0x9E3779B97F4A7C15, dtype=np.uint64)
    for column in columns:
        for word in _words(column):
            total = (total ^ word) * np.uint64(0xBF58476D1CE4E5B9)
            total ^= total >> np.uint64(29)
    return total


def seen_again(words: Words) -> Words:
    """Return the words that stand more than once, sorted; one that stands three times comes twice."""
    ordered = np.sort(words)
    several: Words = ordered[1:][ordered[1:] == ordered[:-1]]
    return several


def among(words: Words, wanted: Words) -> npt.NDArray[np.bool_]:
    """Tell which of *words* are one of *wanted*, which is sorted."""
    if not len(wanted):
        return np.zeros(len(words), dtype=np.bool_)
    at = np.minimum(np.searchsorted(wanted, words), len(wanted) - 1)
    found: npt.NDArray[np.bool_] = wanted[at] == words
    return found


def key_words(columns: Sequence[npt.NDArray[Any]]) -> Words:
    """Return one 64-bit word per row that rows of equal keys share, as `row_codes` compares them: a sieve as well.

    Words compare between calls, whatever the width of the columns of text.
    """
    return mixed([_sieved(column) if column.dtype.kind == "S" else column for column in columns])


def _sieved(column: Textes) -> Entiers:
    """Return one integer per text, that equal texts share; texts made of digits are equal as numbers."""
    numbers = _as_number(column)
    if numbers is not None:
        return numbers
    found = mixed([column.astype(f"S{_SIEVED}")]).view(np.int64)
    found[column == b""] = -1
    digits = np.flatnonzero(np.char.isdigit(column))
    if len(digits):
        bare = np.char.lstrip(column[digits], b"0")
        short = np.char.str_len(bare) <= _DIGITS_THAT_FIT
        found[digits] = mixed([bare.astype(f"S{_SIEVED}")]).view(np.int64)
        found[digits[short]] = [int(text or b"0") for text in bare[short].tolist()]
    return found


def _words(column: npt.NDArray[Any]) -> list[Words]:
    if column.dtype.kind != "S":
        return [column.astype(np.int64).view(np.uint64)]
    width = -(-column.dtype.itemsize // 8) * 8
    padded = np.ascontiguousarray(column.astype(f"S{width}")).view(np.uint64).reshape(len(column), width // 8)
    return [padded[:, place] for place in range(width // 8)]
