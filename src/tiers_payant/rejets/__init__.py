"""Rejects: why a share was refused, what to do about it, by when, and how not to be refused again."""

from __future__ import annotations

from tiers_payant.rejets.controle import (
    CodesConnus,
    check_names,
    controles,
    devis,
    examine,
    prescription_ancienne,
    prevention,
)

__all__ = [
    "CodesConnus",
    "check_names",
    "controles",
    "devis",
    "examine",
    "prescription_ancienne",
    "prevention",
]
