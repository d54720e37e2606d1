"""What a law that does not hold says: which law, in which table, at which rows, under which identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import attrs

from tiers_payant.domain._donnees import read_builtin

__all__ = ["Infraction", "lois"]

_TOLD = 5
"""Most rows that a message names."""


@cache
def lois() -> Mapping[str, str]:
    """Return what each law forbids, in English, by its stable name."""
    return read_builtin("lois.toml")


@attrs.frozen(kw_only=True)
class Infraction:
    """One law that does not hold: where, and by how many cents. It holds no value that may be health data."""

    loi: str
    """Stable name, in `lois.toml`."""
    table: str
    """Where the rows stand: a table of the facts or of the result."""
    rangs: tuple[int, ...]
    """Every row that breaks it, increasing."""
    identifiants: tuple[str, ...]
    """Names of the first of these rows, as `explain` takes them."""
    ecart_cents: int = 0
    """By how much the first one is wrong; 0 when it is no matter of amount."""
    detail: str = ""
    """Which total, or which rule of the state."""

    def __str__(self) -> str:
        where = f"{self.table} {', '.join(map(str, self.rangs[:_TOLD]))}"
        where += f" and {len(self.rangs) - _TOLD} more" if len(self.rangs) > _TOLD else ""
        names = f" ({', '.join(self.identifiants)})" if self.identifiants else ""
        apart = f": {self.ecart_cents} cents apart" if self.ecart_cents else ""
        detail = f", {self.detail}" if self.detail else ""
        return f"{self.loi}: {lois()[self.loi]}{detail}: {where}{names}{apart}"
