"""Rejects: why a share was refused, what to do about it, by when, and how not to be refused again."""

from __future__ import annotations

from tiers_payant.rejets._delais import deadlines
from tiers_payant.rejets._penalites import penalites

__all__ = ["deadlines", "penalites"]
