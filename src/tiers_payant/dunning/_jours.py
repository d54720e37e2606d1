"""Days in whole columns: what ends a delay, asked once for each distinct day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Calendrier, Delai, Depart
from tiers_payant.errors import CalendarError

__all__ = ["INCONNU", "Jours", "day_number", "day_of_number", "due_days", "each_day"]

Jours = npt.NDArray[np.datetime64]
Rows = npt.NDArray[np.int64]

INCONNU = np.datetime64("NaT", "D")
_EPOCH = dt.date(1970, 1, 1).toordinal()


def day_number(day: dt.date) -> int:
    """Return the day as numpy counts it, from 1970."""
    return day.toordinal() - _EPOCH


def day_of_number(number: int) -> dt.date:
    """Return the day that numpy counts so, from 1970."""
    return dt.date.fromordinal(number + _EPOCH)


def due_days(echeances: Jours, derniers: Jours, delai: Delai, calendrier: Calendrier) -> Jours:
    """Return the first day on which a step of that delay may be applied to each claim.

    A reminder comes after the échéance whatever its delay, a notice (`AVANT_ECHEANCE`) so long before it.

    Args:
        echeances: Last day on which each claim could be paid in time.
        derniers: Day of its last contact; `NaT` when there was none.
        delai: How long the step waits, and from when.
        calendrier: Says which days are open.

    Returns:
        `NaT` where the échéance is not known, or where the calendar does not cover the delay.
    """

    def ended(day: dt.date) -> dt.date:
        if delai.depuis is Depart.AVANT_ECHEANCE:
            return calendrier.add(day, -delai.valeur, delai.unite)
        start = _month_end(day) if delai.depuis is Depart.FIN_DE_MOIS else day
        return calendrier.add(start, delai.valeur, delai.unite)

    starts = echeances
    if delai.depuis is Depart.DERNIER_CONTACT:
        starts = np.where(np.isnat(derniers) | np.isnat(echeances), echeances, derniers)
    ends = each_day(starts, ended)
    if delai.depuis is Depart.AVANT_ECHEANCE:
        return ends
    found: Jours = np.maximum(ends, echeances + 1)
    return found


def each_day(days: Jours, ask: Callable[[dt.date], dt.date]) -> Jours:
    """Return what *ask* says of each day, asked once for each distinct one; `NaT` where it raises `CalendarError`."""
    numbers = days.astype(np.int64)
    known = ~np.isnat(days)
    found = np.full(len(days), INCONNU)
    if not known.any():
        return found
    least, most = int(numbers[known].min()), int(numbers[known].max())
    places = np.where(known, numbers - least, most - least + 1)
    told = np.full(most - least + 2, INCONNU)
    for place in np.flatnonzero(np.bincount(places, minlength=len(told))[:-1]).tolist():
        try:
            told[place] = np.datetime64(ask(day_of_number(least + place)), "D")
        except (CalendarError, ValueError, OverflowError):
            continue
    return told[places]


def _month_end(day: dt.date) -> dt.date:
    after = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return after - dt.timedelta(days=1)
