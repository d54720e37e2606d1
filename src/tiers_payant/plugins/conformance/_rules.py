"""Whatever is asked about facts: the right shape, the same each time, nothing changed, no value told elsewhere."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    CheckSpec,
    Examen,
    ExportSpec,
    GateSpec,
    IndicateurSpec,
    Paires,
    PassSpec,
    Rapprochement,
    Tables,
    UniteIndicateur,
)
from tiers_payant.matching import reconcile
from tiers_payant.plugins.conformance._books import books, lots, turned
from tiers_payant.plugins.conformance._calls import Capture, Outcome, call, leaks
from tiers_payant.plugins.conformance._facts import digest, facts_of_tables
from tiers_payant.plugins.conformance._inventory import Inventory

__all__ = ["judge_check", "judge_export", "judge_gate", "judge_indicator", "judge_pass"]

TODAY = dt.date(2026, 3, 2)
Faults = dict[str, list[str]]
Wrong = Callable[[Any], str]
"""Says what is wrong with an answer; empty when nothing is."""


def judge_check(spec: CheckSpec, capture: Capture | None, inventory: Inventory) -> Faults:
    """Judge a check: it gives rows of factures, each once, whatever their order."""
    judging = _Judging(capture)
    for tables in lots():
        examen = Examen(tables=tables, today=TODAY)
        found = judging.put(partial(spec.examine, examen), tables, partial(_wrong_rows, len(tables.factures)))
        if found is None:
            continue
        order = np.arange(len(tables.factures))[::-1]
        other = call(capture, spec.examine, attrs.evolve(examen, tables=turned(tables, order)))
        if other.raised or sorted(order[np.asarray(other.value)].tolist()) != sorted(np.asarray(found).tolist()):
            judging.faults["order"].append("factures in another order: other factures are at fault")
    return judging.told()


def judge_gate(spec: GateSpec, capture: Capture | None, inventory: Inventory) -> Faults:
    """Judge a gate: it says yes or no of each créance."""
    judging = _Judging(capture)
    for book in books():
        result = reconcile(book)
        wrong = partial(_wrong_mask, len(result.creances), "créance")
        judging.put(partial(spec.hold, result, TODAY), book.tables, wrong)
    return judging.told()


def judge_pass(spec: object, capture: Capture | None, inventory: Inventory) -> Faults:
    """Judge a pass: it says yes or no of each pair; one that only names columns has nothing to be asked."""
    judging = _Judging(capture)
    if not isinstance(spec, PassSpec):
        return judging.told()
    for book in books():

        def asked(paires: Paires) -> npt.NDArray[np.bool_]:
            wrong = partial(_wrong_mask, len(paires), "pair")
            found = judging.put(partial(spec.keeps, paires), paires.tables, wrong)
            return np.zeros(len(paires), dtype=np.bool_) if found is None else np.asarray(found)

        reconcile(book, passes=(attrs.evolve(spec, keeps=asked),))
    return judging.told()


def judge_indicator(spec: IndicateurSpec, capture: Capture | None, inventory: Inventory) -> Faults:
    """Judge an indicator: it gives a number of its unit, or None."""
    judging = _Judging(capture)
    for book in books():
        judging.put(partial(spec.compute, reconcile(book), TODAY), book.tables, partial(_wrong_number, spec.unite))
    return judging.told()


def judge_export(spec: ExportSpec, capture: Capture | None, inventory: Inventory) -> Faults:
    """Judge an export: it writes bytes, the same each time, to a file that it leaves open."""
    judging = _Judging(capture)
    for book in books():
        judging.put(partial(_written, spec, reconcile(book)), book.tables, lambda data: "")
    return judging.told()


def _written(spec: ExportSpec, result: Rapprochement) -> bytes:
    out = io.BytesIO()
    spec.write(result, out)
    return out.getvalue()


class _Judging:
    """What one rule breaks, over all that it is asked."""

    def __init__(self, capture: Capture | None) -> None:
        self._capture = capture
        self.faults: Faults = {"raises": [], "shape": [], "inputs": [], "order": [], "twice": [], "leak": []}

    def put(self, question: Callable[[], Any], tables: Tables, wrong: Wrong) -> Any:
        """Ask twice and note what is broken; return what was found, None when that cannot be judged."""
        before = digest(facts_of_tables(tables))
        first, again = call(self._capture, question), call(self._capture, question)
        self.faults["leak"] += leaks("what it says or raises", first.said + again.said)
        if digest(facts_of_tables(tables)) != before:
            self.faults["inputs"].append("the facts are changed")
        if first.raised or again.raised:
            self.faults["raises"].append(f"raised {first.raised or again.raised}")
            return None
        fault = wrong(first.value)
        if fault:
            self.faults["shape"].append(fault)
            return None
        if not _alike(first.value, again.value):
            self.faults["twice"].append("asked twice, it answers otherwise")
        return first.value

    def told(self) -> Faults:
        return {what: sorted(set(found)) for what, found in self.faults.items()}


def _alike(one: Any, other: Any) -> bool:
    return bool(one == other) if isinstance(one, bytes) else np.array_equal(np.asarray(one), np.asarray(other))


def _wrong_rows(count: int, value: Any) -> str:
    rows = _array(value)
    if rows.ndim != 1 or (rows.size and rows.dtype.kind not in "iu"):
        return "expected whole numbers in one dimension, rows of `factures`"
    if rows.size and (rows.min() < 0 or rows.max() >= count):
        return "a row that `factures` does not have"
    return "a row given twice" if len(np.unique(rows)) < rows.size else ""


def _wrong_mask(count: int, of: str, value: Any) -> str:
    mask = _array(value)
    return "" if mask.dtype == np.bool_ and mask.shape == (count,) else f"expected a yes or no for each {of}"


def _wrong_number(unite: UniteIndicateur, value: Any) -> str:
    if value is None:
        return ""
    counted = unite in (UniteIndicateur.CENTS, UniteIndicateur.NOMBRE)
    right = isinstance(value, int if counted else int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not right:
        return f"expected {'an int' if counted else 'a number'}, or None"
    return "expected a share, from 0 to 1" if unite is UniteIndicateur.PART and not 0 <= value <= 1 else ""


def _array(value: object) -> npt.NDArray[Any]:
    outcome: Outcome = call(None, np.asarray, value)
    return outcome.value if isinstance(outcome.value, np.ndarray) else np.asarray("")
