"""Sums: every way to make an amount out of several, or a refusal. Nothing is guessed and no pool is cut short."""

from __future__ import annotations

import enum
import itertools
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

import attrs
import numpy as np
import numpy.typing as npt

__all__ = [
    "BUDGET",
    "HORS_BUDGET",
    "MOST",
    "HorsBudget",
    "all_sums",
    "expected_accidents",
    "expected_equals",
    "sums_by_size",
]

Rows = npt.NDArray[np.int64]

MOST = 6
"""Most amounts of one sum."""
BUDGET = 50_000
"""Most partial sums drawn for one amount, and most solutions: 34 amounts, when up to six are added."""

_LARGEST = 1 << 62
SCALES = (100, 10, 2)
"""Neighbourhoods of the target in which sums are counted: this fraction of it on either side."""
ROUND = (1, 5, 10, 50, 100, 500, 1000)
"""Steps on which round amounts fall, in cents."""


class HorsBudget(enum.Enum):
    """What is answered instead of the solutions when all of them cannot be enumerated."""

    HORS_BUDGET = "HORS_BUDGET"


HORS_BUDGET: Final = HorsBudget.HORS_BUDGET


@attrs.frozen(eq=False)
class _Half:
    """Every set of one size drawn from one half of the amounts, in the order of their sums."""

    sums: Rows
    subsets: Rows
    """Places of the amounts in the half; one row for each sum."""


def all_sums(
    cents: Rows, target: int, *, most: int = MOST, budget: int = BUDGET
) -> tuple[tuple[int, ...], ...] | Literal[HorsBudget.HORS_BUDGET]:
    """Return every set of 2 to *most* of the amounts that sum to *target*, exactly.

    Meet in the middle: the sums of each half are sorted, and each sum of the one looks up what it lacks in the other.

    Args:
        cents: int64, shape (n,); amounts may be negative, and equal.
        target: The amount to make, in cents.
        most: Most amounts of one set, at least 2.
        budget: Most partial sums drawn, and most solutions.

    Returns:
        The sets, sorted, each the increasing places of its amounts in *cents*; or `HORS_BUDGET`, when there are more
        partial sums or more solutions than the budget, or when the sums could leave int64. Never some of the sets.
    """
    if not affordable(len(cents), most, budget) or _overflows(cents, target, most):
        return HORS_BUDGET
    middle, total = len(cents) // 2, 0
    found: list[tuple[int, ...]] = []
    for one, other in _halves(cents, most):
        if not one.sums[0] + other.sums[0] <= target <= one.sums[-1] + other.sums[-1]:
            continue
        first, last = (np.searchsorted(other.sums, target - one.sums, side=side) for side in ("left", "right"))
        counts = last - first
        made = int(counts.sum())
        total += made
        if total > budget:
            return HORS_BUDGET
        if not made:
            continue
        lefts = np.repeat(np.arange(len(counts)), counts)
        rights = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(len(lefts))
        sets = np.concatenate([one.subsets[lefts], other.subsets[rights] + middle], axis=1)
        found.extend(map(tuple, sets.tolist()))
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def affordable(length: int, most: int, budget: int) -> bool:
    """Say whether the two halves of so many amounts have no more partial sums than the budget."""
    halves = length // 2, length - length // 2
    return sum(math.comb(half, size) for half in halves for size in range(min(most, half) + 1)) <= budget


def expected_accidents(cents: Rows, target: int, *, most: int = MOST) -> float:
    """Return how many sets of 2 to *most* of the amounts would sum to *target* by accident.

    The approximation: sums near the target are spread evenly, so the number expected on the target itself is their
    number in a neighbourhood, over its width in cents. The sets that do make the target are not counted; the
    neighbourhoods are a hundredth, a tenth and a half of the target on either side, and the densest is taken; one set
    more is supposed in the widest, since none seen does not mean none possible. Round amounts fall on fewer places: the
    amounts that are multiples of 5, 10, 50... cents are judged among themselves too, as thick as their step.

    Args:
        cents: int64, shape (n,); as for `all_sums`, which must not answer `HORS_BUDGET` for them.
        target: The amount to make, in cents.
        most: Most amounts of one set, at least 2.
    """
    common = max(int(np.gcd.reduce(np.abs(cents))), 1) if len(cents) else 1
    steps = {step for step in (common, *ROUND) if step and not target % step}
    return max((_density(cents[cents % step == 0], target, most) * step for step in steps), default=0.0)


def expected_equals(cents: Rows, target: int) -> float:
    """Return how many of the amounts would be *target* by accident: `expected_accidents` for amounts taken alone.

    Args:
        cents: int64, shape (n,).
        target: The amount, in cents.
    """
    widths = [max(abs(target) // scale, 1) for scale in SCALES]
    found = []
    for step in ROUND:
        if target % step == 0:
            gaps = np.abs(cents[cents % step == 0] - target)
            near = [int(((gaps > 0) & (gaps <= width)).sum()) + (width == max(widths)) for width in widths]
            found += [step * count / (2 * width) for count, width in zip(near, widths, strict=True)]
    return max(found)


def sums_by_size(cents: Rows, *, most: int, budget: int) -> Iterator[Rows]:
    """Yield the sums of every set of the amounts, size by size from 1 to *most*, as long as all of a size may be drawn.

    Args:
        cents: int64, shape (n,).
        most: Most amounts of one set.
        budget: Most sums drawn in all, but those of single amounts, which always are.
    """
    count, drawn, sums = len(cents), 0, cents
    starts = list(range(count + 1))  # where the sums begin whose first part is of each place
    for size in range(1, min(most, count) + 1):
        if size > 1:
            drawn += math.comb(count, size)
            if drawn > budget:
                return
            blocks = [cents[place] + sums[starts[place + 1] :] for place in range(count)]
            starts = [0, *itertools.accumulate(map(len, blocks))]
            sums = np.concatenate(blocks)
        yield sums


def _density(cents: Rows, target: int, most: int) -> float:
    """Return the sums near *target* for each cent."""
    widths = [max(abs(target) // scale, 1) for scale in SCALES]
    near = dict.fromkeys(widths, 0)
    exact = 0
    middle = len(cents) // 2
    ones, others = _sorted_sums(cents[:middle], most), _sorted_sums(cents[middle:], most)
    for one, other in itertools.product(range(len(ones)), range(len(others))):
        if 2 <= one + other <= most:
            lacking = target - ones[one]
            exact += _between(others[other], lacking, 0)
            for width in near:
                near[width] += _between(others[other], lacking, width)
    near[max(widths)] += 1
    return max((count - exact) / (2 * width) for width, count in near.items())


def _sorted_sums(cents: Rows, most: int) -> list[Rows]:
    """Return the sums of every set of the amounts, by size from none to *most*."""
    sums = sums_by_size(cents, most=most, budget=_LARGEST)
    return [np.zeros(1, dtype=np.int64), *map(np.sort, sums)]


def _between(sums: Rows, wanted: Rows, width: int) -> int:
    """Count the pairs of a sum and an amount *wanted* that are at most *width* apart."""
    first = np.searchsorted(sums, wanted - width, side="left")
    return int((np.searchsorted(sums, wanted + width, side="right") - first).sum())


def _halves(cents: Rows, most: int) -> Iterator[tuple[_Half, _Half]]:
    """Yield the two halves for every way to share 2 to *most* amounts between them."""
    middle = len(cents) // 2
    ones, others = _drawn(cents[:middle], most), _drawn(cents[middle:], most)
    for one, other in itertools.product(range(len(ones)), range(len(others))):
        if 2 <= one + other <= most:
            yield ones[one], others[other]


def _drawn(cents: Rows, most: int) -> list[_Half]:
    """Draw every set of the amounts, by size from none to *most*."""
    drawn = []
    for size in range(min(most, len(cents)) + 1):
        subsets = _subsets(len(cents), size)
        sums = cents[subsets].sum(axis=1)
        order = np.argsort(sums, kind="stable")
        drawn.append(_Half(sums[order], subsets[order]))
    return drawn


@lru_cache(maxsize=256)
def _subsets(length: int, size: int) -> Rows:
    count = math.comb(length, size)
    places = itertools.chain.from_iterable(itertools.combinations(range(length), size))
    return np.fromiter(places, dtype=np.int64, count=count * size).reshape(count, size)


def _overflows(cents: Rows, target: int, most: int) -> bool:
    largest = max((abs(amount) for amount in (int(cents.min()), int(cents.max()))), default=0) if len(cents) else 0
    return largest * most + 2 * abs(target) >= _LARGEST
