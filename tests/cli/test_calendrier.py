"""`--calendrier`: the same name on every command that counts days."""

from __future__ import annotations

import pytest
from tests.plugins.exemples import answers
from tests.test_cli import BANK, LOTS, run

from tiers_payant import plugins
from tiers_payant.domain import Calendrier, CalendrierSpec

COMMANDS = ("rejets", "relances", "controle")
ASKED = {
    "rejets": "tiers_payant.plan_actions",
    "relances": "tiers_payant.plan_relances",
    "controle": "tiers_payant.pipeline.check_lots",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("asked", "expected"),
    [([], None), (["--calendrier", "guadeloupe"], Calendrier("guadeloupe")), (["--calendrier", "site"], Calendrier())],
)
def test_the_calendar_named_is_the_one_that_counts(capsys, monkeypatch, command, asked, expected):
    """
    A territory, or the calendar of a plugin; without the option it is left to the library.
    """
    seen = []

    class CountedError(Exception):
        """The plan was asked for; nothing more is to be seen."""

    def counting(*_: object, calendrier: Calendrier | None = None, **__: object) -> None:
        seen.append(calendrier)
        raise CountedError

    site = CalendrierSpec(name="site", label="Site", calendrier=Calendrier(), provider="lgo-essai")
    built = plugins.build_manager
    monkeypatch.setattr(
        "tiers_payant.build_manager", lambda *_, **__: built(answers("tiers_payant_calendriers", [site])), raising=False
    )
    monkeypatch.setattr(ASKED[command], counting, raising=False)
    with pytest.raises(CountedError):
        run(capsys, command, LOTS, *([] if command == "controle" else [BANK]), "--today", "2026-03-02", *asked)
    assert [expected] == seen


@pytest.mark.parametrize("command", COMMANDS)
def test_a_calendar_that_nobody_brings_is_told(capsys, command):
    """
    Status 2, in French, with those that there are.
    """
    status, out, err = run(capsys, command, LOTS, "--calendrier", "lune")
    assert (2, "") == (status, out)
    assert "aucun calendrier ne s'appelle lune ; il y a :" in err
    assert "alsace_moselle : Alsace et Moselle" in err
