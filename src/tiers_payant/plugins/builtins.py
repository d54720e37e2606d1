"""The library's own formats, registered through the same hooks as a vendor's."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import FormatSpec, hookimpl

__all__ = ["tiers_payant_formats"]


@hookimpl
def tiers_payant_formats() -> Iterable[FormatSpec]:
    """Return B2, NOÉMIE, CAMT.052, 053 and 054, CFONB 120 and 240, the map of officines and the neutral tables."""
    from tiers_payant.formats import FORMATS  # here: the readers load numpy and lxml

    return FORMATS
