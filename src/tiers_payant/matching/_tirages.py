"""The sums of open parts that make an amount: drawn as far as one is asked for, met in the middle beyond."""

from __future__ import annotations

import math
from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.matching import _sommes
from tiers_payant.matching._sommes import MOST, affordable, sums_by_size

__all__ = ["Tirage", "fewer"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_DRAWS = 4
"""How many times the budget of one amount is drawn at once: the sums drawn serve every whole of the same open parts."""


@attrs.define(eq=False)
class Tirage:
    """The open parts of some wholes; the sums last drawn of them are kept for the next whole.

    Wholes that ask in the order of their amounts need few draws: what is larger than a whole is in none of its sums.
    """

    cents: Rows
    """Sorted."""
    _totals: Rows = attrs.field(init=False)
    """Of the smallest parts, by how many."""
    _count: int = -1
    """Of how many parts, the smallest, the sums are."""
    _sums: list[Rows] = attrs.field(factory=list)
    """By size, from 1; sorted."""
    _more: Iterator[Rows] = attrs.field(factory=lambda: iter(()))

    @_totals.default
    def _sum_up(self) -> Rows:
        return np.append(0, np.cumsum(self.cents))

    def holds(self, wanted: Rows, sizes: Rows, *, least: int) -> Mask:
        """Say of each amount whether parts may make it: no for none that they make, nor that is beyond the budget.

        Args:
            wanted: int64, shape (n,).
            sizes: int64, shape (n,); the most parts that may make each.
            least: The fewest.
        """
        found = np.zeros(len(wanted), dtype=np.bool_)
        below = int(np.minimum(self.cents[:MOST], 0).sum())
        for size in range(least, min(int(sizes.max(initial=0)), len(self.cents)) + 1):
            asked = np.flatnonzero(~found & (size <= sizes) & (self._totals[size] <= wanted))
            if len(asked):
                count = int(np.searchsorted(self.cents, wanted[asked].max() - below, side="right"))
                if count >= size:
                    asked = asked[wanted[asked] <= self._totals[count] - self._totals[count - size]]
                    found[asked] = self._made(count, size, wanted[asked])
        return found

    def _made(self, count: int, size: int, wanted: Rows) -> Mask:
        """Say of each amount whether so many of the *count* smallest parts may make it."""
        if not len(wanted):
            return np.zeros(0, dtype=np.bool_)
        half = size // 2
        whole = math.comb(count, size) <= len(wanted) * math.comb(count, half)
        sums = self._drawn(count, size if whole else size - half)
        if len(sums) >= size:
            return _among(sums[size - 1], wanted)
        if len(sums) < size - half:
            return np.ones(len(wanted), dtype=np.bool_)
        return np.array([_met(sums[half - 1], sums[size - half - 1], amount) for amount in wanted.tolist()])

    def _drawn(self, count: int, most: int) -> list[Rows]:
        """Return the sums by size, up to *most* or as far as the budget goes."""
        if count != self._count:
            budget = _DRAWS * _sommes.BUDGET
            self._count, self._sums = count, []
            self._more = sums_by_size(self.cents[:count], most=MOST, budget=budget)
        while len(self._sums) < most and (sums := next(self._more, None)) is not None:
            self._sums.append(np.sort(sums))
        return self._sums


def fewer(cents: Rows, size: int) -> Rows:
    """Return as many of the amounts as sums of that size can be drawn of: chance makes less of them than of all."""
    count = len(cents)
    while count > size and not affordable(count, size, _sommes.BUDGET):
        count -= 1
    return np.sort(cents)[np.linspace(0, len(cents) - 1, count).astype(np.int64)]


def _among(sums: Rows, wanted: Rows) -> Mask:
    found: Mask = sums[np.minimum(np.searchsorted(sums, wanted), len(sums) - 1)] == wanted
    return found


def _met(ones: Rows, others: Rows, wanted: int) -> bool:
    """Say whether a sum of the one kind and a sum of the other make an amount; they may have a part in common."""
    first = np.searchsorted(ones, wanted - others[-1], side="left")
    last = np.searchsorted(ones, wanted - others[0], side="right")
    return bool(_among(others, wanted - ones[first:last]).any())
