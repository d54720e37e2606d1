"""Gates of what was read: files not read in full, returns too old."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import AMC_SENDERS, AMO_SENDERS, Raison, TypeDebiteur
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._fichiers import doubtful
from tiers_payant.dunning._gates import Gate, Retenue
from tiers_payant.dunning._gates_banque import older
from tiers_payant.dunning._jours import INCONNU
from tiers_payant.dunning._levees import JAMAIS
from tiers_payant.dunning._vue import Vue

__all__ = ["GATES_RETOURS"]

Jours = npt.NDArray[np.datetime64]

_AMC = GENRES.index(TypeDebiteur.AMC)


def _unread(vue: Vue) -> Retenue:
    dues = vue.dues
    unread = doubtful(vue.result.tables, vue.result.problems, dues.officines)
    rows = np.flatnonzero(unread[dues.officine]) if unread.any() else np.empty(0, dtype=np.int64)
    return _held(vue, rows, Raison.LECTURE_INCOMPLETE)


def _old_returns(vue: Vue) -> Retenue:
    """No return of that kind of insurer was read for too long: the way they come by may be cut."""
    dues = vue.dues
    last = _last_returns(vue)
    old = np.stack([older(days, vue.today, vue.policy.retour_max_jours_ouvres, vue.calendrier) for days in last])
    if not old.any():
        return _held(vue, np.empty(0, dtype=np.int64), Raison.RETOUR_ANCIEN)
    names = dues.debiteurs.table
    of_debtor = old[(names.natures == _AMC).astype(np.int64), names.par_officine[1]] & ~names.patients
    return _held(vue, np.flatnonzero(of_debtor[dues.debiteur]), Raison.RETOUR_ANCIEN)


def _held(vue: Vue, rows: npt.NDArray[np.int64], raison: Raison) -> Retenue:
    """Hold these claims, but for those that somebody looked at."""
    held = np.zeros(len(vue.dues), dtype=np.bool_)
    held[rows] = vue.vus(raison)[rows] == JAMAIS
    return Retenue(held)


def _last_returns(vue: Vue) -> tuple[Jours, Jours]:
    """Return the day of the last return of the AMO, then of an AMC, to each officine."""
    answers, tables, officines = vue.result.tables.reponses, vue.result.tables, vue.dues.officines
    days = _answer_days(vue)
    place = np.searchsorted(officines, answers.officine)
    ours = np.flatnonzero(np.append(officines, b"")[place] == answers.officine)
    senders = np.append(tables.retours.emetteur_type, b"")[answers.retour]
    found = np.full((2, len(officines)), INCONNU)
    for side, others in enumerate((AMC_SENDERS, AMO_SENDERS)):
        rows = ours[~np.isin(senders[ours], others)]
        np.fmax.at(found[side], place[rows], days[rows])
    return found[0], found[1]


def _answer_days(vue: Vue) -> Jours:
    """Return the day of the return of each answer; that of its transfer when the return tells none."""
    tables = vue.result.tables
    of_return = np.append(tables.retours.date, INCONNU)[tables.reponses.retour]
    of_group = np.append(tables.groupes.date, INCONNU)[tables.reponses.groupe]
    found: Jours = np.where(np.isnat(of_return), of_group, of_return)
    return found


GATES_RETOURS = (
    Gate(raison=Raison.LECTURE_INCOMPLETE, hold=_unread),
    Gate(raison=Raison.RETOUR_ANCIEN, hold=_old_returns, quotidien=True),
)
