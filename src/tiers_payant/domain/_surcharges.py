"""Corrections that a vendor brings to the built-in layouts: texts, read at the edge, understood by the formats."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

__all__ = ["Surcharges"]


def _sorted(texts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(texts))


@attrs.frozen
class Surcharges:
    """Override files of layouts: their names and their TOML texts, sorted, so that no order of folders matters.

    What they say is proved by `tiers_payant.formats.check_surcharges`; false when there are none.
    """

    textes: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_sorted, repr=False)

    def __bool__(self) -> bool:
        return bool(self.textes)
