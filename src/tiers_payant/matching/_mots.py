"""Keys of several columns as one integer, and rows in the order of their keys: exact, and nothing is hashed.

numpy sorts integers several times faster than it sorts an index, so a key and the number of its row are packed into
one word, and words are sorted.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["MOST_DAYS", "Codes", "Melange", "Ordre", "common_codes", "in_order", "merged"]

Rows = npt.NDArray[np.int64]

_WORD = 62
"""Bits of a word: an int64 that is never negative, and how many values it may have still is one."""

MOST_DAYS = 10_000_000
"""Days farther from 1970 than this, 27 000 years, are no dates; fewer leave room beside the number of a row."""


@attrs.frozen(eq=False)
class Codes:
    """One integer per row of each side, from 0, equal for rows equal in every column."""

    gauche: Rows
    droite: Rows
    total: int
    """How many values there may be."""

    def with_column(self, left: Rows, right: Rows) -> Codes:
        """Return codes that tell apart what these ones do, then what one more column does, in that order."""
        codes, column = self, _from_zero(left, right)
        if not _fits(codes.total * column.total):
            codes = codes.dense()
        if not _fits(codes.total * column.total):
            column = column.dense()
        return _times(codes, column)

    def with_days(self, left: Rows, right: Rows, margin: int) -> Codes:
        """Return codes in which a row comes *margin* days at least after any row of another code before it.

        Args:
            left: Days of the left rows, no further than `MOST_DAYS` from 1970; so are the right ones.
            right: Days of the right rows.
            margin: How far from a row others of its code are looked for.
        """
        days = _from_zero(left, right)
        spaced = Codes(days.gauche, days.droite, days.total + margin)
        return _times(self if _fits(self.total * spaced.total) else self.dense(), spaced)

    def dense(self) -> Codes:
        """Return codes of the same order without gaps: no more values than rows, so that two of them fit a word."""
        values, ranks = np.unique(np.concatenate([self.gauche, self.droite]), return_inverse=True)
        left, right = np.split(ranks.astype(np.int64), [len(self.gauche)])
        return Codes(left, right, max(len(values), 1))


def _times(codes: Codes, column: Codes) -> Codes:
    return Codes(
        codes.gauche * column.total + column.gauche,
        codes.droite * column.total + column.droite,
        codes.total * column.total,
    )


@attrs.frozen(eq=False)
class Ordre:
    """Rows in the order of their codes, equal codes in the order of the rows."""

    codes: Rows
    rangs: Rows
    """Row of each code."""


def common_codes(gauche: Sequence[Rows], droite: Sequence[Rows]) -> Codes:
    """Return codes that order rows as their columns do, the first column first.

    Args:
        gauche: Columns of the left side, int64, at least one, of one length.
        droite: The same columns of the right side.
    """
    codes = _from_zero(gauche[0], droite[0])
    for left, right in zip(gauche[1:], droite[1:], strict=True):
        codes = codes.with_column(left, right)
    return codes


def in_order(codes: Rows, total: int) -> Ordre:
    """Put the rows of one side in order; *total* is how many values *codes* may have."""
    bits = _bits(len(codes))
    if not _fits(total << bits):
        order = np.argsort(codes, kind="stable")
        return Ordre(codes[order], order)
    words = (codes << bits) | np.arange(len(codes))
    words.sort()
    return Ordre(words >> bits, words & ((1 << bits) - 1))


@attrs.frozen(eq=False)
class Melange:
    """The rows of both sides in the order of their codes, those of the left side first among equals."""

    mots: Rows
    """The code of each row, then the row; those of the right side are counted from the length of the left one."""
    bits: int

    def changes(self) -> npt.NDArray[np.bool_]:
        """Say before each row, and after the last one, whether the code is another than the one before."""
        bounds = np.ones(len(self.mots) + 1, dtype=np.bool_)
        np.greater(self.mots[1:] ^ self.mots[:-1], (1 << self.bits) - 1, out=bounds[1:-1])
        return bounds

    def rangs(self, places: Rows | slice = slice(None)) -> Rows:
        """Return the rows at these places."""
        return self.mots[places] & ((1 << self.bits) - 1)


def merged(codes: Codes) -> Melange:
    """Put the rows of both sides in one order."""
    length = len(codes.gauche) + len(codes.droite)
    bits = _bits(length)
    if not _fits(codes.total << bits):
        codes = codes.dense()
    words = np.empty(length, dtype=np.int64)
    split = len(codes.gauche)
    np.left_shift(codes.gauche, bits, out=words[:split])
    np.left_shift(codes.droite, bits, out=words[split:])
    words |= np.arange(length)
    words.sort()
    return Melange(words, bits)


def _bits(length: int) -> int:
    return max(length - 1, 0).bit_length()


def _fits(total: int) -> bool:
    """Say whether so many values fit a word."""
    return (total - 1).bit_length() <= _WORD


def _from_zero(left: Rows, right: Rows) -> Codes:
    """Return the codes of one column: what it holds less its smallest value or, when that spans more, its ranks."""
    ends = [int(end) for side in (left, right) if len(side) for end in (side.min(), side.max())]
    least, span = min(ends, default=0), max(ends, default=0) - min(ends, default=0) + 1
    return Codes(left - least, right - least, span) if _fits(span) else Codes(left, right, span).dense()
