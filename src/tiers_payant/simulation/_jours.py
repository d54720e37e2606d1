"""Open days of the simulation: Monday to Friday. Public holidays are left out on purpose: the world is kept simple."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

__all__ = ["add_months", "days", "is_open", "next_open", "open_days_after"]

_SATURDAY = 5
_DAY = dt.timedelta(days=1)


def is_open(day: dt.date) -> bool:
    """Tell whether *day* is a Monday to Friday."""
    return day.weekday() < _SATURDAY


def next_open(day: dt.date) -> dt.date:
    """Return *day*, or the Monday that follows."""
    while not is_open(day):
        day += _DAY
    return day


def open_days_after(day: dt.date, count: int) -> dt.date:
    """Return the *count*-th open day after *day*; *day* itself for 0, the open day before for -1."""
    step = _DAY if count > 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_open(day):
            day += step
    return day


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield each day from *first* to *last*, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield dt.date.fromordinal(ordinal)


def add_months(day: dt.date, count: int) -> dt.date:
    """Return the first day of the month that comes *count* months after that of *day*."""
    months = day.year * 12 + day.month - 1 + count
    return dt.date(months // 12, months % 12 + 1, 1)
