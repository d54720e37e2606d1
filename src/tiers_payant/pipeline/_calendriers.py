"""Which business calendar a caller means: one of his own, or one that plugins bring, by its name."""

from __future__ import annotations

import pluggy

from tiers_payant.domain import Calendrier
from tiers_payant.errors import CalendarError
from tiers_payant.plugins import build_manager, calendriers_of

__all__ = ["calendar_of"]


def calendar_of(calendrier: Calendrier | str | None, manager: pluggy.PluginManager | None) -> Calendrier:
    """Return the calendar: that of metropolitan France for None.

    Raises:
        CalendarError: No calendar has this name.
    """
    if calendrier is None:
        return Calendrier()
    if isinstance(calendrier, Calendrier):
        return calendrier
    known = calendriers_of(manager or build_manager())
    if calendrier not in known:
        raise CalendarError(f"no calendar {calendrier!r}; known: {', '.join(known)}")
    return known[calendrier].calendrier
