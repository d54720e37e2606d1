"""The rows of one side of a cascade: int64 columns, checked once, read block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.errors import ColumnError

__all__ = ["ABSENT", "MOST_DAYS", "Columns", "Cote", "Cotes", "Taches", "blocks", "ends_of"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Columns = Mapping[str, npt.ArrayLike]
Taches = npt.NDArray[np.uint8]

ABSENT = int(np.iinfo(np.int64).min)
"""What a column holds where there is nothing. It equals nothing, not even itself."""

MOST_DAYS = 10_000_000
"""Days farther from 1970 than this, 27 000 years, are no dates; fewer leave room beside the number of a row."""

_BLOCK = 1 << 17
"""Rows of a block. The memory of one block serves for the next, and a processor keeps it at hand: numpy fills new
memory several times more slowly than it computes."""

_ODD = np.uint64(0x9E3779B97F4A7C15)


def blocks(length: int) -> Iterator[slice]:
    """Cut so many rows into blocks."""
    return (slice(start, min(start + _BLOCK, length)) for start in range(0, length, _BLOCK))


@attrs.frozen
class Etendue:
    """How far the values of a column go, those that are `ABSENT` left out: 1 and 0 when it holds none."""

    least: int
    most: int
    trouee: bool
    """Whether something is absent."""

    @classmethod
    def of(cls, column: Rows) -> Etendue:
        """Look at a column."""
        least, most, trouee = int(np.iinfo(np.int64).max), ABSENT, False
        for block in blocks(len(column)):
            part = column[block]
            low = int(part.min())
            if low == ABSENT:
                low, trouee = int((part - 1).min()) + 1, True  # less one, the smallest int64 becomes the greatest
            least, most = min(least, low), max(most, int(part.max()))
        return cls(least, most, trouee) if least <= most else cls(1, 0, trouee)


@attrs.frozen(eq=False)
class Cote:
    """The rows of one side."""

    columns: dict[str, Rows]
    etendues: dict[str, Etendue]
    """How far each column goes."""
    height: int
    """How many rows there are."""

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
        looked = {name: Etendue.of(column) for name, column in taken.items()}
        for name, passe in days:
            _check_days(taken[name], looked[name], f"{which}.{name}, pass {passe}")
        return cls(taken, looked, next(iter(lengths.values()), 0))

    def tasks(self, name: str, taches: int) -> Taches:
        """Return the task of each row: that of its value in one column."""
        tasks, column = np.empty(self.height, dtype=np.uint8), self.columns[name].view(np.uint64)
        for block in blocks(self.height):
            mixed = column[block] * _ODD
            mixed >>= np.uint64(40)
            mixed *= np.uint64(taches)
            mixed >>= np.uint64(24)
            tasks[block] = mixed
        return tasks

    def holding(self, names: Sequence[str], free: Mask | None, block: slice) -> Rows | slice:
        """Return the rows of a block that hold something in each of these columns; *free* ones, unless None."""
        there = None if free is None else free[block]
        for name in names:
            if self.etendues[name].trouee:
                held = self.columns[name][block] != ABSENT
                there = held if there is None else there & held
        return block if there is None else np.flatnonzero(there) + block.start


Cotes = tuple[Cote, Cote]


def ends_of(sides: Cotes, name: str) -> tuple[int, int]:
    """Return the smallest and the greatest value of a column; 1 and 0 when neither side holds any."""
    left, right = (side.etendues[name] for side in sides)
    if left.most < left.least or right.most < right.least:
        return (right.least, right.most) if left.most < left.least else (left.least, left.most)
    return min(left.least, right.least), max(left.most, right.most)


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


def _check_days(days: Rows, seen: Etendue, name: str) -> None:
    if max(-seen.least, seen.most) > MOST_DAYS:
        far = np.flatnonzero(((days > MOST_DAYS) | (days < -MOST_DAYS)) & (days != ABSENT))
        raise ColumnError(f"{name}: a day out of range, at row {int(far[0])}")
