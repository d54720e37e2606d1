from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.golden import expected_of, inputs, read, text_of

from tiers_payant.domain import Entree, Releves, Statut, Tables, Virements
from tiers_payant.errors import ColumnError
from tiers_payant.formats import FORMATS
from tiers_payant.formats._layout import load_layout
from tiers_payant.formats.cfonb240 import read_cfonb240, sniff_cfonb240, write_cfonb240

FILES = inputs("cfonb240")
COMPTES = (b"99999000010000000000A", b"99999000010000000000B", b"999990000200000000012")


def lecture_of(content):
    return read_cfonb240(Entree(nom="avis.txt", contenu=content))


def golden(stem):
    return next(path for path in FILES if path.stem == stem).read_bytes()


def written(tables):
    out = io.BytesIO()
    write_cfonb240(tables, out)
    return out.getvalue()


def rows(table, *left_out):
    return [
        {name: value for name, value in table.row(number).items() if name not in left_out}
        for number in range(len(table))
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_file_reads_as_it_did(path):
    """
    Each peculiarity reads to the facts written beside it (`python tests/formats/golden.py`).
    """
    assert expected_of(path).read_text(encoding="utf-8") == text_of(read(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_format_claims_it(path):
    """
    It is a CFONB 240 for sure when it starts with a header, likely when it starts with a detail; nobody else's.
    """
    scores = {spec.name: spec.sniff(path.read_bytes()[:4096]) for spec in FORMATS}
    expected = 0.5 if path.stem == "en_tete_absent" else 0.95
    assert {"cfonb240": expected} == {name: score for name, score in scores.items() if score}


@pytest.mark.parametrize("head", [b"", b"01" + b"0" * 118, b"31 EXEMPLE" * 30, b"<Document>", b"34" + b"0" * 238])
def test_other_file_is_not_claimed(head):
    """
    CFONB 120, XML, plain text and digits without the shape of a record belong to others.
    """
    assert 0.0 == sniff_cfonb240(head)


@pytest.mark.parametrize("ends", [b"", b"\n", b"\r\n", b"\r", b"\n\n", b"   \r\n"])
def test_line_breaks_change_nothing(ends):
    """
    The same records read to the same facts, however they are parted.
    """
    content = golden("sans_saut_de_ligne")
    parted = b"".join(content[start : start + 240] + ends for start in range(0, len(content), 240))
    expected, got = lecture_of(content), lecture_of(parted)
    assert rows(expected.tables.virements, "octet") == rows(got.tables.virements, "octet")
    assert ["AVIS_SANS_SENS"] == [p.code for p in expected.problems] == [p.code for p in got.problems]


@pytest.mark.parametrize("change", [lambda line: line[:-1], lambda line: line + b"X"], ids=["239", "241"])
@pytest.mark.parametrize("number", [1, 3])
def test_line_of_another_length_is_a_problem(number, change):
    """
    A detail or a total of 239 or 241 characters is told, kept raw, and the others are read.
    """
    lines = [golden("sans_saut_de_ligne")[start : start + 240] for start in range(0, 960, 240)]
    lines[number] = change(lines[number])
    lecture = lecture_of(b"\n".join(lines))
    assert ["ENREGISTREMENT_LONGUEUR"] == [p.code for p in lecture.problems if p.gravite == "erreur"]
    assert (2 - (number == 1), 1) == (len(lecture.tables.virements), len(lecture.tables.bruts))


def test_a_sign_that_the_format_does_not_give_is_told():
    """
    Lines are credits by convention only: the place of the amount says so, and so does a problem.
    """
    lecture = lecture_of(golden("sans_saut_de_ligne"))
    assert [4800, 7700] == lecture.tables.virements.montant_cents.tolist()
    assert ("AVIS_SANS_SENS", 2) in {(p.code, p.params.get("nombre")) for p in lecture.problems}
    assert "C" == load_layout("cfonb240").records["34"].field("montant").confidence
    assert "C" == lecture.tables.sources[0].confiance_min


def test_bills_of_exchange_are_no_money():
    """
    Operation 60 lists bills: nothing of it is booked, and no sign is supposed.
    """
    lecture = lecture_of(golden("releve_de_lcr"))
    assert [Statut.INFORMATION] == lecture.tables.virements.statut.tolist()
    assert "AVIS_SANS_SENS" not in {p.code for p in lecture.problems}


def test_only_booked_credits_of_advices_are_written():
    """
    A statement, a debit or a pending line has no place in the format.
    """
    tables = Tables(
        releves=Releves.of(2, compte=[COMPTES[0]] * 2, devise=[b"EUR"] * 2, avis=[True, False]),
        virements=Virements.of(
            4,
            compte=[COMPTES[0]] * 4,
            montant_cents=[1, -2, 3, 4],
            devise=[b"EUR"] * 4,
            statut=np.array([0, 0, Statut.EN_ATTENTE, 0], dtype=np.int8),
            releve=[0, 0, 0, 1],
        ),
    )
    back = lecture_of(written(tables)).tables
    assert ([1], 1) == (back.virements.montant_cents.tolist(), len(back.releves))


@pytest.mark.parametrize(("compte", "cents"), [(b"GB29EXMP60161331926819", 1), (COMPTES[0], 10**12)])
def test_what_does_not_fit_is_refused(compte, cents):
    """
    A foreign account or thirteen digits have no place in the record, and nothing is cut to fit.
    """
    releves = Releves.of(1, compte=[compte], devise=[b"EUR"], avis=[True])
    lines = Virements.of(1, compte=[compte], montant_cents=[cents], devise=[b"EUR"], releve=[0])
    with pytest.raises(ColumnError):
        written(Tables(releves=releves, virements=lines))


# --- round trip

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-.éà"
WORDS = st.text(LETTERS, min_size=1, max_size=6)
DAYS = st.integers(0, 25_000).map(lambda day: np.datetime64(day, "D"))
TAGS = {
    "DbtrAcct": st.sampled_from([compte.decode() for compte in COMPTES]),
    "Cdtr": WORDS,
    "DateReglementInitial": DAYS.map(str),
    "ReferencePresentateur": WORDS,
}
TEXTES = st.tuples(*(st.none() | words for words in TAGS.values())).map(
    lambda texts: "\n".join(f"{tag}: {text}" for tag, text in zip(TAGS, texts, strict=True) if text)
)


@st.composite
def avis(draw):
    """A few advices and their lines, in the columns of the tables."""
    count = draw(st.integers(1, 3))
    comptes = [draw(st.sampled_from(COMPTES)) for _ in range(count)]
    owners = sorted(draw(st.lists(st.integers(0, count - 1), max_size=6)))
    return Tables(
        releves=Releves.of(
            count,
            compte=comptes,
            compte_affiche=["/".join((text[:5], text[5:10], text[10:])) for text in map(bytes.decode, comptes)],
            devise=[b"EUR"] * count,
            avis=[True] * count,
            du=np.array([draw(DAYS) for _ in range(count)], dtype="datetime64[D]"),
            au=np.array([draw(DAYS) for _ in range(count)], dtype="datetime64[D]"),
            source=np.zeros(count, dtype=np.int32),
        ),
        virements=Virements.of(
            len(owners),
            compte=np.array([comptes[owner] for owner in owners], dtype="S21"),
            date=np.array([draw(DAYS) for _ in owners], dtype="datetime64[D]"),
            montant_cents=np.array([draw(st.integers(0, 10**10)) for _ in owners], dtype=np.int64),
            devise=np.array([b"EUR"] * len(owners), dtype="S3"),
            emetteur=np.array([draw(st.one_of(st.just(""), WORDS)) for _ in owners], dtype=object),
            libelle=np.array([draw(st.lists(WORDS, max_size=12).map(" ".join)) for _ in owners], dtype=object),
            textes=np.array([draw(TEXTES) for _ in owners], dtype=object),
            code_operation=np.array([draw(st.sampled_from([b"20", b""])) for _ in owners], dtype="S2"),
            position=np.array([owners[:row].count(owner) for row, owner in enumerate(owners)], dtype=np.int64),
            releve=np.array(owners, dtype=np.int32),
            source=np.zeros(len(owners), dtype=np.int32),
        ),
    )


@given(avis())
@settings(max_examples=60)
def test_what_is_written_reads_back(tables):
    """
    Tables to file to tables: the same rows, and totals that follow.
    """
    lecture = lecture_of(written(tables))
    assert rows(tables.releves, "octet") == rows(lecture.tables.releves, "octet")
    assert rows(tables.virements, "octet") == rows(lecture.tables.virements, "octet")
    assert {"AVIS_SANS_SENS"} >= {problem.code for problem in lecture.problems}


# --- junk

SMALL = golden("sans_saut_de_ligne")
LINES = golden("crlf_et_lignes_blanches")


@pytest.mark.parametrize("content", [SMALL, LINES], ids=["no breaks", "lines"])
def test_file_cut_at_any_byte_gives_problems_only(content):
    """
    Wherever a transfer broke, what stands whole is kept.
    """
    lectures = [lecture_of(content[:size]) for size in range(0, len(content), 3)]
    kept = [len(lecture.tables.virements) for lecture in lectures]
    assert sorted(kept) == kept
    assert {0, 1, 2} == set(kept)
    assert all(lecture.problems for lecture in lectures)


@given(st.binary(max_size=600))
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
    errors = [problem for problem in lecture.problems if problem.code != "AVIS_SANS_SENS"]
    assert len(lecture.tables.virements) == 2 or errors


@given(st.lists(st.sampled_from([SMALL[start : start + 240] for start in range(0, len(SMALL), 240)]), max_size=12))
def test_records_in_any_order_are_all_accounted_for(records):
    """
    Every 34 is a line, of an advice of its own when nothing opens one.
    """
    tables = lecture_of(b"\n".join(records)).tables
    assert sum(record.startswith(b"34") for record in records) == len(tables.virements)
    assert (tables.virements.releve >= 0).all()
