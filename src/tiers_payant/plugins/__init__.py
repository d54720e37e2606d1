"""Plugins: the door through which vendors bring their own formats, payers and codes; ours come through it too."""

from __future__ import annotations

from tiers_payant.plugins._api import API
from tiers_payant.plugins._claims import Verdict
from tiers_payant.plugins._consultation import Refus, consult
from tiers_payant.plugins._gestion import PluginManager
from tiers_payant.plugins._greffons import Code, Greffon, Origine, Quarantaine
from tiers_payant.plugins._nouveau import Kind, new_package
from tiers_payant.plugins._rapprochement import Passes, calendriers_of, passes_of
from tiers_payant.plugins._sorties import exports_of, indicateurs_of, journaux_of
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
from tiers_payant.plugins.relances import annuaire_of, gates_of, politiques_of

__all__ = [
    "API",
    "Code",
    "Greffon",
    "Kind",
    "Origine",
    "Passes",
    "PluginManager",
    "Quarantaine",
    "Refus",
    "Verdict",
    "annuaire_of",
    "build_manager",
    "calendriers_of",
    "codes_rejets_of",
    "consult",
    "controles_of",
    "exports_of",
    "formats_of",
    "gates_of",
    "indicateurs_of",
    "journaux_of",
    "modeles_of",
    "new_package",
    "operateurs_of",
    "passes_of",
    "payeurs_of",
    "politiques_of",
    "rendus_of",
]
