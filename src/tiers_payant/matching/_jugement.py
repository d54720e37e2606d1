"""What one key says of two sides: pairs that are unique both ways, classes of equals, and questions.

No candidate is drawn to be counted: in the order of the keys, the candidates of a row stand side by side.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.matching._candidats import LISTED, Edges, spread
from tiers_payant.matching._cotes import Cote, Cotes, ends_of
from tiers_payant.matching._ordre import Melange, Ordre, in_order

__all__ = ["Verdict", "judge_equal", "judge_in_window"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Verdict:
    """What one key says of the rows given to it."""

    paires: Iterable[Edges]
    """Neither end has another candidate. They are told once, part by part."""
    equivalents: Edges = attrs.field(factory=Edges.none)
    """Pairs of classes: n left rows whose candidates are the same n right rows, all of them theirs."""
    classes: Rows = attrs.field(factory=lambda: np.zeros(0, dtype=np.int64))
    """Number of the class of each of `equivalents`, from 1."""
    questions: Edges = attrs.field(factory=Edges.none)
    """Pairs that are neither, of rows that have at most `LISTED` candidates."""


def judge_equal(order: Melange, *, classes: bool) -> Verdict:
    """Judge the rows of equal codes."""
    crowds = order.crowds()
    if not len(crowds.mots):
        return Verdict(order.twos())
    rangs, bounds = crowds.rangs(), crowds.bounds()
    before = np.concatenate([[0], np.cumsum(rangs < order.coupe)])
    starts, ends = bounds[:-1], bounds[1:]
    middles = starts + before[ends] - before[starts]
    return _of_runs(order, rangs, starts, middles, ends, classes)


def _of_runs(order: Melange, rangs: Rows, starts: Rows, middles: Rows, ends: Rows, classes: bool) -> Verdict:
    """Judge runs of equal codes: left rows from *starts* to *middles*, right rows from there to *ends*."""
    split = order.coupe
    lefts, rights = middles - starts, ends - middles
    same = (lefts == rights) & (lefts > 1) if classes else np.zeros(len(starts), dtype=np.bool_)
    asked = ~same & (lefts > 0) & (rights > 0) & (lefts <= LISTED) & (rights <= LISTED)
    equals = Edges(rangs[spread(starts[same], lefts[same])], rangs[spread(middles[same], rights[same])] - split)
    each = spread(starts[asked], lefts[asked])
    of_each = np.repeat(rights[asked], lefts[asked])
    others = spread(np.repeat(middles[asked], lefts[asked]), of_each)
    return Verdict(
        order.twos(),
        equals,
        np.repeat(np.arange(1, int(same.sum()) + 1), lefts[same]),
        Edges(np.repeat(rangs[each], of_each), rangs[others] - split),
    )


def judge_in_window(order: Melange, sides: Cotes, jour: str, *, before: int, after: int, classes: bool) -> Verdict:
    """Judge the rows of equal codes whose right day is from *before* days before to *after* days after the left one.

    Args:
        order: The rows.
        sides: The sides that they are of.
        jour: Column of their days.
        before: Calendar days, not negative.
        after: Calendar days, not negative.
        classes: Whether rows that have the same candidates may be a class.
    """
    twos = _near(order.twos(), sides, jour, before, after)
    crowds = order.crowds()
    if not len(crowds.mots):
        return Verdict(twos)
    left, right = _dated(crowds, sides, jour, max(before, after))
    if not len(left.codes) or not len(right.codes):
        return Verdict(twos)
    found = _search(left, right, before, after, classes)
    return attrs.evolve(found, paires=itertools.chain(found.paires, twos))


def _near(twos: Iterable[Edges], sides: Cotes, jour: str, before: int, after: int) -> Iterator[Edges]:
    """Keep the pairs whose days are near enough."""
    for pairs in twos:
        gaps = sides[1].columns[jour][pairs.right] - sides[0].columns[jour][pairs.left]
        yield pairs.where((gaps >= -before) & (gaps <= after))


def _dated(crowds: Melange, sides: Cotes, jour: str, margin: int) -> tuple[Ordre, Ordre]:
    """Return the rows of each side by code, then by day: those of two codes stand more than *margin* days apart."""
    least, most = ends_of(sides, jour)
    span = most - least + 1 + margin
    rangs = crowds.rangs()
    on_left = rangs < crowds.coupe

    def dated(side: Cote, of_side: Mask, rows: Rows) -> Ordre:
        codes = crowds.numbers()[of_side] * span + (side.columns[jour][rows] - least)
        order = in_order(codes, len(rangs) * span)
        return Ordre(order.codes, rows[order.rangs])

    return dated(sides[0], on_left, rangs[on_left]), dated(sides[1], ~on_left, rangs[~on_left] - crowds.coupe)


def _search(left: Ordre, right: Ordre, before: int, after: int, classes: bool) -> Verdict:
    """Judge the rows of two sides by codes in which a day is one more."""
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
        [Edges(left.rangs[single], right.rangs[first[single]])],
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
