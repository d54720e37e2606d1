"""Six digits as dates, through one table of the million possible texts."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["PIVOT", "date_table", "digits_of"]

PIVOT = 70
"""Two-digit years from here on are of the 1900s: no exchange of these formats is older."""

_INVALID = np.datetime64("NaT")


@cache
def date_table(pattern: str) -> npt.NDArray[np.datetime64]:
    """Return the date of each six-digit number written as *pattern* says; NaT where there is none.

    Args:
        pattern: `AAMMJJ` or `JJMMAA`.
    """
    years, months, days = (axis.ravel() for axis in np.meshgrid(range(100), range(1, 13), range(1, 32)))
    century = np.where(years < PIVOT, 2000, 1900)
    first = ((century + years - 1970) * 12 + months - 1).astype("datetime64[M]")
    dates = first.astype("datetime64[D]") + (days - 1)
    real = dates.astype("datetime64[M]") == first
    numbers = (years * 100 + months) * 100 + days if pattern == "AAMMJJ" else (days * 100 + months) * 100 + years
    table = np.full(1_000_000, _INVALID, dtype="datetime64[D]")
    table[numbers[real]] = dates[real]
    table.flags.writeable = False
    return table


def digits_of(dates: npt.NDArray[np.datetime64], pattern: str) -> npt.NDArray[np.int64]:
    """Return the six-digit number that writes each date as *pattern* says; 0 for NaT."""
    months = dates.astype("datetime64[M]")
    days = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    since = months.astype(np.int64)
    year, month = (since // 12 + 1970) % 100, since % 12 + 1
    numbers = (year * 100 + month) * 100 + days if pattern == "AAMMJJ" else (days * 100 + month) * 100 + year
    return np.where(np.isnat(dates), 0, numbers)
