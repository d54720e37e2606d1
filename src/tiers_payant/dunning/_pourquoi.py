"""Why a contact is made, in one French sentence, without any name or number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np

from tiers_payant.domain import (
    RelancePolicy,
    Relances,
    RelancesCreances,
    TypeDebiteur,
    counted,
    format_cents,
    insecable,
)

__all__ = ["why"]


def why(relances: Relances, members: RelancesCreances, policy: RelancePolicy) -> Callable[[int], str]:
    """Return what says why the contact of a row is made."""

    def said(row: int) -> str:
        told = relances.row(row)
        scenario = policy.scenario(TypeDebiteur(told["type"]))
        if scenario is None:
            return ""
        palier = scenario.palier(told["palier"])
        claim = np.flatnonzero((members.relance == row) & (members.creance == told["porteuse"]))[0]
        echeance, late = members.echeance[claim].item(), int(members.retard[claim])
        return insecable(
            f"{palier.libelle} (palier {told['niveau']} sur {len(scenario.paliers)}) : "
            f"{_due(echeance, late)}, {_before(told['precedent'])} ; {_seen(members, row)}"
            f"{counted(told['creances'], 'créance')} pour {format_cents(told['cents'])}, "
            f"gain attendu {format_cents(told['gain_cents'])} une fois déduit un coût de "
            f"{format_cents(told['cout_cents'])}."
        )

    return said


def _due(echeance: dt.date, late: int) -> str:
    if late > 0:
        return f"échéance du {echeance:%d/%m/%Y} dépassée de {counted(late, 'jour')}"
    return f"échéance le {echeance:%d/%m/%Y}"


def _seen(members: RelancesCreances, row: int) -> str:
    """Return what says that a person lifted what held claims of a contact, and when last; nothing when nobody did."""
    days = members.verifiee[members.relance == row]
    days = days[~np.isnat(days)]
    return f"vérifié le {days.max().item():%d/%m/%Y} pour {counted(len(days), 'créance')} ; " if len(days) else ""


def _before(precedent: dt.date | None) -> str:
    return "premier contact" if precedent is None else f"dernier contact le {precedent:%d/%m/%Y}"
