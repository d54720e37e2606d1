"""Chains: a refused share that was billed again under another facture number is one claim, not two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Creances, Part, Tables, mixed
from tiers_payant.matching._candidats import Edges, equal_in_window, unique_both_ways

__all__ = ["retransmissions"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SAME_CARE = ("officine", "nir", "naissance", "rang", "date_soins")
_LATEST = 1 << 30


def retransmissions(tables: Tables, creances: Creances, refused: Mask, refused_on: Rows, announced: Rows) -> Edges:
    """Pair each refused créance with the one that bills the same share again.

    The same officine, beneficiary, care date, share and amount, in another lot dated not before the refusal; unique
    both ways. A facture that also bills again the other share, which an answer announces for the old one, is another
    sale of that day, or a double: it replaces nothing.

    Args:
        tables: The facts.
        creances: The créances.
        refused: Those whose latest answer is a reject, or whose lot is refused.
        refused_on: Day of that refusal, from 1970.
        announced: What answers announce for each créance, cents.
    """
    rows = np.flatnonzero((creances.facture_rang >= 0) & (creances.part != Part.ASSURE))
    sieve = _sieve(tables, creances, rows)
    left = refused[rows]
    right = np.isin(sieve, sieve[left])
    old, new = rows[left], rows[right]
    sent_on = creances.lot_date.astype(np.int64)
    found = equal_in_window(
        sieve[left].view(np.int64), refused_on[old], sieve[right].view(np.int64), sent_on[new], before=0, after=_LATEST
    )
    edges = found.edges  # of a crowd of equal shares, none is unique
    pairs = Edges(old[edges.left], new[edges.right])
    pairs = pairs.where(_same(tables, creances, pairs) & (pairs.left != pairs.right))
    pairs = pairs.where(unique_both_ways(pairs))
    return pairs.where(~_other_sale(creances, pairs, announced > 0, len(tables.factures)))


def _other_sale(creances: Creances, pairs: Edges, accepted: Mask, factures: int) -> Mask:
    """Say of each pair whether the new facture bills the other share too, though that of the old one was accepted."""
    billed = np.zeros((factures, len(Part)), dtype=np.bool_)
    told = billed.copy()
    rows = np.flatnonzero(creances.facture_rang >= 0)
    billed[creances.facture_rang[rows], creances.part[rows]] = True
    rows = rows[accepted[rows]]
    told[creances.facture_rang[rows], creances.part[rows]] = True
    other = np.where(creances.part[pairs.left] == Part.AMO, Part.AMC, Part.AMO)
    found: Mask = told[creances.facture_rang[pairs.left], other] & billed[creances.facture_rang[pairs.right], other]
    return found


def _sieve(tables: Tables, creances: Creances, rows: Rows) -> npt.NDArray[np.uint64]:
    factures = creances.facture_rang[rows]
    care = [getattr(tables.factures, name)[factures] for name in _SAME_CARE]
    return mixed([*care, creances.part[rows], creances.du_cents[rows]])


def _same(tables: Tables, creances: Creances, pairs: Edges) -> Mask:
    """Compare in full what the sieve let through; without an insured or a care date nothing is the same."""
    left, right = creances.facture_rang[pairs.left], creances.facture_rang[pairs.right]
    factures = tables.factures
    same: Mask = (factures.nir[left] != b"") & ~np.isnat(factures.date_soins[left])
    for name in _SAME_CARE:
        column = getattr(factures, name)
        same &= column[left] == column[right]
    same &= creances.part[pairs.left] == creances.part[pairs.right]
    same &= creances.du_cents[pairs.left] == creances.du_cents[pairs.right]
    return same & (creances.lot_date[pairs.right] > creances.lot_date[pairs.left])
