"""The lists of codes that the checks judge by, which the layouts hold: given from outside, with any correction."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

__all__ = ["CodesConnus"]


def _as_bytes(codes: Iterable[str]) -> frozenset[bytes]:
    return frozenset(code.encode("ascii") for code in codes)


@attrs.frozen(kw_only=True)
class CodesConnus:
    """The codes known of each field, as B2 writes them, none longer than eight characters.

    An empty list judges nothing.
    """

    regimes: frozenset[bytes] = attrs.field(default=frozenset(), converter=_as_bytes)
    natures: frozenset[bytes] = attrs.field(default=frozenset(), converter=_as_bytes)
    """Natures of insurance."""
    exonerations: frozenset[bytes] = attrs.field(default=frozenset(), converter=_as_bytes)
    paiements: frozenset[bytes] = attrs.field(default=frozenset(), converter=_as_bytes)
    """PAYEE codes."""
    actes: frozenset[bytes] = attrs.field(default=frozenset(), converter=_as_bytes)
