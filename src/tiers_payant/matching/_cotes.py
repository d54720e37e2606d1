"""The rows of one side of a cascade: int64 columns, checked once, read block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.errors import ColumnError

__all__ = ["ABSENT", "MOST_DAYS", "Columns", "Cote", "Taches", "blocks"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Columns = Mapping[str, npt.ArrayLike]
Taches = npt.NDArray[np.uint8]

ABSENT = int(np.iinfo(np.int64).min)
"""What a column holds where there is nothing. It equals nothing, not even itself."""

MOST_DAYS = 10_000_000
"""Days farther from 1970 than this, 27 000 years, are no dates; fewer leave room beside the number of a row."""

_BLOCK = 1 << 16
"""Rows of a block. The memory of one block serves for the next, and a processor keeps it at hand: numpy fills new
memory several times more slowly than it computes."""

_ODD = np.uint64(0x9E3779B97F4A7C15)


def blocks(length: int) -> Iterator[slice]:
    """Cut so many rows into blocks."""
    return (slice(start, min(start + _BLOCK, length)) for start in range(0, length, _BLOCK))


@attrs.frozen(eq=False)
class Cote:
    """The rows of one side: all of them, or those of a task, numbered from 0."""

    columns: dict[str, Rows]
    """Of all rows of the side."""
    ends: dict[str, tuple[int, int]]
    """The smallest and the greatest value of each column, `ABSENT` left out; none for a column that holds nothing."""
    holed: frozenset[str]
    """The columns in which something is absent."""
    height: int
    rows: Rows | None = None
    """The number in the side of each row of the task; None when they are all of them."""

    @classmethod
    def checked(
        cls, columns: Columns, read: Iterable[tuple[str, str]], days: Iterable[tuple[str, str]], which: str
    ) -> Cote:
        """Take as int64 the columns that passes read; a bad one is refused by its name.

        Args:
            columns: The columns of the side *which*.
            read: Each column that a pass reads, and the name of the pass.
            days: Those of them that hold days.
            which: Name of the side.
        """
        taken: dict[str, Rows] = {}
        for name, passe in read:
            if name not in columns:
                raise ColumnError(f"{which}: no column {name}, which the pass {passe} reads")
            if name not in taken:
                taken[name] = _whole(columns[name], f"{which}.{name}")
        lengths = {name: len(column) for name, column in taken.items()}
        if len(set(lengths.values())) > 1:
            raise ColumnError(f"{which}: columns of unequal lengths: {lengths}")
        holed = frozenset(name for name, column in taken.items() if column.size and int(column.min()) == ABSENT)
        ends = {name: _ends(column, name in holed) for name, column in taken.items()}
        for name, passe in days:
            _check_days(taken[name], ends[name], f"{which}.{name}, pass {passe}")
        held = {name: pair for name, pair in ends.items() if pair is not None}
        return cls(taken, held, holed, next(iter(lengths.values()), 0))

    def tasks(self, name: str, taches: int) -> Taches:
        """Return the task of each row: that of its value in one column."""
        mixed = self.columns[name].view(np.uint64) * _ODD
        mixed >>= np.uint64(40)
        mixed *= np.uint64(taches)
        mixed >>= np.uint64(24)
        return mixed.astype(np.uint8)

    def of_task(self, tasks: Taches, number: int) -> Cote:
        """Return those of all rows that fall to one task."""
        rows = np.flatnonzero(tasks == number)
        return attrs.evolve(self, rows=rows, height=len(rows))

    def holding(self, names: Sequence[str], free: Mask | None, block: slice) -> Rows | slice:
        """Return the rows of a block that hold something in each of these columns; *free* ones, unless None."""
        there = None if free is None else free[block]
        for name in self.holed.intersection(names):
            held = self.of(name, block) != ABSENT
            there = held if there is None else there & held
        return block if there is None else np.flatnonzero(there) + block.start

    def places(self, rows: Rows | slice) -> Rows | slice:
        """Return where these rows stand in the columns."""
        return rows if self.rows is None else self.rows[rows]

    def of(self, name: str, rows: Rows | slice) -> Rows:
        """Return what a column holds at these rows."""
        return self.columns[name][self.places(rows)]


def _whole(given: npt.ArrayLike, name: str) -> Rows:
    """Return a column of whole numbers as int64."""
    try:
        column = np.asarray(given)
    except ValueError as error:  # lists of unequal lengths inside
        raise ColumnError(f"{name}: expected one number per row") from error
    if column.ndim != 1:
        raise ColumnError(f"{name}: a column has one dimension, not {column.ndim}")
    if column.size and column.dtype.kind not in "iu":
        raise ColumnError(f"{name}: expected whole numbers that int64 holds, got {column.dtype.name}")
    if column.dtype.kind == "u" and column.size and int(column.max()) > np.iinfo(np.int64).max:
        raise ColumnError(f"{name}: a number is too large for int64")
    return column.astype(np.int64, copy=False)


def _ends(column: Rows, holed: bool) -> tuple[int, int] | None:
    held = [part[part != ABSENT] for part in map(column.__getitem__, blocks(len(column)))] if holed else [column]
    ends = [(int(part.min()), int(part.max())) for part in held if part.size]
    return (min(least for least, _ in ends), max(most for _, most in ends)) if ends else None


def _check_days(days: Rows, ends: tuple[int, int] | None, name: str) -> None:
    if ends and max(-ends[0], ends[1]) > MOST_DAYS:
        far = np.flatnonzero(((days > MOST_DAYS) | (days < -MOST_DAYS)) & (days != ABSENT))
        raise ColumnError(f"{name}: a day out of range, at row {int(far[0])}")
