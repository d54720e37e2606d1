"""Lateness: an exception told at a date, never a state."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._calendrier import Calendrier
from tiers_payant.domain._codes import Etat, Part
from tiers_payant.domain._regles import deadline, regle
from tiers_payant.domain._resultat import Creances
from tiers_payant.errors import CalendarError, UnknownRuleError

__all__ = ["late", "late_days"]

_RULES = {Part.AMO: "paiement_amo", Part.AMC: "paiement_amc_inter_amc"}
_STILL_DUE = (Etat.PARTIELLE, Etat.DIFFEREE, Etat.ANNONCEE, Etat.NON_REPONDUE)


def late(creances: Creances, today: dt.date, calendrier: Calendrier | None = None) -> npt.NDArray[np.bool_]:
    """Return the créances that an insurer should have paid before *today*.

    The delay is that of the rule in force (`paiement_amo`, `paiement_amc_inter_amc`), counted from the day of the
    lot, which stands for its transmission. A reject, a lot refused or a share in the insurer's hands is not late; nor
    is a lot of a day, misread perhaps, for which no rule or no calendar is known: it cannot be judged.

    Args:
        creances: From a result.
        today: The day to judge from.
        calendrier: The business calendar; that of metropolitan France when not given.

    Returns:
        bool, one per créance.
    """
    overdue: npt.NDArray[np.bool_] = late_days(creances, today, calendrier) > 0
    return overdue


def late_days(creances: Creances, today: dt.date, calendrier: Calendrier | None = None) -> npt.NDArray[np.int64]:
    """Return by how many calendar days each créance is beyond its deadline on *today*; 0 for what `late` leaves out.

    Args:
        creances: From a result.
        today: The day to judge from.
        calendrier: The business calendar; that of metropolitan France when not given.

    Returns:
        int64, one per créance.
    """
    calendar = calendrier or Calendrier()
    found = np.zeros(len(creances), dtype=np.int64)
    due = np.isin(creances.etat, _STILL_DUE) & ~np.isnat(creances.lot_date)
    for part, code in _RULES.items():
        rows = np.flatnonzero(due & (creances.part == part))
        days, which = np.unique(creances.lot_date[rows], return_inverse=True)
        over = [_days_over(code, day, today, calendar) for day in days.astype(object).tolist()]
        found[rows] = np.array(over, dtype=np.int64)[which] if over else 0
    return found


def _days_over(code: str, sent: dt.date, today: dt.date, calendar: Calendrier) -> int:
    try:
        last = deadline(regle(code).on(sent), sent, calendar).le
    except (CalendarError, UnknownRuleError):
        return 0
    return max((today - last).days, 0)
