"""Gates of what was received: statements that end too early, and money that nothing explains."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Calendrier, Part, Raison, TypeDebiteur, Unite
from tiers_payant.dunning._argent import TOUTES
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._gates import Arret, Gate
from tiers_payant.dunning._jours import INCONNU
from tiers_payant.dunning._vue import Vue
from tiers_payant.errors import CalendarError

__all__ = ["GATES_BANQUE", "Rencontre", "meetings", "older"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

_ATTENTE = 60
"""Calendar days after which a transfer that was announced is no longer awaited from one day to the next; a choice."""
_FAR = 1 << 40
"""Beyond all days."""


def _no_statement(vue: Vue) -> Arret:
    """No statement, or none that goes back to the day the claim was sent without a hole."""
    dues, couverture = vue.dues, vue.couverture
    absent = np.isnat(couverture.dernier)
    sent, since = dues.lot_date.view(np.int64), couverture.depuis.view(np.int64)  # a day not known is before all
    if not absent.any() and sent.min(initial=_FAR) >= since.max(initial=-_FAR):
        return Arret(np.zeros(len(dues), dtype=np.bool_))
    hole = ~(dues.lot_date >= couverture.depuis[dues.officine])
    return Arret(absent[dues.officine] | (hole & _by_transfer(vue)))


def _by_transfer(vue: Vue) -> Mask:
    """Say which claims are paid by transfer: those of insurers and of professional customers."""
    found: Mask = (vue.dues.part != Part.ASSURE) | (vue.genres == GENRES.index(TypeDebiteur.PROFESSIONNEL))
    return found


def _old_statement(vue: Vue) -> Arret:
    """The last statement is too old, or ends before the claim was over its delay."""
    dues, today = vue.dues, np.datetime64(vue.today)
    ends = vue.couverture.dernier
    old = older(ends, vue.today, vue.policy.releve_max_jours_ouvres, vue.calendrier)[dues.officine]
    if not (ends < today).any():  # nothing of the past is left unseen
        return Arret(old)
    unseen = (vue.echus > ends[dues.officine]) & (vue.echus <= today) & _by_transfer(vue)
    return Arret(old | unseen)


def _coming(vue: Vue) -> Arret:
    """A transfer announced for the claim may come any day, and the last statement ends before today."""
    dues, today = vue.dues, np.datetime64(vue.today)
    rows = dues.annoncees
    until = dues.annoncee[rows] + _ATTENTE
    held, ends = np.zeros(len(dues), dtype=np.bool_), np.full(len(dues), INCONNU)
    held[rows] = (vue.couverture.dernier[dues.officine[rows]] < today) & (until >= today)
    ends[rows] = until  # read where it is held alone
    return Arret(held, ends)


def older(days: npt.NDArray[np.datetime64], today: dt.date, most: int, calendrier: Calendrier) -> Mask:
    """Say of each day whether more than so many jours ouvrés went by since; of a day not known, yes."""

    def count(day: dt.date | None) -> bool:
        try:
            return day is None or (day < today and calendrier.count(day, today, Unite.JOURS_OUVRES) > most)
        except CalendarError:
            return True

    return np.array([count(day) for day in days.tolist()], dtype=np.bool_)


def _without_return(vue: Vue) -> Arret:
    """Money of a payer that may pay for the debtor, and that no return announces."""
    return _covered(vue, Raison.RETOUR_ABSENT)


def _of_nobody(vue: Vue) -> Arret:
    """Other money that no link explains: its payer is not known, or what it is proposed for may be wrong."""
    return _covered(vue, Raison.CREDIT_NON_AFFECTE)


def _covered(vue: Vue, raison: Raison) -> Arret:
    """Hold the claims that a line may pay; the latest is the evidence."""
    dues = vue.dues
    held, proof = np.zeros(len(dues), dtype=np.bool_), np.full(len(dues), -1, dtype=np.int64)
    for one in meetings(vue, raison, np.arange(len(dues))):
        may = one.dernier >= one.premier
        held[one.rows] = may
        proof[one.rows] = np.where(may, one.lignes[one.dernier], -1)
    return Arret(held, preuve=proof)


@attrs.frozen(kw_only=True, eq=False)
class Rencontre:
    """Claims of one officine and one kind of insurer, and the bank lines that may pay some of them."""

    rows: Rows
    """Claims, as rows of `Dues`."""
    lignes: Rows
    """Rows of `virements`, in the order of days; those of no known day last."""
    premier: Rows
    """For each claim, the place of the first line that may pay it."""
    dernier: Rows
    """For each claim, the place of the last one; before the first when none may."""


def meetings(vue: Vue, raison: Raison, rows: Rows) -> Iterator[Rencontre]:
    """Yield the money that holds claims among *rows* for `RETOUR_ABSENT`, or else for `CREDIT_NON_AFFECTE`.

    A line may pay the claims of its officine and its payer, when it is booked in time; not when a person said that it
    pays none, or looked at the claim after it was booked.
    """
    dues, money = vue.dues, vue.argent
    kept = (money.sans_retour == (raison is Raison.RETOUR_ABSENT)) & vue.leve.tenues[money.lignes]
    if not kept.any():
        return
    kinds = vue.natures
    owed = rows[kinds.de[rows] >= 0]
    if not len(owed):
        return
    cells = _narrow(dues.officine * len(kinds.natures) + kinds.de)
    order = np.flatnonzero(kept)
    order = order[np.argsort(vue.rangs_virements[money.lignes[order]], kind="stable")]
    fits = np.array([[kind.paid_by(payer) for kind in kinds.natures] for payer in money.payeurs], dtype=np.bool_)
    owed = owed[np.argsort(cells[owed], kind="stable")]
    told = cells[owed]
    starts = np.flatnonzero(np.append(True, told[1:] != told[:-1]))
    for cell, some in zip(told[starts].tolist(), np.split(owed, starts[1:]), strict=True):
        officine, kind = divmod(cell, len(kinds.natures))
        mine = order[fits[order, kind] & np.isin(money.officine[order], (officine, TOUTES))]
        if len(mine):
            yield _met(vue, raison, mine, some)


def _narrow(numbers: Rows) -> npt.NDArray[np.signedinteger[Any]]:
    """Return numbers in two bytes where they fit: these are sorted without being compared."""
    return numbers.astype(np.int16) if numbers.max(initial=0) <= np.iinfo(np.int16).max else numbers


def _met(vue: Vue, raison: Raison, mine: Rows, rows: Rows) -> Rencontre:
    """Say which of these lines, in the order of days, may pay each claim; one of no known day may pay any."""
    dues, money = vue.dues, vue.argent
    days = np.where(np.isnat(money.jour[mine]), _FAR, money.jour[mine].astype(np.int64))
    known = int(np.searchsorted(days, _FAR))
    sent = np.where(
        np.isnat(dues.lot_date[rows]), _FAR - 1, dues.lot_date[rows].astype(np.int64) + vue.policy.memoire_jours
    )
    starts = np.fmax(dues.payable[rows], dues.lot_date[rows])
    first = np.where(np.isnat(starts), -_FAR, starts.astype(np.int64))
    first = np.maximum(first, vue.vus(raison)[rows] + 1)
    last = np.searchsorted(days[:known], sent, side="right") - 1
    begins = np.searchsorted(days[:known], first)
    if known < len(mine):  # and what lies between is counted with them
        begins, last = np.where(begins <= last, begins, known), np.full(len(rows), len(mine) - 1)
    return Rencontre(rows=rows, lignes=money.lignes[mine], premier=begins, dernier=last)


GATES_BANQUE = (
    Gate(raison=Raison.RELEVE_ABSENT, hold=_no_statement, quotidien=True),
    Gate(raison=Raison.RELEVE_ANCIEN, hold=_old_statement, quotidien=True),
    Gate(raison=Raison.VIREMENT_ATTENDU, hold=_coming, quotidien=True),
    Gate(raison=Raison.RETOUR_ABSENT, hold=_without_return),
    Gate(raison=Raison.CREDIT_NON_AFFECTE, hold=_of_nobody),
)
