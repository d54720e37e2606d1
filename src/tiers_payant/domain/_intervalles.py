"""How sure a rate is: Wilson's interval, and Newcombe's for the difference of two rates.

Wilson, J. Am. Stat. Assoc. 22 (1927) 209; Newcombe, Stat. Med. 17 (1998) 857 (one rate), 873
(difference, method 10).
Both hold for small counts and rates near 0, where counts of rejects are, and never leave what a rate can be.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

__all__ = ["NIVEAU", "difference", "wilson"]

NIVEAU = 0.95
"""How often the interval holds the true rate."""


def _z(niveau: float) -> float:
    return NormalDist().inv_cdf(0.5 + niveau / 2)


def wilson(cas: int, sur: int, niveau: float = NIVEAU) -> tuple[float, float]:
    """Return Wilson's interval of a rate, without continuity correction.

    >>> [round(bound, 4) for bound in wilson(81, 263)]
    [0.2553, 0.3662]

    Args:
        cas: How many were so.
        sur: Of how many; nothing is known of a rate of none: 0 to 1.
        niveau: Confidence, between 0 and 1.
    """
    if not sur:
        return 0.0, 1.0
    z2 = _z(niveau) ** 2
    rate = cas / sur
    centre = (rate + z2 / (2 * sur)) / (1 + z2 / sur)
    half = sqrt(z2 * (rate * (1 - rate) + z2 / (4 * sur)) / sur) / (1 + z2 / sur)
    # Rounding must not move a bound off the ends that Wilson's interval reaches exactly.
    return (0.0 if not cas else max(centre - half, 0.0)), (1.0 if cas == sur else min(centre + half, 1.0))


def difference(avant: tuple[int, int], apres: tuple[int, int], niveau: float = NIVEAU) -> tuple[float, float, float]:
    """Return how much a rate rose, and Newcombe's interval of it: method 10, from the two intervals of Wilson.

    >>> [round(value, 4) for value in difference((48, 80), (56, 70))]
    [0.2, 0.0524, 0.3339]

    Args:
        avant: How many were so, of how many; none of none tells nothing.
        apres: The same, later.
        niveau: Confidence, between 0 and 1.
    """
    before, after = (cas / sur if sur else 0.0 for cas, sur in (avant, apres))
    (low_before, high_before), (low_after, high_after) = wilson(*avant, niveau), wilson(*apres, niveau)
    if not avant[1] or not apres[1]:
        return 0.0, -1.0, 1.0
    rise = after - before
    down = sqrt((after - low_after) ** 2 + (high_before - before) ** 2)
    up = sqrt((high_after - after) ** 2 + (before - low_before) ** 2)
    return rise, rise - down, rise + up
