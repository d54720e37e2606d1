"""Files read in parts: the same facts at the same places, in memory that does not grow with the file."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.golden import GOLDEN

import tiers_payant as tp
from tiers_payant.domain import Entree, FormatSpec, Lecture, Table, Tables
from tiers_payant.errors import Problem
from tiers_payant.formats import FORMATS

BY_NAME = {spec.name: spec for spec in FORMATS}
IN_PARTS = [spec for spec in FORMATS if spec.read_parts is not None]


def families(spec: FormatSpec) -> list[list[bytes]]:
    """The golden files of a format, those together that can stand in one file.

    A NOÉMIE file has one framing. A B2 file with one sequence of the hospital norm is raw whole, its parts are not.
    """
    files = [path.read_bytes() for path in sorted((GOLDEN / spec.name).glob("*.txt")) if "hospital" not in path.name]
    if spec.name != "noemie":
        return [files]
    lines = [file for file in files if file[128:130] == b"\r\n"]
    return [lines, *([file] for file in files if file not in lines)]


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


def told(problems: tuple[Problem, ...]) -> list[str]:
    return sorted(f"{problem.code} {problem.at} {problem.message}" for problem in problems)


@pytest.mark.parametrize("spec", IN_PARTS, ids=lambda spec: spec.name)
@given(data=st.data(), octets=st.integers(1, 4000))
def test_parts_together_are_the_file(spec, data, octets):
    """
    Sequences one after the other, cut anywhere: the same rows at the same bytes, the same problems.
    """
    family = data.draw(st.sampled_from(families(spec)))
    content = b"".join(data.draw(st.lists(st.sampled_from(family), min_size=1, max_size=4)))
    whole = spec.read(Entree(nom="f", contenu=content))
    parts = parts_of(spec, content, octets)
    together = Tables.concat([part.tables for part in parts])
    assert facts(whole.tables) == facts(together)
    assert told(whole.problems) == told(tuple(problem for part in parts for problem in part.problems))


@pytest.mark.parametrize("spec", IN_PARTS, ids=lambda spec: spec.name)
@given(content=st.binary(max_size=2000), octets=st.integers(1, 600))
def test_junk_in_parts_gives_only_problems(spec, content, octets):
    """
    No exception, whatever the bytes, and every source is of the one file.
    """
    for part in parts_of(spec, content, octets):
        assert ["f"] == [source.nom for source in part.tables.sources]


@pytest.mark.parametrize(("name", "golden"), [("b2", "deux_lots.txt"), ("noemie", "trois_cadrages_blocs.txt")])
def test_memory_does_not_grow_with_the_file(tmp_path, name, golden):
    """
    Ten times the file, the same peak: nothing is kept of a part once the next is read.
    """
    once = (GOLDEN / name / golden).read_bytes()
    unit = once * -(-200_000 // len(once))

    def peak(times: int) -> int:
        path = tmp_path / f"{name}-{times}"
        path.write_bytes(unit * times)
        rows = 0
        tracemalloc.start()
        for part in tp.read_parts(path, octets=1 << 18):
            rows += len(part.tables.factures) + len(part.tables.reponses)
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
