"""Deadlines by columns are those of one day at a time, and those of a walk over ten years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs
import holidays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.test_calendrier import DIFFERENCES, ORACLE

from tiers_payant.domain import (
    Calendrier,
    Origine,
    Territoire,
    Unite,
    UniteRegle,
    VersionRegle,
    days_between,
    deadline,
    last_days,
    load_regles,
    regle,
    rule_days,
)
from tiers_payant.errors import UnknownRuleError

FIRST, LAST = dt.date(2020, 1, 1), dt.date(2029, 12, 31)
ONE_DAY = dt.timedelta(days=1)
METROPOLE = Calendrier()
DELAIS = [version for known in load_regles() for version in known.versions if version.is_delai]


class Lent:
    """A calendar that walks, with the days off that another package knows, customs included."""

    def __init__(self, territoire: Territoire) -> None:
        years = range(FIRST.year - 1, LAST.year + 8)
        self.off = set(holidays.country_holidays("FR", subdiv=ORACLE[territoire], years=years))
        self.off ^= {day for day in DIFFERENCES.get(territoire, ()) if day.year in years}

    def is_open(self, day: dt.date, unite: UniteRegle) -> bool:
        return day not in self.off and day.weekday() < (5 if unite is UniteRegle.JOURS_OUVRES else 6)

    def after(self, day: dt.date, number: int, unite: UniteRegle) -> dt.date:
        while number:
            day += ONE_DAY
            number -= unite is UniteRegle.JOURS or self.is_open(day, unite)
        return day

    def deadline(self, version: VersionRegle, depart: dt.date) -> dt.date:
        day = depart
        if version.origine is Origine.TRIMESTRE_SUIVANT:
            day += ONE_DAY
            while (day.day, day.month % 3) != (1, 1):
                day += ONE_DAY
        if version.unite is UniteRegle.MOIS:
            day = same_day(day, version.valeur) - version.origine_comprise * ONE_DAY
        else:
            day = self.after(day - version.origine_comprise * ONE_DAY, version.valeur, version.unite)
        while version.prorogation and not self.is_open(day, UniteRegle.JOURS_OUVRES):
            day += ONE_DAY
        return day


def same_day(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of a month too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    number = day.day
    while True:
        try:
            return dt.date(year, month + 1, number)
        except ValueError:
            number -= 1


def sampled(every: int) -> Iterator[dt.date]:
    """Days of the ten years, one in *every*."""
    return (dt.date.fromordinal(number) for number in range(FIRST.toordinal(), LAST.toordinal() + 1, every))


@pytest.mark.parametrize("territoire", Territoire)
def test_every_deadline_is_that_of_a_walk_over_ten_years(territoire: Territoire) -> None:
    """
    Every delay of the table of rules, from days of ten years, in every territory: what somebody would count by hand on
    another calendar.
    """
    lent, calendrier = Lent(territoire), Calendrier(territoire, usages=True)
    for place, depart in enumerate(sampled(23)):
        version = DELAIS[place % len(DELAIS)]
        assert lent.deadline(version, depart) == deadline(version, depart, calendrier).le, (version.code, depart)


@pytest.mark.parametrize("territoire", Territoire)
def test_adding_open_days_is_a_walk_over_ten_years(territoire: Territoire) -> None:
    """
    3, 4, 7, 8 and 9 days, the delays of the law and of conventions, from every third day of ten years.
    """
    lent, calendrier = Lent(territoire), Calendrier(territoire, usages=True)
    for place, day in enumerate(sampled(3)):
        number = (3, 4, 7, 8, 9)[place % 5]
        for unite in (UniteRegle.JOURS_OUVRES, UniteRegle.JOURS_OUVRABLES):
            assert lent.after(day, number, unite) == calendrier.add(day, number, Unite(unite.value)), day


def column(days: list[dt.date | None]) -> np.ndarray:
    return np.array(days, dtype="datetime64[D]")


FAR = st.one_of(
    st.none(), st.dates(dt.date(2019, 1, 1), dt.date(2030, 1, 1)), st.sampled_from([dt.date.min, dt.date.max])
)


@given(st.lists(FAR, max_size=8), st.sampled_from(DELAIS), st.sampled_from([METROPOLE, Calendrier("guyane")]))
def test_columns_are_counted_as_one_day_at_a_time(days, version, calendrier) -> None:
    """
    A day missing or out of the calendar gives no day, and never an error; order and repetition change nothing.
    """
    du, au = Calendrier.couverture()
    expected = [
        deadline(version, day, calendrier).le if day and du <= day.year <= au and version.is_in_force(day) else None
        for day in days
    ]
    assert expected == last_days(version, column(days), calendrier).tolist()


@given(
    st.lists(st.tuples(FAR, FAR), max_size=8),
    st.sampled_from([Unite.JOURS_OUVRES, Unite.JOURS_OUVRABLES, Unite.JOURS]),
)
def test_days_between_are_those_of_the_calendar(pairs, unite) -> None:
    """
    Forwards and backwards, `Calendrier.count` of each pair; what it does not cover is told as not known.
    """
    starts, ends = column([one for one, _ in pairs]), column([other for _, other in pairs])
    counted, known = days_between(starts, ends, unite, METROPOLE)
    du, au = Calendrier.couverture()
    told = [
        one is not None and other is not None and {one.year, other.year} <= {*range(du, au + 1)} for one, other in pairs
    ]
    assert told == known.tolist()
    expected = [
        METROPOLE.count(one, other, unite) if said and one and other else 0
        for (one, other), said in zip(pairs, told, strict=True)
    ]
    assert expected == counted.tolist()


def test_no_version_in_force_gives_no_day() -> None:
    """
    A delay of which the law of that day is not known is not guessed from another day's.
    """
    indemnite = regle("taux_interet_legal")
    with pytest.raises(UnknownRuleError, match="no delay"):
        rule_days(indemnite, column([FIRST]), METROPOLE)
    plain = regle("paiement_c2s_fse").versions[0]
    dated = attrs.evolve(plain, du=dt.date(2024, 1, 1), au=dt.date(2024, 12, 31))
    days = column([dt.date(2023, 3, 1), dt.date(2024, 3, 1)])
    assert [None, dt.date(2024, 3, 8)] == last_days(dated, days, METROPOLE).tolist()


def test_a_day_beyond_what_dates_can_say() -> None:
    """
    numpy knows the year 20000, Python does not.
    """
    far = np.array(["20000-01-01", "-5000-01-01"], dtype="datetime64[D]")
    assert [None, None] == last_days(regle("paiement_amo").versions[0], far, METROPOLE).tolist()
    assert [False, False] == days_between(far, far, Unite.JOURS_OUVRES, METROPOLE)[1].tolist()
