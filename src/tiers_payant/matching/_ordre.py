"""Rows in the order of their keys: exact, and nothing is hashed.

numpy sorts integers several times faster than it sorts an index, so a key and the number of its row are packed into
one word, and words are sorted.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._cotes import blocks

__all__ = ["WORD", "Melange", "Ordre", "bits_of", "in_order"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

WORD = 62
"""Bits of a word: an int64 that is never negative, and how many values it may have still is one."""


def bits_of(values: int) -> int:
    """Return how many bits tell so many values apart."""
    return max(values - 1, 0).bit_length()


@attrs.frozen(eq=False)
class Ordre:
    """Rows in the order of their codes, equal codes in the order of the rows."""

    codes: Rows
    rangs: Rows
    """Row of each code."""


def in_order(codes: Rows, total: int) -> Ordre:
    """Put the rows of one side in order; *total* is how many values *codes* may have."""
    bits = bits_of(len(codes))
    if bits_of(total) + bits > WORD:
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
