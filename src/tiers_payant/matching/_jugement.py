"""What one key says of two sides: pairs that are unique both ways, classes of equals, and questions.

No candidate is drawn to be counted: in the order of the keys, the candidates of a row stand side by side.
"""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.matching._candidats import LISTED, Edges, spread
from tiers_payant.matching._mots import Codes, in_order, merged

__all__ = ["Verdict", "judge_equal", "judge_in_window"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Verdict:
    """What one key says of the rows given to it."""

    paires: Edges
    """Neither end has another candidate."""
    equivalents: Edges
    """Pairs of classes: n left rows whose candidates are the same n right rows, all of them theirs."""
    classes: Rows
    """Number of the class of each of `equivalents`, from 1."""
    questions: Edges
    """Pairs that are neither, of rows that have at most `LISTED` candidates."""

    def of_rows(self, left: Rows | None, right: Rows | None) -> Verdict:
        """Return the same verdict on the rows that the ones judged stand for, or on themselves for None."""
        paires, equivalents, questions = (
            Edges(ends.left if left is None else left[ends.left], ends.right if right is None else right[ends.right])
            for ends in (self.paires, self.equivalents, self.questions)
        )
        return Verdict(paires, equivalents, self.classes, questions)


def judge_equal(codes: Codes, *, classes: bool) -> Verdict:
    """Judge the rows of equal codes."""
    order, split = merged(codes), len(codes.gauche)
    bounds = order.changes()
    twos = np.flatnonzero(bounds[:-2] & ~bounds[1:-1] & bounds[2:])
    first, second = order.rangs(twos), order.rangs(twos + 1)
    both = (first < split) & (second >= split)
    alone = Edges(first[both], second[both] - split)
    if not (~bounds[1:-2] & ~bounds[2:-1]).any():  # no code has three rows
        return Verdict(alone, Edges.none(), np.zeros(0, dtype=np.int64), Edges.none())
    starts, rangs = np.flatnonzero(bounds), order.rangs()
    many = np.flatnonzero(np.diff(starts) > 2)
    starts, ends = starts[many], starts[many + 1]
    before = np.concatenate([[0], np.cumsum(rangs < split)])
    middles = starts + before[ends] - before[starts]
    return _of_runs(rangs, split, alone, starts, middles, ends, classes)


def _of_runs(rangs: Rows, split: int, alone: Edges, starts: Rows, middles: Rows, ends: Rows, classes: bool) -> Verdict:
    """Judge runs of equal codes: left rows from *starts* to *middles*, right rows from there to *ends*."""
    lefts, rights = middles - starts, ends - middles
    same = (lefts == rights) & (lefts > 1) if classes else np.zeros(len(starts), dtype=np.bool_)
    asked = ~same & (lefts > 0) & (rights > 0) & (lefts <= LISTED) & (rights <= LISTED)
    equals = Edges(rangs[spread(starts[same], lefts[same])], rangs[spread(middles[same], rights[same])] - split)
    each = spread(starts[asked], lefts[asked])
    of_each = np.repeat(rights[asked], lefts[asked])
    others = spread(np.repeat(middles[asked], lefts[asked]), of_each)
    return Verdict(
        alone,
        equals,
        np.repeat(np.arange(1, int(same.sum()) + 1), lefts[same]),
        Edges(np.repeat(rangs[each], of_each), rangs[others] - split),
    )


def judge_in_window(
    codes: Codes, left_days: Rows, right_days: Rows, *, before: int, after: int, classes: bool
) -> Verdict:
    """Judge the rows of equal codes whose right day is from *before* days before to *after* days after the left one."""
    if not len(left_days) or not len(right_days):
        return Verdict(Edges.none(), Edges.none(), np.zeros(0, dtype=np.int64), Edges.none())
    dated = codes.with_days(left_days, right_days, max(before, after))
    left, right = in_order(dated.gauche, dated.total), in_order(dated.droite, dated.total)
    first = np.searchsorted(right.codes, left.codes - before, side="left")
    last = np.searchsorted(right.codes, left.codes + after, side="right")
    opening = np.searchsorted(left.codes, right.codes - after, side="left")
    closing = np.searchsorted(left.codes, right.codes + before, side="right")
    of_left, of_right = last - first, closing - opening
    single = np.flatnonzero(of_left == 1)
    single = single[of_right[first[single]] == 1]
    same = _classes(first, last, of_left, of_right) if classes else np.zeros(len(first), dtype=np.bool_)
    starts = np.flatnonzero(same & _changes(first, last))
    asked = (of_left > 0) & (of_left <= LISTED) & ~same
    asked[single] = False
    each = np.flatnonzero(asked)
    others = spread(first[each], of_left[each])
    open_pairs = Edges(left.rangs[np.repeat(each, of_left[each])], right.rangs[others])
    return Verdict(
        Edges(left.rangs[single], right.rangs[first[single]]),
        Edges(left.rangs[same], right.rangs[spread(first[starts], of_left[starts])]),
        np.repeat(np.arange(1, len(starts) + 1), of_left[starts]),
        open_pairs.where(of_right[others] <= LISTED),
    )


def _classes(first: Rows, last: Rows, of_left: Rows, of_right: Rows) -> Mask:
    """Say which left rows, in their order, are n that have the same n right rows, which have no other left row.

    Rows of the same candidates stand together; n of them give each of these n candidates n left rows at least, so
    that n times n in all says that none has more.
    """
    starts = np.flatnonzero(_changes(first, last))
    counts = np.diff(np.append(starts, len(first)))
    size = of_left[starts]
    before = np.concatenate([[0], np.cumsum(of_right)])
    fits = (size > 1) & (counts == size) & (before[last[starts]] - before[first[starts]] == size * size)
    return np.repeat(fits, counts)


def _changes(first: Rows, last: Rows) -> Mask:
    """Say where a row has other candidates than the row before."""
    new = np.ones(len(first), dtype=np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    return new
