"""Matched whole or in parts: the same bytes."""

from __future__ import annotations

import itertools
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.books import books
from tests.matching.test_passes import book

from tiers_payant.domain import Book, Rapprochement, Table, Tables
from tiers_payant.matching import merge, reconcile, split
from tiers_payant.matching._cascade import reconcile_tables
from tiers_payant.matching._reglages import Reglages
from tiers_payant.reports import rapprochement_chunks


def alone(tables: Tables) -> Rapprochement:
    return reconcile_tables(tables, Reglages())


def by_parts(tables: Tables, most: int | None = None) -> Rapprochement:
    parts = split(tables, most)
    return merge(tables, parts, [alone(part.tables) for part in parts])


def assert_same(one: Rapprochement, other: Rapprochement) -> None:
    """Compare every array of two results, and their documents to the byte."""
    for field in attrs.fields(Rapprochement):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, Table):
            for name, column in left.columns().items():
                np.testing.assert_array_equal(column, getattr(right, name), f"{field.name}.{name}")
        elif isinstance(left, np.ndarray):
            np.testing.assert_array_equal(left, right, field.name)
        elif field.name != "tables":
            assert left == right, field.name
    assert "".join(rapprochement_chunks(one)) == "".join(rapprochement_chunks(other))


def of_groups(count: int, tables: Tables) -> Tables:
    """Repeat *tables* for *count* pairs of officines with numbers and accounts of their own; rows stand mixed."""
    copies = [_renamed(tables, str(rank).encode()) for rank in range(count)]
    joined = Tables.concat(copies)
    return attrs.evolve(joined, sources=tables.sources, **{name: _one_source(table) for name, table in joined.each()})


def _renamed(tables: Tables, mark: bytes) -> Tables:
    changed: dict[str, Any] = {}
    for name, table in tables.each():
        for column in ("officine", "compte"):
            if column in table.kinds() and len(table):
                renamed = np.char.add(getattr(table, column), mark)
                changed[name] = changed.get(name, table).with_columns(**{column: renamed})
    return attrs.evolve(tables, **changed)


def _one_source(table: Any) -> Any:
    return table.with_columns(source=np.zeros(len(table), np.int32)) if "source" in table.kinds() else table


@given(books(), st.integers(1, 3), st.one_of(st.none(), st.integers(1, 4)))
def test_a_book_in_parts_gives_what_it_gives_whole(tables: Tables, copies: int, most: int | None):
    """
    However officines share accounts, returns and equal amounts, and however many parts are asked for.
    """
    tables = of_groups(copies, tables)
    assert_same(alone(tables), by_parts(tables, most))


@given(books(), st.integers(1, 3))
def test_every_row_is_in_one_part(tables: Tables, copies: int):
    """
    No row of any table is lost, and none stands in two parts; each part points inside itself.
    """
    tables = of_groups(copies, tables)
    parts = split(tables)
    for name, table in tables.each():
        rows = np.sort(np.concatenate([part.rangs[name] for part in parts]))
        assert list(range(len(table))) == rows.tolist()
        for part in parts:
            assert len(part.rangs[name]) == len(getattr(part.tables, name))
    for part, (name, kinds) in itertools.product(parts, Tables.kinds().items()):
        for column, kind in kinds.kinds().items():
            rows = getattr(getattr(part.tables, name), column)
            assert not kind.vers or not len(rows) or rows.max() < len(getattr(part.tables, kind.vers, tables.sources))


def two_officines(**changed: Any) -> Tables:
    """Two officines, each with a return, a transfer and a credit of its own, on an account of its own."""
    columns: dict[str, dict[str, Any]] = {
        "factures": {
            "officine": ["1", "2"], "lot_date": ["2026-01-05"] * 2, "lot": ["001"] * 2, "facture": ["1", "1"],
            "paiement": ["05"] * 2, "part_amo_cents": [1000, 1000],
        },
        "retours": {"emetteur_type": ["CP", "CP"], "empreinte": ["a", "b"]},
        "groupes": {"officine": ["1", "2"], "date": ["2026-01-08"] * 2, "retour": [0, 1]},
        "reponses": {
            "officine": ["1", "2"], "lot_date": ["2026-01-05"] * 2, "lot": ["001"] * 2, "facture": ["1", "1"],
            "part": [1, 1], "reponse": [1, 1], "annonce_cents": [1000, 1000], "groupe": [0, 1], "retour": [0, 1],
        },
        "virements": {
            "compte": ["A", "B"], "date": ["2026-01-09"] * 2, "montant_cents": [1000, 1000],
            "libelle": ["CPAM DE VILLE-EXEMPLE"] * 2,
        },
        "comptes": {"officine": ["1", "2"], "compte": ["A", "B"]},
    }  # fmt: skip
    for name, values in changed.items():
        columns[name] = {**columns.get(name, {}), **values}
    return Book.from_columns(columns).tables


def test_officines_that_share_nothing_are_apart():
    """
    Every number may be the same: the officine tells the rows apart.
    """
    assert 2 == len(split(two_officines()))


@pytest.mark.parametrize(
    "shared",
    [
        {"comptes": {"compte": ["A", "A"]}},
        {"virements": {"compte": ["A", "C"]}},
        {"groupes": {"retour": [0, 0]}},
        {"reponses": {"groupe": [1, 1]}},
        {"mouvements": {"montant_cents": [-1], "groupe": [0], "retour": [1]}},
    ],
    ids=["an account of both", "a line on an account of nobody", "one return", "one group", "a movement"],
)
def test_officines_that_anything_ties_are_together(shared: dict[str, Any]):
    """
    What may be of either keeps both in one part, and the result is that of the whole.
    """
    tables = two_officines(**shared)
    assert 1 == sum(len(part.tables.factures) > 0 for part in split(tables))
    assert_same(alone(tables), by_parts(tables))


def test_a_line_of_nobody_and_of_no_amount_announced_ties_nothing():
    """
    The rent on an account that nobody claims is matched once, with what else concerns no officine.
    """
    lines = {"compte": ["A", "B", "C"], "date": ["2026-01-09"] * 3, "montant_cents": [1000, 1000, 777],
             "libelle": ["CPAM DE VILLE-EXEMPLE"] * 3}  # fmt: skip
    tables = two_officines(virements=lines)
    parts = split(tables)
    assert [1, 1, 1] == [len(part.tables.virements) for part in parts]
    assert [1, 1, 0] == [len(part.tables.factures) for part in parts]
    assert_same(alone(tables), by_parts(tables))


def test_officines_of_one_number_are_one():
    """
    `7` and `007` are one officine to every key, so to the partition too.
    """
    tables = two_officines(factures={"officine": ["001", "2"]})
    assert [{b"001", b"1"}, {b"2"}] == [
        {*part.tables.factures.officine.tolist(), *part.tables.groupes.officine.tolist()} for part in split(tables)
    ]
    assert_same(alone(tables), by_parts(tables))


def test_a_client_account_is_of_the_officine_of_that_number():
    """
    `7` billed, `007` kept the account and `07` received: one facture, and its patient share is paid in part.
    """
    key = {"lot_date": ["2026-01-05"], "lot": ["001"], "facture": ["000000001"]}
    tables = Book.from_columns(
        {
            "factures": {"officine": ["7"], **key, "paiement": ["05"], "part_amo_cents": [1000]},
            "comptes_clients": {"officine": ["007"], **key, "du_cents": [500]},
            "encaissements": {"officine": ["07"], **key, "montant_cents": [200]},
        }
    ).tables
    result = alone(tables)
    assert [(0, 1000, 0), (0, 500, 200)] == list(
        zip(result.creances.facture_rang, result.creances.du_cents, result.creances.credite_cents, strict=True)
    )
    assert_same(result, by_parts(tables))


def test_equal_claims_of_many_officines_keep_their_classes():
    """
    Classes are numbered by their rows, whichever part found them first.
    """
    one = book(groups=[{}, {}], lines=[{}, {}]).tables
    owned = attrs.evolve(one, comptes=type(one.comptes).of(officine=["999000019"], compte=["A"]))
    tables = of_groups(3, owned)
    whole = alone(tables)
    assert 3 == len(split(tables))
    assert [1, 1, 2, 2, 3, 3] == whole.liens_virements.classe.tolist()
    assert_same(whole, by_parts(tables))


def test_patients_of_many_officines_come_last_and_sorted():
    """
    The créances of accounts of patients stand after all others, whichever part they come from.
    """
    accounts = {"officine": ["2", "1"], "lot_date": ["2026-01-05"] * 2, "lot": ["001"] * 2, "facture": ["1", "1"],
                "du_cents": [300, 400]}  # fmt: skip
    tables = two_officines(comptes_clients=accounts)
    assert [b"1", b"2", b"1", b"2"] == by_parts(tables).creances.officine.tolist()
    assert_same(alone(tables), by_parts(tables))


def test_what_is_told_of_one_file_is_counted_over_its_parts():
    """
    A file whose rows concern several officines is told once, with the sum of what each part counts.
    """
    tables = two_officines(reponses={"facture": ["8", "9"]})
    assert 2 == len(split(tables))
    assert [2] == [problem.params["nombre"] for problem in by_parts(tables).problems]
    assert_same(alone(tables), by_parts(tables))


def test_parts_asked_for_are_balanced_by_rows():
    """
    Of eight equal officines, two parts have four each.
    """
    tables = of_groups(4, two_officines())
    assert [4, 4] == [len(part.tables.factures) for part in split(tables, 2)]


def test_nothing_is_one_part_of_nothing():
    """
    An empty book is matched in parts as it is whole.
    """
    assert_same(reconcile(Book(tables=Tables())), by_parts(Tables()))


def test_nothing_of_a_result_is_forgotten_by_the_merge():
    """
    Tables of links are joined whatever their name; a field of another kind must be added to the merge, and here.
    """
    result = reconcile(Book(tables=Tables()))
    others = {
        field.name
        for field in attrs.fields(Rapprochement)
        if not isinstance(getattr(result, field.name), Table)
    }  # fmt: skip
    assert others == {
        "tables", "rejets_creances", "rejets_rangs", "etats_virements", "recherche_virements", "totaux", "problems",
        "passes", "passes_fournies", "payeurs",
    }  # fmt: skip
