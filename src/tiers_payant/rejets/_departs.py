"""What starts a delay: for each créance, the day of each event that the files tell."""

from __future__ import annotations

from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Evenement, Rapprochement, lot_codes

__all__ = ["Departs"]

Jours = npt.NDArray[np.datetime64]
Rows = npt.NDArray[np.int64]

_CARE = (Evenement.SOINS, Evenement.DELIVRANCE, Evenement.FAIT_GENERATEUR, Evenement.CONSTAT_GROSSESSE)
"""What is not after the care, and of which no file gives another day. A pregnancy was found before."""


@attrs.frozen(eq=False)
class Departs:
    """The days of the créances of one result, by event; `NaT` where no file tells it."""

    result: Rapprochement

    def of(self, event: Evenement | None) -> Jours:
        """Return the day of *event* for each créance."""
        if event is Evenement.TRANSMISSION:
            return self.result.creances.lot_date
        if event is Evenement.FEUILLE_COMPLETEE:
            return np.where(np.isnat(self._factures), self._soins, self._factures)
        if event is Evenement.ARL:
            return self._arls
        return self._soins if event in _CARE else np.full(len(self.result.creances), np.datetime64("NaT", "D"))

    @cached_property
    def is_completed_known(self) -> npt.NDArray[np.bool_]:
        """Tell the créances whose facture has its own date: it is not taken from the care."""
        return ~np.isnat(self._factures)

    @cached_property
    def _factures(self) -> Jours:
        return self._of_facture(self.result.tables.factures.date_facture)

    @cached_property
    def _soins(self) -> Jours:
        return self._of_facture(self.result.tables.factures.date_soins)

    def _of_facture(self, days: Jours) -> Jours:
        found: Jours = np.append(days, np.datetime64("NaT", "D"))[self.result.creances.facture_rang]
        return found

    @cached_property
    def _arls(self) -> Jours:
        """The first positive acknowledgement of each lot."""
        arls, creances = self.result.tables.arls, self.result.creances
        found = np.full(len(creances), np.datetime64("NaT", "D"))
        told = arls.take(arls.positif & ~np.isnat(arls.date))
        if not len(told) or not len(creances):
            return found
        mine, theirs = lot_codes([creances, told])
        order = np.lexsort((told.date.astype(np.int64), theirs))
        lots, first = np.unique(theirs[order], return_index=True)
        places = np.minimum(np.searchsorted(lots, mine), len(lots) - 1)
        hit = lots[places] == mine
        found[hit] = told.date[order][first][places[hit]]
        return found
