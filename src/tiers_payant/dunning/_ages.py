"""Who may be a minor: a birth date of which nobody says in which order its digits stand."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

__all__ = ["may_be_minor"]

_MAJORITE = 18
"""Years (code civil 414)."""


def may_be_minor(naissance: str, today: dt.date) -> bool:
    """Tell whether somebody of that birth date may be under 18 on *today*; one that cannot be read may be anybody's.

    Six digits, the day first or the year first, of this century or of the last: the latest day not after *today* that
    either order gives is held to be the right one. Somebody of age may so be taken for a child, never the reverse.

    >>> may_be_minor("120585", dt.date(2026, 3, 2)), may_be_minor("120515", dt.date(2026, 3, 2))
    (False, True)
    """
    if len(naissance) != 6 or not (naissance.isascii() and naissance.isdigit()):
        return True
    first, month, last = (int(naissance[at : at + 2]) for at in (0, 2, 4))
    found = []
    for century in (1900, 2000):
        for year, day in ((last, first), (first, last)):
            with suppress(ValueError):  # no day of the calendar
                found.append(dt.date(century + year, month, day))
    past = [day for day in found if day <= today]
    if not past:
        return True
    born = max(past)
    return (born.year + _MAJORITE, born.month, born.day) > (today.year, today.month, today.day)
