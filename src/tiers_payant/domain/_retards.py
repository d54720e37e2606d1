"""Lateness: an exception told at a date, never a state."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._calendrier import Calendrier
from tiers_payant.domain._codes import Etat, Part
from tiers_payant.domain._derniers_jours import rule_days
from tiers_payant.domain._regles import regle
from tiers_payant.domain._resultat import Creances

__all__ = ["STILL_DUE", "late", "late_days"]

_RULES = {Part.AMO: "paiement_amo", Part.AMC: "paiement_amc_inter_amc"}
STILL_DUE = (Etat.PARTIELLE, Etat.DIFFEREE, Etat.ANNONCEE, Etat.NON_REPONDUE)
"""What an insurer should have paid once its delay is over."""


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
    due = np.isin(creances.etat, STILL_DUE) & ~np.isnat(creances.lot_date)
    for part, code in _RULES.items():
        rows = np.flatnonzero(due & (creances.part == part))
        last = rule_days(regle(code), creances.lot_date[rows], calendar)
        known = ~np.isnat(last)
        over = (np.datetime64(today) - last[known]).astype(np.int64)
        found[rows[known]] = np.maximum(over, 0)
    return found
