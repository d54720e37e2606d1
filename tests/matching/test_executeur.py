"""Threads, processes, a cluster: the result of one thread, or a clear refusal."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import attrs
import numpy as np
import pytest
from tests.matching.test_partition import alone, assert_same, of_groups, two_officines
from tests.matching.test_passes import book

from tiers_payant.domain import Book, Paires, PassSpec, Tables
from tiers_payant.errors import BatchError
from tiers_payant.matching import REPONSES, _executeur, reconcile
from tiers_payant.matching._passes import PASSES

SPAWN = multiprocessing.get_context("spawn")


@contextmanager
def dask() -> Iterator[Executor]:
    """A real cluster of two worker processes, on loopback alone."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor()


EXECUTORS = {
    "one thread": lambda: ThreadPoolExecutor(1),
    "threads": lambda: ThreadPoolExecutor(4),
    "processes": lambda: ProcessPoolExecutor(2, mp_context=SPAWN),
    "dask": dask,
}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send the few rows of a test in several batches."""
    monkeypatch.setattr(_executeur, "LEAST", 10)


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Officines with accounts of their own, ties, classes, proposals, answers about nothing, rows in any order."""
    lines = [{"compte": "C", "cents": cents} for cents in (1000, 1000, 700, 700)]
    ties = book(groups=[{}, {}, {"du": 700}], lines=lines).tables
    owned = attrs.evolve(ties, comptes=type(ties.comptes).of(officine=["999000019"], compte=["C"]))
    lost = two_officines(reponses={"facture": ["1", "9"]})
    joined = Tables.concat([of_groups(6, owned), of_groups(6, lost)])
    order = np.random.default_rng(1).permutation(len(joined.factures))
    return attrs.evolve(joined, factures=joined.factures.take(order))


@pytest.mark.parametrize("open_executor", EXECUTORS.values(), ids=EXECUTORS)
def test_every_executor_concludes_the_same(open_executor: Any, tables: Tables):
    """
    One thread, several, processes, a Dask cluster: the arrays and the bytes of the plain run.
    """
    told: list[tuple[int, int]] = []
    with open_executor() as executor:
        result = reconcile(Book(tables=tables), executor=executor, progress=lambda done, of: told.append((done, of)))
    assert_same(alone(tables), result)
    assert 1 < told[0][1]
    assert [(done, told[0][1]) for done in range(told[0][1] + 1)] == told


def test_what_reading_told_stays_told(tables: Tables):
    """
    The problems of the book come first, as without an executor.
    """
    given = book(groups=[{"du": 100}], lines=[])
    told = attrs.evolve(given, problems=reconcile(Book(tables=tables)).problems)
    with ThreadPoolExecutor(1) as executor:
        assert reconcile(told).problems == reconcile(told, executor=executor).problems


def _dies(paires: Paires) -> Any:
    os._exit(1)


def _raises(paires: Paires) -> Any:
    raise ValueError("1999999999999")  # a NIR: never repeated


def _passe(keeps: Any) -> PassSpec:
    return PassSpec(name="exemple", label="exemple", keeps=keeps, in_period=False)


def test_a_worker_that_dies_names_its_batch(tables: Tables):
    """
    Nothing is concluded, and the error says which officines were being matched.
    """
    with (
        ProcessPoolExecutor(1, mp_context=SPAWN) as executor,
        pytest.raises(BatchError, match=r"batch 1 of \d+ \(officines \d+ to \d+\) failed.*BrokenProcessPool"),
    ):
        reconcile(Book(tables=tables), executor=executor, passes=[_passe(_dies)])


def test_a_pass_that_raises_names_its_batch_and_no_value(tables: Tables):
    """
    The words of a pass that is not ours may quote health data: only the kind of the error is told.
    """
    with ThreadPoolExecutor(2) as executor, pytest.raises(BatchError, match="ValueError") as caught:
        reconcile(Book(tables=tables), executor=executor, passes=[_passe(_raises)])
    assert "199999" not in str(caught.value)


def test_a_pass_that_cannot_be_sent_is_told(tables: Tables):
    """
    A lambda does not go to another process: the error says what to do, and threads take it.
    """
    passes = [*PASSES, _passe(lambda paires: np.zeros(len(paires), dtype=np.bool_))]
    with (
        ProcessPoolExecutor(1, mp_context=SPAWN) as executor,
        pytest.raises(BatchError, match="give functions of a module"),
    ):
        reconcile(Book(tables=tables), executor=executor, passes=passes)
    with ThreadPoolExecutor(1) as executor:
        expected = reconcile(Book(tables=tables), passes=passes)
        assert_same(expected, reconcile(Book(tables=tables), executor=executor, passes=passes))


class Interrupted(Executor):
    """Runs the first batch, and is interrupted from the keyboard in the second."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if len(self.futures) == 1:
            future.set_exception(KeyboardInterrupt())
        if not self.futures:
            future.set_result(fn(*args, **kwargs))
        self.futures.append(future)
        return future


def test_an_interrupt_cancels_what_waits(tables: Tables):
    """
    The interrupt comes out as it is, and no batch that waits is left to run.
    """
    executor = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        reconcile(Book(tables=tables), executor=executor)
    assert len(executor.futures) > 2
    assert all(future.cancelled() for future in executor.futures[2:])


def test_a_pass_across_officines_is_matched_whole(tables: Tables):
    """
    A user's pass that finds the créance of an answer in another officine is not cut from it.
    """
    across = [attrs.evolve(passe, egales=("cents",)) for passe in REPONSES]
    given = Book(tables=tables)
    with ThreadPoolExecutor(2) as executor:
        assert_same(reconcile(given, reponses=across), reconcile(given, executor=executor, reponses=across))
