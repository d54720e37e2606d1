"""The last day that matters to an action, among the deadlines of all that it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Echeances, NatureEcheance, Regles, Urgence
from tiers_payant.errors import UnknownRuleError

__all__ = ["Limite", "Limites"]

_OURS = (NatureEcheance.RENVOI, NatureEcheance.FORCLUSION, NatureEcheance.INDU)
"""What the officine must do in time: what an insurer owes in time is no deadline of an action."""


@attrs.frozen(kw_only=True)
class Limite:
    """The deadline of an action."""

    le: dt.date
    jours: int
    unite: str
    nature: NatureEcheance
    niveau: Urgence
    regle: str
    reference: str
    confiance: str


class _Index:
    """Rows of a table by what they point to: sorted once, then searched."""

    def __init__(self, rows: npt.NDArray[np.int64], pointed: npt.NDArray[np.int32]) -> None:
        order = np.argsort(pointed, kind="stable")
        self._rows, self._pointed = rows[order], pointed[order]

    def rows_of(self, number: int) -> list[int]:
        first, last = np.searchsorted(self._pointed, np.array((number, number + 1), dtype=self._pointed.dtype))
        found: list[int] = self._rows[first:last].tolist()
        return found


class Limites:
    """The deadlines of a result, by what they are about."""

    def __init__(self, echeances: Echeances, regles: Regles) -> None:
        self._table = echeances
        self._regles = regles
        known = np.flatnonzero(np.isin(echeances.nature, _OURS) & ~np.isnat(echeances.le))
        self._creances = _Index(known, echeances.creance[known])
        self._mouvements = _Index(known, echeances.mouvement[known])
        lost = (echeances.nature == NatureEcheance.FORCLUSION) & (echeances.niveau == Urgence.DEPASSE)
        self.forclos = frozenset(echeances.creance[lost].tolist()) - {-1}
        """Créances whose claim is out of time."""

    def of_creances(self, creances: Iterable[int]) -> Limite | None:
        return self._soonest([row for creance in creances for row in self._creances.rows_of(creance)])

    def of_mouvements(self, mouvements: Iterable[int]) -> Limite | None:
        return self._soonest([row for move in mouvements for row in self._mouvements.rows_of(move)])

    def _soonest(self, rows: list[int]) -> Limite | None:
        """Return the soonest deadline that may still be met; the last of those missed when there is none."""
        if not rows:
            return None
        table = self._table
        days = [(table.le[row].item(), table.regle[row].decode(), row) for row in rows]
        open_ones = [one for one in days if table.niveau[one[2]] != Urgence.DEPASSE]
        le, regle, row = min(open_ones) if open_ones else max(days)
        return Limite(
            le=le,
            jours=int(table.jours[row]),
            unite=table.unite[row].decode(),
            nature=NatureEcheance(int(table.nature[row])),
            niveau=Urgence(int(table.niveau[row])),
            regle=regle,
            reference=self._reference(regle, table.depart[row].item()),
            confiance=table.confiance[row].decode(),
        )

    def _reference(self, regle: str, depart: dt.date | None) -> str:
        try:
            found = self._regles.regle(regle)
            return (found.on(depart) if depart else found.versions[-1]).reference
        except UnknownRuleError:
            return ""
