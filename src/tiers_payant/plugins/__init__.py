"""Plugins: the door through which vendors bring their own formats, payers and codes; ours come through it too."""

from __future__ import annotations

from tiers_payant.plugins.manager import build_manager, codes_rejets_of, formats_of, operateurs_of, payeurs_of

__all__ = ["build_manager", "codes_rejets_of", "formats_of", "payeurs_of"]
from tiers_payant.plugins.manager import controles_of

__all__ = ["build_manager", "controles_of", "formats_of", "payeurs_of"]
__all__ = ["build_manager", "codes_rejets_of", "formats_of", "operateurs_of", "payeurs_of"]
