"""The level of the plugin API, and what a plugin may ask of it."""

from __future__ import annotations

import operator
import re
from itertools import zip_longest

__all__ = ["API", "accepts"]

API = "1.0"
"""Level of the hooks and of the types that they take: the second number grows when something is added, the first when
something that worked no longer does (docs/reference/plugins.md)."""

_COMPARE = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
_PART = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)*)\s*", re.ASCII)


def accepts(requires: str, api: str = API) -> bool:
    """Tell whether the level *api* is one that *requires* allows; empty allows all.

    >>> accepts(">=1,<2"), accepts(">=1.1"), accepts("==1")
    (True, False, True)

    Raises:
        ValueError: *requires* is not made of comparisons joined by commas.
    """
    return all(_holds(api, part) for part in requires.split(",")) if requires.strip() else True


def _holds(api: str, comparison: str) -> bool:
    found = _PART.fullmatch(comparison)
    if found is None:
        raise ValueError("expected comparisons such as >=1,<2")
    return bool(_COMPARE[found[1]](_order(api, found[2]), 0))


def _order(one: str, other: str) -> int:
    """Return -1, 0 or 1 as *one* comes before, with or after *other*; 1 and 1.0 are the same level."""
    pairs = zip_longest(map(int, one.split(".")), map(int, other.split(".")), fillvalue=0)
    return next(((left > right) - (left < right) for left, right in pairs if left != right), 0)
