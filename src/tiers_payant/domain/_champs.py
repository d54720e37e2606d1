"""What the fields of the object view share: identifiers parsed once, health data out of `repr`, texts kept as read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar

import attrs

from tiers_payant.domain._comptes import canonical_compte
from tiers_payant.domain._identifiants import Nir, NumeroPS
from tiers_payant.errors import shape

__all__ = ["TexteBrut", "compte", "nir", "numero_officine", "sensible", "shown_shape", "suite"]

T = TypeVar("T")

_KNOWN = 4096
"""Provider numbers and accounts remembered once parsed: a run meets few, each many times. Never a NIR."""


class TexteBrut(str):
    """A text as a file wrote it: kept as it is, never judged. What a file got wrong can still be looked at."""

    __slots__ = ()


@lru_cache(_KNOWN, typed=True)
def numero_officine(value: str | NumeroPS) -> str:
    """Return the nine characters of a provider number.

    Raises:
        IdentifierError: The text is none.
    """
    if isinstance(value, TexteBrut):
        return str(value)
    return str(value if isinstance(value, NumeroPS) else NumeroPS.parse(value))


def nir(value: str | Nir) -> str:
    """Return the 13 characters of a NIR; an empty text, for one that is not told, stays empty.

    Raises:
        IdentifierError: The text is none, or its key does not agree.
    """
    if isinstance(value, Nir):
        return value.value
    if isinstance(value, TexteBrut) or not value:
        return str(value)
    return Nir.parse(value).value


compte = lru_cache(_KNOWN)(canonical_compte)


def suite(values: Iterable[T]) -> tuple[T, ...]:
    """Return *values* as a tuple: nothing inside a frozen object can change."""
    return tuple(values)


def shown_shape(value: object) -> str:
    """Show a value that is health data: its shape, or that it is absent."""
    return "None" if value is None else shape(str(value))


def sensible(default: object = attrs.NOTHING, **options: Any) -> Any:
    """Declare a field that holds health data: `repr` shows its shape."""
    return attrs.field(default=default, repr=shown_shape, **options)
