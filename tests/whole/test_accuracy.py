"""The accuracy benchmark: it counts what it says it counts, and the page says what was counted."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import attrs
import numpy as np
import numpy.typing as npt
import pytest
from benchmarks._exactitude_cas import CAS, run
from benchmarks._exactitude_juge import judge
from benchmarks._exactitude_noms import names_of
from benchmarks._exactitude_page import render, upper_bound
from benchmarks.exactitude import DATA, FIRST_SEED, PAGE, _noted, main, temoins

import tiers_payant as tp
from tiers_payant.domain import Book, Etat, Rapprochement, Tables
from tiers_payant.simulation import RefacturationVraie, Verite, make_world, simulate, truth_of
from tiers_payant.simulation._lectures import lectures_of

PLACES = {"octet", "empreinte"}
"""What only bytes tell."""
AS_SHOWN = {"compte_affiche", "identifiant"}
"""What CFONB 120 does not print of a statement."""
TEXTS = {"emetteur", "libelle", "textes"}
"""CFONB 120 cuts the label of a bank line and goes on below."""


@cache
def small() -> tuple[Verite, Rapprochement]:
    world = make_world(officines=2, factures=900, mois=2, seed=31)
    return truth_of(world), tp.reconcile(Book.from_lectures(lectures_of(world)))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verite, Book, Book]:
    """One world as a book of its files, and as a book made without them."""
    folder = tmp_path_factory.mktemp("simulation")
    simulate(folder, officines=2, factures=1500, mois=2, seed=32)
    world = make_world(officines=2, factures=1500, mois=2, seed=32)
    return truth_of(world), tp.read(folder), Book.from_lectures(lectures_of(world))


def facts(tables: Tables, name: str) -> list[tuple[object, ...]]:
    """The rows of a table, sorted: the writer puts the answers of a return in an order of its own."""
    table = getattr(tables, name)
    columns = [each for each in table.kinds() if each not in PLACES | AS_SHOWN | TEXTS]
    return sorted(
        tuple(map(str, row)) for row in zip(*(getattr(table, each).tolist() for each in columns), strict=True)
    )


def test_tables_made_without_files_are_those_that_the_files_give(both):
    """
    The short way of the benchmark tells the same facts as the long one.
    """
    _, long, short = both
    for name, table in long.tables.each():
        assert len(table) == len(getattr(short.tables, name))
        assert facts(long.tables, name) == facts(short.tables, name)
    assert [each.nom for each in long.sources if each.format] == [each.nom for each in short.sources]


def test_bank_texts_hold_the_same_words(both):
    """
    Whatever cuts a label, every word of it is there.
    """
    _, long, short = both

    def words(book: Book) -> list[str]:
        lines = book.tables.virements
        texts = zip(lines.libelle.tolist(), lines.textes.tolist(), strict=True)
        return [(rest.removeprefix("LCC: ") or label).replace(" ", "") for label, rest in texts]

    assert words(short) == words(long)


def test_both_ways_are_judged_alike(both):
    """
    Every count of the judge, to the unit, and every créance.
    """
    truth, long, short = both
    by_files, by_tables = tp.reconcile(long), tp.reconcile(short)
    assert judge(truth, by_files) == judge(truth, by_tables)
    assert list(by_files.creances) == list(by_tables.creances)


def test_result_without_a_fault_is_judged_so():
    """
    A small ordinary world: most is settled, and nothing falsely.
    """
    found = judge(*small())
    assert (0, 0, 0, 0) == tuple(
        found[name] for name in ("liens_faux", "creances_fausses", "reponses_fausses", "chaines_fausses")
    )
    assert found["liens"] > 200
    assert found["creances_reglees"] > 0.9 * found["creances_vraies"]
    assert found["atteignables_regles"] > 0.97 * found["atteignables"]


def test_two_links_that_change_their_bank_lines_are_two_false_ones():
    """
    The judge sees it, and so it does for every créance that they credit.
    """
    truth, result = small()
    links = result.liens_virements
    one, two = np.flatnonzero(links.classe == 0)[:2].tolist()
    virement = links.virement.copy()
    virement[[one, two]] = virement[[two, one]]
    found = judge(truth, attrs.evolve(result, liens_virements=links.with_columns(virement=virement)))
    assert 2 == found["liens_faux"]
    members = np.isin(result.tables.reponses.groupe[result.liens_reponses.reponse], links.groupe[[one, two]])
    assert int(members.sum()) == found["creances_fausses"]
    assert int(np.abs(result.liens_reponses.cents[members]).sum()) == found["faux_cents"]


def test_answer_given_to_another_creance_is_false():
    """
    Its key names one créance, and the judge reads it.
    """
    truth, result = small()
    moved: npt.NDArray[np.int32] = result.liens_reponses.creance.copy()
    moved[0] = (moved[0] + 2) % len(result.creances)
    found = judge(truth, attrs.evolve(result, liens_reponses=result.liens_reponses.with_columns(creance=moved)))
    assert 1 == found["reponses_fausses"]


def test_chain_that_is_none_is_false():
    """
    A créance that was never refused is not replaced by the next.
    """
    truth, result = small()
    following = result.creances.remplacee_par.copy()
    row = int(np.flatnonzero(result.creances.etat == Etat.CREDITEE)[0])
    following[row] = row + 1
    found = judge(truth, attrs.evolve(result, creances=result.creances.with_columns(remplacee_par=following)))
    assert 1 == found["chaines_fausses"]


def test_chain_that_skips_a_refused_facture_is_not_false():
    """
    The third bills what the first billed: who cannot see the second is right to say so.
    """
    truth, result = small()
    first = int(np.flatnonzero(result.creances.remplacee_par >= 0)[0])
    names = names_of(truth, result).creances
    old, new = names[first], names[int(result.creances.remplacee_par[first])]
    between = next(cle for cle in names if cle not in (old, new))
    kept = tuple(link for link in truth.refacturations if old != link.ancienne)
    longer = tuple(
        RefacturationVraie(ancienne=one, nouvelle=other, reachable=False)
        for one, other in ((old, between), (between, new))
    )
    found = judge(attrs.evolve(truth, refacturations=kept + longer), result)
    assert (0, 1) == (found["chaines_fausses"], found["chaines_sautees"])


def test_class_is_one_link_and_right_when_its_lines_pay_its_transfers():
    """
    Two right links told as one class: one link, no fault; with a line that pays another, one false link.
    """
    truth, result = small()
    links = result.liens_virements
    one, two, three = np.flatnonzero(links.classe == 0)[:3].tolist()
    classe, virement = links.classe.copy(), links.virement.copy()
    classe[[one, two]] = 1 + links.classe.max()
    before = judge(truth, result)["liens"]
    told = judge(truth, attrs.evolve(result, liens_virements=links.with_columns(classe=classe)))
    assert (before - 1, 0) == (told["liens"], told["liens_faux"])
    virement[two] = virement[three]
    wrong = judge(truth, attrs.evolve(result, liens_virements=links.with_columns(classe=classe, virement=virement)))
    assert 1 == wrong["liens_faux"]


@pytest.mark.parametrize(
    ("failures", "trials", "expected"),
    [(0, 100, 0.029513), (0, 1_000_000, 2.99573e-6), (1, 100, 0.046560), (5, 1000, 0.010484), (3, 3, 1.0)],
)
def test_bound_is_that_of_clopper_and_pearson(failures, trials, expected):
    """
    One-sided, 95 %: with no failure it is 1 - 0.05 ** (1 / trials), about 3 / trials.
    """
    assert expected == pytest.approx(upper_bound(failures, trials), rel=1e-4)


def test_bound_is_where_so_few_failures_happen_once_in_twenty():
    """
    By the definition, with whole numbers small enough to sum by hand.
    """
    rate = upper_bound(1, 10)
    assert 0.05 == pytest.approx((1 - rate) ** 10 + 10 * rate * (1 - rate) ** 9)


def test_run_that_stops_goes_on_where_it_was(tmp_path, capsys):
    """
    Worlds already judged are not judged again, and the page is the same.
    """
    notes, page = tmp_path / "notes.jsonl", tmp_path / "page.md"
    small_run = ["--part", "50", "--notes", str(notes), "--out", str(page)]
    assert 0 == main([*small_run, "--seeds", "1-1"])
    first = page.read_text(encoding="utf-8")
    assert len(CAS) == len(notes.read_text(encoding="utf-8").splitlines())
    assert 0 == main([*small_run, "--seeds", "1-2"])
    assert 2 * len(CAS) == len(notes.read_text(encoding="utf-8").splitlines())
    assert 0 == main([*small_run, "--seeds", "1-1"])
    assert first == page.read_text(encoding="utf-8")
    assert str(tmp_path) not in first
    assert len(CAS) == capsys.readouterr().err.count("seed 2,")


def test_worlds_that_other_code_judged_are_left_out(tmp_path):
    """
    Counts of two matchings do not add up.
    """
    notes = tmp_path / "notes.jsonl"
    kept = {"code": "this", "cas": "ordinary", "seed": 1, "comptes": {"liens": 3}}
    notes.write_text("".join(json.dumps(note) + "\n" for note in (kept, {**kept, "code": "that", "seed": 2})))
    assert {("ordinary", 1): {"liens": 3}} == _noted(notes, "this")


def test_same_seed_gives_the_same_counts():
    """
    The whole way is deterministic.
    """
    assert run(CAS[1], 3, 50) == run(CAS[1], 3, 50)


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


def test_published_counts_are_those_of_this_code():
    """
    A small world of two kinds, run again: when this fails the matching has changed, and `make accuracy` is due.
    """
    published = json.loads(DATA.read_text(encoding="utf-8"))["temoins"]
    assert published == {name: dict(counts) for name, counts in temoins().items()}


def test_no_place_of_the_machine_is_published():
    """
    Neither in the page nor in its data.
    """
    for path in (PAGE, DATA):
        assert str(Path(__file__).parents[2]) not in path.read_text(encoding="utf-8")
