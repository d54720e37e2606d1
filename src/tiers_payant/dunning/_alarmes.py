"""Alarms: claims that nobody can ask for any more after a day that comes near."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import Alarmes, Urgence
from tiers_payant.dunning._vue import Vue

__all__ = ["alarms_of"]


def alarms_of(vue: Vue) -> Alarmes:
    """Return the claims that are lost within the horizon of the policy, the nearest day first, then by créance."""
    horizon, dues, today = vue.policy.forclusion, vue.dues, np.datetime64(vue.today)
    rows = np.flatnonzero((vue.perdus >= today) & (vue.perdus <= today + horizon.bientot))
    rows = rows[np.argsort(vue.perdus[rows], kind="stable")]
    left = (vue.perdus[rows] - today).astype(np.int64)
    return Alarmes.of(
        len(rows),
        creance=dues.rangs[rows].astype(np.int32),
        le=vue.perdus[rows],
        jours=left,
        niveau=np.where(left <= horizon.urgent, Urgence.URGENT, Urgence.BIENTOT).astype(np.int8),
        cents=dues.reste[rows],
    )
