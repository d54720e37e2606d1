"""Equal claims answered by equal lines: n groups and n bank lines that nothing tells apart are one link."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from tiers_payant.matching._candidats import Candidates, Edges

__all__ = ["equal_classes"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def equal_classes(found: Candidates, edges: Edges, near: Mask | None = None) -> tuple[Edges, Rows]:
    """Find the classes of a graph: n groups, at least two, whose candidates are the same n lines, all of them theirs.

    Every pair that is an edge is of one amount: whichever line pays whichever group, each group is paid, and to the
    cent. With one group or one line more, somebody may not be: then there is no class.

    Args:
        found: Where the edges come from; what is in a crowd is in no class.
        edges: The graph of a pass.
        near: As for `unique_both_ways`: at its left end only these edges count, at its right end all do, and a class
            has no other.

    Returns:
        One edge for each group of a class, its line any of the class, and the class of each, numbered from 1. Neither
        says who is paid by what.
    """
    soon = np.ones(len(edges), dtype=np.bool_) if near is None else near
    size = _degrees(edges.left, soon)
    fits = soon & (size > 1) & (size == _degrees(edges.right))
    fits &= ~found.left_crowded[edges.left] & ~found.right_crowded[edges.right]
    fits &= (_degrees(edges.left, fits) == size) & (_degrees(edges.right, fits) == size)
    lines_of: dict[int, list[int]] = defaultdict(list)
    wanted = dict(zip(edges.left[fits].tolist(), size[fits].tolist(), strict=True))
    for group, line in zip(edges.left[fits].tolist(), edges.right[fits].tolist(), strict=True):
        lines_of[group].append(line)
    groups_of: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for group, lines in lines_of.items():
        if len(lines) == wanted[group]:  # one of its lines may have dropped out, for want of another group
            groups_of[tuple(sorted(lines))].append(group)
    classes = sorted((sorted(groups), lines) for lines, groups in groups_of.items() if len(groups) == len(lines))
    left = [group for groups, _ in classes for group in groups]
    right = [line for _, lines in classes for line in lines]
    number = np.repeat(np.arange(1, len(classes) + 1), [len(groups) for groups, _ in classes])
    return Edges(np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)), number.astype(np.int64)


def _degrees(ends: Rows, counted: Mask | None = None) -> Rows:
    """Return, for each edge, how many edges its end has, or how many of those *counted*."""
    if not len(ends):
        return np.zeros(0, dtype=np.int64)
    return np.bincount(ends if counted is None else ends[counted], minlength=int(ends.max()) + 1)[ends]
