"""Rejects: why a share was refused, what to do about it, by when, and how not to be refused again."""

from __future__ import annotations

from tiers_payant.rejets._actions import plan
from tiers_payant.rejets._audit import audit
from tiers_payant.rejets._delais import deadlines
from tiers_payant.rejets._operateurs import read_operateurs
from tiers_payant.rejets._statistiques import AXES, statistics

__all__ = ["AXES", "audit", "deadlines", "plan", "read_operateurs", "statistics"]
