"""The calendar agrees with an independent one, and counts as it adds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tiers_payant.domain._calendrier import Calendrier, JourFerie, Territoire, Unite
from tiers_payant.domain._donnees import Confiance, structure
from tiers_payant.errors import CalendarError, LayoutError

# The oracle's name of each territory; what it knows besides is in DIFFERENCES.
ORACLE = {
    Territoire.METROPOLE: None,
    Territoire.ALSACE_MOSELLE: "6AE",
    Territoire.GUADELOUPE: "971",
    Territoire.MARTINIQUE: "972",
    Territoire.GUYANE: "973",
    Territoire.REUNION: "974",
    Territoire.MAYOTTE: "976",
    Territoire.SAINT_PIERRE_ET_MIQUELON: "PM",
    Territoire.SAINT_BARTHELEMY: "BL",
    Territoire.SAINT_MARTIN: "MF",
    Territoire.POLYNESIE_FRANCAISE: "PF",
    Territoire.NOUVELLE_CALEDONIE: "NC",
    Territoire.WALLIS_ET_FUTUNA: "WF",
}
# The oracle has 28 May from 2012. The code du travail says 27 May, and 28 May was first kept in 2019.
DIFFERENCES = {
    Territoire.SAINT_MARTIN: {dt.date(year, 5, day) for year in range(2012, 2019) for day in (27, 28)}
    - {dt.date(2012, 5, 28)},  # Whit Monday to both
}

DAYS = st.dates(dt.date(2003, 1, 1), dt.date(2057, 12, 31))
FERMETURES = st.dictionaries(st.dates(dt.date(2019, 12, 20), dt.date(2021, 1, 10)), st.just("Fermeture"), max_size=5)
CALENDRIERS = st.builds(Calendrier, st.sampled_from(Territoire), usages=st.booleans(), fermetures=FERMETURES)
UNITES = st.sampled_from(Unite)
OPEN_UNITES = st.sampled_from([Unite.JOURS_OUVRES, Unite.JOURS_OUVRABLES])
METROPOLE = Calendrier()


@pytest.mark.parametrize("territoire", Territoire)
def test_holidays_are_those_of_the_oracle(territoire: Territoire) -> None:
    """
    Every year covered, the days off, customs included, are those of the `holidays` package, but for the differences
    declared above.
    """
    first, last = Calendrier.couverture()
    for year in range(first, last + 1):
        expected = set(holidays.country_holidays("FR", subdiv=ORACLE[territoire], years=year))
        found = set(Calendrier(territoire, usages=True).feries(year))
        assert set() == (expected ^ found) - DIFFERENCES.get(territoire, set()), year


def test_declared_differences_are_real() -> None:
    """
    A day on which the oracle and we agree must leave the list.
    """
    for territoire, days in DIFFERENCES.items():
        for day in days:
            theirs = day in holidays.country_holidays("FR", subdiv=ORACLE[territoire], years=day.year)
            assert theirs != Calendrier(territoire, usages=True).is_ferie(day)


@pytest.mark.parametrize("territoire", Territoire)
def test_customs_are_left_out_unless_asked_for(territoire: Territoire) -> None:
    """
    The law's holidays are the eleven of everywhere and the local ones; customs only add to them.
    """
    law, custom = Calendrier(territoire).feries(2026), Calendrier(territoire, usages=True).feries(2026)
    assert law.keys() <= custom.keys()
    assert 11 == len(METROPOLE.feries(2026))
    added = {Territoire.GUADELOUPE: 3, Territoire.MARTINIQUE: 1, Territoire.SAINT_MARTIN: 1}
    assert added.get(territoire, 0) == len(custom) - len(law)


@pytest.mark.parametrize(
    ("territoire", "day", "ferie"),
    [
        ("metropole", dt.date(2026, 4, 3), False),
        ("alsace_moselle", dt.date(2026, 4, 3), True),
        ("alsace_moselle", dt.date(2026, 12, 26), True),
        ("reunion", dt.date(2026, 12, 20), True),
        ("saint_martin", dt.date(2018, 5, 28), False),
        ("saint_martin", dt.date(2019, 5, 28), True),
        ("guadeloupe", dt.date(2026, 7, 21), False),
        ("metropole", dt.date(2005, 5, 16), False),
        ("metropole", dt.date(2008, 5, 12), True),
    ],
)
def test_holidays_of_the_law(territoire: str, day: dt.date, ferie: bool) -> None:
    """
    Some days that differ between territories, or between years.
    """
    assert ferie is Calendrier(territoire).is_ferie(day)


def test_two_holidays_on_one_day_keep_both_names() -> None:
    """
    Ascension Day of 2008 was 1 May.
    """
    assert "Fête du Travail, Ascension" == METROPOLE.feries(2008)[dt.date(2008, 5, 1)]


def test_saturday_is_ouvrable_and_not_ouvre() -> None:
    """
    28 February 2026 is a Saturday, 1 March a Sunday.
    """
    saturday, sunday = dt.date(2026, 2, 28), dt.date(2026, 3, 1)
    assert (True, False) == (METROPOLE.is_ouvrable(saturday), METROPOLE.is_ouvre(saturday))
    assert (False, False) == (METROPOLE.is_ouvrable(sunday), METROPOLE.is_ouvre(sunday))
    assert (saturday, dt.date(2026, 3, 2)) == (METROPOLE.next_ouvrable(saturday), METROPOLE.next_ouvre(saturday))


@pytest.mark.parametrize(
    ("start", "n", "unite", "end"),
    [
        (dt.date(2026, 4, 30), 8, Unite.JOURS_OUVRES, dt.date(2026, 5, 15)),
        (dt.date(2026, 4, 30), 8, Unite.JOURS_OUVRABLES, dt.date(2026, 5, 12)),
        (dt.date(2026, 4, 30), 8, Unite.JOURS, dt.date(2026, 5, 8)),
        (dt.date(2025, 12, 31), 1, Unite.JOURS_OUVRES, dt.date(2026, 1, 2)),
        (dt.date(2026, 1, 2), -1, Unite.JOURS_OUVRES, dt.date(2025, 12, 31)),
        (dt.date(2026, 1, 31), 1, Unite.MOIS, dt.date(2026, 2, 28)),
        (dt.date(2028, 2, 29), 24, Unite.MOIS, dt.date(2030, 2, 28)),
        (dt.date(2026, 1, 1), 0, Unite.JOURS_OUVRES, dt.date(2026, 1, 1)),
    ],
)
def test_delay_counted_by_hand(start: dt.date, n: int, unite: Unite, end: dt.date) -> None:
    """
    The starting day is not counted; a delay over May holidays, over a year's end, over a short month.
    """
    assert end == METROPOLE.add(start, n, unite)


@given(st.booleans(), FERMETURES, st.dates(dt.date(2019, 1, 1), dt.date(2021, 12, 31)))
def test_days_off_are_added_to_those_of_the_law(usages: bool, fermetures: dict[dt.date, str], day: dt.date) -> None:
    """
    A day is off when the law says so, or the site; on both it keeps both names.
    """
    law, site = Calendrier(usages=usages), Calendrier(usages=usages, fermetures=fermetures)
    names = [names[day] for names in (law.feries(day.year), fermetures) if day in names]
    assert ", ".join(names) == site.feries(day.year).get(day, "")
    assert (law.is_ouvre(day) and day not in fermetures) == site.is_ouvre(day)


@given(CALENDRIERS, DAYS, st.integers(-400, 400), UNITES)
def test_counting_undoes_adding(calendrier: Calendrier, day: dt.date, n: int, unite: Unite) -> None:
    """
    `count(d, add(d, n)) == n`, both ways in time.
    """
    assume(unite is not Unite.MOIS or abs(n) < 30)
    assert n == calendrier.count(day, calendrier.add(day, n, unite), unite)


@given(CALENDRIERS, DAYS, st.integers(1, 120), OPEN_UNITES)
def test_adding_is_walking_day_by_day(calendrier: Calendrier, day: dt.date, n: int, unite: Unite) -> None:
    """
    The table of a year gives what a walk over the days gives.
    """
    is_open = calendrier.is_ouvre if unite is Unite.JOURS_OUVRES else calendrier.is_ouvrable
    walked, left = day, n
    while left:
        walked += dt.timedelta(days=1)
        left -= is_open(walked)
    assert walked == calendrier.add(day, n, unite)


@given(CALENDRIERS, DAYS, DAYS, st.sampled_from([Unite.JOURS_OUVRES, Unite.JOURS_OUVRABLES, Unite.JOURS]))
def test_counts_add_up(calendrier: Calendrier, start: dt.date, end: dt.date, unite: Unite) -> None:
    """
    A stretch counted in two pieces is the stretch, and open days are never more than days.
    """
    start, end = sorted((start, end))
    middle = start + (end - start) / 2
    pieces = calendrier.count(start, middle, unite) + calendrier.count(middle, end, unite)
    assert pieces == calendrier.count(start, end, unite) <= (end - start).days


@given(CALENDRIERS, DAYS)
def test_next_open_day_is_open_and_nearest(calendrier: Calendrier, day: dt.date) -> None:
    """
    Itself when open; otherwise nothing open lies between.
    """
    found = calendrier.next_ouvrable(day)
    assert calendrier.is_ouvrable(found)
    between = (day + dt.timedelta(days=n) for n in range((found - day).days))
    assert not any(calendrier.is_ouvrable(closed) for closed in between)


@pytest.mark.parametrize("day", [dt.date(1999, 12, 31), dt.date(2061, 1, 1), dt.date.min, dt.date.max])
@pytest.mark.parametrize("unite", Unite)
def test_outside_the_coverage(day: dt.date, unite: Unite) -> None:
    """
    Every question about a year not covered is refused, rather than answered without its holidays.
    """
    inside = dt.date(2026, 1, 1)
    for ask in (
        lambda: METROPOLE.is_ferie(day),
        lambda: METROPOLE.add(day, 1, unite),
        lambda: METROPOLE.count(inside, day, unite),
        lambda: METROPOLE.count(day, inside, unite),
        lambda: METROPOLE.add(inside, 10**5, unite),
        lambda: METROPOLE.add(inside, -(10**9), unite),
        lambda: METROPOLE.add(inside, 10**12, unite),
    ):
        with pytest.raises(CalendarError):
            ask()


def test_unknown_territory() -> None:
    """
    The error names those known.
    """
    with pytest.raises(CalendarError, match="alsace_moselle"):
        Calendrier("corse")


@pytest.mark.parametrize("keys", [{}, {"mois": 5}, {"mois": 5, "jour": 1, "paques": 1}, {"mois": 5, "paques": 1}])
def test_holiday_is_a_day_or_an_offset(keys: dict[str, int]) -> None:
    """
    A line of the table that is neither, or both, is refused with its place.
    """
    with pytest.raises(LayoutError, match="essai"):
        structure({"nom": "x", "reference": "x", "confiance": "L", **keys}, JourFerie, "essai")


def test_every_holiday_names_its_source() -> None:
    """
    What was not read in its text is not said to be well known.
    """
    from tiers_payant.domain._calendrier import _table

    for ferie in _table().jours:
        assert ferie.reference
        assert ("non lu" not in ferie.reference) or ferie.confiance is Confiance.BASSE


def test_no_file_of_the_user_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The table ships with the library, wherever it is run from.
    """
    monkeypatch.chdir(tmp_path)
    assert Calendrier("mayotte").is_ferie(dt.date(2026, 4, 27))
