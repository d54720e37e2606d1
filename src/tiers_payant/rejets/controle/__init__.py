"""Checks before sending: what usually comes back refused, found before télétransmission.

Each check is a `CheckSpec`; a plugin adds its own through `tiers_payant_controles`.
"""

from __future__ import annotations

from tiers_payant.domain import CheckSpec
from tiers_payant.rejets.controle import (
    _assurance,
    _assure,
    _dates,
    _doublons,
    _lignes,
    _montants,
    _payeur,
    _prescripteur,
)
from tiers_payant.rejets.controle._codes import CodesConnus
from tiers_payant.rejets.controle._examine import check_names, examine
from tiers_payant.rejets.controle._montants import devis
from tiers_payant.rejets.controle._prescripteur import prescription_ancienne
from tiers_payant.rejets.controle._prevention import prevention

__all__ = [
    "CodesConnus",
    "check_names",
    "controles",
    "devis",
    "examine",
    "prescription_ancienne",
    "prevention",
]


def controles(codes: CodesConnus) -> tuple[CheckSpec, ...]:
    """Return the library's own checks, in the order in which a facture is read; codes are judged by *codes*."""
    return (
        *_assure.CONTROLES,
        *_prescripteur.CONTROLES,
        *_payeur.controles(codes),
        *_assurance.controles(codes),
        *_lignes.controles(codes),
        *_montants.CONTROLES,
        *_dates.CONTROLES,
        *_doublons.CONTROLES,
    )
