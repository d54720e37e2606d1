"""The library's own formats, registered through the same hooks as a vendor's."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import FormatSpec, hookimpl

__all__ = ["tiers_payant_formats"]


@hookimpl
def tiers_payant_formats() -> Iterable[FormatSpec]:
    from tiers_payant.formats import FORMATS

    return FORMATS
