"""What a plan of dunning adds up to: by channel, by reason."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Canal, PlanRelances, Raison

__all__ = ["Compte", "par_canal", "par_raison", "sautes", "total"]

Rows = npt.NDArray[np.int64]


@attrs.frozen(kw_only=True)
class Compte:
    """Some contacts, added up; cents."""

    contacts: int
    creances: int
    cents: int
    """Claimed, interest and indemnity included."""
    cout_cents: int
    gain_cents: int
    """Hoped for, the cost taken off."""


def total(plan: PlanRelances) -> Compte:
    """Add up every contact."""
    return _compte(plan, np.ones(len(plan), dtype=np.bool_))


def par_canal(plan: PlanRelances) -> list[tuple[Canal, Compte]]:
    """Add up the contacts of each channel that has some, in the order of `Canal`."""
    canaux = plan.relances.canal
    return [(canal, _compte(plan, canaux == canal.value.encode())) for canal in Canal if canal.value.encode() in canaux]


def _compte(plan: PlanRelances, rows: npt.NDArray[np.bool_]) -> Compte:
    table = plan.relances
    columns = ("cents", "interets_cents", "indemnite_cents")
    return Compte(
        contacts=int(rows.sum()),
        creances=int(table.creances[rows].sum()),
        cents=sum(int(getattr(table, name)[rows].sum()) for name in columns),
        cout_cents=int(table.cout_cents[rows].sum()),
        gain_cents=int(table.gain_cents[rows].sum()),
    )


def par_raison(plan: PlanRelances) -> list[tuple[Raison, int, int]]:
    """Return, of the claims that no contact is about, how many each reason leaves alone, and their cents.

    A claim counts once, with the reason that ended the search; the most cents first, then in the order of `Raison`.
    """
    last = _last_steps(plan)
    alone = ~np.isin(plan.ecarts.creance[last], plan.creances.creance)
    return _by_reason(plan, last[alone])


def sautes(plan: PlanRelances) -> list[tuple[Raison, int, int]]:
    """Return how many steps each reason skips on the way to another step, and the cents of their claims."""
    last = _last_steps(plan)
    ended = last[~np.isin(plan.ecarts.creance[last], plan.creances.creance)]
    return _by_reason(plan, np.setdiff1d(np.arange(len(plan.ecarts)), ended))


def _last_steps(plan: PlanRelances) -> Rows:
    """Return the row of the last step told of each claim: rows are sorted by claim, then step."""
    owners = plan.ecarts.creance
    return np.flatnonzero(np.append(owners[1:] != owners[:-1], True)) if len(owners) else np.empty(0, dtype=np.int64)


def _by_reason(plan: PlanRelances, rows: Rows) -> list[tuple[Raison, int, int]]:
    codes, cents = plan.ecarts.raison[rows], plan.ecarts.cents[rows]
    found = [
        (Raison(int(code)), int((codes == code).sum()), int(cents[codes == code].sum())) for code in np.unique(codes)
    ]
    return sorted(found, key=lambda one: (-one[2], one[0]))
