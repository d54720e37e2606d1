"""The evaluation of rejects: it counts what it says it counts."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from functools import cache

import numpy as np
import pytest
from benchmarks._rejets_juge import judge_classement, judge_controles, judge_libelles
from benchmarks._rejets_page import render
from benchmarks.rejets import DATA, FIRST_SEED, PAGE, main, temoins

from tiers_payant.domain import (
    Book,
    Calendrier,
    CheckSpec,
    ClassementRejets,
    Examen,
    Famille,
    Preuve,
    Severite,
    Tables,
)
from tiers_payant.simulation import Monde, Taux, Verite, make_world, truth_of
from tiers_payant.simulation._lectures import lectures_of
from tiers_payant.simulation._motifs import RESERVES, libelles

OFTEN = Taux(rejets=0.2, fautes_admises=0.1, libelles_reserves=0.5, numeros_ressaisis=0.05, dates_ressaisies=0.05)


@cache
def world() -> Monde:
    return make_world(officines=2, factures=1200, mois=1, seed=6, taux=OFTEN)


@cache
def truth() -> Verite:
    return truth_of(world())


@cache
def tables() -> Tables:
    return Book.from_lectures(lectures_of(world())).tables


def classement(families: list[Famille]) -> ClassementRejets:
    count = len(families)
    return ClassementRejets.of(
        count, rejet=list(range(count)), famille=list(map(int, families)), preuve=[int(Preuve.MOTS)] * count
    )


def true_families() -> list[Famille]:
    """The family of the words of each line: another way to the truth than that of the judge."""
    said = {(rejet.code, rejet.libelle): rejet for rejet in truth().rejets if rejet.dit != "code"}
    rejets = tables().rejets
    found = []
    for code, libelle in zip(rejets.code.tolist(), rejets.libelle.tolist(), strict=True):
        true = said.get((code.decode(), libelle))
        found.append(Famille.INCONNU if true is None or true.dit == "rien" else Famille[true.famille])
    return found


def test_classification_by_the_true_words_has_no_fault():
    """
    Every line is counted once; those with a published code, left unknown here, are told apart.
    """
    found = judge_classement(truth(), tables(), classement(true_families()))
    assert len(tables().rejets) == found.total()
    wrong = {name: count for name, count in found.items() if len(set(name.split("/")[2:4])) > 1}
    assert wrong
    assert {"code"} == {name.split("/")[1] for name in wrong}
    assert {"INCONNU"} == {name.split("/")[3] for name in wrong}


def test_guess_about_words_that_say_nothing_is_a_fault():
    """
    Their right answer is INCONNU, whatever the true cause.
    """
    found = judge_classement(truth(), tables(), classement([Famille.DROITS_AMO] * len(tables().rejets)))
    mute = {name: count for name, count in found.items() if name.startswith("rejet/rien/")}
    assert {"rejet/rien/INCONNU/DROITS_AMO/MOTS"} == set(mute)


def test_labels_are_judged_once_each():
    """
    With the family of their words; a label found in two ways shows both.
    """
    true = judge_libelles(truth(), tables(), classement(true_families()))
    assert {label: (family, [family]) for label, (family, _) in true.items()} == true
    assert {rejet.libelle for rejet in truth().rejets if rejet.dit == "mots" and rejet.cause} == set(true)


def test_classification_of_other_lines_is_refused():
    """
    One row for each line, in their order, else nothing can be judged.
    """
    given = classement(true_families())
    with pytest.raises(ValueError, match="one row for each reject line"):
        judge_classement(truth(), tables(), given.with_columns(rejet=given.rejet[::-1]))


def wrong_key(examen: Examen) -> np.ndarray:
    factures = examen.tables.factures
    rows = zip(factures.nir.tolist(), factures.nir_cle.tolist(), strict=True)
    return np.array([row for row, (nir, cle) in enumerate(rows) if (int(nir) + int(cle)) % 97], dtype=np.int64)


def every(examen: Examen) -> np.ndarray:
    assert set(examen.deja.factures.lot_date.tolist()).isdisjoint(examen.tables.factures.lot_date.tolist())
    assert {examen.today} == set(examen.tables.factures.lot_date.tolist())
    assert 0 == len(examen.tables.reponses)
    told = examen.deja.retours.date[examen.deja.reponses.retour]
    assert all(day < examen.today for day in told.tolist())
    return np.arange(len(examen.tables.factures))


def check(nom: str, examine) -> CheckSpec:
    return CheckSpec(
        name=nom,
        phrase="Exemple.",
        severite=Severite.BLOQUANT,
        famille=Famille.IDENTITE_NIR,
        champ="nir_cle",
        examine=examine,
    )


def test_check_is_credited_with_what_it_finds_and_charged_with_the_rest():
    """
    The key alone finds the wrong keys and digits; a check that flags everything stops every visible
    identity, and is for nothing elsewhere.
    """
    found = judge_controles(truth(), tables(), [check("cle", wrong_key), check("tout", every)], Calendrier())
    keys = [faute for faute in truth().fautes if faute.cause in ("nir_cle", "nir_chiffre")]
    mine = [faute for faute in truth().fautes if faute.famille == "IDENTITE_NIR" and faute.visible]
    refused = len({rejet.creance[:4] for rejet in truth().rejets if rejet.cause})
    assert Counter(faute.refusee for faute in keys) == Counter(
        {True: found["controle/cle/arretes"], False: found["controle/cle/admises"]}
    )
    assert 0 == found["controle/cle/autres"] + found["controle/cle/pour_rien"]
    assert sum(faute.refusee for faute in mine) == found["controle/tout/arretes"] == found["total/arretes"]
    assert refused == found["total/refuses"] == found["controle/tout/arretes"] + found["controle/tout/autres"]
    assert truth().factures == found["total/factures"] == found["total/signalees"]


def test_days_are_examined_in_their_order():
    """
    Each lot beside all that was sent before, and its lines with it.
    """
    seen: list[tuple[dt.date, int, int]] = []

    def look(examen: Examen) -> np.ndarray:
        seen.append((examen.today, len(examen.tables.factures), len(examen.deja.factures)))
        assert set(range(len(examen.tables.factures))) == set(examen.tables.lignes.facture_rang.tolist())
        return np.empty(0, dtype=np.int64)

    judge_controles(truth(), tables(), [check("vue", look)], Calendrier())
    assert sorted(seen) == seen
    assert [sum(count for _, count, _ in seen[:rank]) for rank in range(len(seen))] == [before for *_, before in seen]


def test_page_is_what_its_data_say():
    """
    Nobody edits it by hand.
    """
    assert PAGE.read_text(encoding="utf-8") == render(json.loads(DATA.read_text(encoding="utf-8")))


def test_published_seeds_are_kept_apart():
    """
    None of those of the tests is among them.
    """
    assert json.loads(DATA.read_text(encoding="utf-8"))["graines"][0] >= FIRST_SEED


def test_few_lines_are_taken_for_another_family():
    """
    Of the published lines with telling words, held out or shown, at most 3 % are wrong: less harm in knowing nothing.
    """
    for seeds in json.loads(DATA.read_text(encoding="utf-8"))["rejets"].values():
        told = Counter[str]()
        for counts in seeds.values():
            for name, count in counts.items():
                _, dit, true, found, _ = name.split("/")
                if dit == "mots":
                    told["all"] += count
                    told["wrong"] += count * (found not in (true, "INCONNU"))
        assert 0.03 >= told["wrong"] / told["all"]


def test_published_counts_are_those_of_this_code():
    """
    A small world, run again: when this fails codes, words, checks or simulator have changed, and `make rejects` is due.
    """
    assert json.loads(DATA.read_text(encoding="utf-8"))["temoins"] == temoins()


def test_page_shows_no_label_held_out():
    """
    Whoever mends a word list may read it.
    """
    published = PAGE.read_text(encoding="utf-8") + DATA.read_text(encoding="utf-8")
    held = [label for many in libelles(RESERVES).values() for label in many if " " in label]
    assert held
    assert [] == [label for label in held if label in published]


def test_small_run_writes_its_page(tmp_path):
    """
    Both files, the page told from its data.
    """
    out = tmp_path / "page.md"
    assert 0 == main(["--seeds", "1", "--factures", "60", "--out", str(out)])
    assert out.read_text(encoding="utf-8") == render(json.loads(out.with_suffix(".json").read_text(encoding="utf-8")))
