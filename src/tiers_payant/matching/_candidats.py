"""Candidate graphs: unique both ways, or refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import numpy as np
import numpy.typing as npt

__all__ = [
    "CROWD",
    "LISTED",
    "Candidates",
    "Edges",
    "batches",
    "equal_in_window",
    "spread",
    "unique_both_ways",
    "without_ends",
]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

CROWD = 256
"""Most candidates of one row. Ten thousand equal amounts on each side would make a hundred million pairs, none of them
unique."""

LISTED = 20
"""Most candidates of a row that is shown with them: nobody chooses among more, and each names all of its rivals."""


_AT_ONCE = 1 << 20
"""Most pairs looked at together, where they are only looked at: what bounds the memory."""


@attrs.frozen(eq=False)
class Edges:
    """Candidate pairs: `left[i]` may go with `right[i]`."""

    left: Rows
    right: Rows

    @classmethod
    def none(cls) -> Edges:
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

    @classmethod
    def concat(cls, edges: Sequence[Edges]) -> Edges:
        every = [cls.none(), *edges]
        return cls(np.concatenate([one.left for one in every]), np.concatenate([one.right for one in every]))

    def read_only(self) -> Edges:
        """Return a copy that is read-only: a plugin looks at it, and what it writes all the same is its own."""
        shown = self.left.copy(), self.right.copy()
        for side in shown:
            side.flags.writeable = False
        return Edges(*shown)

    def where(self, mask: Mask) -> Edges:
        kept = np.flatnonzero(mask)  # looked up once for both ends: several times faster than twice by the mask
        return Edges(self.left[kept], self.right[kept])

    def __len__(self) -> int:
        return len(self.left)


@attrs.frozen(eq=False)
class Candidates:
    """The pairs drawn, and the rows that have others besides: in a crowd no pair is drawn, so none may be judged."""

    edges: Edges
    left_crowded: Mask
    right_crowded: Mask

    def judged(self, edges: Edges) -> Edges:
        """Keep of *edges* those whose two ends have all their candidates among the pairs drawn."""
        return edges.where(~self.left_crowded[edges.left] & ~self.right_crowded[edges.right])


def unique_both_ways(edges: Edges, near: Mask | None = None) -> Mask:
    """Return the edges whose two ends have no other edge.

    The whole graph is judged before anything is consumed: what one pair settles never makes another pair unique.

    Args:
        edges: The graph.
        near: When given, only these edges may be unique, and only they are rivals to each other at their left end; at
            their right end every edge is a rival.
    """
    if not len(edges):
        return np.zeros(0, dtype=np.bool_)
    soon = np.ones(len(edges), dtype=np.bool_) if near is None else near
    of_left = np.bincount(edges.left[soon], minlength=int(edges.left.max()) + 1)
    alone: Mask = soon & (of_left[edges.left] == 1) & (np.bincount(edges.right)[edges.right] == 1)
    return alone


def without_ends(edges: Edges, left: npt.NDArray[np.integer], right: npt.NDArray[np.integer]) -> Edges:
    """Leave out the edges with an end that is settled: among *left*, or among *right*."""
    return edges.where(~np.isin(edges.left, left) & ~np.isin(edges.right, right))


def spread(starts: Rows, counts: Rows) -> Rows:
    """Return, for each start, as many numbers from it as its count says."""
    total = int(counts.sum())
    return np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(total)


def batches(counts: Rows) -> Iterator[slice]:
    """Yield rows one after the other, as many together as have no more pairs than may be held at once, or one alone."""
    ends = np.append(0, np.cumsum(counts))
    start = 0
    while start < len(counts):
        stop = max(int(np.searchsorted(ends, ends[start] + _AT_ONCE, side="right")) - 1, start + 1)
        yield slice(start, stop)
        start = stop


def equal_in_window(
    left_keys: Rows, left_days: Rows, right_keys: Rows, right_days: Rows, *, before: int, after: int
) -> Candidates:
    """Pair the rows of equal keys where the right day is from *before* days before to *after* days after the left.

    No pair is drawn for a key under which one row has more than `CROWD` candidates: its rows are crowded.

    Args:
        left_keys: int64; so are the three others. Days are numbered from 1970.
        before: Calendar days, not negative.
        after: Calendar days, not negative.
    """
    order = np.lexsort((right_days, right_keys))
    keys = np.concatenate([right_keys, left_keys])
    _, dense = np.unique(keys, return_inverse=True)
    right_dense, left_dense = dense[: len(right_keys)][order], dense[len(right_keys) :]
    span = np.int64(1) << 32
    right = right_dense * span + right_days[order]
    left = left_dense * span + left_days
    first = np.searchsorted(right, left - before, side="left")
    last = np.searchsorted(right, left + after, side="right")
    crowds = _crowds(left_dense, right_dense, first, last)
    counts = np.where(crowds[left_dense], 0, last - first)
    right_crowded = np.empty(len(right_keys), dtype=np.bool_)
    right_crowded[order] = crowds[right_dense]
    return Candidates(
        Edges(np.repeat(np.arange(len(left)), counts), order[spread(first, counts)]),
        crowds[left_dense],
        right_crowded,
    )


def _crowds(left_dense: Rows, right_dense: Rows, first: Rows, last: Rows) -> Mask:
    """Say of each key whether one of its rows has too many candidates; a left row has those from *first* to *last*."""
    crowds = np.zeros(len(left_dense) + len(right_dense), dtype=np.bool_)
    crowds[left_dense[last - first > CROWD]] = True
    ends = len(right_dense) + 1
    opened = np.cumsum(np.bincount(first, minlength=ends) - np.bincount(last, minlength=ends))[:-1]
    crowds[right_dense[opened > CROWD]] = True
    return crowds
