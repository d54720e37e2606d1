"""Equal claims answered by equal lines: n and n are one link, n and m are a question."""

from __future__ import annotations

import json
from collections import defaultdict
from unittest.mock import patch

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.oracle import Oracle
from tests.matching.test_passes import LABEL, book, etats

from tiers_payant.domain import Book, Etat, Rapprochement, Tables, virement_ids
from tiers_payant.matching import _candidats, reconcile
from tiers_payant.reports import rapprochement_chunks

DAYS = st.sampled_from(["2026-01-08", "2026-01-09", "2026-01-16", "2026-01-19", "2026-01-29"])
AMOUNTS = st.sampled_from([1000, 2000])
group_rows = st.fixed_dictionaries({"date": DAYS, "du": AMOUNTS, "label": st.sampled_from(["", LABEL])})
line_rows = st.fixed_dictionaries(
    {"date": DAYS, "cents": AMOUNTS, "label": st.sampled_from(["CPAM DE VILLE-EXEMPLE", f"VIR SEPA {LABEL}"])}
)
tied_books = st.builds(book, groups=st.lists(group_rows, max_size=5), lines=st.lists(line_rows, max_size=5))


def classes(result: Rapprochement) -> set[tuple[frozenset[int], frozenset[int]]]:
    links = result.liens_virements
    groups, lines = defaultdict(set), defaultdict(set)
    ends = zip(links.groupe.tolist(), links.virement.tolist(), links.classe.tolist(), strict=True)
    for group, line, number in ends:
        if number:
            groups[number].add(group)
            lines[number].add(line)
    return {(frozenset(groups[number]), frozenset(lines[number])) for number in groups}


def test_two_equal_groups_and_two_equal_credits_are_one_link():
    """
    Whichever credit pays whichever transfer, both are paid: the créances are settled, and no pair is stated.
    """
    result = reconcile(book(groups=[{}, {}], lines=[{}, {"date": "2026-01-12"}]))
    assert [Etat.CREDITEE, Etat.CREDITEE] == etats(result)
    assert {(frozenset({0, 1}), frozenset({0, 1}))} == classes(result)
    assert 0 == len(result.propositions)
    assert 2000 == result.totaux.credite_cents


def test_both_credits_are_shown_for_each_creance():
    """
    The JSON and the explanation name every line of the class, and say that none is told for one créance.
    """
    result = reconcile(book(groups=[{}, {}], lines=[{}, {"date": "2026-01-12"}]))
    found = json.loads("".join(rapprochement_chunks(result)))
    assert [sorted(virement_ids(result.tables))] * 2 == [creance["virements"] for creance in found["creances"]]
    told = result.explain(result.creances[0])
    assert "par 2 virements de ce montant" in told
    assert "Lequel paie lequel n'est pas dit" in told
    assert "du 09/01/2026" in told
    assert "du 12/01/2026" in told


@pytest.mark.parametrize(("groups", "lines"), [(1, 2), (2, 1), (2, 3), (3, 2)])
def test_one_more_on_either_side_is_a_question(groups, lines):
    """
    Somebody may not be paid, or be paid by something else: every pair is proposed, none is settled.
    """
    result = reconcile(book(groups=[{}] * groups, lines=[{"date": f"2026-01-{9 + rank:02d}"} for rank in range(lines)]))
    assert [Etat.ANNONCEE] * groups == etats(result)
    assert groups * lines == len(result.propositions)


def test_a_credit_before_one_of_the_transfers_breaks_the_class():
    """
    The first credit cannot pay the second transfer: they are no longer equal, and a pass takes nothing off itself.
    """
    result = reconcile(
        book(groups=[{}, {"date": "2026-01-12"}], lines=[{"date": "2026-01-09"}, {"date": "2026-01-13"}])
    )
    assert [Etat.ANNONCEE, Etat.ANNONCEE] == etats(result)


def test_an_older_transfer_still_open_breaks_the_class():
    """
    What was announced weeks ago may be what is paid now.
    """
    result = reconcile(book(groups=[{}, {}, {"date": "2025-12-01"}], lines=[{}, {"date": "2026-01-12"}]))
    assert [Etat.ANNONCEE] * 3 == etats(result)


def test_a_class_is_whole_or_none():
    """
    Two transfers a week apart, and three credits of their amount: the second could be of a class whose other member is
    told apart by the first credit. Nothing is settled as a class of one.
    """
    lines = [{"date": day} for day in ("2026-01-11", "2026-01-18", "2026-01-27")]
    result = reconcile(book(groups=[{"date": "2026-01-08"}, {"date": "2026-01-15"}], lines=lines)).verify()
    assert set() == classes(result)


def test_what_is_in_a_crowd_is_in_no_class():
    """
    Where candidates were too many to be drawn, nobody knows that the others are none.
    """
    with patch.object(_candidats, "CROWD", 1):
        result = reconcile(book(groups=[{}, {}], lines=[{}, {"date": "2026-01-12"}]))
    assert [Etat.ANNONCEE, Etat.ANNONCEE] == etats(result)


@given(tied_books)
def test_classes_are_those_of_the_oracle(given_book: Book):
    """
    On books made of ties, the same classes, the same pairs, the same states; and the laws hold.
    """
    oracle, result = Oracle(given_book.tables), reconcile(given_book).verify()
    assert oracle.classes == classes(result)
    links = result.liens_virements
    assert {group for group, _ in oracle.links} == set(links.groupe.tolist())
    assert {line for _, line in oracle.links} == set(links.virement.tolist())


@given(tied_books, st.randoms(use_true_random=False))
def test_order_of_bank_lines_does_not_matter(given_book: Book, random):
    """
    The same bytes out, whatever the order of lines that nothing tells apart.
    """
    tables = given_book.tables
    order = list(range(len(tables.virements)))
    random.shuffle(order)
    lines = tables.virements.take(np.array(order, dtype=np.int64))
    assert _document(tables) == _document(attrs.evolve(tables, virements=lines))


def _document(tables: Tables) -> str:
    return "".join(rapprochement_chunks(reconcile(Book(tables=tables))))
