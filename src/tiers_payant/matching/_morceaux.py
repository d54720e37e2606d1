"""Rows of many parts side by side, before anything is counted once: what a follow-up keeps, cuts and puts together.

Deliveries that repeat one another are judged anew each time: what came first today may be a copy of what comes
tomorrow. So the rows are kept as they were read, those of one part together, in the order of the names of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Source, Table, Tables
from tiers_payant.matching._renvois import inverse, mapped

__all__ = ["SANS_EFFET", "Morceau", "assembled", "cut"]

Rows = npt.NDArray[np.int64]
Columns = Mapping[str, npt.NDArray[Any]]

SANS_EFFET = ("lots", "lignes", "adresses", "bruts")
"""Tables that the matching does not look at."""
_PLACED = "octet"
"""The column that holds, once put together, the rank of each row: it tells what became of it once counted."""


def _kinds() -> dict[str, type[Table]]:
    return {name: rows for name, rows in Tables.kinds().items() if name not in SANS_EFFET}


@attrs.frozen(eq=False, repr=False)
class Morceau:
    """The rows of several parts, as read. Pointers are rows of the same piece; sources are numbered as they came."""

    colonnes: Mapping[str, Columns]
    lectures: Mapping[str, Rows]
    """For each table, the number of the reading that each row comes from."""
    bornes: Mapping[str, Rows]
    """For each table, where the rows of each part begin; one more for the end."""

    def __len__(self) -> int:
        return len(next(iter(self.bornes.values()))) - 1

    def tables(self, sources: Sequence[Source], rank_of_source: Rows) -> Tables:
        """Return the rows as tables; sources are numbered by *rank_of_source*, and `octet` is the rank of the row."""
        made: dict[str, Any] = {}
        for name, kind in _kinds().items():
            columns = dict(self.colonnes[name])
            if "source" in columns:
                columns["source"] = mapped(columns["source"], rank_of_source)
            if _PLACED in columns:
                columns[_PLACED] = np.arange(len(columns[_PLACED]), dtype=np.int64)
            made[name] = kind(**columns)
        return Tables(sources=sources, **made)


def cut(tables: Tables, lecture_of: Mapping[str, Rows], parts: Mapping[str, Rows], count: int, sources: int) -> Morceau:
    """Put the rows of each part together.

    Args:
        tables: New readings, one under the other.
        lecture_of: For each table, the number of the reading of each row.
        parts: For each table, the part of each row, from 0.
        count: How many parts.
        sources: How many sources were read before.
    """
    orders = {name: _order(parts[name]) for name in _kinds()}
    places = {name: inverse(order) for name, order in orders.items() if order is not None}
    colonnes: dict[str, Columns] = {}
    for name, kind in _kinds().items():
        table, order = getattr(tables, name), orders[name]
        columns = {column: _taken(values, order) for column, values in table.columns().items()}
        for column, held in kind.kinds().items():
            if held.vers == "sources":
                columns[column] = np.where(columns[column] < 0, -1, columns[column] + sources).astype(np.int32)
            elif held.vers in SANS_EFFET:
                columns[column] = np.full(len(table), -1, dtype=np.int32)
            elif held.vers in places:
                columns[column] = mapped(columns[column], places[held.vers])
        colonnes[name] = columns
    edges = np.arange(count + 1)
    return Morceau(
        colonnes,
        {name: _taken(lecture_of[name], order) for name, order in orders.items()},
        {name: np.searchsorted(_taken(parts[name], order), edges) for name, order in orders.items()},
    )


def _order(parts: Rows) -> Rows | None:
    """Return the order that puts the rows of each part together; None when they stand so."""
    return np.argsort(parts, kind="stable") if (parts[1:] < parts[:-1]).any() else None


def assembled(groups: Sequence[Sequence[tuple[Morceau, int]]], rank_of_lecture: Rows) -> Morceau:
    """Put parts together: those of each group become one part, its rows in the order of the names of files.

    Args:
        groups: For each new part, the parts that it is made of.
        rank_of_lecture: Where each reading stands when readings are sorted by the names of their files.
    """
    pieces = [piece for group in groups for piece in group]
    ends = np.cumsum([0, *map(len, groups)])
    sizes = {name: _sizes(pieces, name) for name in _kinds()}
    starts = {name: np.concatenate([[0], np.cumsum(lengths)]) for name, lengths in sizes.items()}
    shifts = {name: starts[name][:-1] - [one.bornes[name][part] for one, part in pieces] for name in sizes}
    colonnes = {name: _columns(pieces, name, sizes[name], shifts) for name in sizes}
    lectures = {
        name: _joined(
            [one.lectures[name][rows] for one, rows in _slices(pieces, name, sizes[name])], np.dtype(np.int64)
        )
        for name in sizes
    }
    whole = Morceau(colonnes, lectures, {name: starts[name][ends] for name in sizes})
    return _in_file_order(whole, rank_of_lecture)


def _sizes(pieces: Iterable[tuple[Morceau, int]], name: str) -> Rows:
    found = [one.bornes[name][part + 1] - one.bornes[name][part] for one, part in pieces]
    return np.array(found, dtype=np.int64)


def _slices(pieces: Sequence[tuple[Morceau, int]], name: str, sizes: Rows) -> list[tuple[Morceau, slice]]:
    """Return where the rows of each piece that has some stand."""
    return [
        (one, slice(int(one.bornes[name][part]), int(one.bornes[name][part + 1])))
        for (one, part), size in zip(pieces, sizes.tolist(), strict=True)
        if size
    ]


def _columns(
    pieces: Sequence[tuple[Morceau, int]], name: str, sizes: Rows, shifts: Mapping[str, Rows]
) -> dict[str, npt.NDArray[Any]]:
    held = _kinds()[name].kinds()
    found = _slices(pieces, name, sizes)
    columns = {}
    for column, kind in held.items():
        values = _joined([one.colonnes[name][column][rows] for one, rows in found], np.dtype(kind.dtype))
        if kind.vers in shifts:
            values = np.where(values < 0, -1, values + np.repeat(shifts[kind.vers], sizes)).astype(np.int32)
        columns[column] = values
    return columns


def _joined(arrays: Sequence[npt.NDArray[Any]], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=dtype if dtype.itemsize else "S1")


def _in_file_order(whole: Morceau, rank_of_lecture: Rows) -> Morceau:
    """Sort the rows of each part by file; those of one file keep their order."""
    orders = {}
    for name, lectures in whole.lectures.items():
        parts = np.repeat(np.arange(len(whole)), np.diff(whole.bornes[name]))
        keys = parts << 32 | rank_of_lecture[lectures] if len(lectures) else lectures
        if (keys[1:] < keys[:-1]).any():
            orders[name] = np.argsort(keys, kind="stable")
    if not orders:
        return whole
    places = {name: inverse(order) for name, order in orders.items()}
    colonnes: dict[str, Columns] = {}
    for name, kind in _kinds().items():
        columns = dict(whole.colonnes[name])
        for column, held in kind.kinds().items():
            if held.vers in places:
                columns[column] = mapped(columns[column], places[held.vers])
        colonnes[name] = {column: _taken(values, orders.get(name)) for column, values in columns.items()}
    read = {name: _taken(rows, orders.get(name)) for name, rows in whole.lectures.items()}
    return Morceau(colonnes, read, whole.bornes)


def _taken(values: npt.NDArray[Any], order: Rows | None) -> npt.NDArray[Any]:
    return values if order is None else values[order]
