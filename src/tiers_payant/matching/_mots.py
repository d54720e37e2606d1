"""Keys of several columns as one integer, and rows in the order of their keys: exact, and nothing is hashed.

numpy sorts integers several times faster than it sorts an index, so a key and the number of its row are packed into
one word, and words are sorted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._cotes import Cote, blocks

__all__ = ["Cotes", "Melange", "Mots", "Ordre", "SideBySide", "ends_of", "in_order"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Cotes = tuple[Cote, Cote]

SideBySide = Callable[..., Iterable[Any]]
"""`map`, or the method of an executor of threads."""

_WORD = 62
"""Bits of a word: an int64 that is never negative, and how many values it may have still is one."""


@attrs.frozen(eq=False)
class Ordre:
    """Rows in the order of their codes, equal codes in the order of the rows."""

    codes: Rows
    rangs: Rows
    """Row of each code."""


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
    """Rows of both sides in the order of their codes, those of the left side first among equals."""

    mots: Rows
    """The code of each row, then the row; those of the right side are counted from *coupe*."""
    bits: int
    """How many bits of a word tell the row."""
    coupe: int
    suite: Mask = attrs.field(init=False)
    """Whether each row but the first has the code of the one before it."""

    def __attrs_post_init__(self) -> None:
        suite = np.empty(max(len(self.mots) - 1, 0), dtype=np.bool_)
        for block in blocks(len(suite)):
            suite[block] = (self.mots[1:][block] ^ self.mots[:-1][block]) >> self.bits == 0
        object.__setattr__(self, "suite", suite)

    def rangs(self) -> Rows:
        """Return the row of each word."""
        return self.mots & ((1 << self.bits) - 1)

    def twos(self) -> Iterator[Edges]:
        """Give the left row and the right row of each code that has just these, block by block."""
        lone = self.suite.copy()
        lone[1:] &= ~self.suite[:-1]
        lone[:-1] &= ~self.suite[1:]
        for block in blocks(len(lone)):
            places = np.flatnonzero(lone[block])
            left, right = (words[block][places] & ((1 << self.bits) - 1) for words in (self.mots[:-1], self.mots[1:]))
            pairs = Edges(left, right - self.coupe)
            both = (left < self.coupe) & (right >= self.coupe)
            yield pairs if both.all() else pairs.where(both)

    def crowds(self) -> Melange:
        """Return the rows of the codes that have three rows or more."""
        inside = self.suite[1:] & self.suite[:-1]
        of_crowd = np.zeros(len(self.mots), dtype=np.bool_)
        for shift in range(3):
            of_crowd[shift : shift + len(inside)] |= inside
        return Melange(self.mots[np.flatnonzero(of_crowd)], self.bits, self.coupe)

    def bounds(self) -> Rows:
        """Return the places where codes begin, then where the last one ends; there is one row at least."""
        return np.concatenate([[0], np.flatnonzero(~self.suite) + 1, [len(self.mots)]])

    def numbers(self) -> Rows:
        """Return the number of the code of each row, from 0; there is one row at least."""
        return np.concatenate([[0], np.cumsum(~self.suite)])


@attrs.frozen(eq=False)
class Mots:
    """Words in no order yet."""

    mots: Rows
    bits: int
    coupe: int

    @classmethod
    def made(
        cls,
        sides: Cotes,
        egales: Sequence[str],
        colonnes: Sequence[str],
        free: Sequence[Mask | None],
        run: SideBySide = map,
    ) -> Mots:
        """Make one word of each row that holds everything that a key reads.

        Args:
            sides: The left side and the right one.
            egales: The columns that the key wants equal.
            colonnes: Every column that it reads.
            free: Which rows of each side are looked at; None for all.
            run: How blocks of rows are worked on.
        """
        coupe, length = sides[0].height, sides[0].height + sides[1].height
        bits = _bits(length)
        columns = _fitted([_Colonne.named(sides, name) for name in egales], _WORD - bits)
        words = np.empty(length, dtype=np.int64)

        def fill(which: int, block: slice) -> tuple[int, int]:
            rows = sides[which].holding(colonnes, free[which], block)
            codes = _codes(columns, which, rows)
            codes <<= bits
            codes += np.arange(block.start, block.stop) if isinstance(rows, slice) else rows
            codes += which * coupe
            start = which * coupe + block.start
            words[start : start + len(codes)] = codes
            return start, len(codes)

        of_sides = [(which, block) for which in (0, 1) for block in blocks(sides[which].height)]
        filled = 0
        for start, count in run(fill, *zip(*of_sides, strict=True)) if of_sides else ():
            if start > filled:  # rows were left out before: those that follow close up
                words[filled : filled + count] = words[start : start + count]
            filled += count
        return cls(words[:filled], bits, coupe)

    def cuts(self, parts: int) -> list[int]:
        """Return bounds between which so many parts are about as large, no code being in two of them."""
        seen = np.sort(self.mots[:: max(len(self.mots) // 1024, 1)]) >> self.bits << self.bits
        inner = [int(seen[len(seen) * part // parts]) for part in range(1, parts)] if len(seen) else []
        return [0, *inner, 1 << _WORD + 1]

    def part(self, low: int, high: int) -> Melange:
        """Put in order the words from one bound to another."""
        words = [self.mots[block] for block in blocks(len(self.mots))]
        mine = [some[np.flatnonzero((some >= low) & (some < high))] for some in words]
        return Mots(np.concatenate([np.zeros(0, dtype=np.int64), *mine]), self.bits, self.coupe).whole()

    def whole(self) -> Melange:
        """Put the words in order, in place."""
        self.mots.sort()
        return Melange(self.mots, self.bits, self.coupe)


def ends_of(sides: Cotes, name: str) -> tuple[int, int]:
    """Return the smallest and the greatest value of a column; 1 and 0 when neither side holds any."""
    left, right = (side.etendues[name] for side in sides)
    if left.most < left.least or right.most < right.least:
        return (right.least, right.most) if left.most < left.least else (left.least, left.most)
    return min(left.least, right.least), max(left.most, right.most)


@attrs.frozen(eq=False)
class _Colonne:
    """What a key wants equal."""

    halves: tuple[Rows, Rows]
    """What each side holds."""
    least: int
    """The smallest value."""
    span: int
    """How many values there may be from there."""

    @classmethod
    def named(cls, sides: Cotes, name: str) -> _Colonne:
        """Take one column of both sides."""
        least, most = ends_of(sides, name)
        return cls((sides[0].columns[name], sides[1].columns[name]), least, most - least + 1)

    def ranked(self) -> _Colonne:
        """Return the same without gaps: no more values than rows, so that two such columns fit a word."""
        values, ranks = np.unique(np.concatenate(self.halves), return_inverse=True)
        left, right = np.split(ranks.astype(np.int64), [len(self.halves[0])])
        return _Colonne((left, right), 0, max(len(values), 1))


def _codes(columns: Sequence[_Colonne], which: int, rows: Rows | slice) -> Rows:
    """Return one number per row of a side, equal for rows equal in every column."""
    codes: Rows = columns[0].halves[which][rows] - columns[0].least
    for column in columns[1:]:
        codes *= column.span
        codes += column.halves[which][rows]
        codes -= column.least  # what went past int64 one line above comes back
    return codes


def _fitted(columns: Sequence[_Colonne], bits: int) -> Sequence[_Colonne]:
    """Return the columns or, when so many bits do not hold their codes, one column of ranks that stands for them."""
    if (math.prod(column.span for column in columns) - 1).bit_length() <= bits:
        return columns
    whole = columns[0].ranked()
    for column in map(_Colonne.ranked, columns[1:]):
        left, right = (_codes((whole, column), which, slice(None)) for which in (0, 1))
        whole = _Colonne((left, right), 0, whole.span * column.span).ranked()
    return [whole]


def _bits(length: int) -> int:
    return max(length - 1, 0).bit_length()


def _fits(total: int) -> bool:
    """Say whether so many values fit a word."""
    return (total - 1).bit_length() <= _WORD
