"""When the money really came: the booking day of the bank line that completes each payment."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Rapprochement

__all__ = ["Credits", "credits_of", "group_days"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Jours = npt.NDArray[np.datetime64]

_LATE = np.int64(1 << 40)
"""A day later than any."""


@attrs.frozen(kw_only=True, eq=False)
class Credits:
    """For each créance, when what it is owed was reached."""

    jours: Jours
    """`NaT` where it was not, or on a day that is not known."""
    plusieurs: Mask
    """Whether another bank line, later, may be the one that paid."""


@attrs.frozen(eq=False)
class _Bornes:
    """First and last day on which each of some things may have been paid, from 1970."""

    premier: Rows
    dernier: Rows

    def take(self, rows: npt.NDArray[np.integer]) -> _Bornes:
        return _Bornes(self.premier[rows], self.dernier[rows])

    def by(self, rows: npt.NDArray[np.integer], length: int) -> _Bornes:
        """Return the bounds of what each of *length* things, to which *rows* point, holds."""
        premier = np.full(length, _LATE, dtype=np.int64)
        dernier = np.full(length, -_LATE, dtype=np.int64)
        np.minimum.at(premier, rows, self.premier)
        np.maximum.at(dernier, rows, self.dernier)
        return _Bornes(premier, dernier)

    def of_classes(self, classe: Rows) -> _Bornes:
        """Give every member of a class the bounds of all: no pair inside is stated."""
        alone = classe == 0
        if alone.all():
            return self
        _, ranks = np.unique(classe, return_inverse=True)
        every = self.by(ranks, int(ranks.max()) + 1).take(ranks)
        return _Bornes(np.where(alone, self.premier, every.premier), np.where(alone, self.dernier, every.dernier))


def credits_of(result: Rapprochement) -> Credits:
    """Return the day on which bank lines had paid each créance in full: the earliest, where several may have."""
    links, direct, length = result.liens_reponses, result.liens_directs, len(result.creances)
    paid = links.take(result.reponses_versees[links.reponse])
    answered = _of_groups(result).take(result.tables.reponses.groupe[paid.reponse]).of_classes(paid.classe)
    alone = _of_lines(result, direct.virement).of_classes(direct.classe)
    creance = np.concatenate([paid.creance, direct.creance]).astype(np.int64)
    cents = np.concatenate([paid.cents, direct.cents])
    first, last = np.concatenate([[answered.premier, answered.dernier], [alone.premier, alone.dernier]], axis=1)
    order = np.lexsort((first, creance))
    creance, when = creance[order], first[order]
    reached = np.flatnonzero(_running(creance, cents[order]) >= result.creances.du_cents[creance])
    who, places = np.unique(creance[reached], return_index=True)
    found, several = np.full(length, _LATE, dtype=np.int64), np.zeros(length, dtype=np.bool_)
    found[who] = when[reached[places]]
    several[creance[(last > first)[order]]] = True
    return Credits(jours=_dates(found), plusieurs=several)


def group_days(result: Rapprochement) -> Jours:
    """Return the booking day of the first bank line that may pay each announced transfer; `NaT` for none."""
    return _dates(_of_groups(result).premier[:-1])


def _of_groups(result: Rapprochement) -> _Bornes:
    """Return the days of the lines that may pay each group; one entry more, for answers of no group."""
    links = result.liens_virements
    lines = _of_lines(result, links.virement).of_classes(links.classe)
    return lines.by(links.groupe, len(result.tables.groupes) + 1)


def _of_lines(result: Rapprochement, rows: npt.NDArray[np.integer]) -> _Bornes:
    days = result.tables.virements.date[rows]
    numbers = np.where(np.isnat(days), _LATE, days.astype(np.int64))
    return _Bornes(numbers, numbers)


def _running(owners: Rows, cents: Rows) -> Rows:
    """Return the running sums of *cents* within each run of equal *owners*."""
    sums = np.cumsum(cents)
    begins = np.flatnonzero(np.diff(owners, prepend=-1))
    before = np.repeat(sums[begins] - cents[begins], np.diff(np.append(begins, len(owners))))
    return sums - before


def _dates(numbers: Rows) -> Jours:
    none = numbers == _LATE
    days: Jours = np.where(none, np.datetime64("NaT", "D"), np.where(none, 0, numbers).astype("datetime64[D]"))
    return days
