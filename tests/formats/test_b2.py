"""B2: what was typed column by column is read; what is broken is told, kept raw, and nothing else suffers."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.formats.golden import GOLDEN, expected_of
from tests.formats.golden_b2 import INPUTS, facts

from tiers_payant.domain import Entree, Lecture, Tables
from tiers_payant.errors import ColumnError
from tiers_payant.formats._layout import load_layout
from tiers_payant.formats.b2 import read_b2, sniff_b2, write_b2
from tiers_payant.plugins.conformance.strategies import lots_and_factures

RECORD = 128
TWO_LOTS = [line.encode("latin-1") for line in (GOLDEN / "b2" / "deux_lots.txt").read_text("latin-1").splitlines()]
HEAD, END = TWO_LOTS[0], TWO_LOTS[-1]
PRIVATE = (b"1850599999001", b"2920399999002", b"2100999999003", b"850501", b"920301")
"""NIRs and birth dates of the golden files."""


def read(content: bytes, name: str = "exemple.b2") -> Lecture:
    return read_b2(Entree(nom=name, contenu=content))


def written(tables: Tables) -> bytes:
    out = io.BytesIO()
    write_b2(tables, out)
    return out.getvalue()


def rows(tables: Tables, name: str, *without: str) -> list[dict[str, Any]]:
    table = getattr(tables, name)
    left_out = {"octet", "source", *without}
    return [{key: value for key, value in table.row(row).items() if key not in left_out} for row in range(len(table))]


def codes(lecture: Lecture) -> Counter[str]:
    return Counter(problem.code for problem in lecture.problems)


def told(lecture: Lecture) -> str:
    texts = [f"{problem} {problem.message_fr} {problem!r}" for problem in lecture.problems]
    return "\n".join(
        [*texts, repr(lecture), repr(lecture.tables), *(repr(table) for _, table in lecture.tables.each())]
    )


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
class TestGolden:
    def test_file_reads_to_what_stands_beside_it(self, path):
        """
        One peculiarity each: the facts, what is kept raw, the problems and their places.
        """
        expected = json.loads(expected_of(path).read_text(encoding="utf-8"))
        assert expected == facts(read_b2(Entree(nom=path.name, chemin=path)))

    def test_nothing_told_is_health_data(self, path):
        """
        No NIR and no birth date in a problem or in a repr.
        """
        text = told(read_b2(Entree(nom=path.name, chemin=path)))
        assert [] == [value for value in PRIVATE if value.decode() in text]


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"], ids=["none", "LF", "CRLF"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "not ended"])
def test_line_breaks_change_nothing(ending, last):
    """
    Records follow one another or stand one a line, the last one ended or not.
    """
    content = ending.join(TWO_LOTS) + (ending if last else b"")
    lecture = read(content)
    plain = read(b"".join(TWO_LOTS))
    assert () == lecture.problems
    for name in ("lots", "factures", "lignes", "bruts"):
        assert rows(plain.tables, name) == rows(lecture.tables, name)
    step = RECORD + len(ending)
    assert [step, step * 11] == lecture.tables.lots.octet.tolist()
    assert [step * 2, step * 7, step * 12] == lecture.tables.factures.octet.tolist()


def test_mixed_line_breaks_are_read_line_by_line():
    """
    A blank line, a Windows line, a Unix line: every record of 128 characters counts.
    """
    endings = [b"\n", b"\r\n", b"\n\n", b"\r\n\r\n"]
    content = b"".join(record + endings[rank % 4] for rank, record in enumerate(TWO_LOTS))
    lecture = read(content)
    assert () == lecture.problems
    assert rows(read(b"".join(TWO_LOTS)).tables, "factures") == rows(lecture.tables, "factures")


def test_two_files_in_one():
    """
    Each lot takes sender and addressee from the header above it.
    """
    other = HEAD.replace(b"00000000000999", b"00000000000998").replace(b"260105B2", b"260106B2")
    first = [HEAD, *TWO_LOTS[1:11], END.replace(b"00000017", b"00000012").replace(b"002", b"001")]
    second = [other, *TWO_LOTS[11:16], END.replace(b"00000017", b"00000007").replace(b"002", b"001")]
    lecture = read(b"".join([*first, *second]))
    assert () == lecture.problems
    assert [b"00000000000999", b"00000000000998"] == lecture.tables.lots.destinataire_fichier.tolist()


def test_lot_without_its_end_is_told():
    """
    A missing type 6 leaves the factures of its lot in the figures.
    """
    lecture = read(b"".join(TWO_LOTS[:10] + TWO_LOTS[11:]))
    (problem,) = [problem for problem in lecture.problems if problem.code == "FIN_ABSENTE"]
    assert (RECORD, "6") == (problem.at.offset, problem.params["code"])
    assert 3 == len(lecture.tables.factures)


def test_wrong_counts_of_the_end_of_file():
    """
    999 says how many records and lots; both gaps are told, no figure changes.
    """
    wrong = END[:55] + b"00000016" + END[63:82] + b"003" + END[85:]
    lecture = read(b"".join([*TWO_LOTS[:-1], wrong]))
    said = [(problem.at.field, problem.params["attendu"], problem.params["trouve"]) for problem in lecture.problems]
    assert [("nombre_enregistrements", 16, 17), ("nombre_lots", 3, 2)] == said
    assert 3 == len(lecture.tables.factures)


@pytest.mark.parametrize(
    ("record", "column", "field", "code"),
    [
        (1, 2, "officine", "CHIFFRES_ATTENDUS"),
        (1, 72, "lot_date", "DATE_ATTENDUE"),
        (2, 115, "paiement", "CHIFFRES_ATTENDUS"),
        (2, 51, "caisse", "CHIFFRES_ATTENDUS"),
        (4, 106, "montant_amo_cents", "CHIFFRES_ATTENDUS"),
        (6, 58, "total_cents", "CHIFFRES_ATTENDUS"),
        (6, 82, "total_amc_cents", "CHIFFRES_ATTENDUS"),
    ],
)
def test_letters_in_a_deciding_field(record, column, field, code):
    """
    The problem says which byte, column and field; what the field decides goes raw, the rest is read.
    """
    broken = list(TWO_LOTS)
    broken[record] = broken[record][: column - 1] + b"XY" + broken[record][column + 1 :]
    lecture = read(b"".join(broken))
    problem = next(problem for problem in lecture.problems if problem.code == code)
    assert (record * RECORD, column, field) == (problem.at.offset, problem.at.column, problem.at.field)
    assert broken[record].decode() in lecture.tables.bruts.contenu.tolist()
    assert b"A00000001" in lecture.tables.factures.facture.tolist()
    assert "XY" not in told(lecture)


def test_unreadable_lot_keeps_its_factures_out_and_no_other():
    """
    Without the date of its lot a facture has no key; those of the next lot point to the lot that is left.
    """
    broken = list(TWO_LOTS)
    broken[1] = broken[1][:71] + b"26O105" + broken[1][77:]
    lecture = read(b"".join(broken))
    assert {"DATE_ATTENDUE": 1, "B2_HORS_LOT": 2} == codes(lecture)
    assert ([b"002"], [b"A00000001"]) == (lecture.tables.lots.lot.tolist(), lecture.tables.factures.facture.tolist())
    assert [0] == lecture.tables.factures.lot_rang.tolist()


def test_facture_of_another_officine_than_its_lot_is_told():
    """
    Its key takes the officine of the lot, as an answer would; the contradiction is not silent.
    """
    other = [record.replace(b"992000010", b"992000028") for record in TWO_LOTS[2:7]]
    lecture = read(b"".join([*TWO_LOTS[:2], *other, *TWO_LOTS[7:]]))
    assert [("B2_OFFICINE_DIFFERENTE", 2 * RECORD)] == [
        (problem.code, problem.at.offset) for problem in lecture.problems
    ]
    assert {b"992000010"} == set(lecture.tables.factures.officine.tolist())


def test_letters_in_another_field_leave_it_absent():
    """
    An unreadable prescription date keeps no facture out of the figures.
    """
    broken = list(TWO_LOTS)
    broken[2] = broken[2][:67] + b"26O103" + broken[2][73:]
    lecture = read(b"".join(broken))
    assert {"DATE_ATTENDUE": 1} == codes(lecture)
    assert 3 == len(lecture.tables.factures)
    assert np.isnat(lecture.tables.factures.date_prescription[0])


def test_unknown_records_inside_a_facture_do_not_condemn_it():
    """
    Complements and types that no layout knows are kept raw and counted, whatever they carry in the common columns.
    """
    unknown = [b"3".ljust(RECORD, b"*"), TWO_LOTS[2][:35] + b"Z" + TWO_LOTS[2][36:], b"?" * RECORD]
    lecture = read(b"".join([*TWO_LOTS[:3], *unknown, *TWO_LOTS[3:]]))
    assert {"ENREGISTREMENT_INCONNU": 3, "CONTROLE_NOMBRE": 1} == codes(lecture)
    assert [record.decode() for record in unknown] == lecture.tables.bruts.contenu.tolist()
    assert [b"?", b"2Z", b"?"] == lecture.tables.bruts.code.tolist()
    assert rows(read(b"".join(TWO_LOTS)).tables, "factures") == rows(lecture.tables, "factures")


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"], ids=["none", "LF", "CRLF"])
def test_cut_at_every_byte(ending):
    """
    Wherever a transfer stops, all that came whole is read, and something says that the file is cut.
    """
    records = TWO_LOTS[:7] + TWO_LOTS[-1:]
    content = b"".join(record + ending for record in records)
    step = RECORD + len(ending)
    for cut in range(len(content) - len(ending)):
        lecture = read(content[:cut])
        whole = (cut + len(ending)) // step
        assert whole == lecture.tables.sources[0].enregistrements
        assert (int(whole >= 2), int(whole >= 7)) == (len(lecture.tables.lots), len(lecture.tables.factures))
        kept_raw = max(0, min(whole, 7) - 2) if whole < 7 else 0
        partial = int(0 < cut - whole * step)
        assert kept_raw + partial == len(lecture.tables.bruts)
        assert codes(lecture)["FIN_ABSENTE"] >= 1


def test_lines_joined_without_their_blanks_are_told():
    """
    A line that lost its trailing blanks is no record of 128 characters: kept raw, not guessed.
    """
    lecture = read(b"\n".join(record.rstrip() for record in TWO_LOTS))
    assert 0 == len(lecture.tables.factures)
    short = [record for record in TWO_LOTS if len(record.rstrip()) < RECORD]
    assert len(short) == codes(lecture)["ENREGISTREMENT_LONGUEUR"]
    assert len(TWO_LOTS) == len(lecture.tables.bruts)


POOL = st.sampled_from(TWO_LOTS)
DAMAGE = st.tuples(
    st.integers(0, RECORD - 1).filter(lambda place: place not in (0, 35)),
    st.integers(32, 255),
)


@st.composite
def records(draw: st.DrawFn) -> bytes:
    record = bytearray(draw(POOL))
    for place, byte in draw(st.lists(DAMAGE, max_size=2)):
        record[place] = byte
    return bytes(record)


@given(st.lists(records(), min_size=1, max_size=25))
@example([TWO_LOTS[4], TWO_LOTS[6], TWO_LOTS[3]])
def test_nothing_vanishes_whatever_the_order_and_the_damage(drawn):
    """
    Each record of a type that holds facts is in one table or kept raw, never both, never neither.
    """
    content = b"".join(drawn)
    tables = read(content).tables
    if tables.bruts.contenu.tolist() == [record.decode("latin-1") for record in drawn]:
        return  # the damage made the header name the hospital norm, or left nothing to be read
    raw = Counter(tables.bruts.code.tolist())
    found = Counter(record[:1] + record[35:36].strip() for record in drawn if record[:1] in b"245")
    found[b"1"] = sum(record[:1] == b"1" for record in drawn)
    assert found[b"1"] == len(tables.lots) + raw[b"1"]
    assert found[b"2"] == len(tables.factures) + raw[b"2"]
    assert found[b"4"] == len(tables.lignes) + raw[b"4"]
    assert found[b"5"] == len(tables.factures) + raw[b"5"]
    assert found[b"2S"] >= raw[b"2S"]
    assert len(set(tables.bruts.octet.tolist())) == len(tables.bruts)


@given(st.binary(max_size=700))
@example(b"")
@example(b"\n")
@example(b"\r\n\r\n")
@example(b"\r")
@example(b"000")
@example(b"0" * 256)
@example(b"1" * 256)
@example(b"2" * 35 + b" " + b"2" * 92)
@example(b"9" * 1280)
@example(b"\0" * 1280)
@example(b"4" * 127 + b"\n")
@example("é²½😀".encode() * 64)
def test_junk_gives_problems_only(content):
    """
    Any bytes: no exception, a problem, and every byte that is no line break in a record or kept raw.
    """
    lecture = read(content)
    assert lecture.problems
    assert len(content) == lecture.tables.sources[0].octets


def test_name_typed_into_any_column_is_never_told():
    """
    Whatever field a name or a NIR lands in, no problem repeats it; the gap of a control is an amount, and is told.
    """
    content = b"".join(TWO_LOTS[:11])
    for name in (b"DUPONTEXEMPLE", b"2770799999777"):
        pieces = {name[start : start + 6].decode() for start in range(len(name) - 5)}
        for place in range(0, len(content) - len(name), 9):
            lecture = read(content[:place] + name + content[place + len(name) :])
            others = [problem for problem in lecture.problems if not problem.code.startswith("CONTROLE_")]
            text = told(Lecture(lecture.tables, others))
            assert [] == [(place, piece) for piece in pieces if piece in text]


@given(lots_and_factures())
def test_what_is_written_is_read(tables):
    """
    Lots, factures and lines come back with every column, and nothing is told.
    """
    lecture = read(written(tables))
    assert () == lecture.problems
    for name in ("lots", "factures", "lignes"):
        assert rows(tables, name) == rows(lecture.tables, name)


@given(lots_and_factures())
def test_what_is_read_is_written_again_the_same(tables):
    """
    Reading and writing again gives the same bytes.
    """
    content = written(tables)
    assert content == written(read(content).tables)


@settings(max_examples=50)
@given(lots_and_factures(), st.randoms(use_true_random=False))
def test_order_of_lots_does_not_matter(tables, random):
    """
    The same factures come out wherever their lot stands in the file.
    """
    order = list(range(len(tables.lots)))
    random.shuffle(order)
    place = np.argsort(order)
    moved = attrs.evolve(
        tables,
        lots=tables.lots.take(np.array(order)),
        factures=tables.factures.with_columns(lot_rang=place[tables.factures.lot_rang].astype(np.int32)),
    )
    lecture = read(written(moved))

    def known(found: Tables) -> list[str]:
        return sorted(map(repr, rows(found, "factures", "lot_rang")))

    assert () == lecture.problems
    assert known(tables) == known(lecture.tables)


@pytest.mark.parametrize(
    "change", [{"total_cents": 10**8}, {"total_cents": -1}, {"facture": b"1234567890"}, {"lot_rang": -1}]
)
def test_what_has_no_place_in_the_file_is_refused(change):
    """
    The writer cuts nothing and leaves nothing out.
    """
    tables = read(b"".join(TWO_LOTS)).tables
    factures = tables.factures.with_columns(**{name: [value] * 3 for name, value in change.items()})
    with pytest.raises(ColumnError):
        written(attrs.evolve(tables, factures=factures))


def test_no_lot_makes_no_file():
    """
    Nothing in, nothing out.
    """
    assert b"" == written(Tables())


@pytest.mark.parametrize(
    ("expected", "head"),
    [
        (True, b"".join(TWO_LOTS)),
        (True, b"\n".join(TWO_LOTS)),
        (True, b"\r\n".join(TWO_LOTS)),
        (True, HEAD),
        (True, HEAD + END),
        (True, b"".join(TWO_LOTS[1:])),
        (True, b"\r\n".join(TWO_LOTS[1:])),
        (False, b"".join(TWO_LOTS[2:])),
        (False, TWO_LOTS[1] + TWO_LOTS[2].replace(b"992000010", b"992000028")),
        (False, HEAD + b"10001@20002@"),
        (False, b""),
        (False, b"<?xml version='1.0'?>"),
    ],
)
def test_sniffing(expected, head):
    """
    A header without the mark of NOÉMIE, then a lot or the end; or a lot and a facture of the same officine.
    """
    assert expected == (sniff_b2(head[:4096]) > 0)


def test_confidence_of_deciding_fields_is_carried():
    """
    The source tells how sure the position of each deciding field is, as the layout has it.
    """
    (source,) = read(b"".join(TWO_LOTS)).tables.sources
    layout = load_layout("b2")
    assert {"1.lot", "2.facture", "2.paiement", "5.total_amo_cents"} <= source.confiance.keys()
    for name, grade in source.confiance.items():
        record, _, field = name.partition(".")
        assert layout.records[record].field(field).confidence == grade
    assert ("b2", 17, "B") == (source.format, source.enregistrements, source.confiance_min)


@pytest.mark.parametrize(
    ("tail", "told"), [(b"\0" * 1000, 1000), (b"\x1a", 1), (b"\n", 0), (b"\r\n\n", 0), (b"\n\0\0", 2)]
)
def test_what_pads_the_end_of_a_file_is_no_record(tail, told):
    """
    NULs and the end mark of DOS after the 999 are told and passed over, blank lines are passed over.
    """
    content = (GOLDEN / "b2" / "deux_lots.txt").read_bytes()
    lecture = read_b2(Entree(nom="f.b2", contenu=content + tail))
    assert [told] * bool(told) == [problem.params["nombre"] for problem in lecture.problems]
    assert 3 == len(lecture.tables.factures)


def test_a_sequence_of_the_hospital_norm_leaves_the_others_read():
    """
    The norm is stated by each 000: what stands under one goes to `bruts`, the factures of the next are read.
    """
    hospital, general = ((GOLDEN / "b2" / name).read_bytes() for name in ("norme_hospitaliere.txt", "deux_lots.txt"))
    lecture = read_b2(Entree(nom="f.b2", contenu=hospital + general))
    assert ["B2_NORME_HOSPITALIERE"] == [problem.code for problem in lecture.problems]
    assert 3 == len(lecture.tables.factures)
    assert len(hospital.splitlines()) == len(lecture.tables.bruts)
