"""What stands twice: a share that several returns pay, a facture that two lots bill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._cles import among, mixed, row_codes, seen_again
from tiers_payant.domain._codes import Etat, Part
from tiers_payant.domain._table import Entiers

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["billed_twice", "first_billed", "paid_twice"]

Rows = npt.NDArray[np.integer]

_NOT_BILLED = (Etat.RETRANSMISE, Etat.REJETEE, Etat.LOT_REFUSE)
_SAME_CARE = ("nir", "naissance", "rang", "date_soins")


def paid_twice(result: Rapprochement) -> Entiers:
    """Return how many returns announce a payment of each créance."""
    links, length = result.liens_reponses, len(result.creances)
    paying = np.flatnonzero(links.cents > 0)
    payers = np.bincount(links.creance[paying], minlength=length).astype(np.int64)
    several = paying[payers[links.creance[paying]] > 1]
    retours = result.tables.reponses.retour[links.reponse[several]].astype(np.int64) + 1
    pairs = np.sort(links.creance[several].astype(np.int64) << 32 | retours)
    same = np.flatnonzero(pairs[1:] == pairs[:-1])  # two answers of one return count once
    np.subtract.at(payers, pairs[same] >> 32, 1)
    return payers


def billed_twice(result: Rapprochement) -> npt.NDArray[np.bool_]:
    """Tell the créances whose facture was billed before: same officine, number, insured, care date, share and amount.

    The first of them, by key, is the facture; those that follow in other lots are its doubles. A facture that was
    refused or replaced is no double, nor has it any; nor has one without an insured or a care date.
    """
    first = first_billed(result)
    found: npt.NDArray[np.bool_] = (first >= 0) & (first != np.arange(len(first)))
    return found


def first_billed(result: Rapprochement, parmi: Entiers | None = None) -> Entiers:
    """Return, for each créance that `billed_twice` compares with others like it, the first by key; -1 when alone.

    Args:
        result: A reconciliation.
        parmi: Rows of créances, increasing, beyond which no two bear one number; all of them when not given.
    """
    creances, factures = result.creances, result.tables.factures
    found = np.full(len(creances), -1, dtype=np.int64)
    rows = np.arange(len(creances)) if parmi is None else parmi
    rows = rows[(creances.facture_rang[rows] >= 0) & (creances.part[rows] != Part.ASSURE)]
    rows = rows[~np.isin(creances.etat[rows], _NOT_BILLED)]
    care = creances.facture_rang[rows]
    known = (factures.nir[care] != b"") & ~np.isnat(factures.date_soins[care])
    rows, care = rows[known], care[known]
    for columns in (_number, _columns):  # most numbers stand once: the rest is then read of few
        words = mixed(columns(result, rows, care))
        again = among(words, seen_again(words))
        rows, care = rows[again], care[again]
    if len(rows):
        rows = rows[np.lexsort((creances.lot[rows], creances.lot_date[rows]))]  # the first billed, wherever it stands
        care = creances.facture_rang[rows]
        codes = row_codes([_columns(result, rows, care)])[0]
        _, first, which = np.unique(codes, return_index=True, return_inverse=True)
        found[rows] = np.where(np.bincount(which)[which] > 1, rows[first[which]], -1)
    return found


def _number(result: Rapprochement, rows: Rows, care: Rows) -> list[npt.NDArray[Any]]:
    table = result.creances
    return [table.officine[rows], table.facture[rows], table.part[rows]]


def _columns(result: Rapprochement, rows: Rows, care: Rows) -> list[npt.NDArray[Any]]:
    table, factures = result.creances, result.tables.factures
    billed = [table.officine[rows], table.facture[rows], table.part[rows], table.du_cents[rows]]
    return [*billed, *(getattr(factures, name)[care] for name in _SAME_CARE)]
