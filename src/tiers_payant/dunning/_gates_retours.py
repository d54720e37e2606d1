"""Gates of what was read: files not read in full, returns too old."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Raison, TypeDebiteur
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._fichiers import doubtful
from tiers_payant.dunning._gates import Arret, Gate
from tiers_payant.dunning._gates_banque import older
from tiers_payant.dunning._levees import JAMAIS
from tiers_payant.dunning._vue import Vue

__all__ = ["GATES_RETOURS"]

_AMC = GENRES.index(TypeDebiteur.AMC)


def _unread(vue: Vue) -> Arret:
    dues = vue.dues
    unread = doubtful(vue.result.tables, vue.result.problems, dues.officines)
    rows = np.flatnonzero(unread[dues.officine]) if unread.any() else np.empty(0, dtype=np.int64)
    return _held(vue, rows, Raison.LECTURE_INCOMPLETE)


def _old_returns(vue: Vue) -> Arret:
    """No return of that kind of insurer was read for too long: the way they come by may be cut."""
    dues = vue.dues
    last = vue.faits.derniers_retours
    old = np.stack([older(days, vue.today, vue.policy.retour_max_jours_ouvres, vue.calendrier) for days in last])
    if not old.any():
        return _held(vue, np.empty(0, dtype=np.int64), Raison.RETOUR_ANCIEN)
    names = dues.debiteurs.table
    of_debtor = old[(names.natures == _AMC).astype(np.int64), names.par_officine[1]] & ~names.patients
    return _held(vue, np.flatnonzero(of_debtor[dues.debiteur]), Raison.RETOUR_ANCIEN)


def _held(vue: Vue, rows: npt.NDArray[np.int64], raison: Raison) -> Arret:
    """Hold these claims, but for those that somebody looked at."""
    held = np.zeros(len(vue.dues), dtype=np.bool_)
    held[rows] = vue.vus(raison)[rows] == JAMAIS
    return Arret(held)


GATES_RETOURS = (
    Gate(raison=Raison.LECTURE_INCOMPLETE, hold=_unread),
    Gate(raison=Raison.RETOUR_ANCIEN, hold=_old_returns, quotidien=True),
)
