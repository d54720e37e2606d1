"""Column tables: what they accept, how their rows move, and that pointers follow."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain._source import Source
from tiers_payant.domain._table import Table
from tiers_payant.domain.tables import Factures, Lignes, Lots, Reponses, Retours, Tables, Virements
from tiers_payant.errors import ColumnError

KINDS = Tables.kinds()


@pytest.mark.parametrize("rows", KINDS.values(), ids=KINDS)
def test_columns_not_given_hold_absent_values(rows):
    """
    Every kind has its absent value, and a row of them reads as plain Python values.
    """
    table = rows.of(2)
    absent = {"S": "", "O": "", "i": 0, "b": False, "M": None}
    expected = {name: -1 if kind.vers else absent[np.dtype(kind.dtype).kind] for name, kind in rows.kinds().items()}
    assert (2, expected) == (len(table), table.row(1))
    assert all(column.dtype.kind == np.dtype(rows.kinds()[n].dtype).kind for n, column in table.columns().items())


@pytest.mark.parametrize("rows", KINDS.values(), ids=KINDS)
def test_columns_are_read_only(rows):
    """
    What a stage was handed cannot change under it.
    """
    for column in rows.of(1).columns().values():
        with pytest.raises(ValueError, match="read-only"):
            column[0] = column[0]


def test_columns_are_taken_in_any_usual_form():
    """
    Lists of texts, ints, dates and None become columns of their kind.
    """
    table = Factures.of(facture=["007", ""], date_facture=[dt.date(2026, 3, 2), None], total_cents=[1250, -1])
    assert {"facture": "007", "date_facture": dt.date(2026, 3, 2), "total_cents": 1250}.items() <= table.row(0).items()
    assert {"facture": "", "date_facture": None, "total_cents": -1}.items() <= table.row(1).items()


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (Factures, {"inconnue": [1]}),
        (Factures, {"facture": ["1"], "total_cents": [1, 2]}),
        (Factures, {"total_cents": [12.5]}),
        (Factures, {"total_cents": ["12,50"]}),
        (Factures, {"total_cents": [2**70]}),
        (Factures, {"total_cents": [[1]]}),
        (Factures, {"officine": [["1"], ["2", "3"]]}),
        (Factures, {"facture": ["n°1"]}),
        (Factures, {"date_facture": ["hier"]}),
        (Factures, {"date_facture": [1.5]}),
        (Lignes, {"quantite": [40_000]}),
        (Lignes, {"base_cents": [-(2**31) - 1]}),
        (Lignes, {"base_cents": np.array([2**31], dtype=np.uint64)}),
        (Reponses, {"part": [300]}),
        (Virements, {"extourne": ["oui", 1.5, None]}),
        (Virements, {"extourne": ["non"]}),
        (Virements, {"extourne": [1]}),
    ],
)
def test_columns_that_make_no_table_are_refused(rows, columns):
    """
    An unknown name, unequal lengths, a fraction, a number that its column would wrap: never a silent conversion.
    """
    with pytest.raises(ColumnError):
        rows.of(**columns)


def test_refusal_names_the_column():
    """
    Who fills thirty columns is told which one is wrong, and what it should hold.
    """
    with pytest.raises(ColumnError, match=r"Factures\.facture: expected ASCII texts, got str"):
        Factures.of(facture=["n°1"])


def test_row_of_no_file_has_no_file_name():
    """
    -1 points nowhere, not to the last file.
    """
    assert ["a.b2", ""] == [Tables(sources=(Source(nom="a.b2"),)).file_of(source) for source in (0, -1)]


@given(st.lists(st.lists(st.text("AB01", max_size=5), max_size=4), max_size=4))
def test_concat_keeps_every_row_in_order(parts):
    """
    Columns of different widths are joined without cutting a text.
    """
    joined = Lots.concat([Lots.of(len(texts), lot=texts) if texts else Lots.of() for texts in parts])
    assert [text for texts in parts for text in texts] == [value.decode() for value in joined.lot.tolist()]


def test_take_by_number_and_by_mask():
    """
    Rows by number in the order asked, or where a mask is true.
    """
    table = Lots.of(lot=["A", "B", "C"])
    assert [b"C", b"A"] == table.take(np.array([2, 0])).lot.tolist()
    assert [b"B", b"C"] == table.take(np.array([False, True, True])).lot.tolist()


def test_with_columns_replaces_and_leaves_the_original():
    """
    A table never changes; a copy differs.
    """
    table = Lots.of(lot=["A"])
    assert (b"B", b"A") == (table.with_columns(lot=["B"]).lot[0], table.lot[0])


@pytest.mark.parametrize("rows", KINDS.values(), ids=KINDS)
def test_arrow_has_the_same_columns(rows):
    """
    Names, length and types that Arrow users expect: strings, dates, integers, booleans.
    """
    table = rows.of(3).to_arrow()
    types = {"S": pa.string(), "O": pa.string(), "M": pa.date32(), "b": pa.bool_()}
    assert (3, list(rows.kinds())) == (table.num_rows, table.column_names)
    for name, kind in rows.kinds().items():
        dtype = np.dtype(kind.dtype)
        expected = types[dtype.kind] if dtype.kind in types else pa.from_numpy_dtype(dtype)
        assert expected == table.schema.field(name).type, name


def test_arrow_holds_the_same_values():
    """
    Texts as texts, an absent date as null.
    """
    table = Factures.of(facture=["007", ""], date_facture=[dt.date(2026, 3, 2), None], total_cents=[1, -1]).to_arrow()
    assert ["007", ""] == table["facture"].to_pylist()
    assert [dt.date(2026, 3, 2), None] == table["date_facture"].to_pylist()
    assert [1, -1] == table["total_cents"].to_pylist()


@pytest.mark.parametrize("rows", KINDS.values(), ids=KINDS)
def test_repr_shows_no_row(rows):
    """
    A table prints its size.
    """
    texts = [name for name, kind in rows.kinds().items() if kind.dtype in "SO"]
    table = rows.of(1, **{name: ["SECRET"] for name in texts})
    assert f"<{rows.__name__} of 1 rows>" == repr(table)
    assert "SECRET" not in repr(Tables(**{name: table for name, kind in KINDS.items() if kind is rows}))


# --- several tables and their pointers


def part_of(name: str, lots: list[list[int]], answers: int) -> Tables:
    """A file of *lots*, each of so many lines per facture, and a return of so many answers; each row named apart."""
    factures = [(lot, lines) for lot, held in enumerate(lots) for lines in held]
    owners = [row for row, (_, lines) in enumerate(factures) for _ in range(lines)]
    return Tables(
        sources=(Source(nom=name),),
        lots=Lots.of(len(lots), lot=[f"{name}-{lot}" for lot in range(len(lots))] or np.empty(0, "S1")),
        factures=Factures.of(
            len(factures),
            facture=[f"{name}-{lot}-{row}" for row, (lot, _) in enumerate(factures)] or np.empty(0, "S1"),
            lot_rang=np.array([lot for lot, _ in factures], dtype=np.int32),
            source=np.zeros(len(factures), np.int32),
        ),
        lignes=Lignes.of(
            len(owners),
            facture_rang=np.array(owners, dtype=np.int32),
            acte=[f"{name}-{factures[row][0]}-{row}" for row in owners] or np.empty(0, "S1"),
        ),
        retours=Retours.of(1, fichier=[name]),
        reponses=Reponses.of(answers, retour=np.zeros(answers, np.int32), groupe=np.full(answers, -1, np.int32)),
    )


sizes = st.tuples(st.lists(st.lists(st.integers(0, 2), max_size=3), max_size=3), st.integers(0, 2))
parts = st.lists(sizes, max_size=3).map(
    lambda held: [part_of(f"f{rank}", lots, answers) for rank, (lots, answers) in enumerate(held)]
)


def check_pointers(tables: Tables) -> None:
    """Each row still points to the row whose name begins its own."""
    for facture, lot, source in zip(
        tables.factures.facture.tolist(),
        tables.factures.lot_rang.tolist(),
        tables.factures.source.tolist(),
        strict=True,
    ):
        assert tables.lots.lot[lot] == facture.rpartition(b"-")[0]
        assert tables.sources[source].nom.encode() == facture.partition(b"-")[0]
    assert tables.lignes.acte.tolist() == tables.factures.facture[tables.lignes.facture_rang].tolist()
    assert {-1} >= set(tables.reponses.groupe.tolist())


@given(parts)
def test_joined_rows_point_where_they_pointed(held):
    """
    Joining shifts each pointer, sources included, and leaves -1 alone.
    """
    joined = Tables.concat(held)
    check_pointers(joined)
    assert sum(len(part.lignes) for part in held) == len(joined.lignes)


@given(parts, st.data())
def test_kept_rows_point_where_they_pointed(held, data):
    """
    A row whose target goes, goes too; the others keep pointing to the same content, and none else is lost.
    """
    joined = Tables.concat(held)
    masks = {
        name: np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)
        for name in ("lots", "factures", "retours")
        if (size := len(getattr(joined, name)))
    }
    kept = joined.keep(masks)
    check_pointers(kept)
    lots = set(joined.lots.take(masks.get("lots", slice(None))).lot.tolist())  # type: ignore[arg-type]
    wanted = masks.get("factures", np.ones(len(joined.factures), np.bool_))
    expected = [
        facture
        for facture, keep in zip(joined.factures.facture.tolist(), wanted.tolist(), strict=True)
        if keep and facture.rpartition(b"-")[0] in lots
    ]
    assert expected == kept.factures.facture.tolist()
    assert [line for line in joined.lignes.acte.tolist() if line in expected] == kept.lignes.acte.tolist()


def test_nothing_joined_is_empty():
    """
    No part makes tables without rows.
    """
    joined = Tables.concat([])
    assert ({0}, ()) == ({len(table) for _, table in joined.each()}, joined.sources)


def test_every_pointer_names_a_table():
    """
    A `renvoi` column points to a table of the same `Tables`, or to its sources.
    """
    targets = {kind.vers for rows in KINDS.values() for kind in rows.kinds().values() if kind.vers}
    assert targets <= {*KINDS, "sources"}
    assert all(issubclass(rows, Table) for rows in KINDS.values())
