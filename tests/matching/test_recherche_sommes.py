"""How sums are sought among what is left open: chance is asked first, then as little is drawn as shows that none is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.oracle import Oracle, accidents
from tests.matching.test_passes import etats
from tests.matching.test_sommes import ends, owned

from tiers_payant.domain import Book, Etat, Reponses, Tables
from tiers_payant.matching import MatchPolicy, _recherche_sommes, _sommes, _tirages, reconcile
from tiers_payant.matching._hasards import sizes_left
from tiers_payant.matching._laissees import Laissees
from tiers_payant.matching._sommes import MOST, sums_by_size
from tiers_payant.matching._tirages import Tirage

small_cents = st.lists(st.integers(-50, 300), max_size=9)
wide_cents = st.lists(st.integers(-60_000, 200_000) | st.sampled_from([10_000, 25_000, 41_237]), max_size=9)


def column(numbers: list[int]) -> npt.NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)


def dense(lines: int, *, pairs: int = 20) -> Book:
    """Build pairs of one amount, and so many open transfers and open credits of the same days, of 100 to 900 EUR."""
    rng = np.random.default_rng(7)
    every = (rng.choice(80_000, pairs + 2 * lines, replace=False) + 10_000).tolist()
    tied, left, right = every[:pairs], every[pairs : pairs + lines], every[pairs + lines :]
    return owned(groups=[{"du": cents} for cents in tied + left], lines=[{"cents": cents} for cents in tied + right])


@given(small_cents | wide_cents, st.integers(1, 400_000) | st.sampled_from([100, 5_000, 82_474, 100_000]),
       st.sampled_from([0.0, 0.0001, 0.01, 0.3, 1e9]))  # fmt: skip
def test_chance_is_never_said_to_explain_what_it_does_not(cents: list[int], target: int, accidents_max: float):
    """
    Brute force finds no size left that the coarse count takes away.
    """
    left = [size for size in range(2, MOST + 1) if accidents(cents, target, size) <= accidents_max]
    assert max(left, default=1) <= sizes_left(column(cents), column([target]), accidents_max)[0]


@given(st.lists(st.integers(1, 400_000), min_size=1, max_size=9), wide_cents)
def test_targets_are_judged_each_by_itself(targets: list[int], cents: list[int]):
    """
    Whatever is asked together with a target, the answer is the same.
    """
    alone = [sizes_left(column(cents), column([target]), 0.01)[0] for target in targets]
    assert alone == sizes_left(column(cents), column(targets), 0.01).tolist()


@pytest.mark.parametrize(
    ("parts", "expected"), [(3, 6), (16, 3), (30, 2), (120, 1)], ids=["few", "some", "many", "a crowd"]
)
def test_the_more_parts_the_smaller_the_sums_that_prove_something(parts, expected):
    """
    Parts of 100 to 900 EUR around a transfer of 1 023.57 EUR: the bound is as sharp as brute force.
    """
    cents = column((np.random.default_rng(3).choice(80_000, parts, replace=False) + 10_000).tolist())
    assert expected == sizes_left(cents, column([102_357]), 0.01)[0]
    sharp = range(2, min(expected + 1, MOST) + 1)
    by_brute_force = [accidents(cents.tolist(), 102_357, size) <= 0.01 for size in sharp]
    assert [size <= expected for size in sharp] == by_brute_force


def test_a_takeback_among_many_parts_leaves_no_more_to_chance():
    """
    Found in a month of 20 000 factures: what an insurer takes back brings sums of large parts near a small transfer.
    """
    many = (np.random.default_rng(5).choice(80_000, 80, replace=False) + 10_000).tolist()
    target = column([1_591])
    assert (6, 2) == tuple(int(sizes_left(column(cents), target, 0.01)[0]) for cents in (many, [*many, -40_019]))
    by_brute_force = [accidents([*many, -40_019], 1_591, size) <= 0.01 for size in (2, 3)]
    assert [True, False] == by_brute_force


@given(st.lists(st.integers(-50, 200), min_size=1, max_size=8), st.lists(st.integers(-100, 600), max_size=12),
       st.integers(1, MOST), st.integers(1, MOST))  # fmt: skip
def test_no_sum_that_is_there_is_missed(cents: list[int], wanted: list[int], least: int, most: int):
    """
    What is held has a sum of these sizes, a part taken twice at worst; every amount that parts make is held.
    """
    sizes = range(least, most + 1)
    held = Tirage(np.sort(column(cents))).holds(column(wanted), column([most] * len(wanted)), least=least)
    made = {sum(some) for size in sizes for some in itertools.combinations(cents, size)}
    twice = {sum(some) for size in sizes for some in itertools.combinations_with_replacement(cents, size)}
    assert {amount for amount in wanted if amount in made} <= set(column(wanted)[held].tolist()) <= twice


def test_sums_beyond_the_budget_are_held():
    """
    What nobody may draw is not said to be missing.
    """
    drawn = Tirage(column([100, 220, 350, 470, 610, 770]))
    assert not drawn.holds(column([1_001]), column([4]), least=4)[0]
    with patch.object(_sommes, "BUDGET", 0):
        held = Tirage(drawn.cents).holds(column([1_280]), column([4]), least=4)
    assert held[0]


def test_one_tirage_answers_for_small_and_large_wholes_in_any_order():
    """
    The sums kept from one whole do not hide those of the next.
    """
    cents = column([10, 20, 400, 5_000, 70_000])
    drawn, sizes = Tirage(cents), column([3])
    asked = [75_400, 430, 75_400, 30, 75_010]
    assert [True] * 5 == [bool(drawn.holds(column([amount]), sizes, least=2)[0]) for amount in asked]


def crossed(seed: int) -> Book:
    """Build pairs of one amount, and open ends some of which are sums of others and of these amounts."""
    rng = np.random.default_rng(seed)
    amounts = (rng.choice(9_000, 16, replace=False) + int(rng.choice([500, 3_000, 40_000]))).tolist()
    tied, groups, lines = amounts[:4], amounts[4:9], amounts[9:14]
    for wholes, parts in ((groups, lines), (lines, groups)):
        size = int(rng.integers(1, 4))
        others = rng.choice(parts[:5], size, replace=False).tolist()
        wholes.append(sum(others) + int(rng.choice([tied[0], amounts[14]])))
    return owned(groups=[{"du": cents} for cents in tied + groups], lines=[{"cents": cents} for cents in tied + lines])


@pytest.mark.parametrize("seed", range(24))
def test_pairs_among_a_dozen_open_ends_are_those_of_the_oracle(seed):
    """
    Enough of them for chance to explain sums of some sizes and not of others: the links of brute force.
    """
    given_book = crossed(seed)
    oracle = Oracle(given_book.tables)
    assert oracle.links == {(group, line) for group, line, _, _ in ends(reconcile(given_book).verify())}


def counted(book: Book) -> tuple[int, int]:
    """Return how many sums are drawn, and how often all sums of a whole are, to judge the pairs of a book."""
    sums: list[int] = []
    proofs: list[int] = []

    def drawn(cents: npt.NDArray[np.int64], **asked: Any) -> Iterator[npt.NDArray[np.int64]]:
        for found in sums_by_size(cents, **asked):
            sums.append(len(found))
            yield found

    def proved(cents: npt.NDArray[np.int64], target: int, **asked: Any) -> Any:
        proofs.append(len(cents))
        return _sommes.all_sums(cents, target, **asked)

    with patch.object(_tirages, "sums_by_size", drawn), patch.object(_recherche_sommes, "all_sums", proved):
        reconcile(book)
    return sum(sums), len(proofs)


def test_where_chance_makes_every_pair_no_sum_is_drawn():
    """
    Among two hundred open ends two of them make any amount: nothing is drawn, and what an amount decides is settled.
    """
    given_book = dense(200)
    assert (0, 0) == counted(given_book)
    assert [Etat.CREDITEE] * 20 == etats(reconcile(given_book))[:20]
    assert [Etat.CREDITEE] * 20 != etats(reconcile(given_book, policy=MatchPolicy(rivales_max=1e9)))[:20]


@pytest.mark.parametrize(("lines", "most"), [(10, 500), (40, 10_000), (80, 1_000), (160, 500)])
def test_the_sums_drawn_are_few_however_many_there_are(lines, most):
    """
    Of the 300 million sums of up to six of eighty open ends, some thousands.
    """
    sums, proofs = counted(dense(lines))
    assert sums <= most
    assert proofs <= 2


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-30, 120)), max_size=12), st.integers(-5, 250))
def test_answers_left_out_are_those_of_brute_force(answers: list[tuple[int, int]], wanted: int):
    """
    One of that amount, two of that sum, and how many sums there are, group by group.
    """
    tables = Tables(
        reponses=Reponses.of(
            len(answers), groupe=[group for group, _ in answers], annonce_cents=[cents for _, cents in answers]
        )
    )
    groups = np.arange(3)
    found = Laissees.of(tables, np.ones(3, dtype=np.bool_))
    of = [[cents for one, cents in answers if one == group and cents > 0] for group in range(3)]
    two = [[sum(some) for some in itertools.combinations(cents, 2)] for cents in of]
    assert [wanted in cents for cents in of] == found.one(groups, np.full(3, wanted)).tolist()
    assert [wanted in sums for sums in two] == found.two(groups, np.full(3, wanted)).tolist()
    assert [len(set(cents)) for cents in of] == found.distinctes.tolist()
    assert [len({*cents, *sums}) for cents, sums in zip(of, two, strict=True)] == [
        found.sums(each) for each in (0, 1, 2)
    ]
