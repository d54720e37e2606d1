"""Which sums of open ends may hold one end of a pair: sought by day and amount, then proved."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.matching import _sommes
from tiers_payant.matching._candidats import CROWD, Edges, batches, spread
from tiers_payant.matching._groupes import near
from tiers_payant.matching._hasards import sizes_left
from tiers_payant.matching._passes import Contexte, denied
from tiers_payant.matching._passes_sommes import Somme
from tiers_payant.matching._sommes import HORS_BUDGET, MOST, all_sums, expected_accidents
from tiers_payant.matching._tirages import Tirage, fewer

__all__ = ["Cote", "Recherche"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SPAN = 1 << 33
"""More days than any two dates are apart."""


@attrs.frozen(eq=False)
class Cote:
    """Groups or bank lines, by key and day."""

    rows: Rows
    cles: Rows
    jours: Rows
    cents: Rows
    lies: Mask
    """Which are of the pairs to judge; nothing settled the others."""
    changes: Mask
    """Which were not so when the pairs were judged last."""

    def where(self, mask: Mask) -> Cote:
        return Cote(*(column[mask] for column in attrs.astuple(self, recurse=False)))

    def between(self, cles: Rows, first: Rows, last: Rows) -> tuple[Rows, Rows]:
        """Return where those of each key begin that are of the day *first* to *last*, and where they end."""
        own = self.cles * _SPAN + self.jours
        return (
            np.searchsorted(own, cles * _SPAN + first, side="left"),
            np.searchsorted(own, cles * _SPAN + last, side="right"),
        )

    def changed(self, first: Rows, last: Rows) -> Mask:
        """Say of each span whether something in it has changed."""
        counts = np.append(0, np.cumsum(self.changes))
        some: Mask = counts[last] > counts[first]
        return some


@attrs.frozen(eq=False)
class _Soupcon:
    """A whole and its open parts, of which some sum may hold the whole, or that part of a pair to judge."""

    tout: int
    cents: int
    parts: Rows
    """The open ones, then the one of the pair, if it is not the whole that is."""
    avec: bool
    """Whether the last part is of the pair."""
    tailles: int
    """Most parts of a sum."""


@attrs.frozen(eq=False)
class Recherche:
    """The wholes of one kind of sum, and their parts: those left open, and those of the pairs to judge."""

    contexte: Contexte
    somme: Somme
    touts: Cote
    ouvertes: Cote
    liees: Cote
    cents: Rows
    """What each part of the tables brings."""
    accidents_max: float

    def found(self) -> Iterator[Edges]:
        """Yield the sums that hold one end of a pair to judge, as the pairs of their ends."""
        for suspect in self._suspects():
            yield from self._proved(suspect)

    def _suspects(self) -> Iterator[_Soupcon]:
        """Yield what may make a sum, as far as open parts and amounts tell.

        Among more than `CROWD` open parts chance makes any amount of two of them: nothing is sought there. Elsewhere
        chance is asked first, how many parts a sum may have that it does not explain, and only such sums are drawn.
        """
        days = self._days()
        first, last = self.ouvertes.between(self.touts.cles, *days)
        begin, end = self.liees.between(self.touts.cles, *days)
        new = self.touts.changes | self.ouvertes.changed(first, last) | self.liees.changed(begin, end)
        some = np.flatnonzero((last > first) & (last - first <= CROWD) & new)
        for batch in batches(last[some] - first[some]):
            own = some[batch]
            for parts, wholes in self._pools(own, first[own], last[own] - first[own]).items():
                yield from self._of_pool(np.frombuffer(parts, dtype=np.int64), np.array(wholes), begin, end)

    def _of_pool(self, parts: Rows, wholes: Rows, begin: Rows, end: Rows) -> Iterator[_Soupcon]:
        """Yield what may make these wholes, of the open *parts* of all, and of those of pairs from *begin* to *end*."""
        cents, targets = np.sort(self.cents[parts]), self.touts.cents[wholes]
        sizes, drawn, tied = sizes_left(cents, targets, self.accidents_max), Tirage(cents), self.touts.lies[wholes]
        for place in np.flatnonzero(tied)[drawn.holds(targets[tied], sizes[tied], least=2)].tolist():
            yield _Soupcon(int(self.touts.rows[wholes[place]]), int(targets[place]), parts, False, int(sizes[place]))
        for place in np.flatnonzero(~tied & (sizes > 1)).tolist():
            whole = int(wholes[place])
            yield from self._around(whole, parts, drawn, int(sizes[place]), slice(int(begin[whole]), int(end[whole])))

    def _pools(self, wholes: Rows, first: Rows, counts: Rows) -> dict[bytes, list[int]]:
        """Return the wholes that have the same open parts together, by the rows of these."""
        places = np.repeat(wholes, counts)
        parts = self.ouvertes.rows[spread(first, counts)]
        kept = self._fits(self.touts.rows[places], parts)
        pools: dict[bytes, list[int]] = {}
        for whole, rows in zip(wholes.tolist(), np.split(np.arange(len(kept)), np.cumsum(counts)[:-1]), strict=False):
            own = parts[rows][kept[rows]]
            if len(own):
                pools.setdefault(own.astype(np.int64).tobytes(), []).append(whole)
        return pools

    def _fits(self, wholes: Rows, parts: Rows) -> Mask:
        """Say of each pair of a whole and a part whether the part is near, and nobody and nothing denies it."""
        contexte, ends = self.contexte, Edges(parts, wholes) if self.somme.credit_entier else Edges(wholes, parts)
        close: Mask = near(contexte.tables, contexte.banque, ends) & contexte.tranche.allows(ends)
        close[close] = ~denied(contexte.paires(ends.where(close)))
        return close

    def _around(self, whole: int, parts: Rows, drawn: Tirage, size: int, beside: slice) -> Iterator[_Soupcon]:
        """Yield what may make one whole that nothing settled, of its open parts and one of a pair in the same days."""
        target, row = int(self.touts.cents[whole]), int(self.touts.rows[whole])
        lacking = target - self.liees.cents[beside]
        own = self.liees.rows[beside][drawn.holds(lacking, np.full(len(lacking), size - 1), least=1)]
        for part in own[self._fits(np.full(len(own), row), own)].tolist():
            yield _Soupcon(row, target, np.append(parts, part), True, size)

    def _days(self) -> tuple[Rows, Rows]:
        """Return the first and the last day of the parts of each whole, in the widest windows."""
        delais, days = self.contexte.banque.delais, self.touts.jours
        if self.somme.credit_entier:
            return days - delais.apres[self.touts.rows], days + delais.avant[self.touts.rows]
        return days - delais.avant.max(initial=0), days + delais.apres.max(initial=0)

    def _proved(self, suspect: _Soupcon) -> Iterator[Edges]:
        """Yield the sums that are there and that chance does not explain; beyond the budget, the suspects."""
        every = self.cents[suspect.parts]
        # What is left out is larger by itself than any sum near the whole: chance makes as many without it.
        below = int(np.sort(np.minimum(every, 0))[: MOST - 1].sum())
        small = every <= suspect.cents + suspect.cents // 2 - below
        if suspect.avec and not small[-1]:
            return
        parts, cents, size = suspect.parts[small], every[small], suspect.tailles
        solutions = all_sums(cents, suspect.cents, most=size, budget=_sommes.BUDGET)
        while solutions is HORS_BUDGET and size > 2:
            size -= 1
            solutions = all_sums(cents, suspect.cents, most=size, budget=_sommes.BUDGET)
        more = size + 1
        unknown = more <= suspect.tailles and not self._by_accident(fewer(cents, more), suspect.cents, more)
        if solutions is HORS_BUDGET or unknown:
            yield self.somme.ends(suspect.tout, parts)
            return
        for solution in solutions:
            held = not suspect.avec or len(parts) - 1 in solution
            if held and not self._by_accident(cents, suspect.cents, len(solution)):
                yield self.somme.ends(suspect.tout, parts[np.array(solution)])

    def _by_accident(self, cents: Rows, target: int, size: int) -> bool:
        return expected_accidents(cents, target, most=size) > self.accidents_max
