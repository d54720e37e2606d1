"""Prints the numbers that it sees."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import CheckSpec, Examen, Famille, Severite, hookimpl


def examine(examen: Examen) -> np.ndarray:
    print(examen.tables.factures.nir.tolist())  # noqa: T201
    return np.arange(0)


@hookimpl
def tiers_payant_controles() -> list[CheckSpec]:
    return [
        CheckSpec(
            name="controle_bavard", phrase="À revoir.", severite=Severite.AVERTISSEMENT,
            famille=Famille.AMC_CONTRAT, champ="amc", examine=examine, provider="mon-lgo",
        )
    ]  # fmt: skip
