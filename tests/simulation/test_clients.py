"""Patients who owe: nothing else of the world changes, and the files say what the truth says."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import attrs
import pytest

import tiers_payant as tp
from tiers_payant.domain import Book, Etat, Part, Rapprochement
from tiers_payant.simulation import Monde, Verite, make_world, simulate, truth_of
from tiers_payant.simulation._lectures import lectures_of


@pytest.fixture(scope="module")
def world() -> Monde:
    return make_world(officines=2, factures=1500, mois=3, seed=5, comptes_clients=True)


@pytest.fixture(scope="module")
def truth(world: Monde) -> Verite:
    return truth_of(world)


@pytest.fixture(scope="module")
def result(world: Monde) -> Rapprochement:
    return tp.reconcile(Book.from_lectures(lectures_of(world)))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_else_of_the_world_changes(truth):
    """
    Insurers, banks and lots live the same months; only the parameters tell that patients owe.
    """
    plain = truth_of(make_world(officines=2, factures=1500, mois=3, seed=5))
    assert () == plain.patients
    assert plain == attrs.evolve(truth, patients=(), parametres=plain.parametres)
    assert {**plain.parametres, "comptes_clients": True} == truth.parametres


def test_files_without_the_option_are_those_of_before(tmp_path):
    """
    No account, no receipt, no word of them in the truth.
    """
    simulate(tmp_path, factures=200, seed=5)
    files = files_of(tmp_path)
    assert [] == [name for name in files if "clients" in name]
    assert "patients" not in json.loads(files["verite.json"])


def test_shares_owed_are_those_of_the_truth(truth, result):
    """
    One créance for each, of its cents, credited what was received.
    """
    found = {
        (one.officine, one.lot_date, one.lot, one.facture): (one.du_cents, one.credite_cents)
        for one in result.creances
        if one.part is Part.ASSURE
    }
    coupure = truth.coupure
    assert {one.cle[:4]: (one.du_cents, one.du_cents - one.reste_le(coupure)) for one in truth.patients} == found


def test_patients_pay_soon_late_in_part_and_never(truth, result):
    """
    Each manner is met, so that dunning has somebody to remind and somebody to leave alone.
    """
    etats = {one.etat for one in result.creances if one.part is Part.ASSURE}
    assert {Etat.CREDITEE, Etat.PARTIELLE, Etat.NON_REPONDUE} == etats
    waits = {(when - one.cle.lot_date).days // 30 for one in truth.patients for when, _ in one.recus}
    assert {0, 1} <= waits
    assert {"", "C00100001"} & {one.client for one in truth.patients}


def test_what_is_owed_on_a_day():
    """
    Receipts of later days do not count yet.
    """
    world = make_world(factures=800, mois=2, seed=6, comptes_clients=True)
    one = next(one for one in truth_of(world).patients if len(one.recus) == 1)
    ((day, cents),) = one.recus
    assert one.du_cents == one.reste_le(day - dt.timedelta(days=1))
    assert one.du_cents - cents == one.reste_le(day)


def test_files_say_what_the_world_says(tmp_path):
    """
    Written and read, accounts, receipts and addresses are those of the world.
    """
    world: dict[str, Any] = {"officines": 2, "factures": 500, "mois": 2, "seed": 5, "comptes_clients": True}
    result = tp.reconcile(Book.from_lectures(lectures_of(make_world(**world))))
    simulate(tmp_path, **world)
    again = tp.reconcile(tp.read(tmp_path))
    assert list(result.creances) == list(again.creances)
    names = ("comptes_clients", "encaissements", "adresses")
    expected = [len(getattr(result.tables, name)) for name in names]
    assert expected == [len(getattr(again.tables, name)) for name in names]
    assert all(expected)
    assert 0 < len(json.loads((tmp_path / "verite.json").read_text("utf-8"))["patients"])
