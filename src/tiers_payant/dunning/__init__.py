"""What to chase: policies, holds, a plan that anyone can read before anything is sent."""

from __future__ import annotations

from tiers_payant.dunning._imputation import Dette, Imputation, PartImputee, allocate
from tiers_payant.dunning._interets import interets, mention_interets
from tiers_payant.dunning._planifier import Preparee, plan, preparer
from tiers_payant.dunning._promesses import verdicts
from tiers_payant.dunning._requalification import requalifications

__all__ = [
    "Dette",
    "Imputation",
    "PartImputee",
    "Preparee",
    "allocate",
    "interets",
    "mention_interets",
    "plan",
    "preparer",
    "requalifications",
    "verdicts",
]
