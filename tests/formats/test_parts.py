"""Files read in parts: the same facts at the same places, in memory that does not grow with the file."""

from __future__ import annotations

import re
import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.formats.golden import GOLDEN

import tiers_payant as tp
from tiers_payant.domain import Entree, FormatSpec, Lecture, Table, Tables
from tiers_payant.errors import Problem
from tiers_payant.formats import FORMATS, _camt_xml

BY_NAME = {spec.name: spec for spec in FORMATS}
IN_PARTS = [spec for spec in FORMATS if spec.read_parts is not None]


SEQUENCES = [spec for spec in IN_PARTS if not spec.name.startswith("camt")]
CAMT = [spec for spec in IN_PARTS if spec.name.startswith("camt")]


def families(spec: FormatSpec) -> list[list[bytes]]:
    """The golden files of a format, those together that can stand in one file.

    A NOÉMIE file has one framing. A B2 file with one sequence of the hospital norm is raw whole, its parts are not. A
    bank file is in latin-1 or in UTF-8.
    """
    files = [path.read_bytes() for path in sorted((GOLDEN / spec.name).glob("*.txt"))]
    if spec.name.startswith("cfonb"):
        utf_8 = [file for file in files if is_utf_8(file)]
        return [utf_8, [file for file in files if file.isascii() or file not in utf_8]]
    if spec.name != "noemie":
        return [files]
    lines = [file for file in files if file[128:130] == b"\r\n"]
    return [lines, *([file] for file in files if file not in lines)]


def is_utf_8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


_REPORT = re.compile(rb"<(Stmt|Rpt|Ntfctn)>.*?</\1>", re.DOTALL)


def documents(spec: FormatSpec) -> list[tuple[bytes, list[bytes], bytes]]:
    """The golden documents of a format that close what they open: what opens them, their reports, what closes them."""
    found = []
    for path in sorted((GOLDEN / spec.name).glob("*.xml")):
        content = path.read_bytes()
        reports = list(_REPORT.finditer(content))
        if reports and path.name not in ("tronque.xml", "enveloppe_de_trois_messages.xml"):
            found.append((content[: reports[0].start()], [one[0] for one in reports], content[reports[-1].end() :]))
    return found


def parts_of(spec: FormatSpec, content: bytes, octets: int) -> list[Lecture]:
    assert spec.read_parts is not None
    return list(spec.read_parts(Entree(nom="f", contenu=content), octets))


def facts(tables: Tables) -> dict[str, list[str]]:
    """Every row as text, in any order."""
    return {
        name: sorted(str(table.with_columns(**same(table)).row(row)) for row in range(len(table)))
        for name, table in tables.each()
    }


def same(table: Table) -> dict[str, object]:
    """Columns that hold a place among the rows or the parts, made equal."""
    return {
        name: np.zeros(len(table), dtype=np.int32)
        for name, kind in table.kinds().items()
        if name == "source" or kind.vers
    }


def told(problems: tuple[Problem, ...]) -> Counter[str]:
    """What is told; each part tells for itself how many lines of a whole file there are, so these are added up."""
    found: Counter[str] = Counter()
    for problem in problems:
        if problem.code == "AVIS_SANS_SENS":
            found[problem.code] += int(str(problem.params["nombre"]))
        else:
            found[f"{problem.code} {problem.at} {problem.message}"] += 1
    return found


def check_parts(whole: Lecture, parts: list[Lecture]) -> None:
    together = Tables.concat([part.tables for part in parts])
    assert facts(whole.tables) == facts(together)
    assert told(whole.problems) == told(tuple(problem for part in parts for problem in part.problems))


def references(*lectures: Lecture) -> set[str]:
    return {source.reference for lecture in lectures for source in lecture.tables.sources}


@pytest.mark.parametrize("octets", [1, 2000])
def test_b2_sequences_are_judged_each_by_itself(octets):
    """
    A beginning or an end that one sequence lacks is told although another has it, and a lot takes nothing of a header
    that is not its own; so what is told does not depend on where the file is cut.
    """
    headless, hospital, plain = (
        (GOLDEN / "b2" / f"{name}.txt").read_bytes()
        for name in ("sans_debut_ni_fin", "norme_hospitaliere", "deux_lots")
    )
    hospital = hospital[: hospital.rindex(b"\n000") + 1] if hospital.count(b"\n000") else hospital
    content = headless + hospital + plain
    whole = BY_NAME["b2"].read(Entree(nom="f", contenu=content))
    assert [("DEBUT_ABSENT", 0), ("FIN_ABSENTE", len(headless))] == sorted(
        (problem.code, problem.at.offset) for problem in whole.problems if problem.params.get("code") in ("000", "999")
    )
    alone = whole.tables.lots.octet < len(headless)
    assert alone.any()
    assert {b""} == set(whole.tables.lots.emetteur[alone].tolist())
    assert np.isnat(whole.tables.lots.date_fichier[alone]).all()
    assert b"" not in whole.tables.lots.emetteur[~alone].tolist()
    check_parts(whole, parts_of(BY_NAME["b2"], content, octets))


@pytest.mark.parametrize("spec", SEQUENCES, ids=lambda spec: spec.name)
@given(data=st.data(), octets=st.integers(1, 4000))
def test_parts_together_are_the_file(spec, data, octets):
    """
    Sequences one after the other, cut anywhere: the same rows at the same bytes, the same problems.
    """
    family = data.draw(st.sampled_from(families(spec)))
    content = b"".join(data.draw(st.lists(st.sampled_from(family), min_size=1, max_size=4)))
    check_parts(spec.read(Entree(nom="f", contenu=content)), parts_of(spec, content, octets))


@pytest.fixture
def short_chunks(monkeypatch):
    """XML fed by a few bytes, so that small documents have several parts."""
    monkeypatch.setattr(_camt_xml, "_CHUNK", 100)


@pytest.mark.usefixtures("short_chunks")
@pytest.mark.parametrize("spec", CAMT, ids=lambda spec: spec.name)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), octets=st.integers(1, 4000), cut=st.integers(0, 1500))
def test_parts_of_a_document_are_the_document(spec, data, octets, cut):
    """
    Reports one after the other, cut anywhere, the document cut before its end or not: the same rows, at the same lines.
    """
    opening, reports, closing = data.draw(st.sampled_from(documents(spec)))
    drawn = data.draw(st.lists(st.sampled_from(reports), min_size=1, max_size=6))
    content = opening + b"\n".join(drawn) + closing
    content = content[: len(content) - cut] if data.draw(st.booleans()) else content
    whole, parts = spec.read(Entree(nom="f", contenu=content)), parts_of(spec, content, octets)
    check_parts(whole, parts)
    assert references(whole) == references(*parts)


@pytest.mark.usefixtures("short_chunks")
@pytest.mark.parametrize("spec", CAMT, ids=lambda spec: spec.name)
def test_golden_document_in_parts_is_the_document(spec):
    """
    Every peculiarity met: envelopes, other encodings, documents that are refused, a message inside a statement.
    """
    for path in sorted([*(GOLDEN / spec.name).glob("*.xml"), *(GOLDEN / "fuzz").glob("*.xml")]):
        content = path.read_bytes()
        check_parts(spec.read(Entree(nom="f", contenu=content)), parts_of(spec, content, 1))


@pytest.mark.usefixtures("short_chunks")
def test_document_has_one_part_for_each_report_that_is_long_enough():
    """
    A report is never divided, several short ones stand together, and what closes the document is no part.
    """
    spec = BY_NAME["camt053"]
    opening, reports, closing = documents(spec)[1]
    content = opening + reports[0] * 6 + closing
    each, two = (parts_of(spec, content, octets) for octets in (len(reports[0]) // 2, len(reports[0]) * 3 // 2))
    assert [1] * 6 == [len(part.tables.releves) for part in each]
    assert [2] * 3 == [len(part.tables.releves) for part in two]


@pytest.mark.parametrize("lines", [b"", b"\n", b"\r\n", b"\r\n\r\n"], ids=["none", "lf", "crlf", "blank lines"])
@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize(("name", "column", "accents"), [("cfonb120", "libelle", 48), ("cfonb240", "emetteur", 42)])
def test_statement_is_cut_whatever_its_lines_and_letters(name, column, accents, lines, encoding):
    """
    Several parts, whose statements have their accents, at their own bytes.
    """
    spec = BY_NAME[name]
    width = 120 if name == "cfonb120" else 240
    golden = (GOLDEN / name / "sans_saut_de_ligne.txt").read_text("ascii")
    records = [golden[place : place + width] for place in range(0, len(golden), width)]
    marked = [
        record[:accents] + "ÉTÉ " + record[accents + 4 :] if record[1] == "4" else record for record in records * 8
    ]
    content = lines.decode().join(marked).encode(encoding)
    whole, parts = spec.read(Entree(nom="f", contenu=content)), parts_of(spec, content, 1)
    check_parts(whole, parts)
    assert 8 == len(whole.tables.releves)
    assert len(parts) > 3
    assert {"ÉTÉ"} == {text[:3] for text in getattr(whole.tables.virements, column)}
    assert {records[1][:2]} == {content[octet:][:2].decode() for octet in whole.tables.virements.octet.tolist()}


@pytest.mark.parametrize("spec", IN_PARTS, ids=lambda spec: spec.name)
@given(content=st.binary(max_size=2000), octets=st.integers(1, 600))
def test_junk_in_parts_gives_only_problems(spec, content, octets):
    """
    No exception, whatever the bytes, and every source is of the one file.
    """
    for part in parts_of(spec, content, octets):
        assert ["f"] == [source.nom for source in part.tables.sources]


def repeated(name: str, golden: str, least: int) -> tuple[bytes, bytes, bytes]:
    """What opens a file, what it may hold any number of times, of *least* bytes, and what closes it."""
    content = (GOLDEN / name / golden).read_bytes()
    if name.startswith("camt"):
        opening, reports, closing = next(one for one in documents(BY_NAME[name]) if content.startswith(one[0]))
    else:
        opening, reports, closing = b"", [content], b""
    once = b"".join(reports)
    return opening, once * -(-least // len(once)), closing


@pytest.mark.parametrize(
    ("name", "golden"),
    [
        ("b2", "deux_lots.txt"),
        ("noemie", "trois_cadrages_blocs.txt"),
        ("camt053", "code_operation_cfonb.xml"),
        ("cfonb120", "deux_comptes_deux_jours.txt"),
    ],
)
def test_memory_does_not_grow_with_the_file(tmp_path, name, golden):
    """
    Ten times the file, the same peak: nothing is kept of a part once the next is read.
    """
    opening, unit, closing = repeated(name, golden, 200_000)

    def peak(times: int) -> int:
        path = tmp_path / f"{name}-{times}"
        path.write_bytes(opening + unit * times + closing)
        rows = 0
        tracemalloc.start()
        for part in tp.read_parts(path, octets=1 << 18):
            rows += len(part.tables.factures) + len(part.tables.reponses) + len(part.tables.virements)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert rows > 100 * times
        return found

    peak(1)  # loads what reading needs
    assert peak(40) < 1.1 * peak(4)


def test_parts_of_a_folder_are_told_by_their_file(tmp_path):
    """
    Every file under the paths, problems too; what no format claims is a source without one.
    """
    (tmp_path / "a.b2").write_bytes((GOLDEN / "b2" / "deux_lots.txt").read_bytes() * 3)
    (tmp_path / "z.pdf").write_bytes(b"%PDF-1.7 EXEMPLE")
    parts = list(tp.read_parts(tmp_path, octets=1))
    assert ["a.b2", "a.b2", "a.b2", "z.pdf"] == [part.tables.sources[0].nom for part in parts]
    assert ["FORMAT_INCONNU"] == [problem.code for part in parts for problem in part.problems]


def test_places_are_counted_from_the_beginning_of_the_file():
    """
    A row of the third sequence stands where the file says, not where its part begins.
    """
    once = Path(GOLDEN / "b2" / "deux_lots.txt").read_bytes()
    first, *_, last = parts_of(BY_NAME["b2"], once * 3, 1)
    np.testing.assert_array_equal(first.tables.factures.octet + 2 * len(once), last.tables.factures.octet)


@pytest.mark.parametrize("octets", [0, -5])
def test_no_part_is_of_no_bytes(tmp_path, octets):
    """
    A part holds at least one byte: anything less is refused before a file is opened.
    """
    with pytest.raises(ValueError, match="at least 1"):
        list(tp.read_parts(tmp_path, octets=octets))
