"""Answers for the claims that it knows, not for each."""

from __future__ import annotations

import datetime as dt

import numpy as np

from tiers_payant.domain import GateSpec, Raison, Rapprochement, hookimpl


def hold(result: Rapprochement, today: dt.date) -> np.ndarray:
    return np.zeros(len(result.creances) + 1, dtype=np.bool_)


@hookimpl
def tiers_payant_gates() -> list[GateSpec]:
    return [GateSpec(name="gate-courte", raison=Raison.SUSPENDUE, label="Exemple", hold=hold, provider="mon-lgo")]
