"""Sums of cents by what they point to, in integers: floats would lose cents beyond 2**53."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._table import Entiers

__all__ = ["summed"]


def summed(rows: npt.NDArray[np.integer], cents: Entiers, length: int) -> Entiers:
    """Return, for each of *length* rows, the *cents* that point to it; those that point to -1 go nowhere."""
    total = np.zeros(length, dtype=np.int64)
    inside = rows >= 0
    if inside.all():
        np.add.at(total, rows, cents)
    else:
        np.add.at(total, rows[inside], cents[inside])
    return total
