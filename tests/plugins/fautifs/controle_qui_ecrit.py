"""Corrects what it examines."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import CheckSpec, Examen, Famille, Severite, hookimpl


def examine(examen: Examen) -> np.ndarray:
    column = examen.tables.factures.total_cents
    owner = column if column.base is None else column.base
    owner.flags.writeable = True
    owner[:] = 1
    return np.flatnonzero(column < 0)


@hookimpl
def tiers_payant_controles() -> list[CheckSpec]:
    return [
        CheckSpec(
            name="controle_qui_ecrit", phrase="À revoir.", severite=Severite.AVERTISSEMENT,
            famille=Famille.AMC_CONTRAT, champ="amc", examine=examine, provider="mon-lgo",
        )
    ]  # fmt: skip
