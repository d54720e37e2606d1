"""Accuracy of reminders: the judge knows what is true and misses no error, and the page says what its data say."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest
from benchmarks._relances_juge import HORIZONS, Juge
from benchmarks._relances_monde import ATTENTE, Dossier, Taille, dossier_of
from benchmarks._relances_noms import groups_of, lines_of
from benchmarks._relances_page import render
from benchmarks._relances_rejeu import Conduite, Journee, replay
from benchmarks._relances_verite import DEMANDABLES, PartVraie, Sort, parts_of
from benchmarks.relances_exactitude import DATA, FIRST_SEED, PAGE, temoins

from tiers_payant.domain import Book, RelancePolicy
from tiers_payant.formats.noemie import write_noemie
from tiers_payant.matching import reconcile
from tiers_payant.pipeline import read_lectures
from tiers_payant.simulation import Cle, Fichier, truth_of
from tiers_payant.simulation._tables import tables_of

TOUT = Conduite(nom="tout", redemande=True, decide=True, regarde=True)


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return dossier_of(11, Taille(factures=360, mois=2))


@pytest.fixture(scope="module")
def journees(dossier: Dossier) -> list[Journee]:
    return list(replay(dossier, TOUT, {"standard": RelancePolicy.standard()}))


def judged(parts: Mapping[Cle, PartVraie], journees: list[Journee]) -> Juge:
    juge = Juge(parts, "standard")
    for journee in journees:
        juge.see(journee)
    return juge


def test_each_share_is_what_the_simulators_own_truth_says(dossier):
    """
    At the end of the world, what was credited and what was billed again are told alike by both.
    """
    parts = parts_of(dossier.world)
    truth = {each.cle: each for each in truth_of(dossier.world).creances}
    assert truth.keys() == parts.keys()
    for cle, part in parts.items():
        assert truth[cle].du_cents == part.du_cents
        assert truth[cle].credite_cents == sum(cents for _, cents in part.credits)
        assert (truth[cle].etat == "retransmise") == (part.sort is Sort.RETRANSMISE)
        assert (truth[cle].etat == "creditee") == (part.sort is Sort.PAYEE)
        assert (truth[cle].etat == "reprise") == (part.sort is Sort.REPRISE)


def test_shares_that_can_be_asked_for_are_owed_to_the_end(dossier):
    """
    Of every one of them something is owed on the last day; of a share paid, nothing.
    """
    parts = parts_of(dossier.world).values()
    kinds = {part.sort for part in parts}
    assert {Sort.PAYEE, Sort.MUETTE} < kinds
    assert [] == [part for part in parts if part.sort in DEMANDABLES and not part.reste_le(dossier.world.coupure)]
    assert [] == [part for part in parts if part.sort is Sort.PAYEE and part.reste_le(dossier.world.coupure)]


def test_what_is_owed_follows_the_days():
    """
    A share is owed until the day of its money, again once that is taken back, and no more once it is billed again.
    """
    day = dt.date(2025, 7, 1)
    later = [day + dt.timedelta(days=days) for days in range(5)]
    cle = Cle("999000019", day, "001", "000000001", "AMO")
    part = PartVraie(
        cle=cle, du_cents=1000, sort=Sort.RETRANSMISE, refaite=later[4], annoncee=None,
        credits=((later[1], 600), (later[2], 400), (later[3], -1000)),
    )  # fmt: skip
    assert [1000, 400, 0, 1000, 0] == [part.reste_le(each) for each in later]


def test_judge_sees_every_contact_that_is_wrong(dossier, journees):
    """
    Where everything was paid before it was asked for, each share asked for is an error; three quarters paid, too much.
    """
    parts = parts_of(dossier.world)
    honest = judged(parts, journees).counts()
    assert (0, 0) == (honest["fausses"], honest["trop_demandees"])
    assert honest["parts"] > 0
    for quarters, name, how in ((4, "fausses", "payee"), (3, "trop_demandees", "trop")):
        paid = {
            cle: attrs.evolve(part, credits=((dt.date.min, part.du_cents * quarters // 4),))
            for cle, part in parts.items()
        }
        juge = judged(paid, journees)
        counts = juge.counts()
        assert {how} == {what for what, *_ in juge.wrong()}
        assert honest["parts"] == counts[name]
        assert 0 == counts["fausses"] + counts["trop_demandees"] - counts[name]


def test_every_claim_over_its_delay_is_counted_once_a_plan(dossier, journees):
    """
    On the last day, the reasons add up to the claims left alone.
    """
    last = journees[-1]
    counts = judged(parts_of(dossier.world), journees).counts()
    alone = set(last.plans["standard"].ecarts.creance.tolist()) - set(last.plans["standard"].creances.creance.tolist())
    assert len(alone) == sum(n for name, n in counts.items() if name.startswith("fin/") and "_cents" not in name)


def test_nothing_of_the_future_is_read(dossier):
    """
    A plan of a day is made from what is dated on or before it.
    """
    for day in dossier.jours[2:4]:
        tables = dossier.book(day, redemandes=True).tables
        for days in (tables.virements.date, tables.factures.lot_date, tables.retours.date, tables.releves.au):
            assert days.max().item() <= day


def test_a_return_delivered_again_is_what_its_file_would_say(dossier, tmp_path):
    """
    It is the lost return, none other: written, read, and come after the statement that shows its credit.
    """
    assert dossier.retrouves
    for (day, retour), (_, lecture) in zip(dossier.retrouves, dossier.redemandes, strict=True):
        assert [None] == [groupe.retour for groupe in retour.groupes]
        booked = [paid.ligne for groupe in retour.groupes for paid in groupe.versements if paid.ligne is not None]
        assert day == min(map(dossier.shown, booked)) + dt.timedelta(days=ATTENTE)
        path = tmp_path / f"{retour.fichier}.noe"
        with path.open("wb") as out:
            write_noemie(tables_of(Fichier(chemin=path.name, retours=[retour], cadrage="nu")), out, cadrage="nu")
        read = Book.from_lectures(read_lectures(path)).tables
        for name in ("officine", "lot_date", "lot", "facture", "part", "annonce_cents"):
            assert getattr(read.reponses, name).tolist() == getattr(lecture.tables.reponses, name).tolist()


def test_a_return_delivered_again_is_read_with_the_others(dossier):
    """
    Each transfer that it announces is in the result, and in none without it.
    """
    day = dossier.jours[-1]
    there = [retour for when, retour in dossier.retrouves if when <= day]
    result = reconcile(dossier.book(day, redemandes=True))
    told = groups_of(there, result)
    assert {id(groupe) for retour in there for groupe in retour.groupes} == told.keys()
    assert {} == groups_of(there, reconcile(dossier.book(day, redemandes=False)))


def test_lines_are_those_of_the_world(dossier):
    """
    Each row of a result is the line of that day, amount and words.
    """
    result = reconcile(dossier.book(dossier.jours[-1], redemandes=False))
    lines = lines_of(dossier.world.lignes, result)
    assert len(result.tables.virements) == len(lines) == len({id(line) for line in lines.values()})
    told = result.tables.virements.libelle.tolist()
    assert [line.libelle for line in lines.values()] == [told[row] for row in lines]


def test_what_is_decided_is_followed(journees):
    """
    No tie that the officine makes by the truth is refused for its amounts, nor contradicts another.
    """
    assert journees[-1].regardees > 0
    assert 0 == journees[-1].perdues


def test_page_is_what_its_data_say():
    """
    Nobody edits it by hand.
    """
    assert PAGE.read_text(encoding="utf-8") == render(json.loads(DATA.read_text(encoding="utf-8")))


def test_page_shows_every_error():
    """
    Whether the published run has one or not, a share asked for though it was paid would stand on the page, once.
    """
    data = json.loads(DATA.read_text(encoding="utf-8"))
    share = ["999000019", "2025-08-01", "979", "000004449", "AMC"]
    data["fausses"] = [[name, 1, "payee", *share, "2025-09-01", "2025-08-01"] for name in ("rien/90", "tout/90")]
    expected = "| 1 | paid | 2025-08-01 | 979 | 000004449 | AMC | 2025-08-01 | 2025-09-01 | 2 |"
    assert 1 == render(data).splitlines().count(expected)


def test_published_seeds_are_kept_apart():
    """
    None of those of the tests is among them.
    """
    assert json.loads(DATA.read_text(encoding="utf-8"))["graines"][0] >= FIRST_SEED


def test_no_share_is_counted_twice_among_those_never_paid():
    """
    At each horizon no more are asked for than are due; at the longest, what was waited for adds up to what was due.
    """
    for published in json.loads(DATA.read_text(encoding="utf-8"))["cas"].values():
        counts = Counter(published)
        for horizon in HORIZONS:
            assert 0 <= counts[f"horizon/{horizon}/demandees"] <= counts[f"horizon/{horizon}/dues"]
        assert counts["horizon/180/dues"] == sum(n for name, n in counts.items() if name.startswith("cohorte/"))


def test_published_counts_are_those_of_this_code():
    """
    A small world, lived again: when this fails gates, matching or simulator have changed, and `make reminders` is due.
    """
    assert json.loads(DATA.read_text(encoding="utf-8"))["temoins"] == temoins()


def test_no_place_of_the_machine_is_published():
    """
    Neither in the page nor in its data.
    """
    for path in (PAGE, DATA):
        assert str(Path(__file__).parents[2]) not in path.read_text(encoding="utf-8")
