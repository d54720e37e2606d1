"""Candidate graphs: unique both ways, or refused."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["Edges", "equal_in_window", "unique_both_ways"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Edges:
    """Candidate pairs: `left[i]` may go with `right[i]`."""

    left: Rows
    right: Rows

    def where(self, mask: Mask) -> Edges:
        return Edges(self.left[mask], self.right[mask])

    def __len__(self) -> int:
        return len(self.left)


def unique_both_ways(edges: Edges) -> Mask:
    """Return the edges whose two ends have no other edge.

    The whole graph is judged before anything is consumed: what one pair settles never makes another pair unique.
    """
    if not len(edges):
        return np.zeros(0, dtype=np.bool_)
    alone: Mask = (np.bincount(edges.left)[edges.left] == 1) & (np.bincount(edges.right)[edges.right] == 1)
    return alone


def equal_in_window(
    left_keys: Rows, left_days: Rows, right_keys: Rows, right_days: Rows, *, before: int, after: int
) -> Edges:
    """Pair the rows of equal keys where the right day is from *before* days before to *after* days after the left.

    Args:
        left_keys: int64; so are the three others. Days are numbered from 1970.
        before: Calendar days, not negative.
        after: Calendar days, not negative.
    """
    order = np.lexsort((right_days, right_keys))
    keys = np.concatenate([right_keys, left_keys])
    _, dense = np.unique(keys, return_inverse=True)
    span = np.int64(1) << 32
    right = dense[: len(right_keys)][order] * span + right_days[order]
    left = dense[len(right_keys) :] * span + left_days
    first = np.searchsorted(right, left - before, side="left")
    last = np.searchsorted(right, left + after, side="right")
    counts = last - first
    starts = np.repeat(first - (np.cumsum(counts) - counts), counts)
    return Edges(np.repeat(np.arange(len(left)), counts), order[starts + np.arange(int(counts.sum()))])
