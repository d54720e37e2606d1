"""Looks at the first facture of lots that have none."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import CheckSpec, Examen, Famille, Severite, hookimpl


def examine(examen: Examen) -> np.ndarray:
    assert examen.tables.factures.amc[0] is not None
    return np.arange(0)


@hookimpl
def tiers_payant_controles() -> list[CheckSpec]:
    return [
        CheckSpec(
            name="controle_qui_leve", phrase="À revoir.", severite=Severite.AVERTISSEMENT,
            famille=Famille.AMC_CONTRAT, champ="amc", examine=examine, provider="mon-lgo",
        )
    ]  # fmt: skip
