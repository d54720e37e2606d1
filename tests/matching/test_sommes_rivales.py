"""Sums that rival a pair: what only an amount decides is settled only where nothing left open explains it as well."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any
from unittest.mock import patch

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.oracle import Oracle
from tests.matching.test_passes import LABEL, book, etats
from tests.matching.test_sommes import ONE, THREE, TWO, ends, owned, summed_books
from tests.matching.test_suivi import reading

from tiers_payant.domain import Book, Choix, Decision, Etat, Tables, groupe_ids, virement_ids
from tiers_payant.errors import PolicyError
from tiers_payant.matching import MatchPolicy, _recherche_sommes, _sommes, reconcile, suivre
from tiers_payant.matching._sommes import sums_by_size

OPEN, PAID = Etat.ANNONCEE, Etat.CREDITEE

RIVALS = {
    "a part of a transfer in two credits": ([ONE, ONE + TWO], [ONE, TWO]),
    "a part of a transfer in three credits": ([ONE, ONE + TWO + THREE], [ONE, TWO, THREE]),
    "a transfer paid together with another": ([ONE, TWO], [ONE, ONE + TWO]),
    "a credit of two transfers": ([ONE + TWO, ONE, TWO], [ONE + TWO]),
    "a transfer in two credits": ([ONE + TWO], [ONE + TWO, ONE, TWO]),
}
"""What each transfer announces, and what each credit brings; the first of both have one amount."""


def scene(
    groups: list[int], lines: list[int], *, group: dict[str, Any] | None = None, line: dict[str, Any] | None = None
) -> Book:
    """Build a book; *group* and *line* say more of those that come after the first."""
    return owned(
        groups=[{"du": cents, **(group or {} if rank else {})} for rank, cents in enumerate(groups)],
        lines=[{"cents": cents, **(line or {} if rank else {})} for rank, cents in enumerate(lines)],
    )


@pytest.mark.parametrize(("groups", "lines"), RIVALS.values(), ids=RIVALS)
def test_a_sum_of_what_is_left_open_rivals_a_pair(groups, lines):
    """
    Either explains the amount: the pair is proposed, with all that stands in the sum as its rivals.
    """
    given_book = scene(groups, lines)
    result = reconcile(given_book).verify()
    assert [OPEN] * len(groups) == etats(result)
    assert ([0], [0], [b"FORTUIT"]) == (
        result.propositions.groupe.tolist(), result.propositions.virement.tolist(), result.propositions.motif.tolist(),
    )  # fmt: skip
    named = {*groupe_ids(given_book.tables)[1:], *virement_ids(given_book.tables)[1:]}
    assert named == set(result.propositions.rivaux[0].split())


@pytest.mark.parametrize(("groups", "lines"), RIVALS.values(), ids=RIVALS)
@pytest.mark.parametrize(
    "more",
    [
        {"group": {"date": "2025-12-01"}, "line": {"date": "2026-03-02"}},
        {"line": {"label": "CETIP TP SP S"}},
        {"line": {"compte": "B"}},
    ],
    ids=["out of the period", "of another payer", "on an account of nobody"],
)
def test_what_could_not_be_a_sum_rivals_nothing(groups, lines, more):
    """
    Only what sums may be made of takes part; the pair is as sure as it was.
    """
    if len(lines) == 1:  # what stands in the sum are transfers
        more = {"group": {"date": "2025-12-01"}}
    assert PAID is etats(reconcile(scene(groups, lines, **more)))[0]


def test_what_bears_another_reference_rivals_nothing():
    """
    The credit left open names a transfer, which is not the one that it would be a part of.
    """
    groups = [{"du": ONE}, {"du": ONE + TWO, "label": LABEL}]
    lines = [{"cents": ONE}, {"cents": TWO, "label": "CPAM TP-20260105-EXEMPLE-7"}]
    assert [PAID, OPEN] == etats(reconcile(owned(groups=groups, lines=lines)))


def test_what_is_settled_otherwise_rivals_nothing():
    """
    Both parts are whole transfers of their own: the third was never paid, and two coincidences are none.
    """
    assert [PAID, PAID, OPEN] == etats(reconcile(scene([ONE, TWO, ONE + TWO], [ONE, TWO])))


def test_a_label_is_more_than_an_amount():
    """
    A pair that the label of the transfer decides has no sum to fear.
    """
    given_book = owned(
        groups=[{"du": ONE, "label": LABEL}, {"du": ONE + TWO}],
        lines=[{"cents": ONE, "label": f"CPAM {LABEL}"}, {"cents": TWO}],
    )
    assert [PAID, OPEN] == etats(reconcile(given_book))


def test_what_a_person_refused_rivals_nothing():
    """
    Somebody said that this credit is no part of that transfer.
    """
    given_book = scene([ONE, ONE + TWO], [ONE, TWO])
    names = groupe_ids(given_book.tables), virement_ids(given_book.tables)
    refusal = Decision(
        choix=Choix.REFUSER, groupes=(names[0][1],), virements=(names[1][0],), auteur="exemple", le=dt.date(2026, 2, 2)
    )
    assert [PAID, OPEN] == etats(reconcile(given_book, decisions=[refusal]))


def test_equal_transfers_are_rivalled_together():
    """
    Which of two equal credits is a part of another transfer, nobody knows: neither pays one of the two equal transfers.
    """
    lines = [{"cents": ONE}, {"cents": ONE, "date": "2026-01-12"}]
    groups = [{"du": ONE}, {"du": ONE}]
    assert [PAID, PAID] == etats(reconcile(owned(groups=groups, lines=lines)))
    result = reconcile(owned(groups=[*groups, {"du": ONE + TWO}], lines=[*lines, {"cents": TWO}]))
    assert [OPEN] * 3 == etats(result)
    assert {b"FORTUIT"} == set(result.propositions.motif.tolist())


def test_what_a_rivalled_pair_would_have_freed_stays_open():
    """
    The late credit is the second transfer's only if the first is paid: when that is doubtful, so is this.
    """
    groups = [{"du": ONE}, {"du": ONE, "date": "2026-01-20"}]
    lines = [{"cents": ONE}, {"cents": ONE, "date": "2026-01-28"}]
    assert [PAID, PAID] == etats(reconcile(owned(groups=groups, lines=lines)))
    result = reconcile(owned(groups=[*groups, {"du": ONE + TWO}], lines=[*lines, {"cents": TWO}]))
    assert [OPEN] * 3 == etats(result)


def test_where_chance_makes_sums_one_more_says_nothing():
    """
    Among many round amounts some sum always fits; the pair, which is of one amount both ways, stays settled.
    """
    groups = [10_000, *range(20_000, 32_000, 1_000)]
    lines = [10_000, *range(1_500, 19_500, 1_000)]
    assert PAID is etats(reconcile(scene(groups, lines)))[0]
    assert OPEN is etats(reconcile(scene(groups, lines), policy=MatchPolicy(rivales_max=1e9)))[0]


def test_a_policy_may_judge_pairs_by_themselves():
    """
    At zero no sum rivals a pair; a number of sums it must be.
    """
    given_book = scene([ONE, ONE + TWO], [ONE, TWO])
    assert [PAID, OPEN] == etats(reconcile(given_book, policy=MatchPolicy(rivales_max=0)))
    with pytest.raises(PolicyError, match="rivales_max"):
        MatchPolicy(rivales_max=-1)


def test_beyond_the_budget_a_pair_is_not_settled():
    """
    Where sums are too many to be tried, and too few to be chance, nobody knows that there is none.
    """
    given_book = scene([ONE, ONE + TWO + THREE + 1], [ONE, TWO, THREE, 18_341, 9_007])
    assert PAID is etats(reconcile(given_book))[0]
    with patch.object(_sommes, "BUDGET", 0):
        assert OPEN is etats(reconcile(given_book))[0]


def test_in_a_crowd_nothing_is_sought():
    """
    Around more open ends than any transfer has parts, chance makes every amount.
    """
    with patch.object(_recherche_sommes, "CROWD", 0):
        assert PAID is etats(reconcile(scene([ONE, ONE + TWO], [ONE, TWO])))[0]


def test_an_account_of_nobody_takes_no_part_in_sums():
    """
    What pays an officine is not made of credits that may be another's.
    """
    groups, lines = RIVALS["a part of a transfer in two credits"]
    given_book = book(groups=[{"du": cents} for cents in groups], lines=[{"cents": cents} for cents in lines])
    assert [PAID, OPEN] == etats(reconcile(given_book))


@given(summed_books(), st.sampled_from([0.0, 0.0001, 0.01, 1e9]))
def test_pairs_left_open_are_those_of_the_oracle(given_book: Book, rivales_max: float):
    """
    On books made of sums and of what rivals them, the links of brute force, whatever is said of chance.
    """
    policy = MatchPolicy(rivales_max=rivales_max)
    result = reconcile(given_book, policy=policy).verify()
    oracle = Oracle(given_book.tables, rivales_max=rivales_max)
    assert oracle.links == {(group, line) for group, line, _, _ in ends(result)}


@pytest.mark.parametrize(("groups", "lines"), RIVALS.values(), ids=RIVALS)
def test_a_sum_that_comes_later_withdraws_a_pair(groups, lines):
    """
    Followed day by day, the result is that of all files at once, whatever came last: here the first credit, or others.
    """
    tables = scene(groups, lines).tables
    whole = reconcile(Book(tables=tables))
    for rows in ([0], [len(lines) - 1]):
        last = np.array(rows, dtype=np.int64)
        first = np.setdiff1d(np.arange(len(lines)), last)
        early = attrs.evolve(tables, virements=tables.virements.take(first))
        late = Tables(virements=tables.virements.take(last), comptes=tables.comptes)
        after, _ = suivre([reading(early, "a")]).apply([reading(late, "b")])
        assert whole.totaux == after.totaux
        assert etats(whole) == etats(after.result)


@given(st.lists(st.integers(-50, 50), max_size=7), st.integers(1, 6))
def test_sums_are_drawn_size_by_size(cents: list[int], most: int):
    """
    Every sum of every size, each once, as long as the budget allows.
    """
    drawn = [sorted(sums.tolist()) for sums in sums_by_size(np.array(cents, dtype=np.int64), most=most, budget=10_000)]
    assert [
        sorted(map(sum, itertools.combinations(cents, size))) for size in range(1, min(most, len(cents)) + 1)
    ] == drawn


def test_what_is_too_large_for_any_sum_spends_no_budget():
    """
    Found in the ordinary world 2013: around a small transfer many large credits were open, and nothing was settled.
    """
    lines = [1_003, *range(100_003, 500_003, 9_973)]
    assert [PAID, OPEN] == etats(reconcile(scene([1_003, 5_003], lines)))
