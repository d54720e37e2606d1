"""How many parts a sum may have before chance alone makes it: counted coarsely, before any sum is drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.matching._sommes import MOST, ROUND, SCALES

__all__ = ["sizes_left"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_BITS = 7
"""A target lies in the second half of so many bits of places: a place is at most 1/64 of it wide."""
_END = 3 << (_BITS - 1)
"""Places up to one and a half times any target."""
_FAR = 1 << 12
"""Places beyond, for the parts that one below zero brings back near a target: at least 32 times it."""
_BELOW = 16
"""Most parts below zero that are looked at."""


def sizes_left(cents: Rows, targets: Rows, accidents_max: float) -> Rows:
    """Return, for each target, the most parts of a sum that chance may fail to explain: from 1, when it explains pairs.

    Never fewer than `expected_accidents` leaves, for these parts or for more of them. Each amount is taken to a place,
    the sets of each size are counted by the sum of their places, and a set counts as near the target, beside it, when
    its whole uncertainty is: one place for each part. The work is that of the parts times the places, whatever number
    of sets there is. Sets of more than one part below zero are not counted.

    Args:
        cents: int64, shape (n,).
        targets: int64, above zero.
        accidents_max: How many accidents do not explain a sum.
    """
    kept = np.flatnonzero(_not_round(targets, accidents_max))
    sizes, wholes = np.ones_like(targets), targets[kept]
    if not len(kept):
        return sizes
    shifts, ranks = np.unique(np.maximum(_bits(wholes) - _BITS, 0), return_inverse=True)
    below = np.sort(cents[cents < 0])[::-1][:_BELOW]
    ends = _END + np.minimum(-(below.min(initial=0) >> shifts), _FAR)
    sets = np.zeros((len(shifts), MOST + 1, int(ends.max()) + 1), dtype=np.int64)
    for own, shift, end in zip(sets, shifts.tolist(), ends.tolist(), strict=True):
        _count(own[:, : end + 1], cents[cents >= 0] >> shift)
    near, widths = _near(np.cumsum(sets, axis=2), ranks, wholes, shifts[ranks], below)
    few = (near / (2 * widths) <= accidents_max).all(axis=1)
    sizes[kept] += np.logical_and.accumulate(few, axis=0).sum(axis=0)
    return sizes


def _not_round(targets: Rows, accidents_max: float) -> Mask:
    """Say of each target whether it is not so round and small that one round sum, not seen, is enough for chance."""
    widths = np.maximum(targets // SCALES[-1], 1)
    kept = np.ones(len(targets), dtype=np.bool_)
    for step in ROUND:
        kept &= (targets % step != 0) | (1 / (2 * widths) * step <= accidents_max)
    return kept


def _near(sets: Rows, ranks: Rows, targets: Rows, shifts: Rows, below: Rows) -> tuple[Rows, Rows]:
    """Count the sets of two parts or more, up to each size, beside each target: by size, neighbourhood and target.

    Args:
        sets: For each width of the places, how many sets of each size have a sum of places below each one.
        ranks: Which of them is of each target.
        targets: The targets, above zero.
        shifts: The bits of one place, for each target.
        below: Parts below zero, cents: one may stand in a set.
    """
    widths = np.maximum(targets // np.array(SCALES)[:, np.newaxis], 1)
    middle, first, last = targets >> shifts, -((widths - targets) >> shifts), (targets + widths) >> shifts
    size = np.arange(2, MOST + 1)[:, np.newaxis, np.newaxis]

    def between(parts: Rows, begin: Rows, end: Rows) -> Rows:
        limit = sets.shape[2] - 1
        counts = [sets[ranks, parts, np.clip(places, 0, limit)] for places in (begin, end + 1)]
        found: Rows = np.maximum(counts[1] - counts[0], 0)
        return found

    beside = between(size, first, middle - size) + between(size, middle + 1, last - size)
    for cents in below.tolist():
        place, parts = cents >> shifts, size - 1
        beside += between(parts, first - place, middle - size - place)
        beside += between(parts, middle + 1 - place, last - size - place)
    near = np.cumsum(beside, axis=0)
    near[:, -1] += 1  # in the widest neighbourhood one is supposed
    return near, widths


def _count(counts: Rows, places: Rows) -> None:
    """Fill in how many sets of each size have each sum of places, which begin in the second column."""
    counts[0, 1] = 1
    end = counts.shape[1] - 1
    for place in places[places < end].tolist():
        counts[1:, place + 1 :] += counts[:-1, 1 : end + 1 - place]


def _bits(numbers: Rows) -> Rows:
    """Return how many bits each number has."""
    return np.array([number.bit_length() for number in numbers.tolist()], dtype=np.int64)
