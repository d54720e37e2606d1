"""Indicators: ours against their definitions worked out créance by créance, and those that plugins bring."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.books import books
from tests.matching.test_passes import book
from tests.plugins.exemples import answers, example_of
from tests.test_cli import BANK, ENGLISH, LOTS, run

from tiers_payant import plugins
from tiers_payant.domain import (
    Book,
    Creance,
    Etat,
    Indicateur,
    IndicateurSpec,
    Part,
    Rapprochement,
    Tables,
    UniteIndicateur,
    format_cents,
)
from tiers_payant.pipeline import indicators, reconcile
from tiers_payant.plugins import build_manager, indicateurs_of
from tiers_payant.plugins.manager import BUILTIN
from tiers_payant.reports import INDICATEURS

HOOK = "tiers_payant_indicateurs"
TODAY = dt.date(2026, 4, 10)
PAROLES = "CAMILLE EXEMPLE"


def values(result: Rapprochement, **asked: Any) -> dict[str, int | float | None]:
    return {one.name: one.valeur for one in indicators(result, **{"today": TODAY, **asked})}


def spec(compute: Any, unite: str = "nombre", name: str = "essai", provider: str = "lgo-essai") -> IndicateurSpec:
    return IndicateurSpec(
        name=name, label="Essai", unite=UniteIndicateur(unite), compute=compute, provider=provider, version="2.1"
    )


def told(compute: Any, unite: str = "nombre") -> Indicateur:
    """What becomes of one indicator of a plugin."""
    manager = build_manager(answers(HOOK, [spec(compute, unite)]))
    return indicators(reconcile(Book.from_columns({})), today=TODAY, manager=manager)[-1]


def owed(creance: Creance) -> int:
    """What the page of definitions calls the rest."""
    if creance.etat in (Etat.RETRANSMISE, Etat.CREDITEE, Etat.REGLEE_COMPTOIR):
        return 0
    return max(creance.du_cents - creance.credite_cents, 0)


def oracle(result: Rapprochement, today: dt.date) -> dict[str, int | float | None]:
    """The definitions, one créance after the other; the mean delay apart."""
    every = list(result.creances)
    insurers = [one for one in every if one.part is not Part.ASSURE]

    def rest(part: Part) -> int | None:
        mine = [one for one in every if one.part is part]
        return sum(map(owed, mine)) if mine else None

    silent = (Etat.NON_REPONDUE, Etat.LOT_REFUSE, Etat.RETRANSMISE, Etat.REGLEE_COMPTOIR)
    answered = {one.cle[:4] for one in insurers if one.etat not in silent}
    refused = {one.cle[:4] for one in insurers if one.etat is Etat.REJETEE}
    late = [one for one in insurers if one.lot_date and (today - one.lot_date).days > 90]
    return {
        "reste_du_amo": rest(Part.AMO),
        "reste_du_amc": rest(Part.AMC),
        "reste_du_assures": rest(Part.ASSURE),
        "reste_du_90_jours": sum(map(owed, late)) if insurers else None,
        "factures_rejetees": len(refused) / len(answered) if answered else None,
        "credits_inexpliques": result.totaux.inexplique_cents,
        "credits_a_confirmer": result.totaux.propose_cents,
    }


@given(books(), st.sampled_from([TODAY, dt.date(2026, 1, 6), dt.date(2026, 4, 20)]))
def test_indicators_are_their_definitions(tables: Tables, today: dt.date):
    """
    Worked out créance by créance, the numbers are the same.
    """
    result = reconcile(Book(tables=tables))
    found = values(result, today=today)
    del found["delai_paiement"]
    assert oracle(result, today) == found


def test_mean_delay_is_weighted_by_cents():
    """
    From the lot of 5 January: 10 EUR in 4 days and 30 EUR in 8 make a mean of 7.
    """
    lines: list[dict[str, Any]] = [{}, {"date": "2026-01-13", "cents": 3000}]
    result = reconcile(book(groups=[{}, {"du": 3000}], lines=lines))
    assert 7.0 == values(result)["delai_paiement"]


def test_a_payment_of_an_uncertain_day_is_left_out_of_the_delay():
    """
    Two equal groups paid by two equal lines: which came when is not stated.
    """
    lines: list[dict[str, Any]] = [{}, {"date": "2026-01-12"}, {"date": "2026-01-13", "cents": 3000}]
    result = reconcile(book(groups=[{}, {}, {"du": 3000}], lines=lines))
    assert 3 == result.count(Etat.CREDITEE)
    assert 8.0 == values(result)["delai_paiement"]


def test_nothing_to_count_is_not_zero():
    """
    Of an empty book, only sums of the bank are known: they are zero.
    """
    found = values(reconcile(Book.from_columns({})))
    assert {"credits_inexpliques": 0, "credits_a_confirmer": 0} == {
        name: value for name, value in found.items() if value is not None
    }


def test_ours_come_through_the_same_door():
    """
    In the order that they are shown, before those of plugins by name.
    """
    theirs = [spec(lambda *_: 1, name=name) for name in ("zebre", "abeille")]
    manager = build_manager(answers(HOOK, theirs))
    assert [*(one.name for one in INDICATEURS), "abeille", "zebre"] == list(indicateurs_of(manager))


def test_example_of_the_hook_counts(tmp_path):
    """
    Two claims of 1 EUR are left, one of 10 EUR is not.
    """
    result = reconcile(book(groups=[{"du": 100}, {"du": 100}, {}], lines=[]))
    assert 2 == values(result, manager=build_manager(example_of(HOOK, tmp_path)))["exemple_petites"]


@pytest.mark.parametrize(
    ("unite", "given_", "expected"),
    [
        ("nombre", np.int64(3), 3),
        ("cents", 0, 0),
        ("part", 1, 1),
        ("part", np.float64(0.5), 0.5),
        ("jours", 2.5, 2.5),
        ("jours", -1, -1),
        ("nombre", None, None),
    ],
)
def test_a_number_of_its_unit_is_taken(unite, given_, expected):
    """
    As a plain number of Python, with who brings it.
    """
    found = told(lambda *_: given_, unite)
    assert (expected, "", "lgo-essai", "2.1") == (found.valeur, found.defaut, found.provider, found.version)
    assert type(found.valeur) in (int, float, type(None))


def explode(result: Rapprochement, today: dt.date) -> int:
    raise ValueError(PAROLES)


def leave(result: Rapprochement, today: dt.date) -> int:
    raise SystemExit(0)


@pytest.mark.parametrize(
    ("unite", "compute", "words"),
    [
        ("cents", lambda *_: 1.5, "expected a number of cents, got float"),
        ("nombre", lambda *_: True, "expected a number of nombre, got bool"),
        ("nombre", lambda *_: PAROLES, "expected a number of nombre, got str"),
        ("jours", lambda *_: math.nan, "expected a number of jours, got float"),
        ("jours", lambda *_: math.inf, "expected a number of jours, got float"),
        ("part", lambda *_: 1.01, "expected a part from 0 to 1"),
        ("part", lambda *_: 2, "expected a number of part, got int"),
        ("nombre", lambda: 1, "failed (TypeError)"),
        ("nombre", explode, "failed (ValueError)"),
        ("nombre", leave, "failed (SystemExit)"),
    ],
)
def test_an_indicator_at_fault_has_no_value(unite, compute, words):
    """
    It says why without quoting anything, and the others have theirs.
    """
    found = told(compute, unite)
    assert (None, words) == (found.valeur, found.defaut)


def test_a_name_is_of_one_indicator_alone():
    """
    A plugin that takes one of the library's loses it, and both are told.
    """
    manager, taken = build_manager(), INDICATEURS[0].name
    manager.register(answers(HOOK, [spec(len, name=taken)]), name="lgo-a")
    assert [BUILTIN] == sorted({one.provider for one in indicateurs_of(manager).values()})
    assert [f"{HOOK} of lgo-a: '{taken}' is brought by lgo-a and tiers-payant"] == [
        one.raison for one in manager.quarantaines
    ]


@pytest.mark.parametrize("given_", [["texte"], [None], 12, lambda: 1 / 0])
def test_what_is_no_indicator_is_named(given_):
    """
    With its plugin, and set aside: the library's are told all the same.
    """
    manager = build_manager()
    manager.register(answers(HOOK, given_), name="lgo-a")
    assert [one.name for one in INDICATEURS] == list(indicateurs_of(manager))
    assert [("lgo-a", HOOK)] == [(one.plugin, one.hook) for one in manager.quarantaines]


def test_page_and_document_tell_the_same(capsys, tmp_path):
    """
    French on the page, one line each; the numbers in the document.
    """
    status, out, err = run(
        capsys, "indicateurs", LOTS, BANK, "--today", "2026-04-10", "--json", tmp_path / "indicateurs.json"
    )
    assert 0 == status
    assert f"écrit : {tmp_path / 'indicateurs.json'}" in err
    assert len(INDICATEURS) == len(out.splitlines())
    assert not ENGLISH.search(out)
    document = json.loads((tmp_path / "indicateurs.json").read_text(encoding="utf-8"))
    assert ("tiers-payant/indicateurs/1", "2026-04-10") == (document["schema"], document["today"])
    owed_amo = document["indicateurs"][0]
    assert ("reste_du_amo", "cents", "tiers-payant") == (owed_amo["nom"], owed_amo["unite"], owed_amo["provider"])
    assert format_cents(owed_amo["valeur"]) in out.splitlines()[0]
    assert "sans objet" in out


def test_one_at_fault_is_told_on_the_error_stream(capsys, monkeypatch):
    """
    Status 3: the others are shown, and it says who brings it.
    """
    built = plugins.build_manager
    wrong = answers(HOOK, [spec(explode)])
    monkeypatch.setattr("tiers_payant.build_manager", lambda *_, **__: built(wrong), raising=False)
    status, out, err = run(capsys, "indicateurs", LOTS, "--today", "2026-04-10")
    assert 3 == status
    assert "en défaut" in out.splitlines()[-1]
    assert "essai, apporté par lgo-essai : failed (ValueError)" in err
    assert PAROLES not in out + err
