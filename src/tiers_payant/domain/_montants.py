"""Sums of cents by group and by bank line, in integers: floats would lose cents beyond 2**53."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._table import Entiers
from tiers_payant.domain.tables import Tables

__all__ = ["gross_of_groups", "net_of_groups", "summed"]


def summed(rows: npt.NDArray[np.integer], cents: Entiers, length: int) -> Entiers:
    """Return, for each of *length* rows, the *cents* that point to it; those that point to -1 go nowhere."""
    total = np.zeros(length, dtype=np.int64)
    inside = rows >= 0
    if inside.all():
        np.add.at(total, rows, cents)
    else:
        np.add.at(total, rows[inside], cents[inside])
    return total


def gross_of_groups(tables: Tables) -> Entiers:
    """Return what each announced group pays for factures, movements left out."""
    return summed(tables.reponses.groupe, tables.reponses.annonce_cents, len(tables.groupes))


def net_of_groups(tables: Tables) -> Entiers:
    """Return what each announced group should credit: its announced lines and its signed movements."""
    moved = summed(tables.mouvements.groupe, tables.mouvements.montant_cents, len(tables.groupes))
    return gross_of_groups(tables) + moved
