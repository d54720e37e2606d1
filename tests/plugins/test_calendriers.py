"""Calendars that plugins bring, asked for by name wherever days are counted."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pytest
from tests.plugins.exemples import answers, example_of

from tiers_payant.domain import (
    Book,
    Calendrier,
    CalendrierSpec,
    CheckSpec,
    Examen,
    Famille,
    Severite,
    Territoire,
    Unite,
)
from tiers_payant.errors import CalendarError
from tiers_payant.pipeline import check_lots, plan_actions, plan_relances, reconcile
from tiers_payant.pipeline._calendriers import calendar_of
from tiers_payant.plugins import build_manager, calendriers_of
from tiers_payant.plugins.manager import BUILTIN

HOOK = "tiers_payant_calendriers"
CLOSED = Calendrier(fermetures={dt.date(2026, 3, 3): "Fête de la ville"})
DAY = dt.date(2026, 3, 2)


def site(name: str = "site", provider: str = "lgo-essai") -> CalendrierSpec:
    return CalendrierSpec(name=name, label="Site", calendrier=CLOSED, provider=provider)


def test_every_territory_has_its_calendar():
    """
    Under its own name, with words that a pharmacist reads.
    """
    found = calendriers_of(build_manager())
    assert {one.value: Calendrier(one) for one in Territoire} == {name: one.calendrier for name, one in found.items()}
    assert len(Territoire) == len({one.label for one in found.values()})


def test_the_example_of_the_hook_closes_a_day(tmp_path):
    """
    Its own day and those of Martinique are off.
    """
    calendar = calendar_of("ville-exemple", build_manager(example_of(HOOK, tmp_path)))
    assert [True, True, False] == [
        calendar.is_ferie(day) for day in (dt.date(2026, 2, 16), dt.date(2026, 5, 22), dt.date(2026, 2, 17))
    ]


def test_without_a_name_the_calendar_is_that_of_metropolitan_france():
    """
    A calendar of the caller's is taken as it is, and no plugin is asked.
    """
    failing = build_manager(answers(HOOK, lambda: 1 / 0))
    assert Calendrier() == calendar_of(None, failing)
    assert CLOSED == calendar_of(CLOSED, failing)


def test_a_name_that_nobody_brings_is_told_with_those_that_are():
    """
    No day is counted.
    """
    with pytest.raises(CalendarError, match=r"no calendar 'lune'; known: metropole, .*wallis_et_futuna, site"):
        calendar_of("lune", build_manager(answers(HOOK, [site()])))


def test_a_name_is_of_one_calendar_alone():
    """
    Two plugins, or a plugin and the library: both are told, and no plugin has it then; asking for it is refused.
    """
    manager = build_manager()
    for plugin, names in {"lgo-a": ["site", "metropole"], "lgo-b": ["site"]}.items():
        manager.register(answers(HOOK, [site(name) for name in names]), name=plugin)
    assert BUILTIN == calendriers_of(manager)["metropole"].provider
    with pytest.raises(CalendarError, match="no calendar 'site'"):
        calendar_of("site", manager)
    told = {(one.plugin, one.detail) for one in manager.quarantaines}
    site_of_both = "site : lgo-a and lgo-b"
    assert {("lgo-a", "metropole : lgo-a and tiers-payant"), ("lgo-a", site_of_both), ("lgo-b", site_of_both)} == told


def test_what_is_no_calendar_is_named():
    """
    With its plugin, which is set aside; or where it is made.
    """
    manager = build_manager()
    manager.register(answers(HOOK, [CLOSED]), name="lgo-a")
    assert "metropole" in calendriers_of(manager)
    told = f"{HOOK} of lgo-a: expected CalendrierSpec, got Calendrier"
    assert [told] == [one.raison for one in manager.quarantaines]
    with pytest.raises(CalendarError, match="calendar 'site': expected Calendrier, got str"):
        CalendrierSpec(name="site", label="Site", calendrier="metropole")  # type: ignore[arg-type]


def test_plans_and_checks_take_a_name():
    """
    Each asks the plugins that it was given: the name of a calendar at fault is told by all three.
    """
    manager = build_manager(answers(HOOK, [site()]))
    result = reconcile(Book.from_columns({}))
    for name, refused in (("site", False), ("lune", True)):
        for call in (
            lambda name: plan_actions(result, today=DAY, manager=manager, calendrier=name),
            lambda name: plan_relances(result, today=DAY, manager=manager, calendrier=name),
            lambda name: check_lots(Book.from_columns({}), today=DAY, manager=manager, calendrier=name),
        ):
            if refused:
                with pytest.raises(CalendarError, match="no calendar 'lune'"):
                    call(name)
            else:
                call(name)


def test_a_named_calendar_is_the_one_that_counts():
    """
    The check before sending is shown it.
    """
    seen = []

    def examine(examen: Examen) -> npt.NDArray[np.int64]:
        seen.append(examen.calendrier)
        return np.zeros(0, dtype=np.int64)

    check = CheckSpec(
        name="essai", phrase="Essai.", severite=Severite.AVERTISSEMENT, famille=Famille.INCONNU, champ="lot",
        examine=examine, source="essai",
    )  # fmt: skip
    manager = build_manager(answers(HOOK, [site()]))
    check_lots(Book.from_columns({}), today=DAY, checks={"essai": check}, manager=manager, calendrier="site")
    assert [CLOSED] == seen


def test_a_day_off_moves_the_end_of_a_delay():
    """
    One open day after a Monday is Wednesday when Tuesday is off.
    """
    assert dt.date(2026, 3, 3) == Calendrier().add(DAY, 1, Unite.JOURS_OUVRES)
    assert dt.date(2026, 3, 4) == CLOSED.add(DAY, 1, Unite.JOURS_OUVRES)
    assert "Fête de la ville" == CLOSED.feries(2026)[dt.date(2026, 3, 3)]


@pytest.mark.parametrize(
    "wrong", [{"2026-03-03": "Fête"}, {dt.datetime(2026, 3, 3, tzinfo=dt.UTC): "Fête"}, {dt.date(2026, 3, 3): ""}]
)
def test_days_off_are_days_with_a_name(wrong):
    """
    Told where the calendar is made.
    """
    with pytest.raises(CalendarError, match="fermetures: expected days, each with its name"):
        Calendrier(fermetures=wrong)
