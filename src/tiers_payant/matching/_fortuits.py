"""Pairs whose amount alone would decide, while it is the price of something else too: chance may have made them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import announced
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._passes import Contexte

__all__ = ["by_chance"]

Mask = npt.NDArray[np.bool_]


def by_chance(contexte: Contexte, edges: Edges, net: npt.NDArray[np.int64]) -> Mask:
    """Say of each pair whether its bank line shows a label cut before its number, and its amount is a common price.

    A platform pays several transfers a day. Where the bank cut the number that tells them apart, only the amount does;
    and a transfer of one facture has the amount of a price, which the transfer of another day, another person or a
    return that was lost has too.

    Args:
        contexte: What a pass may look at.
        edges: Pairs of a group and a bank line.
        net: What each group should credit, cents.
    """
    cut = _cut(contexte, edges)
    if not cut.any():
        return cut
    groups, factures = contexte.tables.groupes, contexte.tables.factures
    wanted = np.unique(net[edges.left[cut]])
    shares: Counter[tuple[bytes, int]] = Counter()
    for cents in (factures.part_amo_cents, factures.part_amc_cents):
        rows = np.isin(cents, wanted)
        shares.update(zip(factures.officine[rows].tolist(), cents[rows].tolist(), strict=True))
    found = cut.copy()
    found[cut] = [
        shares[officine, cents] > 1
        for officine, cents in zip(
            groups.officine[edges.left[cut]].tolist(), net[edges.left[cut]].tolist(), strict=True
        )
    ]
    return found


def _cut(contexte: Contexte, edges: Edges) -> Mask:
    """Say of each pair whether both have a dated block, and the line does not hold the whole label."""
    groups, texts = contexte.tables.groupes, contexte.banque.textes
    found = np.zeros(len(edges), dtype=np.bool_)
    for place, (group, line) in enumerate(zip(edges.left.tolist(), edges.right.tolist(), strict=True)):
        text = texts[line]
        if text.blocs and "TP" in (first := groups.libelle_1[group]).upper():
            found[place] = not text.holds_whole(announced(first, groups.libelle_2[group]))
    return found
