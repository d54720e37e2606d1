"""The hooks a plugin may answer. A hook yields typed objects, once per run, never per row."""

from __future__ import annotations

from tiers_payant.plugins.hookspecs._formats import tiers_payant_formats
from tiers_payant.plugins.hookspecs._journal import tiers_payant_journaux
from tiers_payant.plugins.hookspecs._rapprochement import (
    tiers_payant_calendriers,
    tiers_payant_passes,
    tiers_payant_payeurs,
)
from tiers_payant.plugins.hookspecs._rejets import (
    tiers_payant_codes_rejets,
    tiers_payant_controles,
    tiers_payant_operateurs,
)
from tiers_payant.plugins.hookspecs._relances import (
    tiers_payant_annuaires,
    tiers_payant_gates,
    tiers_payant_modeles,
    tiers_payant_politiques,
    tiers_payant_rendus,
)
from tiers_payant.plugins.hookspecs._sorties import tiers_payant_exports, tiers_payant_indicateurs

__all__ = [
    "tiers_payant_annuaires",
    "tiers_payant_calendriers",
    "tiers_payant_codes_rejets",
    "tiers_payant_controles",
    "tiers_payant_exports",
    "tiers_payant_formats",
    "tiers_payant_gates",
    "tiers_payant_indicateurs",
    "tiers_payant_journaux",
    "tiers_payant_modeles",
    "tiers_payant_operateurs",
    "tiers_payant_passes",
    "tiers_payant_payeurs",
    "tiers_payant_politiques",
    "tiers_payant_rendus",
]
