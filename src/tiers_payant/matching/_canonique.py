"""One order for what a run concludes, whatever the order and the parts in which it was concluded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Rapprochement, Table
from tiers_payant.errors import Problem

__all__ = ["NUMBERS", "in_order", "ordered_links", "ordered_problems", "renumbered"]

Rows = npt.NDArray[np.int64]
Links = TypeVar("Links", bound=Table)

NUMBERS = ("classe", "ensemble")
"""Columns that number the classes and the sets of a table of links or proposals, 0 for neither."""
_COUNT = "nombre"


def in_order(result: Rapprochement) -> Rapprochement:
    """Return *result* with its links sorted by the rows that they tie, its classes numbered so, its problems summed."""
    held = {field.name: getattr(result, field.name) for field in attrs.fields(Rapprochement)}
    links: dict[str, Any] = {
        name: ordered_links(table)
        for name, table in held.items()
        if isinstance(table, Table) and table is not result.creances
    }
    order = _order([result.rejets_creances, result.rejets_rangs])
    about, lines = result.rejets_creances, result.rejets_rangs
    return attrs.evolve(
        result,
        **links,
        rejets_creances=about if order is None else about[order],
        rejets_rangs=lines if order is None else lines[order],
        problems=ordered_problems(result.problems),
    )


def ordered_links(links: Links) -> Links:
    """Sort links by the rows that they point to, the last pointer first; number their classes as they then come.

    A class keeps its members: only its number changes. 0 stays 0.
    """
    kinds = links.kinds()
    pointers = [getattr(links, name) for name, kind in kinds.items() if kind.vers]
    others = [
        column for name, column in links.columns().items()
        if not kinds[name].vers and name != "classe" and column.dtype.kind != "O"
    ]  # fmt: skip
    order = _order(pointers, others)
    ordered = links if order is None else links.take(order)
    columns = ordered.columns()
    numbered = {name: renumbered(columns[name]) for name in NUMBERS if name in kinds and columns[name].any()}
    return ordered.with_columns(**numbered) if numbered else ordered


def _order(keys: list[Any], ties: Iterable[Any] = ()) -> Rows | None:
    """Return the order of the rows by *keys*, the last one first, then by *ties*; None when they are in order."""
    if len(keys) == 2 and _increasing(*keys):
        return None
    return np.lexsort([*ties, *keys])


def _increasing(second: Rows, first: Rows) -> bool:
    packed = first.astype(np.int64) << 32 | second
    return bool((packed[1:] > packed[:-1]).all())


def renumbered(classes: Rows) -> Rows:
    """Number the classes from 1 in the order of their first rows; 0, for a row of none, stays."""
    numbers, first, inverse = np.unique(classes, return_index=True, return_inverse=True)
    first[numbers == 0] = -1
    ranks = np.empty(len(numbers), dtype=np.int64)
    ranks[np.argsort(first)] = np.arange(len(numbers))
    return (ranks + (0 not in numbers))[inverse]


def ordered_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems sorted; those that differ by their count alone are one, which counts them all."""
    summed: dict[str, Problem] = {}
    for problem in problems:
        rest = sorted((name, repr(value)) for name, value in problem.params.items() if name != _COUNT)
        key = repr((problem.code, problem.at, rest))
        before = summed.get(key)
        summed[key] = problem if before is None else _summed(before, problem)
    return tuple(summed[key] for key in sorted(summed))


def _summed(one: Problem, other: Problem) -> Problem:
    if _COUNT not in one.params:
        return one
    return attrs.evolve(one, params={**one.params, _COUNT: _counted(one) + _counted(other)})


def _counted(problem: Problem) -> int:
    count = problem.params[_COUNT]
    return count if isinstance(count, int) else 0
