"""Columns that grow row by row, for readers that stream: little more memory than the arrays they become.

Rows wait as Python values, a thousand at most, then join their arrays, which grow where they stand: no second
copy of a column is ever made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Table

__all__ = ["GrowingColumns"]

Column = npt.NDArray[Any]

_WAITING = 1024
"""Rows kept as Python values before they join the arrays."""
_MOST_SHARED = 4096
"""Free texts remembered so that equal ones are kept once: payers come back, labels rarely do."""


class GrowingColumns:
    """Some columns of a table to be."""

    def __init__(self, table: type[Table], names: Sequence[str]) -> None:
        kinds = table.kinds()
        self._columns = {name: _growing(np.dtype(kinds[name].dtype)) for name in names}
        self._adders: list[Callable[[Any], object]] = [column.add for column in self._columns.values()]
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, *values: object) -> None:
        """Add a row: numbers for numbers, days since 1970 for dates, `bytes` for codes, `str` for free texts.

        A column of codes is as wide as its longest: the caller bounds them.
        """
        self._length += 1
        for add, value in zip(self._adders, values, strict=True):
            add(value)
        if self._length % _WAITING == 0:
            for column in self._columns.values():
                column.settle()

    def take(self) -> dict[str, Column]:
        """Give the columns as arrays, and forget them: nothing can be added afterwards."""
        self._adders.clear()
        return {name: self._columns.pop(name).taken() for name in list(self._columns)}


class _Column:
    """Values of one kind: those that wait, and the array that the others have joined."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._waiting: list[Any] = []
        self._values: Column = np.empty(0, dtype=dtype if dtype.itemsize else "S1")
        self._dtype = dtype
        self.add: Callable[[Any], object] = self._waiting.append

    def settle(self) -> None:
        """Let the values that wait join the array."""
        new = np.array(self._waiting, dtype=self._dtype)
        self._waiting.clear()
        before, values = len(self._values), self._values
        if new.itemsize > values.itemsize:
            self._values = values = values.astype(new.dtype)
        values.resize(before + len(new), refcheck=False)
        values[before:] = new

    def taken(self) -> Column:
        """Give the array; nothing can be added afterwards."""
        self.settle()
        del self.add  # it may hold this very column, which would then wait for the collector of cycles
        return self._values


class _Labels(_Column):
    """Free texts."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        super().__init__(dtype)
        self._known: dict[str, str] = {}
        self.add = self._add

    def _add(self, text: str) -> None:
        known = self._known.get(text)
        if known is None:
            known = text
            if len(self._known) < _MOST_SHARED:
                self._known[text] = text
        self._waiting.append(known)


def _growing(dtype: np.dtype[Any]) -> _Column:
    return _Labels(dtype) if dtype.kind == "O" else _Column(dtype)
