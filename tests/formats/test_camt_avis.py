"""CAMT.052 and CAMT.054: the same entries as CAMT.053, in advices."""

from __future__ import annotations

import io
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from tests.formats.golden import GOLDEN, expected_of, inputs, read, text_of
from tests.formats.test_camt053 import one_credit, releves, rows

from tiers_payant.domain import Entree, Tables
from tiers_payant.formats import FORMATS
from tiers_payant.formats.camt052 import CAMT052, write_camt052
from tiers_payant.formats.camt053 import CAMT053, write_camt053
from tiers_payant.formats.camt054 import CAMT054, write_camt054

SPECS = {spec.name: spec for spec in (CAMT052, CAMT053, CAMT054)}
WRITERS = {"camt052": write_camt052, "camt053": write_camt053, "camt054": write_camt054}
ROOTS = {"camt052": ("BkToCstmrAcctRpt", "Rpt"), "camt053": ("BkToCstmrStmt", "Stmt")}
ROOTS["camt054"] = ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
FILES = [*inputs("camt052"), *inputs("camt054")]


def lecture_of(content, name="camt054"):
    return SPECS[name].read(Entree(nom="avis.xml", contenu=content))


def written(tables, name, version="08"):
    out = io.BytesIO()
    WRITERS[name](tables, out, version)
    return out.getvalue()


def advices(tables):
    return Tables(
        releves=tables.releves.with_columns(avis=np.ones(len(tables.releves), dtype=np.bool_)),
        virements=tables.virements,
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_golden_file_reads_as_it_did(path):
    """
    Each peculiarity reads to the facts written beside it (`python tests/formats/golden.py`).
    """
    assert expected_of(path).read_text(encoding="utf-8") == text_of(read(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_one_format_claims_it(path):
    """
    An advice is its own format's, surely, and no other's.
    """
    scores = {spec.name: spec.sniff(path.read_bytes()[:4096]) for spec in FORMATS}
    assert {path.parent.name: 1.0} == {name: score for name, score in scores.items() if score}


@pytest.mark.parametrize("name", SPECS)
def test_namespace_alone_is_enough(name):
    """
    In a long envelope the root may stand after the first bytes; version 01 has other roots, and is not claimed.
    """
    number = f"{name[:4]}.{name[4:]}"
    claimed = {
        version: {spec.name: spec.sniff(b'<m xmlns="urn:iso:std:iso:20022:tech:xsd:%s">' % text) for spec in FORMATS}
        for version in ("01", "02", "14")
        if (text := f"{number}.001.{version}".encode())
    }
    assert [{}, {name: 0.8}, {name: 0.8}] == [
        {other: score for other, score in scores.items() if score} for scores in claimed.values()
    ]


@pytest.mark.parametrize("name", ["camt052", "camt054"])
@given(tables=releves().map(advices))
@settings(max_examples=30)
def test_what_is_written_reads_back(name, tables):
    """
    Tables to file to tables: the same rows, but for the balances that a camt.054 has no place for.
    """
    for version in ("02", "08"):
        back = lecture_of(written(tables, name, version), name).tables
        assert rows(tables.virements) == rows(back.virements)
        if name == "camt052":
            assert rows(tables.releves) == rows(back.releves)
        else:
            absent = {"initial_connu": False, "initial_cents": 0, "final_connu": False, "final_cents": 0}
            assert [{**row, **absent} for row in rows(tables.releves)] == rows(back.releves)


def test_advice_is_not_written_as_a_statement():
    """
    It would outrank others: each writer takes its own kind, and the lines that belong to it.
    """
    statement = one_credit()
    assert (1, 0, 0) == tuple(
        len(lecture_of(written(statement, name)).tables.virements)
        for name in sorted(SPECS, key="camt053 camt052 camt054".index)
    )
    advice = advices(statement)
    assert (0, 1, 1) == tuple(
        len(lecture_of(written(advice, name)).tables.virements)
        for name in sorted(SPECS, key="camt053 camt052 camt054".index)
    )


@pytest.mark.parametrize("name", SPECS)
def test_what_a_report_is_depends_on_its_message(name):
    """
    Whatever reader was asked, an advice is an advice and a statement a statement.
    """
    tables = one_credit() if name == "camt053" else advices(one_credit())
    content = written(tables, name)
    assert {name != "camt053"} == {bool(lecture_of(content, reader).tables.releves.avis[0]) for reader in SPECS}


def test_advice_without_balances_owes_no_check():
    """
    The schema of camt.054 has none; a statement without them is told.
    """
    told = {
        name: [
            p.code
            for p in lecture_of(
                written(one_credit(), "camt053")
                .replace(b"BkToCstmrStmt", root.encode())
                .replace(b"Stmt>", f"{report}>".encode()),
                name,
            ).problems
        ]
        for name, (root, report) in ROOTS.items()
    }
    assert {"camt052": [], "camt053": ["RELEVE_NON_CONTROLE"], "camt054": []} == told


# --- memory and time


def document(entries):
    entry = (
        b'<Ntry><Amt Ccy="EUR">50.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
        b"<BookgDt><Dt>2026-03-02</Dt></BookgDt>"
        b"<!-- EXEMPLE -->\n<NtryDtls><TxDtls><RmtInf><Ustrd>VIR EXEMPLE</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )
    return (
        b"<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>FR7699999000010000000000A97</IBAN></Id></Acct>"
        + entry * entries
        + b"</Stmt></BkToCstmrStmt></Document>"
    )


def working_bytes(tmp_path, entries):
    """What reading takes beyond the columns that it gives, at most."""
    path = tmp_path / f"{entries}.xml"
    path.write_bytes(document(entries))
    tracemalloc.start()
    try:
        tables = CAMT053.read(Entree(nom="releve.xml", chemin=path)).tables
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - sum(column.nbytes for _, table in tables.each() for column in table.columns().values())


def test_memory_beyond_the_tables_does_not_grow(tmp_path):
    """
    Ten times the entries take no more to be read than what their columns weigh: nine thousand that left an object each
    would be seen.
    """
    working_bytes(tmp_path, 10)  # what is loaded once
    small, large = working_bytes(tmp_path, 1_000), working_bytes(tmp_path, 10_000)
    assert large < small + 50_000


def test_entries_without_anything_are_told_and_counted():
    """
    Empty entries by the hundred thousand: a hundred are listed for each field, all are kept raw and counted.
    """
    lecture = lecture_of(
        b"<Document><BkToCstmrStmt><Stmt>" + b"<Ntry/>" * 20_000 + b"</Stmt></BkToCstmrStmt></Document>"
    )
    assert 20_000 == len(lecture.tables.bruts)
    assert {("Ntry/Amt", 19_900), ("Ntry/CdtDbtInd", 19_900)} == {
        (problem.at.field, problem.params["nombre"])
        for problem in lecture.problems
        if problem.code == "PROBLEMES_REPETES"
    }


@pytest.mark.parametrize("place", ["Ccy", "Issr", "IBAN"])
def test_one_endless_code_does_not_widen_the_column(place):
    """
    A column of codes is as wide as its longest: a currency, an operation or an account of a megabyte is refused.
    """
    long = b"9" * 1_000_000
    odd = {"Ccy": b"EUR", "Issr": b"05", "IBAN": b"FR7699999000010000000000A97"} | {place: long}
    entry = (
        b'<Ntry><Amt Ccy="%s">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        b"<BkTxCd><Prtry><Cd>%s</Cd><Issr>CFONB</Issr></Prtry></BkTxCd></Ntry>" % (odd["Ccy"], odd["Issr"])
    )
    account = b"<Acct><Id><IBAN>%s</IBAN></Id></Acct>" % odd["IBAN"]
    lines = lecture_of(
        b"<Document><BkToCstmrStmt><Stmt>" + account + entry + b"</Stmt></BkToCstmrStmt></Document>"
    ).tables.virements
    assert 1 == len(lines)
    assert max(lines.devise.itemsize, lines.code_operation.itemsize, lines.compte.itemsize) <= 34


def test_archive_that_stores_a_message_is_no_message():
    """
    A zip may hold the very bytes of a CAMT, and by chance a `<` in its first fields: only a first tag opens XML.
    """
    message = (GOLDEN / "camt053" / "contrepassation.xml").read_bytes()
    assert 0.0 == CAMT053.sniff(b"PK\x03\x04\x14\x00<" + bytes(23) + b"a.xml" + message)
    assert 1.0 == CAMT053.sniff(message)
