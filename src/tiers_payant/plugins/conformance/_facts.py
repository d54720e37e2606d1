"""What was read, as plain values that two runs can compare and a file can keep."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from tiers_payant.domain import Lecture, Table, Tables
from tiers_payant.errors import Problem

__all__ = ["digest", "facts_of", "facts_of_tables", "golden_text", "gone", "most_alike", "rows_of", "sums_of"]

_PLACES = frozenset({"octet", "source", "empreinte"})
"""Columns that say where a row stands, not what it says."""


def facts_of(lecture: Lecture) -> dict[str, Any]:
    """Return every row of every table and every problem, in order; what is absent is left out."""
    return {"tables": facts_of_tables(lecture.tables), "problemes": [_told(problem) for problem in lecture.problems]}


def facts_of_tables(tables: Tables) -> dict[str, Any]:
    """Return every row of every table, in order; what is absent is left out."""
    return {name: _said(table) for name, table in tables.each() if len(table)}


def golden_text(facts: dict[str, Any]) -> str:
    """Return facts as their golden file holds them: the same bytes on every machine."""
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def digest(value: object) -> str:
    """Return a fingerprint of plain values: the same in every process."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=True, sort_keys=True).encode()).hexdigest()[:16]


def rows_of(tables: Tables, *, links: bool = True) -> Counter[tuple[str, str]]:
    """Return how often each row stands in each table but `bruts`, wherever it stood in the file.

    Args:
        tables: What was read.
        links: Whether the rows of other tables that it points to are part of it.
    """
    found: Counter[tuple[str, str]] = Counter()
    for name, table in tables.each():
        if name == "bruts" or not len(table):
            continue
        kept = [column for column, kind in table.kinds().items() if column not in _PLACES and (links or not kind.vers)]
        found.update((name, repr(row)) for row in zip(*(table.columns()[each].tolist() for each in kept), strict=True))
    return found


def gone(whole: Counter[tuple[str, str]], left: Counter[tuple[str, str]]) -> int:
    """Return how many rows of *whole* are no longer there."""
    return (whole - left).total()


def most_alike(tables: Tables) -> int:
    """Return how often the row that stands most often does, its place in the file included."""
    alike: Counter[tuple[str, str]] = Counter()
    for name, table in tables.each():
        columns = [column.tolist() for column in table.columns().values()]
        alike.update((name, repr(row)) for row in zip(*columns, strict=True))
    return max(alike.values(), default=0)


def sums_of(tables: Tables) -> dict[str, list[int]]:
    """Return for each table that has rows how many, then the sum of each column of cents."""
    return {
        name: [len(table), *(int(column.sum()) for each, column in table.columns().items() if each.endswith("_cents"))]
        for name, table in tables.each()
        if len(table) and name != "bruts"
    }


def _said(table: Table) -> list[dict[str, Any]]:
    columns = {}
    for name, values in table.columns().items():
        if name in ("source", "empreinte"):
            continue
        if values.dtype.kind == "S":
            columns[name] = [value.decode("latin-1") for value in values.tolist()]
        elif values.dtype.kind == "M":
            columns[name] = ["" if value is None else value.isoformat() for value in values.tolist()]
        else:
            columns[name] = values.tolist()
    return [
        {name: value for name, value in zip(columns, row, strict=True) if value not in ("", None)}
        for row in zip(*columns.values(), strict=True)
    ]


def _told(problem: Problem) -> dict[str, Any]:
    at = problem.at
    place = {"ligne": at.line, "octet": at.offset, "colonne": at.column, "champ": at.field}
    return {"code": problem.code, **{name: value for name, value in place.items() if value is not None}}
