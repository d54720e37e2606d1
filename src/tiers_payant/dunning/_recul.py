"""A whole history looked back at: what was owed of each claim, and until when."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Echanges, Echeances, Etat, NatureEcheance, Rapprochement, facture_codes
from tiers_payant.dunning._cibles import facture_days
from tiers_payant.dunning._jours import Jours
from tiers_payant.dunning._versements import payments_of

__all__ = ["JAMAIS", "Recul"]

Rows = npt.NDArray[np.int64]

JAMAIS = 1 << 40
"""A day that never comes, counted from 1970."""
_SHARES = 4
"""Above any `Part`."""


@attrs.frozen(kw_only=True, eq=False)
class Recul:
    """The whole history, looked back at: for each of its claims, by row, what was owed of it and until when."""

    result: Rapprochement
    perdus: Rows
    """Last day on which each can be claimed, counted from 1970; a far one when not known."""
    refaits: Rows
    """Day on which each was billed again; a far one when it was not."""
    payes: Rows
    """Day on which nothing was owed any more; a far one when something is to this day."""
    nes: Rows
    """Day of the facture; -1 when not known."""

    @classmethod
    def of(cls, result: Rapprochement, echeances: Echeances) -> Recul:
        """Look at the end of a history.

        Args:
            result: The reconciliation of everything.
            echeances: The deadlines of its claims.
        """
        creances, every = result.creances, np.arange(len(result.creances))
        perdus = np.full(len(creances), JAMAIS)
        last = echeances.take((echeances.nature == NatureEcheance.FORCLUSION) & (echeances.creance >= 0))
        known = ~np.isnat(last.le)
        np.minimum.at(perdus, last.creance[known], last.le[known].astype(np.int64))
        again = creances.remplacee_par
        refaits = np.where(again >= 0, _numbers(creances.lot_date)[again], JAMAIS)
        return cls(
            result=result,
            perdus=perdus,
            refaits=np.where((creances.etat == Etat.RETRANSMISE) & (refaits >= 0), refaits, JAMAIS),
            payes=_paid_days(result),
            nes=_numbers(facture_days(result, every)),
        )

    def rows(self, echanges: Echanges) -> Rows:
        """Return the claim of each row of a history of contacts."""
        theirs, ours = facture_codes([self.result.creances, echanges])
        theirs, ours = theirs * _SHARES + self.result.creances.part, ours * _SHARES + echanges.part
        order = np.argsort(theirs, kind="stable")
        return order[np.searchsorted(theirs[order], ours)]


def _numbers(days: Jours) -> Rows:
    return np.where(np.isnat(days), -1, days.astype(np.int64))


def _paid_days(result: Rapprochement) -> Rows:
    """Return the day from which each claim is paid in full; money that is taken back makes it owed again."""
    paid = payments_of(result, np.arange(len(result.creances)))
    order = np.lexsort((paid.jours.least, paid.rangs))
    rows, cents, days = paid.rangs[order], paid.cents[order], paid.jours.least[order]
    found = np.full(len(result.creances), JAMAIS)
    owed = result.creances.du_cents.copy()
    for row, part, day in zip(rows.tolist(), cents.tolist(), days.tolist(), strict=True):
        owed[row] -= part
        found[row] = min(found[row], day) if owed[row] <= 0 else JAMAIS
    return found
