"""The main job on simulated pharmacies, judged by a truth made before the files."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

import tiers_payant as tp
from tiers_payant.pipeline import write_json
from tiers_payant.reports import rapprochement_chunks

Row = dict[str, Any]
Key = tuple[str, ...]


def key_of(row: Row) -> Key:
    return row["officine"], row["lot_date"], row["lot"], row["facture"], row["part"]


def _is_sure(link: Row) -> bool:
    return bool(link["genre"] == "direct" and link["reachable"])


class Case:
    """One simulated folder, its truth and what the library says of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        tp.simulate(folder, officines=2, factures=2500, mois=2, seed=seed)
        self.result = tp.reconcile(tp.read(folder))
        write_json(self.result, folder / "resultat.json")
        self.found: Row = json.loads((folder / "resultat.json").read_text("utf-8"))
        self.truth: Row = json.loads((folder / "verite.json").read_text("utf-8"))
        self.creances = {key_of(row): row for row in self.found["creances"]}
        self.true_creances = {key_of(row): row for row in self.truth["creances"]}

    def decided(self) -> set[Key]:
        """Return the créances whose every fact is decided: keys exact, links direct and reachable, chains reachable.

        What a credit without a return pays, or a credit that pays part of a transfer, needs passes of their own.
        """
        lines_of = defaultdict(list)
        for line in self.truth["lignes"]:
            for member in line["membres"]:
                lines_of[key_of(member)].append(line["id"])
        links = defaultdict(list)
        for link in self.truth["liens"]:
            links[link["ligne"]].append(link)
        sure = {line for line, found in links.items() if all(map(_is_sure, found))}
        unsure = {key_of(chain["ancienne"]) for chain in self.truth["refacturations"] if not chain["reachable"]}
        unsure |= {key for key, row in self.true_creances.items() if row["cle_perdue"]}
        return {key for key in self.true_creances if set(lines_of[key]) <= sure and key not in unsure}


@pytest.fixture(scope="module", params=[1, 2026])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("simulation"), request.param)


def test_every_true_creance_is_found_and_no_other(case):
    """
    Keys are those of the truth.
    """
    assert case.true_creances.keys() == case.creances.keys()


def test_amounts_billed_are_true_everywhere_and_those_announced_wherever_the_key_is_exact(case):
    """
    An answer that lost its key may stay without créance; it never goes to another.
    """
    true, found = case.true_creances, case.creances
    exact = {key for key, row in true.items() if not row["cle_perdue"]}
    assert {key: row["du_cents"] for key, row in true.items()} == {key: row["du_cents"] for key, row in found.items()}
    assert {key: true[key]["annonce_cents"] for key in exact} == {key: found[key]["annonce_cents"] for key in exact}
    assert 0 < len(true) - len(exact) < 0.02 * len(true)


def test_state_is_true_wherever_the_key_or_a_unique_group_decides(case):
    """
    Crédité and state are those of the truth for every decided créance, which are nearly all.

    Amounts and dates decide more than the matching believes: where a share without answer has the amount too, the
    credit is only proposed.
    """
    decided = {key for key in case.decided() if case.creances[key]["motif"] != "ANNONCE_A_CONFIRMER"}
    wrong = {
        key: (case.true_creances[key]["etat"], case.creances[key]["etat"])
        for key in decided
        if (case.true_creances[key]["etat"], case.true_creances[key]["credite_cents"])
        != (case.creances[key]["etat"], case.creances[key]["credite_cents"])
    }
    assert {} == wrong
    assert len(decided) > 0.9 * len(case.creances)


def test_no_link_is_false(case):
    """
    A bank line that we tie to a créance pays it in truth; of the lines of a class, one does, and each pays one of the
    créances that claim it.
    """
    lines = {row["id"]: row for row in case.found["virements"]}
    members: dict[tuple[str, int], set[Key]] = defaultdict(set)
    for line in case.truth["lignes"]:
        members[line["date"], line["montant_cents"]].update(key_of(member) for member in line["membres"])
    claims: dict[str, set[Key]] = defaultdict(set)
    for key, row in case.creances.items():
        pays = {name: members[lines[name]["date"], lines[name]["montant_cents"]] for name in row["virements"]}
        assert not pays or key in set().union(*pays.values())
        for name in pays:
            claims[name].add(key)
    assert claims
    for name, keys in claims.items():
        assert keys & members[lines[name]["date"], lines[name]["montant_cents"]]


def test_no_rebilling_is_false(case):
    """
    A share said to be billed again is so in truth.
    """
    true = {key_of(chain["ancienne"]) for chain in case.truth["refacturations"]}
    said = {key for key, row in case.creances.items() if row["etat"] == "retransmise"}
    assert said
    assert said <= true


def test_no_more_is_credited_than_in_truth(case):
    """
    What we cannot prove we leave open: never a cent too many on any créance.
    """
    assert [] == [
        key
        for key, row in case.creances.items()
        if row["credite_cents"] not in (case.true_creances[key]["credite_cents"], 0) and not _has_open_part(case, key)
    ]


def _has_open_part(case: Case, key: Key) -> bool:
    """A créance answered in several groups may have only some of them settled."""
    return key not in case.decided()


def test_balance_holds_to_the_cent(case):
    """
    The equation of the design, and the bank lines of the truth.
    """
    totals = case.found["totaux"]
    parts = ("credite_cents", "mouvements_cents", "non_ventile_cents", "propose_cents", "inexplique_cents")
    assert totals["virements_cents"] == sum(totals[name] for name in parts)
    assert totals["virements_cents"] == case.truth["totaux"]["virements_cents"]


def test_bank_lines_in_scope_are_those_of_the_truth(case):
    """
    Rent and suppliers stay out; every third-party line is followed.
    """
    true = Counter((row["date"], row["montant_cents"], row["tiers_payant"]) for row in case.truth["lignes"])
    said = Counter(
        (row["date"], row["montant_cents"], row["etat"] != "hors_perimetre") for row in case.found["virements"]
    )
    assert true == said


def test_files_read_without_a_serious_problem(case):
    """
    What the library writes it reads back: no error, no control that disagrees; only answers that lost their key are
    told, as they may find no facture.
    """
    told = [problem for problem in case.result.problems if problem.gravite != "information"]
    assert [] == [str(problem) for problem in told if problem.code != "REPONSES_SANS_FACTURE"]


def test_order_and_names_of_arguments_do_not_matter(case):
    """
    The same files given one by one, last first, make the same créances.
    """
    files = sorted(
        (path for path in case.folder.rglob("*") if path.is_file() and path.name != "resultat.json"), reverse=True
    )
    again = tp.reconcile(tp.read(*files))
    assert list(case.result.creances) == list(again.creances)


def test_the_same_files_again_change_nothing(case):
    """
    Delivering everything a second time under other names counts once.
    """
    copy = case.folder.parent / f"{case.folder.name}-copie"
    for path in case.folder.rglob("*"):
        if path.is_file() and path.suffix != ".json":
            target = copy / path.relative_to(case.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    again = tp.reconcile(tp.read(case.folder, copy))
    assert list(case.result.creances) == list(again.creances)
    assert case.result.totaux == again.totaux


def test_document_is_the_same_for_two_runs(case):
    """
    Deterministic bytes.
    """
    again = tp.reconcile(tp.read(case.folder))
    assert "".join(rapprochement_chunks(case.result)) == "".join(rapprochement_chunks(again))
