"""Real bank files that nobody of this project wrote: every one reads to the facts computed for it beforehand.

They are kept beside the checkout, since some licences forbid to copy them in.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from tests.formats.golden import READERS

from tiers_payant.domain import Entree
from tiers_payant.formats.camt052 import sniff_camt052
from tiers_payant.formats.camt053 import sniff_camt053
from tiers_payant.formats.camt054 import sniff_camt054
from tiers_payant.formats.cfonb120 import sniff_cfonb120
from tiers_payant.formats.cfonb240 import sniff_cfonb240

DATA = Path(__file__).parents[3] / "shared" / "data" / "bank"
SNIFFERS = {
    "camt052": sniff_camt052,
    "camt053": sniff_camt053,
    "camt054": sniff_camt054,
    "cfonb120": sniff_cfonb120,
    "cfonb240": sniff_cfonb240,
}
STATUTS = ("BOOK", "PDNG", "INFO")
AT_LEAST = {"camt052": 0, "camt053": 6, "camt054": 1, "cfonb120": 2, "cfonb240": 1}
BALANCED = ("camt053", "camt054", "cfonb120")
"""Formats whose files have entries with signs; no public camt.052 is at hand."""


@pytest.fixture(scope="module")
def expected():
    if not (DATA / "expected.json").exists():
        if os.environ.get("CI"):
            pytest.fail("the shared bank files are missing, and must be there in CI")
        pytest.skip("the shared bank files are not beside this checkout")
    return json.loads((DATA / "expected.json").read_text(encoding="utf-8"))


def files(expected, name):
    found = {file: facts["statements"] for file, facts in expected.items() if file.startswith(name)}
    assert len(found) >= AT_LEAST[name]
    return found


def cents(text):
    return None if text is None else int(Decimal(text) * 100)


def read(name, file):
    return READERS[name](Entree(nom=file, chemin=DATA / file))


def known_facts(statement):
    """The facts computed beforehand, in the terms of the tables."""
    return {
        "account": statement["account"],
        "currency": statement["currency"],
        "entries": statement["entries"],
        "credits": cents(statement["sum_credits"]),
        "debits": cents(statement["sum_debits"]),
        "opening": cents(statement["opening"]),
        "closing": cents(statement["closing"]),
        "identifier": statement.get("statement_id", ""),
        "reversals": statement.get("reversals", 0),
        "statuses": statement.get("statuses", {"BOOK": statement["entries"]}),
    }


def read_facts(tables, number):
    releve = tables.releves.row(number)
    virements = tables.virements.take(tables.virements.releve == number)
    amounts = virements.montant_cents.tolist()
    statuts = [STATUTS[code] for code in virements.statut.tolist()]
    return {
        "account": releve["compte_affiche"],
        "currency": releve["devise"],
        "entries": len(virements),
        "credits": sum(amount for amount in amounts if amount > 0),
        "debits": -sum(amount for amount in amounts if amount < 0),
        "opening": releve["initial_cents"] if releve["initial_connu"] else None,
        "closing": releve["final_cents"] if releve["final_connu"] else None,
        "identifier": releve["identifiant"],
        "reversals": int(virements.extourne.sum()),
        "statuses": {name: statuts.count(name) for name in STATUTS if name in statuts},
    }


@pytest.mark.parametrize("name", BALANCED)
def test_bank_files_read_to_their_known_facts(expected, name):
    """
    Accounts, entries, both sums, balances, reversals and statuses are those computed by other means.
    """
    for file, statements in files(expected, name).items():
        tables = read(name, file).tables
        assert [known_facts(one) for one in statements] == [
            read_facts(tables, number) for number in range(len(tables.releves))
        ], file


@pytest.mark.parametrize("name", BALANCED)
def test_statement_that_does_not_balance_is_reported_with_its_gap(expected, name):
    """
    A gap is told to the cent, and no balanced statement is accused.
    """
    for file, statements in files(expected, name).items():
        gaps = [cents(one["balance_difference"]) for one in statements if "balance_difference" in one]
        told = [problem for problem in read(name, file).problems if problem.code == "RELEVE_DESEQUILIBRE"]
        assert gaps == [problem.params["ecart_cents"] for problem in told], file


@pytest.mark.parametrize("name", READERS)
def test_each_reader_claims_its_own_files_only(expected, name):
    """
    Of all the public files, a format claims its own, surely, and no other.
    """
    claimed = {file for file in expected if SNIFFERS[name]((DATA / file).read_bytes()[:4096]) > 0.9}
    assert {file for file in expected if file.startswith(name)} == claimed


def test_orphan_detail_is_kept_raw(expected):
    """
    A 05 that comes before any 04 is told, and nothing of it is lost.
    """
    lecture = read("cfonb120", "cfonb120__pennylane-orphan-05.txt")
    assert [b"05"] == lecture.tables.bruts.code.tolist()
    assert "MENSUEAUHTR13133" in lecture.tables.bruts.contenu[0]
    assert "COMPLEMENT_ORPHELIN" in {problem.code for problem in lecture.problems}


def test_advice_of_fixed_records_reads_to_its_known_facts(expected):
    """
    Accounts, details and totals of a CFONB 240 whose details hold free text: all are kept raw, and the total told.
    """
    for file, statements in files(expected, "cfonb240").items():
        lecture = read("cfonb240", file)
        tables = lecture.tables
        assert [one["account"] for one in statements] == tables.releves.compte_affiche.tolist()
        assert sum(one["details"] for one in statements) == len(tables.virements) + len(tables.bruts)
        assert [cents(one["total_record"]) for one in statements if one["total_record"]] == [
            problem.params["ecart_cents"] for problem in lecture.problems if problem.code == "CONTROLE_SOMME"
        ]
