"""Columns that grow row by row, for readers that stream: little more memory than the arrays they become.

A row kept as a Python tuple takes several times the room of its cells in columns.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Table

__all__ = ["GrowingColumns"]

Column = npt.NDArray[Any]

_MOST_SHARED = 4096
"""Free texts remembered so that equal ones are kept once: payers come back, labels rarely do."""


class _Growing(Protocol):
    def add(self, value: Any, /) -> object: ...
    def taken(self) -> Column: ...


class GrowingColumns:
    """Some columns of a table to be."""

    def __init__(self, table: type[Table], names: Sequence[str]) -> None:
        kinds = table.kinds()
        self._columns: dict[str, _Growing] = {name: _growing(np.dtype(kinds[name].dtype)) for name in names}
        self._adders: list[Callable[[Any], object]] = [column.add for column in self._columns.values()]
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, *values: object) -> None:
        """Add a row: numbers for numbers, days since 1970 for dates, `bytes` for codes, `str` for free texts."""
        self._length += 1
        for add, value in zip(self._adders, values, strict=True):
            add(value)

    def take(self) -> dict[str, Column]:
        """Give the columns as arrays, and forget them one by one: nothing can be added afterwards."""
        self._adders.clear()
        return {name: self._columns.pop(name).taken() for name in list(self._columns)}


def _growing(dtype: np.dtype[Any]) -> _Growing:
    if dtype.kind == "S":
        return _Codes()
    return _Labels() if dtype.kind == "O" else _Numbers(dtype)


class _Numbers:
    """Whole numbers, dates and booleans, in an array that grows where it stands."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._dtype = dtype
        self._values = array({1: "b", 4: "i", 8: "q"}[dtype.itemsize])
        self.add = self._values.append

    def taken(self) -> Column:
        return np.asarray(self._values).view(self._dtype)


class _Codes:
    """Identifiers, of which a file holds few."""

    def __init__(self) -> None:
        self._known: dict[bytes, int] = {}
        self._ranks = array("i")

    def add(self, code: bytes, /) -> None:
        self._ranks.append(self._known.setdefault(code, len(self._known)))

    def taken(self) -> Column:
        codes: Column = np.array(list(self._known), dtype="S")
        return np.take(codes, np.asarray(self._ranks))


class _Labels:
    """Free texts."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._values: list[str] = []

    def add(self, text: str, /) -> None:
        known = self._known.get(text)
        if known is None:
            known = text
            if len(self._known) < _MOST_SHARED:
                self._known[text] = text
        self._values.append(known)

    def taken(self) -> Column:
        return np.array(self._values, dtype=object)
