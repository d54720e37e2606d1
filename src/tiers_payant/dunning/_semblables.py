"""Which shares bear a number that another one bears: all that may be copies, whatever their states."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Creances, among, mixed, seen_again

__all__ = ["Semblables"]

Rows = npt.NDArray[np.int64]

_NUMERO = ("officine", "facture", "part")


@attrs.frozen(eq=False)
class Semblables:
    """The rows of `creances` of which another one may have the officine, the number of the facture and the share."""

    creances: Creances = attrs.field(repr=False)
    mots: npt.NDArray[np.uint64] = attrs.field(repr=False)
    """For each row, a word that rows of the same number share."""
    rangs: Rows
    """Increasing; a stray one perhaps."""

    @classmethod
    def of(cls, creances: Creances) -> Semblables:
        """Look at every row."""
        words = mixed(_columns(creances, 0))
        return cls(creances, words, np.flatnonzero(among(words, seen_again(words))))

    def after(self, creances: Creances) -> Semblables:
        """Return those of *creances*, whose first rows are, by key, those that were here."""
        length = len(self.mots)
        if any(getattr(creances, name).dtype != getattr(self.creances, name).dtype for name in _NUMERO):
            return Semblables.of(creances)  # words of longer texts are others
        if len(creances) == length:
            return attrs.evolve(self, creances=creances)
        more = mixed(_columns(creances, length))
        met = np.flatnonzero(among(self.mots, np.sort(more)))
        twice = np.sort(np.append(self.mots[met], seen_again(more)))
        rows = np.union1d(self.rangs, np.append(met, length + np.flatnonzero(among(more, twice))))
        return Semblables(creances, np.append(self.mots, more), rows)


def _columns(creances: Creances, first: int) -> list[npt.NDArray[Any]]:
    return [getattr(creances, name)[first:] for name in _NUMERO]
