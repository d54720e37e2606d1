"""Small tables that people keep in a spreadsheet: read whole or not at all, one way for all of them."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiers_payant.domain import FIRST_DAY, LAST_DAY, Faults, Feuille, day_of, text_of
from tiers_payant.errors import LayoutError

LIBRE = Feuille(nom="list", lecteurs={"nom": text_of, "le": day_of}, voulues=("nom", "le"), octets=1000)
FERMEE = Feuille(nom="list", lecteurs={"nom": text_of, "note": str}, voulues=("nom",), fermee=True)


def read(feuille: Feuille, text: str) -> list[tuple[int, dict[str, object]]]:
    faults = Faults("x.csv")
    rows = [(row.line, row.values) for row in feuille.rows(text.encode(), faults)]
    faults.check()
    return rows


DAY = dt.date(2026, 1, 5)


@pytest.mark.parametrize(
    "text",
    [
        "nom;le\nA;2026-01-05\n",
        "Le,Nom\r\n05/01/2026,A\r\n",
        '# EXEMPLE\nsep=|\n"le"|"nom"||\n2026-01-05| A ||\n|||\n',
        "nom\tautre\tle\nA\tEXEMPLE\t2026-01-05",
        "nom;le;autre\nA;2026-01-05",
    ],
)
def test_same_table_however_it_is_written(text):
    """
    Any separator, order and case of headers; other columns are left out, and cells that a line ends before.
    """
    assert [{"nom": "A", "le": DAY}] == [values for _, values in read(LIBRE, text)]


def test_line_of_a_row_is_where_it_begins():
    """
    After comments, blank lines and a cell of two lines.
    """
    rows = read(LIBRE, '# EXEMPLE\nnom;le;note\n\nA;2026-01-05;"deux\nlignes"\nB;2026-01-05;\n')
    assert [(4, "A"), (6, "B")] == [(line, values["nom"]) for line, values in rows]


@pytest.mark.parametrize(
    ("feuille", "text", "told"),
    [
        (LIBRE, "nom;le;autre\nA;2026-01-05;x;y", "x.csv:2: expected 3 cells, got 4"),
        (LIBRE, "nom;autre;le\nA;x", "x.csv:2: expected 3 cells, got 2"),
        (LIBRE, "nom\nA", "x.csv:1: le: this column is missing"),
        (LIBRE, "nom;le\n;hier", "x.csv:2:1: nom: expected 1 to 64 ASCII characters, got ''\nx.csv:2:2: le: "),
        (FERMEE, "nom;nôte;remarque\nA;x;y", "x.csv:1:3: no column of a list: one of nom, note"),
        (FERMEE, "nom;notes\nA;x", "x.csv:1:2: no column of a list; did you mean note?"),
    ],
)  # fmt: skip
def test_fault_is_told_where_it_stands(feuille, text, told):
    """
    File, line, column and header; every fault of a row.
    """
    with pytest.raises(LayoutError) as error:
        read(feuille, text)
    assert str(error.value).startswith(told)


def test_faults_beyond_fifty_are_counted():
    """
    A file of the wrong kind does not fill the screen.
    """
    with pytest.raises(LayoutError) as error:
        read(FERMEE, "nom\n" + "é\n" * 60)
    assert 51 == len(str(error.value).splitlines())
    assert str(error.value).endswith("x.csv: and 10 more")


@pytest.mark.parametrize("text", ["2026-02-30", "31/13/2026", "1/1/2026", "2026-1-5", "05-01-2026", "", "٢٠٢٦-٠١-٠٥"])
def test_what_is_no_day_is_refused(text):
    """
    Nothing is guessed of a day written otherwise.
    """
    with pytest.raises(LayoutError):
        day_of(text)


@given(st.dates(FIRST_DAY, LAST_DAY))
def test_a_day_is_read_in_both_forms(day):
    """
    As ISO writes it, and as French spreadsheets do.
    """
    assert [day, day] == [day_of(f"{day:%Y-%m-%d}"), day_of(f"{day:%d/%m/%Y}")]


def test_what_is_too_long_is_not_read(tmp_path: Path):
    """
    Each kind of table has its limit.
    """
    (tmp_path / "x.csv").write_bytes(b"nom;le\n" * 1000)
    with pytest.raises(LayoutError, match=r"x\.csv: longer than 1000 bytes"):
        LIBRE.read(tmp_path / "x.csv")


@settings(max_examples=60)
@given(st.binary(max_size=80) | st.binary(max_size=80).map(lambda junk: b"nom;le\n" + junk))
def test_junk_raises_only_what_is_promised(junk):
    """
    Any bytes: rows, or the library's error.
    """
    faults = Faults("x.csv")
    with suppress(LayoutError):
        for row in LIBRE.rows(junk, faults):
            assert {"nom", "le"} == set(row.values)
        faults.check()
