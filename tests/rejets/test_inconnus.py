"""Codes that nobody classified: counted, weighed, written to be filled in, and read back."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rejets.books import DAY, tables_of

import tiers_payant as tp
from tiers_payant.domain import Famille, Inconnus, Tables
from tiers_payant.errors import SourceError
from tiers_payant.rejets import TableCodes, classify, inconnus, load_codes, write_codes, write_inconnus

SENDERS: list[dict[str, object]] = [
    {"emetteur_type": kind, "emetteur": b"1", "date": DAY} for kind in (b"CP", b"OC", b"OT", b"")
]
NAME = "MOTIF DE DUPONT EXEMPLE"


def found(rejets, factures=()) -> list[tuple[str, str, int, int]]:
    tables = tables_of(rejets, SENDERS, factures=factures)
    table = inconnus(classify(tables, load_codes()), tables)
    return [
        (row["portee"], row["code"], row["nombre"], row["montant_cents"]) for row in map(table.row, range(len(table)))
    ]


def test_codes_are_counted_by_who_prints_them():
    """
    AMO or AMC when the sender or the part tells, else the kind of the sender, else anyone; known codes are not there.
    """
    lines = [
        {"code": b"0250-050", "retour": 0}, {"code": b"E1", "retour": 0}, {"code": b"E 1", "retour": 0},
        {"code": b"E1", "retour": 1}, {"code": b"E1", "retour": 2}, {"code": b"E1", "retour": 2, "part": b"C"},
        {"code": b"E1", "retour": 3}, {"code": b"E1", "retour": -1}, {"code": b"", "retour": 0},
    ]  # fmt: skip
    expected = [("*", "E1", 2, 0), ("AMC", "E1", 2, 0), ("AMO", "E1", 2, 0), ("AMO", "", 1, 0), ("OT", "E1", 1, 0)]
    assert expected == found(lines)


def test_euros_are_those_of_the_shares_refused_each_once():
    """
    The AMO's, the AMC's, or both when nothing tells; two lines on one facture weigh once; the heaviest first.
    """
    factures = [
        {"facture": b"1", "part_amo_cents": 1000, "part_amc_cents": 300},
        {"facture": b"2", "part_amo_cents": 50, "part_amc_cents": 7},
    ]
    lines = [
        {"code": b"A", "retour": 0}, {"code": b"A", "retour": 0}, {"code": b"A", "retour": 0, "facture": b"0002"},
        {"code": b"B", "retour": 1}, {"code": b"C", "retour": 2}, {"code": b"D", "retour": 0, "part": b"C"},
        {"code": b"E", "retour": 0, "facture": b"3"},
    ]  # fmt: skip
    expected = [
        ("OT", "C", 1, 1300), ("AMO", "A", 3, 1050), ("AMC", "B", 1, 300), ("AMO", "D", 1, 300), ("AMO", "E", 1, 0),
    ]  # fmt: skip
    assert expected == found(lines, factures)
    assert expected == found(lines[::-1], factures[::-1])


def test_filled_in_and_given_back_the_codes_are_known(tmp_path):
    """
    One family written in the list; the other line is passed over; the next run knows the first, even exported again.
    """
    lines = [{"code": b"0071", "retour": 1}, {"code": b"0072", "retour": 1, "libelle": NAME}]
    tables = tables_of(lines, SENDERS)
    table = load_codes()
    path, mine = tmp_path / "inconnus.csv", tmp_path / "miens.csv"
    write_inconnus(inconnus(classify(tables, table), tables), path, exemples=True)
    text = path.read_text("utf-8-sig").replace("AMC;'0071;;;", "AMC;'0071;;AMC_CONTRAT;")
    path.write_text(text, "utf-8-sig")
    learnt = load_codes(path)
    write_codes(learnt, mine)
    assert learnt == load_codes(mine)
    assert [Famille.AMC_CONTRAT, Famille.INCONNU] == classify(tables, load_codes(mine)).famille.tolist()
    assert "DUPONT" not in mine.read_text("utf-8")


KINDS = st.sampled_from([b"CP", b"OC", b"OT", b"ot", b"", b"X", b"\xe9\xe9", b"*", b"O T"])
CODES = st.sampled_from([b"7", b"0071", b"'7", b"=1", b'A;"B', b"0450", b"0450*", b"-", b"1E5", b"\xe9", b"+33"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(KINDS, CODES, st.sampled_from([b"", b"O", b"C"])), min_size=1, max_size=6))
def test_whatever_is_unknown_can_be_classified(tmp_path_factory, lines):
    """
    The list filled in whole, through a file: each line that has a code is classified by it, whoever sent it.
    """
    path = tmp_path_factory.getbasetemp() / "inconnus.csv"
    senders: list[dict[str, object]] = [{"emetteur_type": kind, "emetteur": b"1", "date": DAY} for kind, _, _ in lines]
    tables = tables_of(
        [{"code": code, "part": part, "retour": rank} for rank, (_, code, part) in enumerate(lines)], senders
    )
    write_inconnus(inconnus(classify(tables, TableCodes(())), tables), path)
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, delimiter=";").writerows([rows[0], *([*row[:3], "INDU", *row[4:]] for row in rows[1:])])
    done = classify(tables, TableCodes(()).with_codes(load_codes(path).siennes))
    none = {b"-", b"\xe9"}  # nothing is left of the one, and the other is no ASCII
    expected = [Famille.INCONNU if code in none else Famille.INDU for _, code, _ in lines]
    assert expected == done.famille.tolist()


def test_labels_are_written_only_when_asked_for(tmp_path):
    """
    A label may hold a patient's name: neither the repr nor the list tells it, unless the caller wants examples.
    """
    tables = tables_of([{"code": b"=E1", "libelle": NAME}], SENDERS)
    table = inconnus(classify(tables, load_codes()), tables)
    write_inconnus(table, tmp_path / "sans.csv")
    write_inconnus(table, tmp_path / "avec.csv", exemples=True)
    assert "DUPONT" not in (tmp_path / "sans.csv").read_text("utf-8") + repr(table)
    assert "DUPONT" in (tmp_path / "avec.csv").read_text("utf-8")
    assert ";'=E1;" in (tmp_path / "sans.csv").read_text("utf-8").replace("AMO", "")
    assert Inconnus.kinds()["exemple"].sensible


def test_example_is_the_same_whatever_the_order_of_rows():
    """
    One label of each code, the first of the alphabet; a line without a label lends none.
    """
    lines: list[dict[str, object]] = [
        {"code": b"E1", "libelle": label} for label in ("", "MOTIF B", "MOTIF A", "MOTIF C")
    ]
    for rows in (lines, lines[::-1]):
        tables = tables_of(rows, SENDERS)
        assert ["MOTIF A"] == inconnus(classify(tables, load_codes()), tables).exemple.tolist()


def test_line_without_a_code_is_counted_and_not_written(tmp_path):
    """
    It cannot be classified by its code; its words may be added to the catalogue.
    """
    tables = tables_of([{"code": b"", "libelle": NAME}], SENDERS)
    table = inconnus(classify(tables, load_codes()), tables)
    write_inconnus(table, tmp_path / "liste.csv")
    assert (1, 1) == (len(table), len((tmp_path / "liste.csv").read_text("utf-8").splitlines()))


def test_nothing_unknown_is_an_empty_list(tmp_path):
    """
    No line: a list of headers alone, which is read back as nothing.
    """
    table = inconnus(classify(Tables(), load_codes()), Tables())
    write_inconnus(table, tmp_path / "liste.csv")
    assert load_codes() == load_codes(tmp_path / "liste.csv")
    with pytest.raises(SourceError):
        write_inconnus(table, tmp_path)


def test_sender_written_in_small_letters_is_the_same_sender(tmp_path):
    """
    What the list says of a code is what the table is asked: once classified, the code is known.
    """
    key = {"officine": ["999000019"], "lot_date": ["2026-01-05"], "lot": ["001"], "facture": ["1"]}
    given = tp.Book.from_columns({
        "retours": {"emetteur_type": [" ct "], "empreinte": ["a"]},
        "rejets": {**key, "code": ["EX9"], "part": ["C"], "retour": [0]},
    })  # fmt: skip
    stub = tmp_path / "inconnus.csv"
    write_inconnus(inconnus(tp.classify_rejets(given), given.tables), stub)
    stub.write_text(stub.read_text("utf-8-sig").replace("EX9;;;", "EX9;;INDU;"), "utf-8")
    assert [int(Famille.INDU)] == tp.classify_rejets(given, codes=stub).famille.tolist()
