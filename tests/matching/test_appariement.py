"""Two sides paired by keys: the same as quadratic loops, whatever the numbers, the order and the tasks."""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiers_payant.errors import ColumnError
from tiers_payant.matching import ABSENT, Appariement, Cle, _cotes, pair_cascade

BIG = 2**62
numbers = st.sampled_from([0, 1, 2, ABSENT, -BIG, BIG])
days = st.sampled_from([0, 1, 2, 5, 9, -3, ABSENT])
rows = st.fixed_dictionaries(
    {"officine": st.integers(0, 2), "cle": numbers, "cents": st.sampled_from([5, 7, -7]), "jour": days}
)
sides = st.lists(rows, max_size=9)
keys = st.lists(
    st.builds(
        Cle,
        nom=st.just("essai"),
        egales=st.sampled_from([("officine", "cle"), ("officine", "cents"), ("officine", "cle", "cents")]),
        jour=st.sampled_from(["", "jour"]),
        avant=st.integers(0, 2),
        apres=st.integers(0, 6),
        classes=st.booleans(),
    ),
    min_size=1,
    max_size=3,
)

Row = dict[str, int]


def columns(side: list[Row]) -> dict[str, Any]:
    return {
        name: np.array([row[name] for row in side], dtype=np.int64) for name in ("officine", "cle", "cents", "jour")
    }


def fits(cle: Cle, one: Row, other: Row) -> bool:
    if any(ABSENT in (one[name], other[name]) for name in cle.colonnes):
        return False
    near = not cle.jour or -cle.avant <= other[cle.jour] - one[cle.jour] <= cle.apres
    return near and all(one[name] == other[name] for name in cle.egales)


def naive(gauche: list[Row], droite: list[Row], cles: list[Cle]) -> tuple[set[Any], set[Any], set[Any]]:
    """Return the pairs, the classes and the questions, the slow way."""
    pairs: set[Any] = set()
    groups: set[Any] = set()
    asked: set[Any] = set()
    taken: tuple[set[int], set[int]] = set(), set()
    for number, cle in enumerate(cles):
        edges = {
            (a, b)
            for a, one in enumerate(gauche)
            for b, other in enumerate(droite)
            if a not in taken[0] and b not in taken[1] and fits(cle, one, other)
        }
        of_left = {a: frozenset(b for left, b in edges if left == a) for a, _ in edges}
        of_right = {b: frozenset(a for a, right in edges if right == b) for _, b in edges}
        alone = {(a, b, number) for a, b in edges if len(of_left[a]) == len(of_right[b]) == 1}
        found = {
            (of_right[b], of_left[a], number)
            for a, b in edges
            if cle.classes and len(of_left[a]) == len(of_right[b]) > 1
            and all(of_left[left] == of_left[a] for left in of_right[b])
            and all(of_right[right] == of_right[b] for right in of_left[a])
        }  # fmt: skip
        pairs |= alone
        groups |= found
        asked |= edges
        taken[0].update({a for a, _, _ in alone}, *(lefts for lefts, _, _ in found))
        taken[1].update({b for _, b, _ in alone}, *(rights for _, rights, _ in found))
    return pairs, groups, {(a, b) for a, b in asked if a not in taken[0] and b not in taken[1]}


def told(found: Appariement) -> tuple[set[Any], set[Any], set[Any]]:
    every = list(
        zip(found.gauche.tolist(), found.droite.tolist(), found.passe.tolist(), found.classe.tolist(), strict=True)
    )
    groups = {
        (
            frozenset(a for a, _, _, one in every if one == classe),
            frozenset(b for _, b, _, one in every if one == classe),
            passe,
        )
        for _, _, passe, classe in every
        if classe
    }
    questions = set(zip(found.questions.left.tolist(), found.questions.right.tolist(), strict=True))
    return {(a, b, passe) for a, b, passe, classe in every if not classe}, groups, questions


@given(sides, sides, keys)
def test_the_cascade_is_that_of_quadratic_loops(gauche, droite, cles):
    """
    Pairs, classes and questions are those of loops that compare every row with every other.
    """
    assert naive(gauche, droite, cles) == told(pair_cascade(columns(gauche), columns(droite), cles))


@given(sides, sides, keys, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(gauche, droite, cles, random):
    """
    Rows shuffled on both sides make the same pairs, told by their new places.
    """
    places = [random.sample(range(len(side)), len(side)) for side in (gauche, droite)]
    shuffled = [[side[place] for place in order] for side, order in zip((gauche, droite), places, strict=True)]
    pairs, groups, asked = told(pair_cascade(columns(shuffled[0]), columns(shuffled[1]), cles))
    left, right = (order.__getitem__ for order in places)
    assert naive(gauche, droite, cles) == (
        {(left(a), right(b), passe) for a, b, passe in pairs},
        {(frozenset(map(left, one)), frozenset(map(right, other)), passe) for one, other, passe in groups},
        {(left(a), right(b)) for a, b in asked},
    )


class Ailleurs(Executor):
    """Runs each task on copies, as a process or a machine elsewhere would."""

    def submit(self, task: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        sent = pickle.loads(pickle.dumps((task, arguments, named)))
        done.set_result(pickle.loads(pickle.dumps(sent[0](*sent[1], **sent[2]))))
        return done


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(2), Ailleurs], ids=["threads", "copies"])
@pytest.mark.parametrize("block", [1, 2, 3, 1 << 17])
@given(gauche=sides, droite=sides, cles=keys, taches=st.integers(1, 5))
@settings(max_examples=40)
def test_tasks_change_nothing(make, block, gauche, droite, cles, taches):
    """
    However many tasks share the rows out, with or without shared memory, every array is the same to the byte, and its
    pairs are those of quadratic loops; so it is however short the blocks that rows are read in.
    """
    whole = pair_cascade(columns(gauche), columns(droite), cles)
    with pytest.MonkeyPatch.context() as patch, make() as executor:
        patch.setattr(_cotes, "_BLOCK", block)
        shared = pair_cascade(columns(gauche), columns(droite), cles, executor=executor, par="officine", taches=taches)
        alone = pair_cascade(columns(gauche), columns(droite), cles)
    assert naive(gauche, droite, cles) == told(shared)
    assert in_bytes(whole) == in_bytes(shared) == in_bytes(alone)


def in_bytes(found: Appariement) -> list[tuple[str, bytes]]:
    """Return the kind and the bytes of every array."""
    arrays: list[npt.NDArray[Any]] = [found.gauche, found.droite, found.passe, found.classe, found.questions_passe]
    arrays += [found.questions.left, found.questions.right]
    return [(one.dtype.name, one.tobytes()) for one in arrays]


def test_many_rows_in_processes_and_in_threads_are_those_of_one():
    """
    Sixty thousand rows, whose numbers repeat: one thread, two threads and two processes give the same bytes.
    """
    rng = np.random.default_rng(7)
    gauche, droite = (
        {"officine": rng.integers(0, 40, 60_000), "cents": rng.integers(0, 3_000, 60_000), "jour": days}
        for days in rng.integers(0, 90, (2, 60_000))
    )
    cles = [
        Cle(nom="jour", egales=("officine", "cents", "jour"), classes=True),
        Cle(nom="fenetre", egales=("officine", "cents"), jour="jour", avant=1, apres=3, classes=True),
    ]
    whole = in_bytes(pair_cascade(gauche, droite, cles))
    spawn = multiprocessing.get_context("spawn")
    for make in (ThreadPoolExecutor, partial(ProcessPoolExecutor, mp_context=spawn)):
        with make(2) as executor:
            assert whole == in_bytes(pair_cascade(gauche, droite, cles, executor=executor, par="officine"))


def test_a_key_that_no_word_holds_is_still_exact():
    """
    Three columns that each span 62 bits are compared in full: one bit apart is another key.
    """
    wide = {"a": [0, BIG, 5], "b": [-BIG, BIG, 5], "c": [BIG, 0, 5]}
    other = {"a": [0, BIG, 5], "b": [-BIG, BIG, 5], "c": [BIG, 1, 5]}
    found = pair_cascade(wide, other, [Cle(nom="large", egales=("a", "b", "c"))])
    assert [0, 2] == found.gauche.tolist()
    assert [0, 2] == found.droite.tolist()


def test_a_wide_column_beside_one_that_holds_nothing_pairs_nothing():
    """
    A key of which one column is absent everywhere ties no row, however far the other goes.
    """
    side = {"a": [ABSENT, ABSENT], "b": [-BIG - 5, BIG + 5]}
    found = pair_cascade(side, side, [Cle(nom="vide", egales=("a", "b")), Cle(nom="reste", egales=("b",))])
    assert ([0, 1], [1, 1]) == (found.droite.tolist(), found.passe.tolist())


def test_values_at_both_ends_of_int64_are_told_apart():
    """
    The greatest number, the smallest but one, and what stands beside them in a word that holds a second column.
    """
    least, most = ABSENT + 1, 2**63 - 1
    for ends in ([least, least + 1], [most - 1, most]):
        side = {"a": [*ends, ABSENT], "b": [least, least, least]}
        found = pair_cascade(side, side, [Cle(nom="bout", egales=("b", "a"))])
        assert [0, 1] == found.droite.tolist()


def test_no_key_pairs_nothing_whatever_runs_the_tasks():
    """
    Without keys nothing is paired, and no column is looked for.
    """
    for executor in (None, Ailleurs(), ThreadPoolExecutor(1)):
        assert 0 == len(pair_cascade({"a": [1]}, {"a": [1]}, [], executor=executor).gauche)


def test_a_crowd_is_told_by_no_question():
    """
    Where a row has more than twenty candidates none of them is listed, and none is settled.
    """
    many = {"cle": [1] * 21}
    found = pair_cascade({"cle": [1]}, many, [Cle(nom="foule", egales=("cle",))])
    assert (0, 0) == (len(found.gauche), len(found.questions))


def test_a_crowd_of_as_many_on_both_sides_is_a_class():
    """
    Thirty equal claims answered by thirty equal rows are one class, however many pairs they would make.
    """
    side = {"cle": [1] * 30, "jour": list(range(30))}
    for jour in ("", "jour"):
        cle = Cle(nom="foule", egales=("cle",), jour=jour, avant=30, apres=30, classes=True)
        found = pair_cascade(side, side, [cle])
        assert [1] * 30 == found.classe.tolist()


@pytest.mark.parametrize(
    ("gauche", "message"),
    [
        ({}, "gauche: no column cle, which the pass essai reads"),
        ({"cle": [1.5], "jour": [1]}, "gauche.cle: expected whole numbers that int64 holds, got float64"),
        ({"cle": [2**63], "jour": [1]}, "gauche.cle: a number is too large for int64"),
        ({"cle": [2**64], "jour": [1]}, "gauche.cle: expected whole numbers that int64 holds, got object"),
        ({"cle": [[1]], "jour": [1]}, "gauche.cle: a column has one dimension, not 2"),
        ({"cle": [1, 2], "jour": [1]}, "gauche: columns of unequal lengths"),
        ({"cle": [1, 2], "jour": [1, 10**8]}, "gauche.jour, pass essai: a day out of range, at row 1"),
    ],
)
def test_a_bad_column_is_refused_by_name(gauche, message):
    """
    What cannot be compared is refused before anything is, and the message says where.
    """
    cle = Cle(nom="essai", egales=("cle",), jour="jour")
    with pytest.raises(ColumnError, match=message):
        pair_cascade(gauche, {"cle": np.array([1]), "jour": np.array([1])}, [cle])


def test_tasks_need_a_column_that_every_key_wants_equal():
    """
    A pair whose ends fall to two tasks would be lost: it is refused, not lost.
    """
    side = {"a": np.array([1]), "b": np.array([1])}
    cles = [Cle(nom="un", egales=("a",)), Cle(nom="deux", egales=("b",))]
    with ThreadPoolExecutor(1) as executor, pytest.raises(ColumnError, match="'a' is none"):
        pair_cascade(side, side, cles, executor=executor, par="a")


def test_empty_sides_make_nothing():
    """
    No rows on a side, no pair and no question.
    """
    empty = {"cle": np.zeros(0, dtype=np.int64), "jour": np.zeros(0, dtype=np.int64)}
    found = pair_cascade(empty, empty, [Cle(nom="un", egales=("cle",)), Cle(nom="deux", egales=("cle",), jour="jour")])
    assert (0, 0) == (len(found.gauche), len(found.questions))
