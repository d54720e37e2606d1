"""Keys of several columns as one integer, packed into one word with the number of the row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.matching._cotes import Cotes, blocks, ends_of
from tiers_payant.matching._ordre import WORD, Melange, bits_of

__all__ = ["Mots", "SideBySide"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SideBySide = Callable[..., Iterable[Any]]
"""`map`, or the method of an executor of threads."""


@attrs.frozen(eq=False)
class Mots:
    """One word for each row that a key may pair, in no order yet; `bits` and `coupe` are those of `Melange`."""

    mots: Rows
    remplis: Sequence[slice]
    """Which of `mots` are words, one slice for each block of rows, in order; between them there is nothing."""
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
        bits = bits_of(length)
        columns = _fitted([_Colonne.named(sides, name) for name in egales], WORD - bits)
        words = np.empty(length, dtype=np.int64)

        def fill(which: int, block: slice) -> slice:
            rows = sides[which].holding(colonnes, free[which], block)
            codes = _codes(columns, which, rows)
            codes <<= bits
            codes += np.arange(block.start, block.stop) if isinstance(rows, slice) else rows
            codes += which * coupe
            start = which * coupe + block.start
            filled = slice(start, start + len(codes))
            words[filled] = codes
            return filled

        of_sides = [(which, block) for which in (0, 1) for block in blocks(sides[which].height)]
        filled = run(fill, [which for which, _ in of_sides], [block for _, block in of_sides])
        return cls(words, list(filled), bits, coupe)

    def cuts(self, parts: int) -> list[int]:
        """Return bounds between which so many parts are about as large, no code being in two of them."""
        step = max(len(self.mots) // 1024, 1)
        seen = np.sort(np.concatenate([self.mots[:0], *(self.mots[filled][::step] for filled in self.remplis)]))
        inner = [int(seen[len(seen) * part // parts]) for part in range(1, parts)] if len(seen) else []
        return [0, *(word >> self.bits << self.bits for word in inner), 1 << WORD]

    def part(self, low: int, high: int) -> Melange:
        """Put in order the words from one bound to another; all of them in place."""
        if (low, high) == (0, 1 << WORD):
            mine = self._closed_up()
        else:
            pieces = [self.mots[filled] for filled in self.remplis]
            mine = np.concatenate([some[np.flatnonzero((some >= low) & (some < high))] for some in pieces])
        mine.sort()
        return Melange(mine, self.bits, self.coupe)

    def _closed_up(self) -> Rows:
        end = 0
        for filled in self.remplis:
            start, end = end, end + filled.stop - filled.start
            if start < filled.start:
                self.mots[start:end] = self.mots[filled]
        return self.mots[:end]


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
        return cls((sides[0].columns[name], sides[1].columns[name]), least, max(most - least + 1, 1))

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
    if bits_of(math.prod(column.span for column in columns)) <= bits:
        return columns
    whole = columns[0].ranked()
    for column in map(_Colonne.ranked, columns[1:]):
        left, right = (_codes((whole, column), which, slice(None)) for which in (0, 1))
        whole = _Colonne((left, right), 0, whole.span * column.span).ranked()
    return [whole]
