"""Blames whatever stands first."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import CheckSpec, Examen, Famille, Severite, hookimpl


def examine(examen: Examen) -> np.ndarray:
    return np.arange(len(examen.tables.factures))[:1]


@hookimpl
def tiers_payant_controles() -> list[CheckSpec]:
    return [
        CheckSpec(
            name="controle_du_premier", phrase="À revoir.", severite=Severite.AVERTISSEMENT,
            famille=Famille.AMC_CONTRAT, champ="amc", examine=examine, provider="mon-lgo",
        )
    ]  # fmt: skip
