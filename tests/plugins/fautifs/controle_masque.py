"""Gives a mask instead of rows."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import CheckSpec, Examen, Famille, Severite, hookimpl


def examine(examen: Examen) -> np.ndarray:
    mask: np.ndarray = examen.tables.factures.amc == b""
    return mask


@hookimpl
def tiers_payant_controles() -> list[CheckSpec]:
    return [
        CheckSpec(
            name="controle_masque", phrase="À revoir.", severite=Severite.AVERTISSEMENT,
            famille=Famille.AMC_CONTRAT, champ="amc", examine=examine, provider="mon-lgo",
        )
    ]  # fmt: skip
