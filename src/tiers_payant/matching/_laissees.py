"""The answers of a group that may be left out of its payment: which amounts one or two of them make."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Tables
from tiers_payant.matching._candidats import batches, spread

__all__ = ["Laissees"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Laissees:
    """The amounts above zero that the answers of some groups announce, by group and amount."""

    cents: Rows
    cles: Rows
    """Sorted: the number of the group, and the rank of the amount among `valeurs`."""
    valeurs: Rows
    debuts: Rows
    """Where the amounts of each group of the tables begin, and where the last ends."""
    distinctes: Rows
    """How many different amounts each group of the tables has."""

    @classmethod
    def of(cls, tables: Tables, groups: Mask) -> Laissees:
        """Sort the answers of these groups of the tables."""
        reponses = tables.reponses
        asked = np.append(groups, False)  # an answer of no group points to -1
        rows = np.flatnonzero(asked[reponses.groupe] & (reponses.annonce_cents > 0))
        rows = rows[np.lexsort((reponses.annonce_cents[rows], reponses.groupe[rows]))]
        owners, cents = reponses.groupe[rows].astype(np.int64), reponses.annonce_cents[rows].astype(np.int64)
        values, ranks = np.unique(cents, return_inverse=True)
        keys = owners * len(values) + ranks
        different = np.bincount(np.unique(keys) // max(len(values), 1), minlength=len(groups))
        return cls(cents, keys, values, np.searchsorted(owners, np.arange(len(groups) + 1)), different)

    def one(self, groups: Rows, wanted: Rows) -> Mask:
        """Say of each group and amount whether one of its answers is of that amount."""
        return self._answers(groups, wanted) > 0

    def two(self, groups: Rows, wanted: Rows) -> Mask:
        """Say of each group and amount whether two of its answers make it."""
        counts = self.debuts[groups + 1] - self.debuts[groups]
        found = np.zeros(len(groups), dtype=np.bool_)
        for places in batches(counts):
            some = counts[places]
            owners = np.repeat(np.arange(len(groups))[places], some)
            first = self.cents[spread(self.debuts[groups[places]], some)]
            second = wanted[owners] - first
            found[owners[self._answers(groups[owners], second) > (first == second)]] = True
        return found

    def sums(self, group: int) -> int:
        """Return how many different amounts one or two of its answers make."""
        cents = self.cents[self.debuts[group] : self.debuts[group + 1]]
        first, second = np.triu_indices(len(cents), k=1)
        return len(np.unique(np.concatenate([cents, cents[first] + cents[second]])))

    def _answers(self, groups: Rows, wanted: Rows) -> Rows:
        """Count the answers of each group that are of an amount."""
        if not len(self.valeurs):
            return np.zeros(len(groups), dtype=np.int64)
        ranks = np.minimum(np.searchsorted(self.valeurs, wanted), len(self.valeurs) - 1)
        keys = groups * len(self.valeurs) + ranks
        counts = np.searchsorted(self.cles, keys, side="right") - np.searchsorted(self.cles, keys, side="left")
        found: Rows = np.where(self.valeurs[ranks] == wanted, counts, 0)
        return found
