"""What becomes of a hook when a plugin fails it; docs/adr/0017 says why, hook by hook."""

from __future__ import annotations

__all__ = ["FERMES", "SANS_RETOUR"]

FERMES = frozenset(
    {
        "tiers_payant_annuaires",
        "tiers_payant_codes_rejets",
        "tiers_payant_controles",
        "tiers_payant_gates",
        "tiers_payant_journaux",
        "tiers_payant_modeles",
        "tiers_payant_operateurs",
        "tiers_payant_passes",
        "tiers_payant_payeurs",
        "tiers_payant_politiques",
        "tiers_payant_rendus",
    }
)
"""Hooks that fail closed: what a plugin would have said there corrects, or holds back, what the library would do
without it. One that fails, or that answers them and could not be loaded, is an error. Of any other hook, what the
plugin gave is set aside, and the work goes on."""

SANS_RETOUR = frozenset({"tiers_payant_controles", "tiers_payant_gates"})
"""Of those, the hooks that stand before something leaves the house, a lot or a letter: a plugin that could not even be
imported, of which nobody knows what it answers, is an error there too."""
