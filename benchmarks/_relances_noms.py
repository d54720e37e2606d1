"""The names that a simulated world and a result give to the same share, bank line and transfer."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

import numpy as np

from tiers_payant.domain import Creances, Part, Rapprochement, groupe_ids
from tiers_payant.simulation import Cle, Groupe, LigneBancaire, Retour

__all__ = ["groups_of", "keys_of", "lines_of"]


def keys_of(creances: Creances) -> list[Cle]:
    """Return the key of each créance, as the truth tells it."""
    rows = zip(
        creances.officine.tolist(), creances.lot_date.tolist(), creances.lot.tolist(), creances.facture.tolist(),
        creances.part.tolist(), strict=True,
    )  # fmt: skip
    return [
        Cle(officine.decode(), day, lot.decode(), facture.decode(), Part(part).name)
        for officine, day, lot, facture, part in rows
    ]


def groups_of(retours: Iterable[Retour], result: Rapprochement) -> dict[int, str]:
    """Return the identifier of each transfer in *result*, by the `id` of what it is in the world.

    Args:
        retours: The returns of the world, those that were delivered again too.
        result: A reconciliation; what it read of no return of *retours* has no name here.
    """
    tables, ids = result.tables, groupe_ids(result.tables)
    told: dict[tuple[str, str, str], Groupe] = {}
    for retour in retours:
        for groupe in retour.groupes:
            for label in (groupe.reference, ""):  # the old set gives none: its returns announce one transfer
                told[retour.fichier, label, groupe.part] = groupe
    table, files = tables.groupes, tables.retours.fichier
    rows = zip(table.retour.tolist(), table.libelle_1, table.libelle_2, table.part.tolist(), strict=True)
    found = {}
    for row, (rank, one, two, part) in enumerate(rows):
        announced = told.get((files[rank].decode(), one + two, "" if part == Part.NON_PRECISEE else Part(part).name))
        if announced is not None:
            found[id(announced)] = ids[row]
    return found


def lines_of(lignes: Iterable[LigneBancaire], result: Rapprochement) -> dict[int, LigneBancaire]:
    """Return the bank line of the world that each row of *result* tells: by day, amount and rank among its equals."""
    table = result.tables.virements
    alike: dict[tuple[dt.date, int], list[LigneBancaire]] = {}
    for line in lignes:
        alike.setdefault((line.date, line.cents), []).append(line)
    ranks: Counter[tuple[dt.date, int]] = Counter()
    found = {}
    for row in np.argsort(table.position, kind="stable").tolist():
        key = (table.date[row].item(), int(table.montant_cents[row]))
        found[row] = alike[key][ranks[key]]
        ranks[key] += 1
    return found
