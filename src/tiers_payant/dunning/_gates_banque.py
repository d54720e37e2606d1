"""Gates of what was received: statements that end too early, and money that nothing explains."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Calendrier, Part, Raison, Unite
from tiers_payant.dunning._argent import TOUTES, Argent, money_of, natures_of
from tiers_payant.dunning._gates import Gate, Retenue
from tiers_payant.dunning._jours import each_day
from tiers_payant.dunning._vue import Vue
from tiers_payant.errors import CalendarError

__all__ = ["GATES_BANQUE", "older"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


def _no_statement(vue: Vue) -> Retenue:
    """No statement, or none that goes back to the day the claim was sent without a hole."""
    dues, couverture = vue.dues, vue.couverture
    absent = np.isnat(couverture.dernier)[dues.officine]
    sent = each_day(dues.lot_date, lambda day: vue.calendrier.next_ouvre(day + dt.timedelta(days=1)))
    hole = ~(sent >= couverture.depuis[dues.officine])
    return Retenue(absent | (hole & (dues.part != Part.ASSURE)))


def _old_statement(vue: Vue) -> Retenue:
    """The last statement is too old; or it ends before the claim was over its delay, and says nothing of it."""
    dues, ends = vue.dues, vue.couverture.dernier
    old = older(ends, vue.today, vue.policy.releve_max, vue.calendrier)
    unseen = (vue.echus > ends[dues.officine]) & (vue.echus <= np.datetime64(vue.today)) & (dues.part != Part.ASSURE)
    return Retenue(old[dues.officine] | unseen)


def older(days: npt.NDArray[np.datetime64], today: dt.date, most: int, calendrier: Calendrier) -> Mask:
    """Say of each day whether more than so many jours ouvrés went by since; of a day not known, yes."""

    def count(day: dt.date | None) -> bool:
        try:
            return day is None or (day < today and calendrier.count(day, today, Unite.JOURS_OUVRES) > most)
        except CalendarError:
            return True

    return np.array([count(day) for day in days.tolist()], dtype=np.bool_)


def _without_return(vue: Vue) -> Retenue:
    """Money of a payer that may pay for the debtor, and that no return announces."""
    money = money_of(vue.result, vue.dues)
    return _covered(vue, money, money.nommee)


def _of_nobody(vue: Vue) -> Retenue:
    money = money_of(vue.result, vue.dues)
    return _covered(vue, money, ~money.nommee)


def _covered(vue: Vue, money: Argent, kept: Mask) -> Retenue:
    """Hold the claims sent on or before the day of a line that may pay them; the latest line is the evidence."""
    dues, kinds = vue.dues, natures_of(vue.dues)
    held, proof = np.zeros(len(dues), dtype=np.bool_), np.full(len(dues), -1, dtype=np.int64)
    if not kept.any() or not kinds.natures:
        return Retenue(held, preuve=proof)
    fits = np.array([[nature.paid_by(payeur) for nature in kinds.natures] for payeur in money.payeurs])
    latest = _latest(money, kept, fits, vue)
    rows = np.flatnonzero(kinds.de >= 0)
    best = latest[dues.officine[rows], kinds.de[rows]]
    lines = money.lignes[best]
    may = (best >= 0) & ~(money.jour[best] < dues.lot_date[rows])
    held[rows], proof[rows] = may, np.where(may, lines, -1)
    return Retenue(held, preuve=proof)


def _latest(money: Argent, kept: Mask, fits: Mask, vue: Vue) -> Rows:
    """Return, for each officine and kind of debtor, the place of the latest line that may pay it; -1 for none."""
    found = np.full((len(vue.dues.officines) + 1, fits.shape[1]), -1, dtype=np.int64)
    for place in np.argsort(vue.rangs_virements[money.lignes], kind="stable").tolist():
        if kept[place]:
            owner = int(money.officine[place])
            mine = found if owner == TOUTES else found[owner : owner + 1]
            mine[:, fits[place]] = place
    return found


GATES_BANQUE = (
    Gate(raison=Raison.RELEVE_ABSENT, hold=_no_statement),
    Gate(raison=Raison.RELEVE_ANCIEN, hold=_old_statement, quotidien=True),
    Gate(raison=Raison.RETOUR_ABSENT, hold=_without_return),
    Gate(raison=Raison.CREDIT_NON_AFFECTE, hold=_of_nobody),
)
