"""Deadlines of whole columns: each distinct day is asked once, whatever the number of rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._calendrier import Calendrier, Unite
from tiers_payant.domain._regles import Regle, UniteRegle, VersionRegle, deadline
from tiers_payant.domain._table import Entiers, Jours
from tiers_payant.errors import CalendarError, UnknownRuleError

__all__ = ["UNITES_DE_COMPTE", "days_between", "last_days", "rule_days"]

Mask = npt.NDArray[np.bool_]

UNITES_DE_COMPTE = {
    UniteRegle.JOURS_OUVRES: Unite.JOURS_OUVRES,
    UniteRegle.JOURS_OUVRABLES: Unite.JOURS_OUVRABLES,
    UniteRegle.JOURS: Unite.JOURS,
    UniteRegle.MOIS: Unite.JOURS,
}
"""What is counted down for a delay in each unit: months are told in days."""


def last_days(version: VersionRegle, departs: Jours, calendrier: Calendrier) -> Jours:
    """Return the last day still in time of a delay started on each of *departs*.

    `NaT` where the start is not known, where the version is not in force on it, or where the calendar does not cover
    the delay.

    Raises:
        UnknownRuleError: The rule is an amount or a rate.
    """
    if not version.is_delai:
        raise UnknownRuleError(f"{version.code} is in {version.unite.value}: it is no delay")

    def ask(day: dt.date) -> int:
        if not version.is_in_force(day):
            raise UnknownRuleError(f"{version.code} is not in force on {day}")
        return _number(deadline(version, day, calendrier).le)

    numbers, known = _by_day(departs, ask)
    found = np.full(len(departs), np.datetime64("NaT"), dtype="datetime64[D]")
    found[known] = numbers[known].astype("datetime64[D]")
    return found


def rule_days(regle: Regle, departs: Jours, calendrier: Calendrier) -> Jours:
    """Return the last day still in time of each delay, by the version of the rule in force on its start; else `NaT`.

    Raises:
        UnknownRuleError: The rule is an amount or a rate.
    """
    found = np.full(len(departs), np.datetime64("NaT"), dtype="datetime64[D]")
    for version in regle.versions:
        les = last_days(version, departs, calendrier)
        found = np.where(np.isnat(les), found, les)
    return found


def days_between(starts: Jours, ends: Jours, unite: Unite, calendrier: Calendrier) -> tuple[Entiers, Mask]:
    """Count the days from each of *starts* to each of *ends*, as `Calendrier.count` does: one by one, in columns.

    Args:
        starts: Excluded from the count.
        ends: Included in it; the count is negative when it comes first.
        unite: Open days, or calendar days for any other unit.
        calendrier: Says which days are open.

    Returns:
        int64, one per row, 0 where it cannot be counted; and where it can: both days are in the calendar.
    """
    first, last = starts.astype(np.int64), ends.astype(np.int64)
    known = _covered(first) & _covered(last)
    found = np.zeros(len(known), dtype=np.int64)
    first, last = first[known], last[known]
    if not len(first):
        return found, known
    if unite not in (Unite.JOURS_OUVRES, Unite.JOURS_OUVRABLES):
        found[known] = last - first
        return found, known
    is_open = calendrier.is_ouvre if unite is Unite.JOURS_OUVRES else calendrier.is_ouvrable
    origin, stop = min(first.min(), last.min()), max(first.max(), last.max())
    opened = np.array([is_open(_day(number)) for number in range(origin, stop + 1)], dtype=np.int64)
    until = np.cumsum(opened)
    before = until - opened  # backwards, the day that ends the count is in it and the one that starts it is not
    last, first = last - origin, first - origin
    found[known] = np.where(last >= first, until[last] - until[first], before[last] - before[first])
    return found, known


def _by_day(days: Jours, ask: Callable[[dt.date], int]) -> tuple[Entiers, Mask]:
    """Put *ask* once to each distinct day that the calendar covers; tell what it says, and where it says something."""
    numbers = days.astype(np.int64)
    first, last = _coverage()
    nowhere = last - first + 1
    places = np.where(_covered(numbers), numbers - first, nowhere)
    told = np.zeros(nowhere + 1, dtype=np.int64)
    known = np.zeros(nowhere + 1, dtype=np.bool_)
    for place in np.flatnonzero(np.bincount(places, minlength=len(told))[:-1]).tolist():
        try:
            told[place] = ask(_day(first + place))
        except (CalendarError, UnknownRuleError):
            continue
        known[place] = True
    return told[places], known[places]


def _coverage() -> tuple[int, int]:
    du, au = Calendrier.couverture()
    return _number(dt.date(du, 1, 1)), _number(dt.date(au, 12, 31))


def _covered(numbers: Entiers) -> Mask:
    """Tell which days the calendar covers; a missing one, the least integer, is none of them."""
    first, last = _coverage()
    return (numbers >= first) & (numbers <= last)


def _number(day: dt.date) -> int:
    """Return the day as numpy counts it, from 1970."""
    return day.toordinal() - _EPOCH


def _day(number: int) -> dt.date:
    return dt.date.fromordinal(number + _EPOCH)


_EPOCH = dt.date(1970, 1, 1).toordinal()
