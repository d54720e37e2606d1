"""The pace of contacts: how long one leaves its addressee in peace, and the days on which nobody is contacted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import JourSemaine, Raison
from tiers_payant.dunning._etude import Etude
from tiers_payant.dunning._gates import LIBRE, Arrets
from tiers_payant.dunning._jours import INCONNU, Jours
from tiers_payant.dunning._preparation import Preparation
from tiers_payant.errors import CalendarError

__all__ = ["paced", "rests_of"]

Rows = npt.NDArray[np.int64]

_MOST_AHEAD = 370
"""Days after which a next open day is no longer looked for."""


def paced(etude: Etude, rows: Rows, today: dt.date, ready: Preparation) -> Arrets:
    """Say of which of these claims nobody is asked today: every step applied, contacted too recently, no such day."""
    consignes, day = etude.vue.consignes, np.datetime64(today)
    of, rest = consignes.de[rows], rests_of(etude, ready)
    until: Jours = etude.approche[etude.vue.dues.debiteur[rows]] + rest[of]
    resumes = _resume_days(etude, today, ready)[of]
    masks = [etude.place[rows] < 0, day < until, day < resumes]
    reasons = [Raison.SCENARIO_TERMINE, Raison.CONTACT_RECENT, Raison.HORS_JOURS]
    raison = np.select(masks, [np.int8(one) for one in reasons], default=np.int8(LIBRE)).astype(np.int8)
    jusqu_au = np.where(raison == Raison.CONTACT_RECENT, until - 1, INCONNU)
    jusqu_au = np.where(raison == Raison.HORS_JOURS, resumes - 1, jusqu_au)
    return Arrets(raison, jusqu_au, np.full(len(raison), -1, dtype=np.int32))


def rests_of(etude: Etude, ready: Preparation) -> Rows:
    """Return, for each consigne, the days that a contact leaves its addressee in peace."""
    answer = ready.policy.reponse_jours + 1  # what was sent left that many days to answer
    return np.array([max(one.repos_jours, answer) for one in etude.vue.consignes.toutes], dtype=np.int64)


def _resume_days(etude: Etude, today: dt.date, ready: Preparation) -> Jours:
    """Return, for each consigne, the first day from *today* on that its scenario contacts anybody on."""
    found = [
        _first_day(today, one.scenario.jours, ready) if one.scenario else today for one in etude.vue.consignes.toutes
    ]
    return np.array(found, dtype="datetime64[D]")


def _first_day(today: dt.date, jours: Sequence[JourSemaine], ready: Preparation) -> dt.date:
    wanted = {tuple(JourSemaine).index(one) for one in jours}
    try:
        for later in range(_MOST_AHEAD):
            day = today + dt.timedelta(days=later)
            if day.weekday() in wanted and not ready.calendrier.is_ferie(day):
                return day
    except (CalendarError, OverflowError):  # the calendar ends before that day
        pass
    return dt.date.max
