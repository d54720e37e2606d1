from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.golden import expected_of, inputs, read, text_of

from tiers_payant.domain import Entree, Releves, Statut, Tables, Virements
from tiers_payant.errors import ColumnError
from tiers_payant.formats.camt053 import read_camt053, write_camt053
from tiers_payant.formats.cfonb120 import read_cfonb120, sniff_cfonb120, write_cfonb120

FILES = inputs("cfonb120")
COMPTES = (b"99999000010000000000A", b"99999000010000000000B", b"999990000200000000012")


def lecture_of(content):
    return read_cfonb120(Entree(nom="releve.txt", contenu=content))


def golden(stem):
    return next(path for path in FILES if path.stem == stem).read_bytes()


def written(tables):
    out = io.BytesIO()
    write_cfonb120(tables, out)
    return out.getvalue()


def rows(table, *left_out):
    return [
        {name: value for name, value in table.row(number).items() if name not in left_out}
        for number in range(len(table))
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_file_reads_as_it_did(path):
    """
    Each peculiarity met in the field reads to the facts written beside it (`python tests/formats/golden.py`).
    """
    assert expected_of(path).read_text(encoding="utf-8") == text_of(read(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_statement_is_claimed(path):
    """
    Whatever was done to its line breaks, a CFONB 120 is recognised.
    """
    assert sniff_cfonb120(path.read_bytes()[:4096]) > 0.9


@pytest.mark.parametrize("head", [b"", b"31" + b"0" * 238, b"01 EXEMPLE" * 30, b"<Document>", b"000" + b" " * 125])
def test_other_file_is_not_claimed(head):
    """
    CFONB 240, B2, XML and plain text belong to others.
    """
    assert 0.0 == sniff_cfonb120(head)


@pytest.mark.parametrize("ends", [b"", b"\n", b"\r\n", b"\r", b"\n\n", b"   \r\n"])
def test_line_breaks_change_nothing(ends):
    """
    The same records read to the same facts, however they are parted.
    """
    content = golden("sans_saut_de_ligne")
    parted = b"".join(content[start : start + 120] + ends for start in range(0, len(content), 120))
    expected, got = lecture_of(content), lecture_of(parted)
    assert rows(expected.tables.virements, "octet") == rows(got.tables.virements, "octet")
    assert expected.problems == got.problems == ()


def test_record_with_one_character_too_many_breaks_only_its_neighbourhood():
    """
    Without line breaks the step is lost: what was in step is kept, the rest is told and kept raw.
    """
    content = golden("sans_saut_de_ligne")
    lecture = lecture_of(content[:300] + b"X" + content[300:])
    assert ["ENREGISTREMENT_LONGUEUR"] == [p.code for p in lecture.problems if p.gravite == "erreur"]
    assert 1 == len(lecture.tables.virements)
    assert 1 == len(lecture.tables.bruts)


def test_statement_of_one_account_meets_its_camt():
    """
    The CAMT and the CFONB of one account name it alike.
    """
    cfonb = lecture_of(golden("desequilibre")).tables
    out = io.BytesIO()
    iban = cfonb.releves.with_columns(compte_affiche=["FR7699999000010000000000A97"])
    write_camt053(Tables(releves=iban, virements=cfonb.virements), out)
    camt = read_camt053(Entree(nom="releve.xml", contenu=out.getvalue())).tables
    assert cfonb.virements.compte.tolist() == camt.virements.compte.tolist()
    assert cfonb.virements.montant_cents.tolist() == camt.virements.montant_cents.tolist()


# --- round trip

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-.éà"
WORDS = st.text(LETTERS, min_size=1, max_size=15)
DAYS = st.integers(0, 25_000).map(lambda day: np.datetime64(day, "D"))
CENTS = st.integers(-(10**14) + 1, 10**14 - 1)
# A label of the payer: two lines of 70 columns, without the double spaces that a line end may swallow.
LCC = st.lists(WORDS, min_size=1, max_size=9).map(" ".join).map(lambda text: text[:140].strip())
TAGS = {
    "NumeroEcriture": st.text("123456789", min_size=7, max_size=7),
    "Reference": st.text(LETTERS, min_size=1, max_size=16).filter(lambda text: text.strip("0")),
    "LCC": LCC,
    **dict.fromkeys(("LIB", "RCN", "RCN2", "REF", "REF2", "ZZZ", "05"), WORDS),
}
TEXTES = st.tuples(*(st.none() | words for words in TAGS.values())).map(
    lambda texts: "\n".join(f"{tag}: {text}" for tag, text in zip(TAGS, texts, strict=True) if text)
)


@st.composite
def releves(draw):
    """A few statements and their lines, in the columns of the tables."""
    count = draw(st.integers(1, 3))
    comptes = [draw(st.sampled_from(COMPTES)) for _ in range(count)]
    owners = sorted(draw(st.lists(st.integers(0, count - 1), max_size=6)))
    return Tables(
        releves=Releves.of(
            count,
            compte=comptes,
            compte_affiche=["/".join((text[:5], text[5:10], text[10:])) for text in map(bytes.decode, comptes)],
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
            compte=np.array([comptes[owner] for owner in owners], dtype="S21"),
            date=np.array([draw(DAYS) for _ in owners], dtype="datetime64[D]"),
            date_valeur=np.array([draw(DAYS) for _ in owners], dtype="datetime64[D]"),
            montant_cents=np.array([draw(CENTS) for _ in owners], dtype=np.int64),
            devise=np.array([b"EUR"] * len(owners), dtype="S3"),
            emetteur=np.array([draw(st.one_of(st.just(""), WORDS)) for _ in owners], dtype=object),
            libelle=np.array([draw(WORDS) for _ in owners], dtype=object),
            textes=np.array([draw(TEXTES) for _ in owners], dtype=object),
            code_operation=np.array([draw(st.sampled_from([b"05", b"C2"])) for _ in owners], dtype="S2"),
            position=np.array([owners[:row].count(owner) for row, owner in enumerate(owners)], dtype=np.int64),
            releve=np.array(owners, dtype=np.int32),
            source=np.zeros(len(owners), dtype=np.int32),
        ),
    )


@given(releves())
@settings(max_examples=60)
def test_what_is_written_reads_back(tables):
    """
    Tables to file to tables: the same rows, texts and their order included.
    """
    back = lecture_of(written(tables)).tables
    assert rows(tables.releves, "octet") == rows(back.releves, "octet")
    assert rows(tables.virements, "octet") == rows(back.virements, "octet")


def one_credit(**columns):
    virement = {"montant_cents": [5050], "devise": [b"EUR"], "libelle": ["VIR EXEMPLE"], "releve": [0], **columns}
    releve = Releves.of(1, compte=[COMPTES[0]], devise=[b"EUR"])
    return Tables(releves=releve, virements=Virements.of(1, **virement))


def test_label_too_long_for_its_zone_stands_whole_in_the_client_label():
    """
    The 04 holds 31 characters of a label, LCC and LC2 the whole of it.
    """
    label = " ".join(["REFERENCE"] * 10)
    back = lecture_of(written(one_credit(libelle=[label]))).tables.virements
    assert [label[:31].rstrip()] == back.libelle.tolist()
    assert [f"LCC: {label}"] == back.textes.tolist()


def test_texts_of_a_camt_find_their_qualifier():
    """
    References that both formats know are written under the name that this one gives them.
    """
    texts = "EndToEndId: E1\nPmtInfId: P1\nInstrId: I1\nAcctSvcrRef: SANS PLACE"
    back = lecture_of(written(one_credit(textes=[texts]))).tables.virements
    assert ["RCN: E1\nREF: P1\nREF2: I1"] == back.textes.tolist()


def test_letter_outside_latin_1_becomes_plain():
    """
    Typographic quotes and letters of other alphabets never stop the writer.
    """
    back = lecture_of(written(one_credit(libelle=["L’OFFICINE ŽEMPLE Ω\n"]))).tables.virements
    assert ["L?OFFICINE ZEMPLE ?"] == back.libelle.tolist()


def test_line_that_is_not_booked_is_left_out():
    """
    This format holds booked lines only: what is pending must not come back as money.
    """
    tables = one_credit(statut=[Statut.EN_ATTENTE])
    assert 0 == len(lecture_of(written(tables)).tables.virements)


def test_foreign_account_is_refused():
    """
    An account that is no French one has no place in the record, and is not cut to fit.
    """
    tables = Tables(releves=Releves.of(1, compte=[b"GB29EXMP60161331926819"]))
    with pytest.raises(ColumnError):
        written(tables)


# --- junk

SMALL = golden("sans_saut_de_ligne")
LINES = golden("crlf_et_lignes_blanches")


@pytest.mark.parametrize("content", [SMALL, LINES], ids=["no breaks", "lines"])
def test_file_cut_at_any_byte_gives_problems_only(content):
    """
    Wherever a transfer broke, what stands whole is kept, and the missing balance is told.
    """
    kept = [len(lecture_of(content[:size]).tables.virements) for size in range(len(content))]
    assert sorted(kept) == kept
    assert {0, 1} == set(kept)
    assert all(lecture_of(content[:size]).problems for size in range(0, len(content.rstrip()) - 17, 7))


@given(st.binary(max_size=400))
def test_junk_gives_problems_only(content):
    """
    Any bytes whatsoever: a problem that says so, no exception.
    """
    assert lecture_of(content).problems


@given(st.integers(0, len(LINES) - 1), st.binary(min_size=1, max_size=8))
@settings(max_examples=200)
def test_bytes_replaced_anywhere_never_vanish(place, piece):
    """
    A damaged record is read, or told and kept raw: never dropped.
    """
    lecture = lecture_of(LINES[:place] + piece + LINES[place + len(piece) :])
    assert len(lecture.tables.virements) == 1 or lecture.problems


@given(st.lists(st.sampled_from([SMALL[start : start + 120] for start in range(0, len(SMALL), 120)]), max_size=12))
def test_records_in_any_order_are_all_accounted_for(records):
    """
    Every 04 is a line, and every 05 completes one or is kept raw.
    """
    tables = lecture_of(b"\n".join(records)).tables
    assert sum(record.startswith(b"04") for record in records) == len(tables.virements)
    attached = sum(1 for record in records if record.startswith(b"05")) - tables.bruts.code.tolist().count(b"05")
    assert 0 <= attached
    assert bool(attached) <= bool(len(tables.virements))
