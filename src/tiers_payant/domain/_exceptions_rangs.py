"""What the exceptions count and in which order they stand: rivals of proposals, ranks by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import Sujet
from tiers_payant.domain._exceptions import Exceptions
from tiers_payant.domain._identites import line_contents
from tiers_payant.domain._table import Entiers
from tiers_payant.domain.tables import Tables

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["key_ranks", "marked", "most_of", "rivals_of"]

Mask = npt.NDArray[np.bool_]


def rivals_of(result: Rapprochement) -> Entiers:
    """Return, for each proposal, how many other pairs share its group or its bank line."""
    asked = result.propositions
    if not len(asked):
        return np.zeros(0, dtype=np.int64)
    return np.bincount(asked.groupe)[asked.groupe] + np.bincount(asked.virement)[asked.virement] - 2


def most_of(rows: npt.NDArray[np.int32], values: Entiers, length: int) -> Entiers:
    """Return the greatest of the *values* of each row, 0 for none."""
    most = np.zeros(length, dtype=np.int64)
    np.maximum.at(most, rows, values)
    return most


def marked(rows: npt.NDArray[np.int32], length: int) -> Mask:
    marked = np.zeros(length, dtype=np.bool_)
    marked[rows] = True
    return marked


def key_ranks(tables: Tables, found: Exceptions) -> Entiers:
    """Rank the exceptions of each kind by key, whatever the order of files; créances are sorted by key already."""
    keys = found.rang.copy()
    for sujet, names in ((Sujet.REPONSE, "reponses"), (Sujet.GROUPE, "groupes")):
        rows = np.flatnonzero(found.sujet == sujet)
        retours = getattr(tables, names).retour[found.rang[rows]]
        prints = np.append(tables.retours.empreinte, b"")[retours]  # the last entry is for rows of no return
        keys[rows[np.lexsort((found.rang[rows], prints))]] = np.arange(len(rows))
    rows = np.flatnonzero(found.sujet == Sujet.VIREMENT)
    content = line_contents(tables.virements.take(found.rang[rows]))
    keys[rows[np.array(sorted(range(len(content)), key=content.__getitem__), dtype=np.int64)]] = np.arange(len(rows))
    return keys
