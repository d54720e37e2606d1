"""What somebody should look at beside a plan: rows that aim at nothing, broken promises, files not read in full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from tiers_payant.domain import Constats, Echanges, Echeancier, Promesse, Rapprochement, Suspension, Tenue
from tiers_payant.dunning._cibles import Visee, claims_of
from tiers_payant.dunning._fichiers import doubtful_files
from tiers_payant.dunning._promesses import verdicts

__all__ = ["constats_of"]


def constats_of(
    result: Rapprochement,
    *,
    today: dt.date,
    suspensions: Sequence[Suspension] = (),
    promesses: Sequence[Promesse] = (),
    echeanciers: Sequence[Echeancier] = (),
    echanges: Echanges | None = None,
) -> Constats:
    """Return what is told beside the plan of *today*, which was made from the same arguments."""
    held: list[Tenue] = [*suspensions, *promesses, *echeanciers]
    return Constats(
        engagements=verdicts(result, promesses, echeanciers, today),
        sans_objet=_aimless(result, [one for one in held if _last_day(one) >= today]),
        fichiers_douteux=tuple(sorted(doubtful_files(result.problems))),
        deja=0 if echanges is None else _reminded(echanges, today),
    )


def _aimless(result: Rapprochement, held: Sequence[Tenue]) -> tuple[Tenue, ...]:
    """Return those that name no claim at all, whatever its state: a reference is misspelt, or not read."""
    ranks, _ = claims_of(result, [Visee(cible=one.cible) for one in held])
    found = set(ranks.tolist())
    return tuple(one for rank, one in enumerate(held) if rank not in found)


def _last_day(one: Tenue) -> dt.date:
    """Return the last day on which it may hold anything: what a row of the past aims at matters no more."""
    if isinstance(one, Suspension):
        return one.au or dt.date.max
    return one.le if isinstance(one, Promesse) else one.mensualites[-1].le


def _reminded(echanges: Echanges, today: dt.date) -> int:
    rows = echanges.take(echanges.le == np.datetime64(today, "D"))
    columns = (rows.officine, rows.lot_date, rows.lot, rows.facture, rows.part)
    return len(set(zip(*(column.tolist() for column in columns), strict=True)))
