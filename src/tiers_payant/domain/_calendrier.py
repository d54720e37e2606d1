"""The business calendar: jours ouvrés, jours ouvrables, public holidays by territory.

*Jours ouvrés* are Monday to Friday less public holidays, *jours ouvrables* Monday to Saturday less public holidays
(practice of pharmacies and caisses); *jours* alone are calendar days. Holidays are data: `data/jours_feries.toml`.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import attrs

from tiers_payant.domain._donnees import Confiance, read_builtin, structure
from tiers_payant.errors import CalendarError

__all__ = ["Calendrier", "JourFerie", "Territoire", "Unite"]

_SATURDAY = 5
_SUNDAY = 6


class Unite(StrEnum):
    """What a delay is counted in."""

    JOURS_OUVRES = "jours_ouvres"
    """Monday to Friday, less public holidays."""
    JOURS_OUVRABLES = "jours_ouvrables"
    """Monday to Saturday, less public holidays."""
    JOURS = "jours"
    """Calendar days."""
    MOIS = "mois"
    """Calendar months, to the same day of the month, or its last day where there is none."""


class Territoire(StrEnum):
    """Where the one who must act stands: holidays differ."""

    METROPOLE = "metropole"
    ALSACE_MOSELLE = "alsace_moselle"
    GUADELOUPE = "guadeloupe"
    MARTINIQUE = "martinique"
    GUYANE = "guyane"
    REUNION = "reunion"
    MAYOTTE = "mayotte"
    SAINT_PIERRE_ET_MIQUELON = "saint_pierre_et_miquelon"
    SAINT_BARTHELEMY = "saint_barthelemy"
    SAINT_MARTIN = "saint_martin"
    POLYNESIE_FRANCAISE = "polynesie_francaise"
    NOUVELLE_CALEDONIE = "nouvelle_caledonie"
    WALLIS_ET_FUTUNA = "wallis_et_futuna"


@attrs.frozen(kw_only=True)
class JourFerie:
    """One public holiday: a day of the year, or so many days after Easter Sunday."""

    nom: str
    reference: str
    """Text that makes it a holiday."""
    confiance: Confiance
    mois: int | None = None
    jour: int | None = None
    paques: int | None = None
    """Days after Easter Sunday, negative before it; then no month and no day."""
    depuis: int | None = None
    """First year, where it lies within the coverage."""
    jusqu_a: int | None = None
    """Last year."""
    territoires: tuple[Territoire, ...] = tuple(Territoire)
    usage: bool = False
    """A custom, not a holiday of the law: left out unless the calendar is asked for customs."""
    note: str = ""

    def __attrs_post_init__(self) -> None:
        missing = (self.mois is None, self.jour is None, self.paques is None)
        if missing not in ((False, False, True), (True, True, False)):
            raise ValueError("expected either mois and jour, or paques")

    def on_year(self, annee: int) -> dt.date | None:
        """Return the day it falls on that year, or None when it is no holiday that year."""
        if (self.depuis is not None and annee < self.depuis) or (self.jusqu_a is not None and annee > self.jusqu_a):
            return None
        if self.mois is not None and self.jour is not None:
            return dt.date(annee, self.mois, self.jour)
        return _easter(annee) + dt.timedelta(days=self.paques or 0)


@attrs.frozen(kw_only=True)
class _Couverture:
    du: int
    au: int


@attrs.frozen(kw_only=True)
class _Table:
    couverture: _Couverture
    jours: tuple[JourFerie, ...]


@attrs.frozen
class _Annee:
    """One year of one territory; open days as sorted proleptic ordinals."""

    feries: Mapping[dt.date, str]
    ouvres: tuple[int, ...]
    ouvrables: tuple[int, ...]


def _territoire(name: str) -> Territoire:
    try:
        return Territoire(name)
    except ValueError:
        raise CalendarError(f"no territory {name!r}; known: {', '.join(Territoire)}") from None


def _fermetures(given: Mapping[dt.date, str] | tuple[tuple[dt.date, str], ...]) -> tuple[tuple[dt.date, str], ...]:
    days: list[Any] = list(dict(given).items())
    if not all(type(day) is dt.date and isinstance(nom, str) and nom for day, nom in days):
        raise CalendarError("fermetures: expected days, each with its name")
    return tuple(sorted(days))


@attrs.frozen
class Calendrier:
    """The open days of one territory, by law; with its customary days off too when *usages* is true.

    *fermetures* are more days off, each with its French name. They count as public holidays wherever the calendar is
    asked, delays of law included: a day on which the officine alone is shut stops no delay, and is none of them.

    Covers the years `couverture()` gives. Future years suppose that the law stays as it is in the table.

    >>> metropole = Calendrier()
    >>> metropole.add(dt.date(2026, 4, 30), 8, Unite.JOURS_OUVRES)  # over 1 May, 8 May and Ascension Day
    datetime.date(2026, 5, 15)
    >>> Calendrier("alsace_moselle").is_ferie(dt.date(2026, 12, 26)), metropole.is_ferie(dt.date(2026, 12, 26))
    (True, False)

    Raises:
        CalendarError: No such territory, or days off that are no days with a name.
    """

    territoire: Territoire = attrs.field(default=Territoire.METROPOLE, converter=_territoire)
    usages: bool = attrs.field(default=False, kw_only=True)
    fermetures: tuple[tuple[dt.date, str], ...] = attrs.field(default=(), converter=_fermetures, kw_only=True)
    """In order; given as a mapping from day to name."""

    @staticmethod
    def couverture() -> tuple[int, int]:
        """First and last year covered."""
        return _table().couverture.du, _table().couverture.au

    def feries(self, annee: int) -> Mapping[dt.date, str]:
        """Every public holiday of a year, in order, with its French name.

        Raises:
            CalendarError: The year is not covered.
        """
        return _annee(self.territoire, self.usages, self.fermetures, annee).feries

    def is_ferie(self, day: dt.date) -> bool:
        """Tell whether *day* is a public holiday. Raises `CalendarError` outside the coverage, as all that follows."""
        return day in self.feries(day.year)

    def is_ouvre(self, day: dt.date) -> bool:
        """Tell whether *day* is a Monday to Friday that is no holiday."""
        return not self.is_ferie(day) and day.weekday() < _SATURDAY

    def is_ouvrable(self, day: dt.date) -> bool:
        """Tell whether *day* is a Monday to Saturday that is no holiday."""
        return not self.is_ferie(day) and day.weekday() < _SUNDAY

    def next_ouvre(self, day: dt.date) -> dt.date:
        """Return the first jour ouvré from *day* on, *day* included."""
        return day if self.is_ouvre(day) else self.add(day, 1, Unite.JOURS_OUVRES)

    def next_ouvrable(self, day: dt.date) -> dt.date:
        """Return the first jour ouvrable from *day* on, *day* included."""
        return day if self.is_ouvrable(day) else self.add(day, 1, Unite.JOURS_OUVRABLES)

    def add(self, day: dt.date, n: int, unite: Unite) -> dt.date:
        """Return the day that ends a delay of *n* units; the starting day is not counted.

        For open days it is the *n*-th one strictly after *day* (strictly before, when *n* is negative); *n* = 0 gives
        *day* itself, open or not. Months land on the last day of a month too short.

        >>> Calendrier().add(dt.date(2026, 1, 31), 1, Unite.MOIS)
        datetime.date(2026, 2, 28)
        """
        _check_covered(day.year)
        try:
            match unite:
                case Unite.JOURS:
                    end = day + dt.timedelta(days=n)
                case Unite.MOIS:
                    end = _add_months(day, n)
                case _:
                    end = self._nth_open_day(day, n, unite)
        except (OverflowError, ValueError) as error:
            if isinstance(error, CalendarError):
                raise
            raise CalendarError(f"{n} {unite.value} lead outside the years covered") from None
        _check_covered(end.year)
        return end

    def count(self, start: dt.date, end: dt.date, unite: Unite) -> int:
        """Count the units from *start*, excluded, to *end*, included; negative when *end* comes first.

        `count(d, add(d, n, unite), unite) == n`, whatever the sign of *n*. Months are complete months.

        >>> Calendrier().count(dt.date(2026, 4, 30), dt.date(2026, 5, 15), Unite.JOURS_OUVRES)
        8
        """
        _check_covered(start.year)
        _check_covered(end.year)
        match unite:
            case Unite.JOURS:
                return (end - start).days
            case Unite.MOIS:
                return _count_months(start, end)
            case _:
                return self._count_open_days(start, end, unite)

    def _open_days(self, annee: int, unite: Unite) -> tuple[int, ...]:
        year = _annee(self.territoire, self.usages, self.fermetures, annee)
        return year.ouvres if unite is Unite.JOURS_OUVRES else year.ouvrables

    def _nth_open_day(self, day: dt.date, n: int, unite: Unite) -> dt.date:
        if n == 0:
            return day
        annee, ordinal = day.year, day.toordinal()
        days = self._open_days(annee, unite)
        index = bisect_right(days, ordinal) + n - 1 if n > 0 else bisect_left(days, ordinal) + n
        while index >= len(days):
            index -= len(days)
            annee += 1
            days = self._open_days(annee, unite)
        while index < 0:
            annee -= 1
            days = self._open_days(annee, unite)
            index += len(days)
        return dt.date.fromordinal(days[index])

    def _count_open_days(self, start: dt.date, end: dt.date, unite: Unite) -> int:
        first, last, bisect, sign = (start, end, bisect_right, 1) if start <= end else (end, start, bisect_left, -1)
        whole_years = sum(len(self._open_days(annee, unite)) for annee in range(first.year, last.year))
        before_first = bisect(self._open_days(first.year, unite), first.toordinal())
        before_last = bisect(self._open_days(last.year, unite), last.toordinal())
        return sign * (whole_years + before_last - before_first)


@cache
def _table() -> _Table:
    return structure(read_builtin("jours_feries.toml"), _Table, "jours_feries.toml")


def _check_covered(annee: int) -> None:
    du, au = Calendrier.couverture()
    if not du <= annee <= au:
        raise CalendarError(f"the calendar covers {du} to {au}, not {annee}")


@lru_cache(4096)  # holds the years covered of every territory, twice; days off of sites are without bound
def _annee(territoire: Territoire, usages: bool, fermetures: tuple[tuple[dt.date, str], ...], annee: int) -> _Annee:
    _check_covered(annee)
    names: dict[dt.date, str] = {}
    held = [
        (ferie.on_year(annee), ferie.nom)
        for ferie in _table().jours
        if territoire in ferie.territoires and (usages or not ferie.usage)
    ]
    for day, nom in (*held, *(one for one in fermetures if one[0].year == annee)):
        if day is not None:
            # Two holidays may meet (Ascension Day on 1 or 8 May): the day keeps both names.
            names[day] = f"{names[day]}, {nom}" if day in names else nom
    first, last = dt.date(annee, 1, 1).toordinal(), dt.date(annee, 12, 31).toordinal()
    closed = {day.toordinal() for day in names}
    # An ordinal is 0 modulo 7 on a Sunday, 6 on a Saturday.
    ouvrables = tuple(n for n in range(first, last + 1) if n % 7 != 0 and n not in closed)
    ouvres = tuple(n for n in ouvrables if n % 7 != 6)
    return _Annee(MappingProxyType(dict(sorted(names.items()))), ouvres, ouvrables)


@cache
def _easter(annee: int) -> dt.date:
    from dateutil.easter import easter  # here: most runs ask no calendar

    return easter(annee)


def _add_months(day: dt.date, n: int) -> dt.date:
    from dateutil.relativedelta import relativedelta

    return day + relativedelta(months=n)


def _count_months(start: dt.date, end: dt.date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    reached = _add_months(start, months)
    if start <= end:
        return months - (reached > end)
    return months + (reached < end)
