"""What a plan becomes once carried out: contacts made, added to the history, each once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Echanges, PlanRelances, Rapprochement

__all__ = ["echanges_of", "join_echanges", "nouvelles"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def echanges_of(plan: PlanRelances, result: Rapprochement) -> Echanges:
    """Return the contacts of *plan* as history, one row a claim.

    Args:
        plan: Whom to remind; its rows point to the claims of *result*.
        result: The reconciliation that the plan was made from.
    """
    contacts, lines = plan.relances, plan.creances
    owner, claims = lines.relance, result.creances.take(lines.creance)
    summons = {
        (scenario.debiteur.value, palier.code): palier.mise_en_demeure
        for scenario in plan.policy.scenarios
        for palier in scenario.paliers
    }
    formal = [
        summons[genre.decode(), code.decode()]
        for genre, code in zip(contacts.type.tolist(), contacts.palier.tolist(), strict=True)
    ]
    told = Echanges.of(
        len(lines),
        relance=contacts.id[owner],
        le=np.full(len(lines), np.datetime64(plan.today, "D")),
        officine=contacts.officine[owner],
        debiteur=contacts.debiteur[owner],
        type=contacts.type[owner],
        palier=contacts.palier[owner],
        canal=contacts.canal[owner],
        mise_en_demeure=np.array(formal, dtype=np.bool_)[owner],
        lot_date=claims.lot_date,
        lot=claims.lot,
        facture=claims.facture,
        part=claims.part,
        cents=lines.cents,
        verifiee=lines.verifiee,
        politique=np.full(len(lines), plan.policy.nom, dtype=object),
    )
    return join_echanges(told)


def nouvelles(plan: PlanRelances, echanges: Echanges) -> Mask:
    """Tell which contacts of *plan* the history does not hold: neither their id, nor that debtor and step that day."""
    same_day = echanges.take(echanges.le == np.datetime64(plan.today, "D"))
    ids = set(echanges.relance.tolist())
    steps = set(zip(*(getattr(same_day, name).tolist() for name in _STEP), strict=True))
    contacts = plan.relances
    asked = zip(contacts.id.tolist(), *(getattr(contacts, name).tolist() for name in _STEP), strict=True)
    new: Mask = np.array([one[0] not in ids and one[1:] not in steps for one in asked], dtype=np.bool_)
    return new


_STEP = ("officine", "debiteur", "palier")


def join_echanges(*parts: Echanges) -> Echanges:
    """Return several histories as one: by day, then id, then key of the claim; a row told twice counts once."""
    whole = Echanges.concat(parts)
    if not len(whole):
        return whole
    order = np.lexsort((whole.part, whole.facture, whole.lot, _days(whole.lot_date), whole.relance, _days(whole.le)))
    rows = whole.take(order)
    keys = [rows.le, rows.relance, rows.lot_date, rows.lot, rows.facture, rows.part]
    first = np.ones(len(rows), dtype=np.bool_)
    first[1:] = np.any([_differ(column) for column in keys], axis=0)
    return rows.take(first)


def _days(column: npt.NDArray[np.datetime64]) -> Rows:
    return column.astype(np.int64)


def _differ(column: npt.NDArray[np.generic]) -> Mask:
    values = column.astype(np.int64) if column.dtype.kind == "M" else column
    differs: Mask = np.asarray(values[1:] != values[:-1], dtype=np.bool_)
    return differs
