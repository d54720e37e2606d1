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

__all__ = ["late"]

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
    calendar = calendrier or Calendrier()
    found = np.isin(creances.etat, _STILL_DUE) & ~np.isnat(creances.lot_date)
    for part, code in _RULES.items():
        rows = np.flatnonzero(found & (creances.part == part))
        days, which = np.unique(creances.lot_date[rows], return_inverse=True)
        over = [_is_over(code, day, today, calendar) for day in days.astype(object).tolist()]
        found[rows] = np.array(over, dtype=np.bool_)[which] if over else False
    return found & np.isin(creances.part, list(_RULES))


def _is_over(code: str, sent: dt.date, today: dt.date, calendar: Calendrier) -> bool:
    try:
        return deadline(regle(code).on(sent), sent, calendar).is_past(today)
    except (CalendarError, UnknownRuleError):
        return False
