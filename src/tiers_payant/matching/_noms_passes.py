"""What a pass is called: a vendor's pass with a wrong name would fail far from where it was given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tiers_payant.errors import PassError

__all__ = ["distinct", "passes_of"]

T = TypeVar("T")


def passes_of(kind: type[T], given: Iterable[T], argument: str) -> tuple[T, ...]:
    """Return the passes of one *kind*, given as the *argument* of that name.

    Raises:
        PassError: One of them is something else.
    """
    try:
        passes = tuple(given)
    except TypeError:
        raise PassError(f"{argument}: expected passes, got {type(given).__name__}") from None
    for rank, one in enumerate(passes):
        if not isinstance(one, kind):
            name = getattr(one, "name", None)
            called = "" if name is None else f" called {name!r}"
            raise PassError(f"{argument}[{rank}]: expected {kind.__name__}, got {type(one).__name__}{called}")
    return passes


def distinct(names: Iterable[tuple[str, str]], reserved: Iterable[str]) -> None:
    """Check that no two passes have one name: a link would not say which of them made it.

    Args:
        names: The place of each pass, as `passes[0]`, and its name.
        reserved: Names that the library writes on links of its own.

    Raises:
        PassError: It names the pass, and both places.
    """
    places = dict.fromkeys(reserved, "the library's own")
    for place, name in names:
        if name in places:
            raise PassError(f"pass {name}: two of one name, {places[name]} and {place}")
        places[name] = place
