"""Each family of exports, read to the cent by its profile."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import tiers_payant_csv_banque as csv_banque

import tiers_payant as tp
from tiers_payant.domain import Entree, Lecture

SAMPLES = Path(__file__).parent / "samples"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "bank"
FILE = "csv__french-headers.csv"
FORMATS = {spec.name: spec for spec in csv_banque.tiers_payant_formats()}


def lecture_of(name: str, content: bytes | None = None) -> Lecture:
    (sample,) = (SAMPLES / name).glob("*.csv")
    return FORMATS[name].read(Entree(nom="releve.csv", contenu=sample.read_bytes() if content is None else content))


@pytest.mark.parametrize("name", FORMATS)
def test_each_family_is_recognised_by_its_headers(name: str) -> None:
    """
    And by no other profile.
    """
    (sample,) = (SAMPLES / name).glob("*.csv")
    book = tp.read(sample, manager=tp.build_manager(csv_banque))
    assert {name} == {source.format for source in book.sources}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_family_is_recognised_in_the_encodings_of_its_profile(encoding: str) -> None:
    """
    With quotes around its headers too, and whatever it opens with.
    """
    head = 'sep=;\n"Date";"Libellé";"Débit";"Crédit"\n'.encode(encoding)
    assert ["csv-credit-mutuel"] == [name for name, spec in FORMATS.items() if spec.sniff(head)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("csv-colonnes-francaises", [125000, -82050]),
        ("csv-boursobank", [125000, -1250, -100]),
        ("csv-credit-mutuel", [125000, -82050]),
        ("csv-sens", [125000, -82050]),
        ("csv-preambule", [125000, -82050]),
    ],
)
def test_amounts_are_signed_and_in_cents(name: str, expected: list[int]) -> None:
    """
    One signed column, two columns, or a column of sense: a credit is positive.
    """
    assert expected == lecture_of(name).tables.virements.montant_cents.tolist()


def test_what_cannot_be_read_is_told_and_kept_raw() -> None:
    """
    A row that is cut, one with two amounts, another form of day.
    """
    lecture = lecture_of("csv-colonnes-francaises")
    told = [(one.code, one.at.line, one.at.field) for one in lecture.problems if one.at.field != "solde"]
    assert told == [
        ("RELEVE_SANS_COMPTE", 2, None), ("CELLULES_NOMBRE", 4, None), ("VALEUR_ATTENDUE", 5, "credit"),
        ("VALEUR_ATTENDUE", 6, "date"), ("RELEVE_NON_CONTROLE", 2, None),
    ]  # fmt: skip
    assert 3 == len(lecture.tables.bruts)


def test_balance_above_the_rows_is_checked() -> None:
    """
    The gap is told in cents, at the place of the statement.
    """
    lecture = lecture_of("csv-preambule")
    releve = lecture.tables.releves.row(0)
    assert ("99999000010000000000A", True, 42950) == (releve["compte"], releve["final_connu"], releve["final_cents"])
    assert ["RELEVE_NON_CONTROLE"] == [one.code for one in lecture.problems]  # no opening balance is told


def test_each_account_has_its_statement() -> None:
    """
    Where rows name it.
    """
    tables = lecture_of("csv-boursobank").tables
    assert ["99999000010000000000A", "99999000010000000000B"] == tables.releves.compte_affiche.tolist()
    assert [0, 0, 1] == tables.virements.releve.tolist()
    assert "CARTE EXEMPLE VILLE-EXEMPLE" == tables.virements.libelle[1]


@pytest.mark.parametrize("content", [b"", b"\0" * 99, b"Date;Libell\xe9;D\xe9bit", b'"', b"\xff\xfe\n;;\n"])
@pytest.mark.parametrize("name", FORMATS)
def test_junk_is_told(name: str, content: bytes) -> None:
    """
    Never raised.
    """
    assert lecture_of(name, content).problems


@pytest.mark.skipif(not (SHARED / FILE).exists(), reason="the shared bank files are not beside this checkout")
def test_file_that_nobody_here_wrote_reads_to_its_known_facts() -> None:
    """
    Three entries, credits and debits to the cent.
    """
    (facts,) = json.loads((SHARED / "expected.json").read_text(encoding="utf-8"))[FILE]["statements"]
    book = tp.read(SHARED / FILE, manager=tp.build_manager(csv_banque))
    amounts = book.tables.virements.montant_cents.tolist()
    expected = [facts["entries"], *(int(Decimal(facts[name]) * 100) for name in ("sum_credits", "sum_debits"))]
    assert expected == [len(amounts), sum(max(one, 0) for one in amounts), -sum(min(one, 0) for one in amounts)]
    assert {facts["currency"]} == {text.decode() for text in book.tables.virements.devise.tolist()}
    assert book.tables.virements.textes.tolist() == ["Reference: FR-001", "Reference: FR-002", "Reference: FR-003"]
