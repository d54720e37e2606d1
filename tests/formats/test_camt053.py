from __future__ import annotations

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.golden import expected_of, inputs, read, text_of

from tiers_payant.domain import Entree, Releves, Statut, Tables, Virements
from tiers_payant.formats.camt053 import read_camt053, sniff_camt053, write_camt053

IBAN = "FR7699999000010000000000A97"
COMPTE = b"99999000010000000000A"
FILES = inputs("camt053")


def lecture_of(content):
    return read_camt053(Entree(nom="releve.xml", contenu=content))


def written(tables, version="08"):
    out = io.BytesIO()
    write_camt053(tables, out, version)
    return out.getvalue()


def codes(content):
    return [problem.code for problem in lecture_of(content).problems]


# --- golden files


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_file_reads_as_it_did(path):
    """
    Each peculiarity met in the field reads to the facts written beside it (`python tests/formats/golden.py`).
    """
    assert expected_of(path).read_text(encoding="utf-8") == text_of(read(path))


def test_every_golden_input_has_its_facts():
    """
    No golden file stands alone, and there is one at least.
    """
    assert FILES
    assert {expected_of(path) for path in FILES} == {
        path for path in FILES[0].parent.iterdir() if path.suffix == ".json"
    }


# --- what is claimed


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_statement_is_claimed(path):
    """
    Whatever the version, the prefix, the envelope and the encoding, a camt.053 is recognised.
    """
    assert 1.0 == sniff_camt053(path.read_bytes()[:4096])


@pytest.mark.parametrize(
    "head",
    [
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.04"><BkToCstmrDbtCdtNtfctn>',
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.052.001.02"><BkToCstmrAcctRpt>',
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.01"><BkToCstmrStmtV01>',
        b"BkToCstmrStmt, a word in a text",
        b"",
    ],
)
def test_other_message_is_not_claimed(head):
    """
    Advices and intraday reports are other formats; a word is no element.
    """
    assert 0.0 == sniff_camt053(head)


# --- round trip

# The characters of the schema's own texts; labels hold single spaces, as a label cut into `Ustrd` is joined by one.
WORDS = st.text("ABCDEFabcdef0123456789éèçÀ&<>'\"-./", min_size=1, max_size=20)
LABELS = st.lists(WORDS, max_size=30).map(" ".join)
TAGS = ("NtryRef", "AcctSvcrRef", "MsgId", "PmtInfId", "InstrId", "EndToEndId", "DbtrAcct", "Cdtr", "Strd")
REFERENCES = st.tuples(*(st.none() | WORDS for _ in TAGS)).map(
    lambda texts: "\n".join(f"{tag}: {text}" for tag, text in zip(TAGS, texts, strict=True) if text)
)
DAYS = st.integers(0, 40_000).map(lambda day: np.datetime64(day, "D"))
CENTS = st.integers(-(10**14) + 1, 10**14 - 1)


@st.composite
def releves(draw):
    """A few statements and their lines, in the columns of the tables."""
    count = draw(st.integers(1, 3))
    owners = sorted(draw(st.lists(st.integers(0, count - 1), max_size=6)))
    amounts = [draw(CENTS) for _ in owners]
    return Tables(
        releves=Releves.of(
            count,
            compte=[COMPTE] * count,
            compte_affiche=[IBAN] * count,
            identifiant=[draw(WORDS) for _ in range(count)],
            devise=[b"EUR"] * count,
            initial_connu=[True] * count,
            initial_cents=[draw(CENTS) for _ in range(count)],
            final_connu=[True] * count,
            final_cents=[draw(CENTS) for _ in range(count)],
            du=np.array([draw(DAYS) for _ in range(count)], dtype="datetime64[D]"),
            au=np.array([draw(DAYS) for _ in range(count)], dtype="datetime64[D]"),
            source=np.zeros(count, dtype=np.int32),
        ),
        virements=Virements.of(
            len(owners),
            compte=np.array([COMPTE] * len(owners), dtype="S21"),
            date=np.array([draw(DAYS) for _ in owners], dtype="datetime64[D]"),
            date_valeur=np.array([draw(DAYS) for _ in owners], dtype="datetime64[D]"),
            montant_cents=np.array(amounts, dtype=np.int64),
            devise=np.array([b"EUR"] * len(owners), dtype="S3"),
            statut=np.array([draw(st.sampled_from(Statut)) for _ in owners], dtype=np.int8),
            emetteur=np.array([draw(LABELS) if amount >= 0 else "" for amount in amounts], dtype=object),
            libelle=np.array([draw(LABELS) for _ in owners], dtype=object),
            textes=np.array([draw(REFERENCES) for _ in owners], dtype=object),
            code_operation=np.array([draw(st.sampled_from([b"", b"05", b"C2"])) for _ in owners], dtype="S2"),
            extourne=np.array([draw(st.booleans()) for _ in owners], dtype=np.bool_),
            position=np.array([owners[:row].count(owner) for row, owner in enumerate(owners)], dtype=np.int64),
            releve=np.array(owners, dtype=np.int32),
            source=np.zeros(len(owners), dtype=np.int32),
        ),
    )


def rows(table):
    return [table.row(number) for number in range(len(table))]


@given(releves(), st.sampled_from(["02", "08"]))
@settings(max_examples=60)
def test_what_is_written_reads_back(tables, version):
    """
    Tables to file to tables: the same rows, in both shapes of the schema.
    """
    back = lecture_of(written(tables, version)).tables
    assert rows(tables.releves) == rows(back.releves)
    assert rows(tables.virements) == rows(back.virements)


@given(releves())
@settings(max_examples=10)
def test_same_tables_give_the_same_bytes(tables):
    """
    The writer reads no clock and draws nothing.
    """
    assert written(tables) == written(tables)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("02", [b"<Sts>BOOK</Sts>", b"<Dbtr><Nm>CAISSE EXEMPLE</Nm></Dbtr>", b"<AmtDtls><TxAmt><Amt"]),
        ("08", [b"<Sts><Cd>BOOK</Cd></Sts>", b"<Dbtr><Pty><Nm>CAISSE EXEMPLE</Nm></Pty></Dbtr>", b"</Refs><Amt"]),
    ],
)
def test_shapes_are_those_of_the_version(version, expected):
    """
    Status, party and amount of the detail are nested since 07, and were not before.
    """
    content = written(one_credit(), version)
    assert [] == [part for part in expected if part not in content]


def one_credit():
    return Tables(
        releves=Releves.of(1, compte=[COMPTE], compte_affiche=[IBAN], identifiant=["R1"], devise=[b"EUR"]),
        virements=Virements.of(
            1,
            compte=[COMPTE],
            montant_cents=[5050],
            devise=[b"EUR"],
            emetteur=["CAISSE EXEMPLE"],
            textes=["EndToEndId: E1"],
            releve=[0],
        ),
    )


def test_label_longer_than_a_ustrd_is_cut_at_a_space():
    """
    No `Ustrd` is longer than the 140 characters of the schema, and the label comes back whole.
    """
    label = " ".join(["REFERENCE"] * 40)
    tables = one_credit()
    content = written(Tables(releves=tables.releves, virements=tables.virements.with_columns(libelle=[label])))
    assert 3 == content.count(b"<Ustrd>")
    assert [label] == lecture_of(content).tables.virements.libelle.tolist()


def test_character_that_xml_forbids_is_written_as_a_space():
    """
    A control character of a CFONB label never makes the document unreadable.
    """
    tables = one_credit()
    content = written(Tables(releves=tables.releves, virements=tables.virements.with_columns(libelle=["A\x01B"])))
    assert ["A B"] == lecture_of(content).tables.virements.libelle.tolist()


def test_ultimate_debtor_is_the_payer_when_there_is_no_other():
    """
    The payer is the debtor, else the ultimate debtor, which stays among the texts.
    """
    tables = one_credit()
    virements = tables.virements.with_columns(emetteur=[""], textes=["UltmtDbtr: MUTUELLE EXEMPLE"])
    back = lecture_of(written(Tables(releves=tables.releves, virements=virements))).tables.virements
    assert ["MUTUELLE EXEMPLE"] == back.emetteur.tolist()
    assert ["UltmtDbtr: MUTUELLE EXEMPLE"] == back.textes.tolist()


def test_detail_of_a_batch_keeps_its_texts_in_their_order():
    """
    Texts of several details are written as several details, and come back in the same order.
    """
    path = next(path for path in FILES if path.stem.startswith("lot_dont"))
    tables = read_camt053(Entree(nom=path.name, chemin=path)).tables
    assert rows(tables.virements) == rows(lecture_of(written(tables)).tables.virements)


# --- junk

SMALL = next(path for path in FILES if path.stem == "ligne_de_credit_avant_le_solde").read_bytes()


def test_document_cut_at_any_byte_gives_problems_only():
    """
    Wherever a transfer broke, what stands whole is kept and no exception comes out but a problem.
    """
    kept = [len(lecture_of(SMALL[:size]).tables.virements) for size in range(len(SMALL))]
    assert sorted(kept) == kept
    assert {0, 1} == set(kept)
    assert all(codes(SMALL[:size]) for size in range(0, len(SMALL.rstrip()), 7))


@given(st.binary(max_size=400))
def test_junk_gives_problems_only(content):
    """
    Any bytes whatsoever: no statement, a problem that says so, no exception.
    """
    lecture = lecture_of(content)
    assert 0 == len(lecture.tables.releves)
    assert lecture.problems


@given(st.integers(0, len(SMALL) - 1), st.binary(max_size=6))
@settings(max_examples=200)
def test_bytes_replaced_anywhere_give_problems_only(place, piece):
    """
    A damaged document never raises.
    """
    lecture = lecture_of(SMALL[:place] + piece + SMALL[place + len(piece) :])
    assert len(lecture.tables.virements) <= 1


BOMB = b"".join(
    [
        b'<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a0 "EXEMPLE">',
        *(b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12)),
        b"]>",
    ]
)


@pytest.mark.parametrize(
    "prolog",
    [
        BOMB,
        b'<!DOCTYPE Document [<!ENTITY a11 SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE Document SYSTEM "http://exemple.invalid/a.dtd">',
        b"<!DOCTYPE Document>",
    ],
    ids=["billion laughs", "external entity", "external DTD", "bare"],
)
def test_document_with_a_doctype_is_refused(prolog):
    """
    Nothing is expanded, nothing is fetched, nothing is read.
    """
    body = b"<Document><BkToCstmrStmt><Stmt><Id>&a11;</Id></Stmt></BkToCstmrStmt></Document>"
    content = prolog + (body if b"ENTITY" in prolog else body.replace(b"&a11;", b"R1"))
    assert "XML_DOCTYPE" in codes(content)
    assert 0 == len(lecture_of(content).tables.releves)


def test_entity_expanded_in_an_attribute_is_refused():
    """
    Attributes are where a parser expands entities even when asked not to.
    """
    content = BOMB + b'<Document a="&a11;"><BkToCstmrStmt/></Document>'
    assert {"XML_DOCTYPE", "XML_MAL_FORME"} & set(codes(content))


@pytest.mark.parametrize(
    ("opening", "junk"),
    [
        (b"<Document>", b"<a>EXEMPLE</a>"),
        (b"<Document>", b"<BkToCstmrStmt></BkToCstmrStmt>"),
        (b"<Document><BkToCstmrStmt><Stmt><Ntry>", b"<Ntry>EXEMPLE</Ntry>"),
    ],
)
def test_endless_document_without_a_statement_is_left(opening, junk):
    """
    Memory is bounded: sixteen megabytes without any part of a statement end the reading.
    """
    assert ["XML_DEMESURE"] == codes(opening + junk * (17_000_000 // len(junk)))


_ENTRY = b'<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>'
_STATEMENT = b"<Stmt>" + _ENTRY + b"</Stmt>"


@pytest.mark.parametrize(
    ("opening", "junk"),
    [
        (b"<Ntry>", b"<T>" + b"<J/>" * 2000 + b"<TxDtls/></T>"),
        (b"", b"<a><TxDtls/></a>"),
        (b"<Ntry>", b"<NtryDtls><TxDtls/></NtryDtls>"),
        (b"<Ntry><NtryDtls>", b"<TxDtls><a>1</a><b>2</b></TxDtls>"),
        (b"<Ntry><NtryDtls>", b"<TxDtls><AddtlTxInf>" + b"x" * 9000 + b"</AddtlTxInf></TxDtls>"),
        (
            b"</Stmt></BkToCstmrStmt>",
            b"<E>" + b"<J/>" * 2000 + b"<BkToCstmrStmt>" + _STATEMENT + b"</BkToCstmrStmt></E>",
        ),
        (b"</Stmt></BkToCstmrStmt>", b'<E a="%s"><BkToCstmrStmt>%s</BkToCstmrStmt></E>' % (b"x" * 90_000, _STATEMENT)),
    ],
    ids=[
        "beside details",
        "details of no entry",
        "groups of details",
        "details",
        "long details",
        "around messages",
        "in attributes",
    ],
)
def test_entry_or_envelope_that_never_ends_is_left(opening, junk):
    """
    Whatever its shape, what must be held is bounded; what stands whole before it was read.
    """
    start = b"<Document><BkToCstmrStmt>" + _STATEMENT + b"<Stmt>" + opening
    lecture = lecture_of(start + junk * (90_000_000 // len(junk)))
    (problem,) = (one for one in lecture.problems if one.code.startswith("XML_"))
    assert ("XML_TROP_RETENU", True) == (problem.code, problem.at.line is not None)
    assert 1 <= len(lecture.tables.virements)


def test_elements_without_a_name_to_know_are_few():
    """
    A document of nothing but tiny elements is left before its silence weighs hundreds of megabytes.
    """
    (problem,) = lecture_of(b"<X>" + b"<J/>" * 4_000_000).problems
    assert "XML_DEMESURE" == problem.code
    assert problem.params["octets"] < 10_000_000


def test_batch_of_ten_thousand_details():
    """
    A long entry is no junk.
    """
    detail = b"<TxDtls><Refs><EndToEndId>EXEMPLE</EndToEndId></Refs><AddtlTxInf>EXEMPLE</AddtlTxInf></TxDtls>"
    entry = _ENTRY.replace(b"</Ntry>", b"<NtryDtls>" + detail * 10_000 + b"</NtryDtls></Ntry>")
    content = b"<Document><BkToCstmrStmt><Stmt>" + entry * 3 + b"</Stmt></BkToCstmrStmt></Document>"
    assert 3 == len(lecture_of(content).tables.virements)


@pytest.mark.parametrize("inner", [b"<BkToCstmrStmt>" + _STATEMENT + b"</BkToCstmrStmt>", _STATEMENT])
def test_statement_inside_a_statement(inner):
    """
    It is told, and no entry is lost in silence: each is a line or a raw text.
    """
    content = b"<Document><BkToCstmrStmt><Stmt>" + _ENTRY + inner + _ENTRY + b"</Stmt></BkToCstmrStmt></Document>"
    lecture = lecture_of(content)
    assert "RELEVE_IMBRIQUE" in [problem.code for problem in lecture.problems]
    assert 3 == len(lecture.tables.virements) + len(lecture.tables.bruts)


def test_empty_file_and_other_xml_are_told_apart():
    """
    Nothing at all is not the same as XML without a statement.
    """
    assert ["FICHIER_VIDE"] == codes(b"")
    assert ["RELEVE_VIDE"] == codes(b"<Document/>")


def test_problems_show_shapes_only():
    """
    A problem never quotes the document.
    """
    path = next(path for path in FILES if path.stem == "montants_refuses")
    told = json.dumps([str(problem) for problem in read_camt053(Entree(nom="x", chemin=path)).problems])
    assert "CREDIT" not in told
    assert "1,00" not in told


def test_an_amount_whose_sums_would_not_fit_is_told():
    """
    A thousand billion euros or more is a broken amount: twenty of the largest once summed to a wrong total in silence.
    """
    entry = '<Ntry><Amt Ccy="EUR">9999999999999999.99</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>'
    lecture = lecture_of(f"<Document><BkToCstmrStmt><Stmt>{entry}</Stmt></BkToCstmrStmt></Document>".encode())
    assert 0 == len(lecture.tables.virements)
    assert "VALEUR_ATTENDUE" in [problem.code for problem in lecture.problems]
