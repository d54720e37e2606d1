"""When the money really came: the booking day of the bank line that completes each payment."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import AUCUNE_BORNE, Bornes, Rapprochement, bornes_of_groups, bornes_of_payments

__all__ = ["Credits", "credits_of", "group_days"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Jours = npt.NDArray[np.datetime64]


@attrs.frozen(kw_only=True, eq=False)
class Credits:
    """For each créance, when what it is owed was reached."""

    jours: Jours
    """`NaT` where it was not, or on a day that is not known."""
    plusieurs: Mask
    """Whether another bank line, later, may be the one that paid."""


def credits_of(result: Rapprochement) -> Credits:
    """Return the day on which bank lines had paid each créance in full: the earliest, where several may have."""
    length = len(result.creances)
    creance, cents, days = bornes_of_payments(result, _of_lines(result))
    order = np.lexsort((days.least, creance))
    creance, when = creance[order], days.least[order]
    reached = np.flatnonzero(_running(creance, cents[order]) >= result.creances.du_cents[creance])
    who, places = np.unique(creance[reached], return_index=True)
    found, several = np.full(length, AUCUNE_BORNE, dtype=np.int64), np.zeros(length, dtype=np.bool_)
    found[who] = when[reached[places]]
    several[creance[(days.greatest > days.least)[order]]] = True
    return Credits(jours=_dates(found), plusieurs=several)


def group_days(result: Rapprochement) -> Jours:
    """Return the booking day of the first bank line that may pay each announced transfer; `NaT` for none."""
    return _dates(bornes_of_groups(result, _of_lines(result)).least[:-1])


def _of_lines(result: Rapprochement) -> Bornes:
    days = result.tables.virements.date
    return Bornes.of(days.astype(np.int64), ~np.isnat(days))


def _running(owners: Rows, cents: Rows) -> Rows:
    """Return the running sums of *cents* within each run of equal *owners*."""
    sums = np.cumsum(cents)
    begins = np.flatnonzero(np.diff(owners, prepend=-1))
    before = np.repeat(sums[begins] - cents[begins], np.diff(np.append(begins, len(owners))))
    return sums - before


def _dates(numbers: Rows) -> Jours:
    none = numbers == AUCUNE_BORNE
    days: Jours = np.where(none, np.datetime64("NaT", "D"), np.where(none, 0, numbers).astype("datetime64[D]"))
    return days
