"""The benchmarks run and say what they measured; how long a thing takes is never tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from benchmarks.__main__ import main
from benchmarks._donnees import GROUPE, QUOTIDIEN, make_months, write_months
from benchmarks._naif import loop_b2, loop_noemie

from tiers_payant import Etat, read, reconcile
from tiers_payant.formats.b2 import write_b2
from tiers_payant.formats.noemie import write_noemie

DAY = "2026-01-02"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "benchmarks.md"
    assert 0 == main(["--quick", "--date", DAY, "--out", str(out)])
    return out.read_text(encoding="utf-8")


def rows_of(page: str, section: str) -> list[list[str]]:
    """The cells of the first table of a section, its head first and without the line under it."""
    text = page.split(f"\n## {section}\n")[1]
    table = re.search(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    assert table is not None
    lines = table.group().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:1] + lines[2:]]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (
            "Decoding to columns, checks included",
            ["B2", *(f"NOÉMIE, {kind} set, {form}" for form in ("short returns", "long returns", "short, in blocks")
                     for kind in ("old", "new"))],
        ),
        ("Bank statements", ["CAMT.053", "CFONB 120"]),
        ("Whole path: files to states", ["simulated, daily files", "built, four long files per officine"]),
        (
            "Two passes against DuckDB, polars and pandas",
            ["tiers_payant", "tiers_payant, 2 threads", "DuckDB, 2 threads", "polars, every core", "pandas"],
        ),
        ("The same columns in pandas and in polars", ["tiers_payant", "pandas", "polars"]),
        (
            "`import tiers_payant`",
            ["start of Python", "import, beyond that start", "numpy, lxml or pluggy loaded by it"],
        ),
        (
            "Objects instead of files",
            ["building the objects", "`Book.from_objects`", "`reconcile`", "the three together"],
        ),
        ("A day's returns onto an open book", ["4 000"]),
        ("Rejects to families", ["100", "100"]),
    ],
)  # fmt: skip
def test_each_table_has_its_rows(page, section, expected):
    """
    A run that skipped something would show here, not in a reader's trust.
    """
    head, *rows = rows_of(page, section)
    names = [row[1 if head[0] == "factures" else 0] for row in rows]
    assert expected == names
    assert {len(head)} == {len(row) for row in rows}


@pytest.mark.parametrize(
    ("section", "column"),
    [
        ("Decoding to columns, checks included", "× slower than raw"),
        ("Bank statements", "× slower than raw"),
        ("Whole path: files to states", "peak ×"),
    ],
)
def test_each_measure_is_told_as_a_ratio(page, section, column):
    """
    Seconds alone say what the machine is; a ratio of the same run says what the library is.
    """
    head, *rows = rows_of(page, section)
    place = head.index(column)
    assert [] == [row for row in rows if float(row[place]) <= 0]


def test_page_is_dated_by_the_caller(page):
    """
    The day is an argument: no clock is read.
    """
    assert f"Run of {DAY}: " in page


def test_page_names_no_place_of_the_machine(page):
    """
    What is published says how many cores, not whose machine nor where the checkout was.
    """
    assert str(Path(__file__).parents[1]) not in page


def test_import_loads_no_heavy_package(page):
    """
    What is slow to load waits for its first use.
    """
    *_, lazy = rows_of(page, "`import tiers_payant`")
    assert "none" == lazy[2]


@pytest.mark.parametrize("factures", [1, 300])
def test_built_months_are_read_without_a_problem(tmp_path, factures):
    """
    Data whose counts or sums were wrong would measure the telling of problems.
    """
    write_months(tmp_path, factures)
    book = read(tmp_path)
    assert () == book.problems
    assert factures == len(book.tables.factures)


def test_built_months_are_reconciled(tmp_path):
    """
    Most créances are found credited: the matching has groups to settle, not an empty bank.
    """
    write_months(tmp_path, 300)
    result = reconcile(read(tmp_path)).verify()
    assert result.count(Etat.CREDITEE) > 0.8 * len(result.creances)
    assert 0 < result.count(Etat.REJETEE) < result.count(Etat.CREDITEE)


@pytest.mark.parametrize(("rythme", "least"), [(QUOTIDIEN, 1), (GROUPE, 100)])
def test_rhythm_makes_returns_short_or_long(rythme, least):
    """
    The two decoding tables differ by the length of the returns: it is what they are there to show.
    """
    (mois,) = make_months(300, rythme)
    assert least <= len(mois.amo.reponses) // len(mois.amo.retours)


def test_row_loop_of_b2_reads_every_record(tmp_path):
    """
    What we compare ourselves with does the work: a loop that skipped records would be a straw man.
    """
    (mois,) = make_months(50)
    file = tmp_path / "lots.b2"
    with file.open("wb") as out:
        write_b2(mois.lots, out)
    suites = int((mois.lots.factures.nir_beneficiaire != b"").sum())
    expected = 2 * len(mois.lots.lots) + 2 * len(mois.lots.factures) + len(mois.lots.lignes) + suites
    assert expected == len(loop_b2(file.read_bytes()))


@pytest.mark.parametrize("kind", ["amo", "amc"])
def test_row_loop_of_noemie_reads_every_entity(tmp_path, kind):
    """
    It cuts each entity of both sets: only the fixed records are left out.
    """
    (mois,) = make_months(50)
    file = tmp_path / "retour.noe"
    with file.open("wb") as out:
        write_noemie(getattr(mois, kind), out, "nu")
    data = file.read_bytes()
    assert len(getattr(mois, kind).retours) > 0
    assert data.count(b"@") == len(loop_noemie(data))
