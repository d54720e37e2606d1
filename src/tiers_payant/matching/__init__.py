"""Tables to links: ordered passes, unique both ways or refused, every cent in one bucket."""

from __future__ import annotations

from tiers_payant.matching._cascade import reconcile
from tiers_payant.matching._fusion import merge
from tiers_payant.matching._partition import Partie, split
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._suivi import Suivi, suivre

__all__ = ["MatchPolicy", "Partie", "Suivi", "merge", "reconcile", "split", "suivre"]
