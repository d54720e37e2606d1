"""The sums of open parts, drawn size by size as long as chance alone does not make what is sought."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.matching import _sommes
from tiers_payant.matching._sommes import MOST, SCALES, affordable, expected_accidents, sums_by_size

__all__ = ["Tirage", "fewer"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_DRAWS = 4
"""How many times the budget of one search is drawn at once: the sums drawn serve every whole of the same open parts."""


@attrs.frozen(eq=False)
class Tirage:
    """The sums of the open parts of some wholes: of every size, or of the smaller ones."""

    parts: Rows
    sommes: list[Rows]
    """By size, from 1; sorted."""
    sures: dict[int, int]
    """For each whole, by its amount, the largest size drawn of which chance may not make it."""
    fortuites: frozenset[int]
    """The wholes that chance makes by the sizes drawn, or by the next one."""

    @classmethod
    def of(cls, parts: Rows, cents: Rows, targets: Rows, accidents_max: float) -> Tirage:
        """Draw size after size, until chance alone makes each of *targets*, or the budget is spent."""
        drawn: list[Rows] = []
        wholes = np.unique(targets)
        widths = np.maximum(wholes // np.array(SCALES)[:, np.newaxis], 1)
        counts, sizes = np.zeros_like(widths), np.zeros_like(wholes)
        for sums in sums_by_size(cents, most=MOST, budget=_DRAWS * _sommes.BUDGET):
            drawn.append(np.sort(sums))
            # Those of `expected_accidents`, which looks at a part more and at round amounts: it is never less.
            counts += _near(drawn[-1], wholes, widths) if len(drawn) > 1 else 0
            sure = (counts <= accidents_max * 2 * widths).all(axis=0)
            sizes[sure] = len(drawn)
            if not sure.any():
                break
        by_chance = set(wholes[sizes < len(drawn)].tolist())
        more = len(drawn) + 1
        if more <= min(MOST, len(parts)):
            some = fewer(cents, more)
            left = wholes[sizes == len(drawn)].tolist()
            by_chance.update(t for t in left if expected_accidents(some, t, most=more) > accidents_max)
        return cls(parts, drawn, dict(zip(wholes.tolist(), sizes.tolist(), strict=True)), frozenset(by_chance))

    def decides(self, target: int, *, beside: int) -> bool:
        """Say whether no sum that is not drawn proves anything, for want of parts or because of chance."""
        return len(self.sommes) >= min(MOST - beside, len(self.parts)) or target in self.fortuites

    def holds(self, target: int, wanted: Rows, *, beside: int) -> Mask:
        """Say of each amount whether it is a sum of the sizes that prove something.

        Args:
            target: The whole.
            wanted: What the sum has to make.
            beside: How many parts stand in the whole besides it.
        """
        found = np.zeros(len(wanted), dtype=np.bool_)
        most = min(self.sures[target] + (self.sures[target] == len(self.sommes)) * beside, MOST)
        for sums in self.sommes[1 - beside : most - beside]:
            found |= np.searchsorted(sums, wanted, side="left") < np.searchsorted(sums, wanted, side="right")
        return found


def fewer(cents: Rows, size: int) -> Rows:
    """Return as many of the amounts as sums of that size can be drawn of: chance makes less of them than of all."""
    count = len(cents)
    while count > size and not affordable(count, size, _sommes.BUDGET):
        count -= 1
    return np.sort(cents)[np.linspace(0, len(cents) - 1, count).astype(np.int64)]


def _near(sums: Rows, targets: Rows, widths: Rows) -> Rows:
    """Count the *sums*, sorted, that are at most so far from each of *targets*, and are not it."""
    first = np.searchsorted(sums, targets - widths, side="left")
    last = np.searchsorted(sums, targets + widths, side="right")
    exact = np.searchsorted(sums, targets, side="right") - np.searchsorted(sums, targets, side="left")
    found: Rows = last - first - exact
    return found
