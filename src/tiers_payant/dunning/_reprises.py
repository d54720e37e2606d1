"""Columns of claims that go on into another result: compared, and taken over row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["same_values", "taken_over"]

Rows = npt.NDArray[np.int64]

_WORD = 8
"""Bytes compared at once."""


def taken_over(column: npt.NDArray[Any], kept: Rows, missing: Any) -> npt.NDArray[Any]:
    """Return, for each claim, what *column* says of the one that it was; *missing* where *kept* is -1: it was none."""
    if not len(column):
        return np.full(len(kept), missing, dtype=column.dtype)
    found = np.take(column, kept)  # the last one for -1
    found[kept < 0] = missing
    return found


def same_values(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    """Say whether two columns hold the same, days that are not known being equal; memory is compared at once."""
    if one is other:
        return True
    if one.shape != other.shape:
        return False
    if one.dtype.kind == other.dtype.kind == "S":
        wide = max(one.dtype, other.dtype, key=lambda dtype: dtype.itemsize)
        one, other = one.astype(wide, copy=False), other.astype(wide, copy=False)
    if one.dtype == other.dtype and one.dtype.kind in "SMib":
        ours, theirs = _bytes(one), _bytes(other)
        whole = len(ours) // _WORD * _WORD
        return bool(np.array_equal(ours[:whole].view(np.uint64), theirs[:whole].view(np.uint64))) and bool(
            np.array_equal(ours[whole:], theirs[whole:])
        )
    return bool((one == other).all())


def _bytes(column: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(column).view(np.uint8)
