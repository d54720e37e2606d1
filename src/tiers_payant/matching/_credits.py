"""Every set of open créances that makes the amount of a bank line: structural groups, then sums, or a refusal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Creances
from tiers_payant.matching import _sommes
from tiers_payant.matching._candidats import LISTED
from tiers_payant.matching._debiteurs import Clientele
from tiers_payant.matching._ensembles import Ensembles, ensembles_of
from tiers_payant.matching._passes import Contexte
from tiers_payant.matching._passes_sans_retour import SansRetour
from tiers_payant.matching._sommes import HORS_BUDGET, all_sums, expected_accidents

__all__ = ["Credit", "Exploration"]

Rows = npt.NDArray[np.int64]

_SPAN = 1 << 33
"""More days than any two dates are apart."""


@attrs.frozen(eq=False)
class Credit:
    """One bank line, and the sets of créances that make its amount."""

    ligne: int
    officine: int
    jour: int
    cents: int
    solutions: dict[tuple[int, ...], int]
    """For each set, as the increasing rows of its créances, the rank of the first pass that finds it."""
    autres: Rows
    """Rows of the créances of other sets, too many to be told or to be enumerated."""
    hors_budget: bool
    """Whether they cannot all be enumerated."""
    complet: bool
    """Whether there is no set but its solutions."""


@attrs.frozen(eq=False)
class Exploration:
    """The search among the créances and the bank lines of one clientele."""

    clientele: Clientele
    ensembles: Ensembles
    passes: Sequence[SansRetour]
    du: Rows
    """What each of its créances owes, in cents."""
    cents: Rows
    """Amount of each of its bank lines."""
    jours: Rows
    """Booking day of each of its bank lines, from 1970."""
    memoire: int

    @classmethod
    def of(
        cls, contexte: Contexte, clientele: Clientele, creances: Creances, memoire: int, passes: Sequence[SansRetour]
    ) -> Exploration:
        """Prepare the search: *memoire* is how many days after its lot a créance may still be paid."""
        lines = contexte.tables.virements
        return cls(
            clientele=clientele,
            ensembles=ensembles_of(clientele, creances, passes),
            passes=passes,
            du=creances.du_cents[clientele.rangs],
            cents=lines.montant_cents[clientele.lignes],
            jours=lines.date[clientele.lignes].astype(np.int64),
            memoire=memoire,
        )

    def credits(self) -> tuple[list[Credit], Rows]:
        """Return every bank line that some set makes, and the rows of the créances of sets in a crowd.

        In a crowd, where one total has too many sets or bank lines, nothing is paired: nothing there is unique.
        """
        found = self.ensembles.candidates(self.clientele, self.cents, self.jours, self.memoire)
        sets: dict[int, list[int]] = defaultdict(list)
        for number, place in zip(found.edges.left.tolist(), found.edges.right.tolist(), strict=True):
            sets[place].append(number)
        searched = [
            self._credit(place, sets[place], crowded=crowded)
            for place, crowded in enumerate(found.right_crowded.tolist())
        ]
        crowd = [self.ensembles.of(number) for number in np.flatnonzero(found.left_crowded).tolist()]
        rows = self.clientele.rangs[np.concatenate(crowd)] if crowd else np.zeros(0, dtype=np.int64)
        return [credit for credit in searched if credit.solutions or not credit.complet], rows

    def _credit(self, place: int, numbers: Sequence[int], *, crowded: bool) -> Credit:
        target, officine, day = (
            int(column[place]) for column in (self.cents, self.clientele.ligne_officine, self.jours)
        )
        solutions: dict[tuple[int, ...], int] = {}
        for number in sorted(numbers, key=lambda number: int(self.ensembles.passe[number])):
            solutions.setdefault(self._rows(self.ensembles.of(number)), int(self.ensembles.passe[number]))
        autres, hors_budget, complet = np.zeros(0, dtype=np.int64), False, not crowded
        for rank in self._sums():
            pool = self._pool(officine, day, target)
            sums = all_sums(self.du[pool], target, budget=_sommes.BUDGET)
            if sums is HORS_BUDGET:
                autres, hors_budget, complet = (
                    self.clientele.rangs[pool[self.du[pool] <= self._most(pool, target)]],
                    True,
                    False,
                )
            elif len(sums) > LISTED:
                autres, complet = self.clientele.rangs[pool[sorted({one for each in sums for one in each})]], False
            else:
                for places in sums:
                    solutions.setdefault(self._rows(pool[list(places)]), rank)
        return Credit(int(self.clientele.lignes[place]), officine, day, target, solutions, autres, hors_budget, complet)

    def _rows(self, places: Rows) -> tuple[int, ...]:
        return tuple(sorted(self.clientele.rangs[places].tolist()))

    def _sums(self) -> Iterator[int]:
        """Yield the rank of the first pass that adds whatever there is, if any does."""
        yield from [rank for rank, passe in enumerate(self.passes) if passe.rassemble is None][:1]

    def _pool(self, officine: int, day: int, target: int) -> Rows:
        """Return the places of the créances that may stand in a sum of *target*, or in one that is near it.

        What is left out is larger than any such sum by itself: nothing that could be a solution is.
        """
        keys = self.clientele.officine * _SPAN + self.clientele.jour
        first, last = np.searchsorted(keys, [officine * _SPAN + day - self.memoire, officine * _SPAN + day + 1])
        places = np.arange(first, last)
        return places[self.du[places] <= self._most(places, target + target // 2)]

    def _most(self, places: Rows, target: int) -> int:
        """Return the most that one of these créances may owe in a set of that total, negative ones beside it."""
        return target - int(np.minimum(self.du[places], 0).sum())

    def accidents(self, credit: Credit, rank: int, size: int) -> float:
        """Return how many sets of the pass of that rank, or of one before, would make that credit by accident.

        Sums count up to that *size*.
        """
        by_sums = self.passes[rank].rassemble is None
        structural = self.ensembles.accidents(
            credit.officine, credit.jour, credit.cents, len(self.passes) if by_sums else rank, self.memoire
        )
        if not by_sums:
            return structural
        pool = self._pool(credit.officine, credit.jour, credit.cents)
        return structural + expected_accidents(self.du[pool], credit.cents, most=size)
