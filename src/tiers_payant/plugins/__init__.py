"""Plugins: the door through which vendors bring their own formats, payers and codes; ours come through it too."""

from __future__ import annotations

from tiers_payant.plugins.manager import (
    build_manager,
    codes_rejets_of,
    controles_of,
    formats_of,
    modeles_of,
    operateurs_of,
    payeurs_of,
    rendus_of,
)

__all__ = [
    "build_manager",
    "codes_rejets_of",
    "controles_of",
    "formats_of",
    "modeles_of",
    "operateurs_of",
    "payeurs_of",
    "rendus_of",
]
