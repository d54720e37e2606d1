"""What the fields of the object view share: identifiers parsed once, health data out of `repr`, texts kept as read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs

from tiers_payant.domain._comptes import canonical_compte
from tiers_payant.domain._identifiants import Nir, NumeroPS
from tiers_payant.errors import shape

__all__ = ["TexteBrut", "as_tuple", "comptes", "numero_officine", "read_nir", "sensible", "shown_shape"]

_KNOWN = 4096
"""Provider numbers remembered once parsed: a run meets few, each many times. Never a NIR."""


class TexteBrut(str):
    """A text as a file wrote it: kept as it is, never judged. What a file got wrong can still be looked at."""

    __slots__ = ()


def numero_officine(value: str | NumeroPS) -> str:
    """Return the nine characters of a provider number.

    Raises:
        IdentifierError: The text is none.
    """
    return _numero_officine(value)


@lru_cache(_KNOWN, typed=True)
def _numero_officine(value: str | NumeroPS) -> str:
    if isinstance(value, TexteBrut):
        return str(value)
    return str(value if isinstance(value, NumeroPS) else NumeroPS.parse(value))


def read_nir(value: str | Nir) -> str:
    """Return the 13 characters of a NIR; an empty text, for one that is not told, stays empty.

    Raises:
        IdentifierError: The text is none, or its key does not agree.
    """
    if not value:
        return ""
    if isinstance(value, Nir):
        return value.value
    if isinstance(value, TexteBrut):
        return str(value)
    return Nir.parse(value).value


def comptes(texts: Iterable[str]) -> tuple[str, ...]:
    """Return accounts as every format can say them."""
    return tuple(map(canonical_compte, texts))


if TYPE_CHECKING:

    def as_tuple(values: Iterable[Any]) -> tuple[Any, ...]:
        """Return *values* as a tuple: nothing inside a frozen object can change."""

else:
    # mypy cannot type it as a converter; called once per object, it had better not be a Python function.
    as_tuple = tuple


def shown_shape(value: object) -> str:
    """Show a value that is health data: its shape, or that it is absent."""
    return "None" if value is None else shape(str(value))


def sensible(default: str) -> Any:
    """Declare a text that is health data: `repr` shows its shape."""
    return attrs.field(default=default, repr=shown_shape)
