"""What to chase: policies, holds, a plan that anyone can read before anything is sent."""

from __future__ import annotations

from tiers_payant.dunning._planifier import Preparee, plan, preparer

__all__ = ["Preparee", "plan", "preparer"]
