"""Row numbers that follow their rows when these move: after a cut, a sort or a join."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["inverse", "mapped"]

Rows = npt.NDArray[np.int64]


def inverse(order: Rows) -> Rows:
    """Return the place of each row once rows stand in *order*."""
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places


def mapped(pointers: npt.NDArray[np.int32], rows: Rows) -> npt.NDArray[np.int32]:
    """Return *pointers* to where their rows now stand; -1, for none, stays."""
    return np.where(pointers < 0, pointers, rows[pointers]).astype(np.int32) if len(rows) else pointers
