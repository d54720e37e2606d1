"""What meets on a key: for each claim, the latest of the things that share a key with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import row_codes

__all__ = ["latest_met"]

Rows = npt.NDArray[np.int64]
Columns = Sequence[npt.NDArray[Any]]


def latest_met(theirs: Columns, order: Rows, ours: Columns) -> Rows:
    """Return, for each row of *ours*, the row of *theirs* of the same key that *order* ranks highest; -1 for none.

    Args:
        theirs: The columns of the key, on the side of what is looked for.
        order: The rank of each of its rows, such as a day.
        ours: The columns of the key, in the same order.
    """
    if not len(theirs[0]) or not len(ours[0]):
        return np.full(len(ours[0]), -1, dtype=np.int64)
    left, right = row_codes([theirs, ours])
    sorted_ = np.lexsort((order, left))
    codes = left[sorted_]
    at = np.searchsorted(codes, right, side="right") - 1
    found = (at >= 0) & (codes[at] == right)
    return np.where(found, sorted_[at], -1)
