"""Tables to links: ordered passes, unique both ways or refused, every cent in one bucket."""

from __future__ import annotations

from tiers_payant.matching._cascade import reconcile
from tiers_payant.matching._politique import Fenetres, MatchPolicy

__all__ = ["Fenetres", "MatchPolicy", "reconcile"]
