"""The library's own formats, payers and reject codes, registered through the same hooks as a vendor's."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import CodeRejet, FormatSpec, Payeur, hookimpl, load_payeurs

__all__ = ["tiers_payant_codes_rejets", "tiers_payant_formats", "tiers_payant_payeurs"]


@hookimpl
def tiers_payant_formats() -> Iterable[FormatSpec]:
    """Return B2, NOÉMIE, CAMT.052, 053 and 054, CFONB 120 and 240, the map of officines and the neutral tables."""
    from tiers_payant.formats import FORMATS  # here: the readers load numpy and lxml

    return FORMATS


@hookimpl
def tiers_payant_payeurs() -> Iterable[Payeur]:
    """Return the payers of `domain/data/payeurs.toml`."""
    return load_payeurs().payeurs


@hookimpl
def tiers_payant_codes_rejets() -> Iterable[CodeRejet]:
    """Return the public codes of `rejets/data/codes.csv`."""
    from tiers_payant.rejets import load_codes  # here: most runs classify nothing

    return load_codes().lignes
