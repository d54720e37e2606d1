"""Connected components of a graph of integers, in columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["components", "distinct_pairs"]

Rows = npt.NDArray[np.int64]


def distinct_pairs(pairs: Sequence[tuple[Rows, Rows]]) -> tuple[Rows, Rows]:
    """Return each pair once; runs of one pair, as rows of one return make, are shortened before they are sorted."""
    keys = [_without_runs((left.astype(np.int64) << 32) | right) for left, right in pairs]
    distinct = _without_runs(np.sort(np.concatenate([np.empty(0, dtype=np.int64), *keys])))
    return distinct >> 32, distinct & 0xFFFF_FFFF


def _without_runs(keys: Rows) -> Rows:
    return keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys


def components(pairs: tuple[Rows, Rows], length: int) -> Rows:
    """Return, for each node from 0 to *length* - 1, the smallest node that a chain of *pairs* ties it to.

    Each round hangs the larger label of a pair under the smaller, then shortens every chain to its end: the rounds are
    about as many as the logarithm of the longest chain.
    """
    label = np.arange(length, dtype=np.int64)
    left, right = pairs
    while True:
        one, other = label[left], label[right]
        if (one == other).all():
            return label
        np.minimum.at(label, np.maximum(one, other), np.minimum(one, other))
        while (label[label] != label).any():
            label = label[label]
