"""The library's own indicators: few, each with one definition (docs/reference/indicateurs)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Bornes,
    Creances,
    Etat,
    IndicateurSpec,
    Part,
    Rapprochement,
    UniteIndicateur,
    bornes_of_payments,
    facture_codes,
)

__all__ = ["INDICATEURS"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_OLD = 90
_CLOSED = (Etat.RETRANSMISE, Etat.CREDITEE, Etat.REGLEE_COMPTOIR)
_SILENT = (Etat.NON_REPONDUE, Etat.LOT_REFUSE, Etat.RETRANSMISE, Etat.REGLEE_COMPTOIR)
_FACTS = "docs/explanation/amounts-and-states.md"


def _rest(creances: Creances) -> Ints:
    """Return what is still owed of each créance, in cents, never below zero."""
    rest: Ints = np.maximum(creances.du_cents - creances.credite_cents, 0)
    return np.where(np.isin(creances.etat, _CLOSED), 0, rest)


def _owed(result: Rapprochement, part: Part) -> int | None:
    creances = result.creances
    rows = creances.part == part
    return int(_rest(creances)[rows].sum()) if rows.any() else None


# Functions, not lambdas: what fails is told by its name in a traceback.
def _owed_amo(result: Rapprochement, today: dt.date) -> int | None:
    return _owed(result, Part.AMO)


def _owed_amc(result: Rapprochement, today: dt.date) -> int | None:
    return _owed(result, Part.AMC)


def _owed_assure(result: Rapprochement, today: dt.date) -> int | None:
    return _owed(result, Part.ASSURE)


def _owed_long(result: Rapprochement, today: dt.date) -> int | None:
    creances = result.creances
    of_insurers = creances.part != Part.ASSURE
    if not of_insurers.any():
        return None
    limit = np.datetime64(today, "D") - np.timedelta64(_OLD, "D")
    old = of_insurers & (creances.lot_date < limit)  # a day that is not told is never before another
    return int(_rest(creances)[old].sum())


def _refused(result: Rapprochement, today: dt.date) -> float | None:
    creances = result.creances
    answered = (creances.part != Part.ASSURE) & ~np.isin(creances.etat, _SILENT)
    if not answered.any():
        return None
    codes = facture_codes([creances])[0]
    refused = np.unique(codes[answered & (creances.etat == Etat.REJETEE)])
    return float(len(refused) / len(np.unique(codes[answered])))


def _days_to_pay(result: Rapprochement, today: dt.date) -> float | None:
    creances, booked = result.creances, result.tables.virements.date
    creance, cents, days = bornes_of_payments(result, Bornes.of(booked.astype(np.int64), ~np.isnat(booked)))
    sent = creances.lot_date[creance]
    sure: Mask = (days.least == days.greatest) & (cents > 0) & ~np.isnat(sent) & (creances.part[creance] != Part.ASSURE)
    if not sure.any():
        return None
    waited = days.least[sure] - sent[sure].astype(np.int64)
    return float(np.average(waited, weights=cents[sure]))


def _unexplained(result: Rapprochement, today: dt.date) -> int:
    return result.totaux.inexplique_cents


def _proposed(result: Rapprochement, today: dt.date) -> int:
    return result.totaux.propose_cents


_CENTS = UniteIndicateur.CENTS

INDICATEURS = (
    IndicateurSpec(
        name="reste_du_amo", label="Reste dû par l'AMO", unite=_CENTS, compute=_owed_amo, source=_FACTS
    ),
    IndicateurSpec(
        name="reste_du_amc", label="Reste dû par les AMC", unite=_CENTS, compute=_owed_amc, source=_FACTS
    ),
    IndicateurSpec(
        name="reste_du_assures", label="Reste dû par les assurés", unite=_CENTS, compute=_owed_assure, source=_FACTS
    ),
    IndicateurSpec(
        name="reste_du_90_jours", label=f"Reste dû par AMO et AMC, lots de plus de {_OLD} jours", unite=_CENTS,
        compute=_owed_long, source="aged balance, its usual last class",
    ),
    IndicateurSpec(
        name="factures_rejetees", label="Factures répondues, rejetées et pas refaites", unite=UniteIndicateur.PART,
        compute=_refused, source=_FACTS,
    ),
    IndicateurSpec(
        name="delai_paiement", label="Du lot au crédit en banque, en moyenne", unite=UniteIndicateur.JOURS,
        compute=_days_to_pay, source="days to pay of what was paid, weighted by cents",
    ),
    IndicateurSpec(
        name="credits_inexpliques", label="Crédits inexpliqués", unite=_CENTS, compute=_unexplained, source=_FACTS
    ),
    IndicateurSpec(
        name="credits_a_confirmer", label="Crédits à confirmer", unite=_CENTS, compute=_proposed, source=_FACTS
    ),
)  # fmt: skip
"""In the order that they are shown."""
