"""Checks before sending and gates, put to drawn facts: the right shape, the same each time, and nothing changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, given, settings

from tiers_payant.domain import Book, CheckSpec, Examen, Factures, GateSpec, Lots, Rapprochement, Tables
from tiers_payant.matching import reconcile
from tiers_payant.plugins.conformance._calls import Capture, Outcome, call, leaks
from tiers_payant.plugins.conformance._cases import CANARIES
from tiers_payant.plugins.conformance._facts import digest, facts_of_tables
from tiers_payant.plugins.conformance._inventory import Inventory
from tiers_payant.plugins.conformance.strategies import lots_and_factures

__all__ = ["judge_check", "judge_gate"]

TODAY = dt.date(2026, 3, 2)
_DRAWN = 25
Faults = dict[str, list[str]]


def judge_check(spec: CheckSpec, capture: Capture | None, inventory: Inventory) -> Faults:
    """Judge a check: it gives rows of factures, each once, whatever their order."""
    faults = _nothing()
    for tables in _drawn():
        examen = Examen(tables=tables, today=TODAY)
        found = _put(partial(spec.examine, examen), tables, capture, faults, _rows_fault(tables))
        if found is None:
            continue
        order = np.arange(len(tables.factures))[::-1]
        turned = call(capture, spec.examine, attrs.evolve(examen, tables=_turned(tables, order)))
        if turned.raised or sorted(order[np.asarray(turned.value)].tolist()) != sorted(np.asarray(found).tolist()):
            faults["order"].append("factures in another order: other factures are at fault")
    return _once(faults)


def judge_gate(spec: GateSpec, capture: Capture | None, inventory: Inventory) -> Faults:
    """Judge a gate: it says yes or no of each créance."""
    faults = _nothing()
    for tables in _drawn():
        result = reconcile(Book(tables=tables))
        _put(partial(spec.hold, result, TODAY), tables, capture, faults, _mask_fault(result))
    return _once(faults)


def _put(
    question: Callable[[], Any], tables: Tables, capture: Capture | None, faults: Faults, wrong: Callable[[Any], str]
) -> Any:
    """Ask a rule twice and note what it breaks; return what it found, None when that cannot be judged."""
    before = digest(facts_of_tables(tables))
    first, again = call(capture, question), call(capture, question)
    faults["leak"] += leaks("what it says or raises", first.said + again.said)
    if digest(facts_of_tables(tables)) != before:
        faults["inputs"].append("the facts are changed")
    if first.raised or again.raised:
        faults["raises"].append(f"raised {first.raised or again.raised}")
        return None
    fault = wrong(first.value)
    if fault:
        faults["shape"].append(fault)
        return None
    if not np.array_equal(np.asarray(first.value), np.asarray(again.value)):
        faults["twice"].append("asked twice, it answers otherwise")
    return first.value


def _rows_fault(tables: Tables) -> Callable[[Any], str]:
    count = len(tables.factures)

    def wrong(value: Any) -> str:
        rows = _array(value)
        if rows.ndim != 1 or (rows.size and rows.dtype.kind not in "iu"):
            return "expected whole numbers in one dimension, rows of `factures`"
        if rows.size and (rows.min() < 0 or rows.max() >= count):
            return "a row that `factures` does not have"
        return "a row given twice" if len(np.unique(rows)) < rows.size else ""

    return wrong


def _mask_fault(result: Rapprochement) -> Callable[[Any], str]:
    def wrong(value: Any) -> str:
        mask = _array(value)
        right = mask.dtype == np.bool_ and mask.shape == (len(result.creances),)
        return "" if right else "expected a yes or no for each créance"

    return wrong


def _array(value: object) -> npt.NDArray[Any]:
    outcome: Outcome = call(None, np.asarray, value)
    return outcome.value if isinstance(outcome.value, np.ndarray) else np.asarray("")


@cache
def _drawn() -> list[Tables]:
    """Draw lots, the same every time; the first are empty, and each person bears the canaries."""
    found: list[Tables] = []

    @settings(
        derandomize=True, database=None, max_examples=_DRAWN, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(lots_and_factures())
    def keep(tables: Tables) -> None:
        found.append(_marked(tables))

    keep()
    return [Tables(), *found]


def _marked(tables: Tables) -> Tables:
    factures: Factures = tables.factures
    lots: Lots = tables.lots
    return attrs.evolve(
        tables,
        factures=factures.with_columns(nir=[CANARIES["nir"]] * len(factures)),
        lots=lots.with_columns(nom_officine=[CANARIES["nom"].decode()] * len(lots)),
    )


def _turned(tables: Tables, order: npt.NDArray[np.int64]) -> Tables:
    """Return the same facts, their factures in another order."""
    places = np.argsort(order).astype(np.int32)
    return attrs.evolve(
        tables,
        factures=tables.factures.take(order),
        lignes=tables.lignes.with_columns(facture_rang=places[tables.lignes.facture_rang]),
    )


def _nothing() -> Faults:
    return {"raises": [], "shape": [], "inputs": [], "order": [], "twice": [], "leak": []}


def _once(faults: Faults) -> Faults:
    return {what: sorted(set(found)) for what, found in faults.items()}
