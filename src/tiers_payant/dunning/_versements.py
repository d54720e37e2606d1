"""What was paid of some claims and when: receipts over the counter, and bank lines on their booking day."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Bornes, Part, Rapprochement, bornes_of_payments, facture_codes
from tiers_payant.dunning._cibles import equal_pairs
from tiers_payant.dunning._jours import day_number

__all__ = ["Versements", "payments_of"]

Rows = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Versements:
    """Payments of some claims, signed: what is taken back is negative."""

    creances: int
    """How many claims were looked at, paid or not."""
    rangs: Rows
    """Row of the créance of each payment, in order."""
    cents: Rows
    jours: Bornes
    """First and last day on which each may have been made, counted from 1970; the wrong way round when not known."""

    def of(self, rows: Rows) -> Versements:
        """Return those of some claims alone."""
        _, mine = equal_pairs(rows, self.rangs)
        return Versements(len(rows), self.rangs[mine], self.cents[mine], self.jours.take(mine))

    def between(self, first: dt.date, last: dt.date) -> tuple[int, int]:
        """Return what was paid between two days, both included: what surely was, and the most that may have been."""
        start, end = day_number(first), day_number(last)
        least, greatest = self.jours.least, self.jours.greatest
        known = least <= greatest
        surely = known & (least >= start) & (greatest <= end)
        maybe = ~known | ((least <= end) & (greatest >= start))
        # What may have been taken back is no reason to say that a promise was broken.
        counted = (surely | (self.cents > 0)) & maybe
        sure = (surely | (self.cents < 0)) & maybe
        return int(self.cents[sure].sum()), int(self.cents[counted].sum())


def payments_of(result: Rapprochement, rows: Rows) -> Versements:
    """Return every payment of the claims of *rows*, which are sorted."""
    wanted = np.zeros(len(result.creances), dtype=np.bool_)
    wanted[rows] = True
    patients = rows[result.creances.part[rows] == Part.ASSURE]
    who, cents, days = _receipts(result, patients)
    if len(patients) < len(rows):
        lines = result.tables.virements.date
        creance, paid, when = bornes_of_payments(result, _bounds(lines))
        mine = np.flatnonzero(wanted[creance])
        who, cents, days = np.append(who, creance[mine]), np.append(cents, paid[mine]), days.then(when.take(mine))
    order = np.argsort(who, kind="stable")
    return Versements(len(rows), who[order], cents[order], days.take(order))


def _receipts(result: Rapprochement, patients: Rows) -> tuple[Rows, Rows, Bornes]:
    receipts = result.tables.encaissements
    if not len(receipts) or not len(patients):
        none = np.empty(0, dtype=np.int64)
        return none, none, Bornes(none, none)
    ours, theirs = facture_codes([result.creances.take(patients), receipts])
    who, mine = equal_pairs(ours, theirs)
    return patients[who], receipts.montant_cents[mine], _bounds(receipts.date[mine])


def _bounds(days: npt.NDArray[np.datetime64]) -> Bornes:
    return Bornes.of(days.astype(np.int64), ~np.isnat(days))
