"""Pairs that only an amount decides, while another share that nobody answered has that amount: chance may make them."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import row_codes
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._passes import Contexte

__all__ = ["by_chance"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def by_chance(contexte: Contexte, edges: Edges, net: Rows, classes: Rows | None = None) -> Mask:
    """Say of each pair whether its bank line may as well pay one share that no return told of.

    A return may be lost, and its transfer come all the same; and a transfer that is announced may never come. When
    both have one amount, the credit of the one is taken for that of the other. Amounts of several factures hardly ever
    coincide; the price of one is that of many.

    Args:
        contexte: What a pass may look at.
        edges: Pairs of a group and a bank line of its net, told by nothing but their amount.
        net: What each group should credit, cents.
        classes: When given, the class of each pair, from 1: any group of a class may be paid by any of its lines.
    """
    groups, lines, waiting = contexte.tables.groupes, contexte.tables.virements, contexte.sans_reponse
    rows = np.flatnonzero(np.isin(waiting.du_cents, net[edges.left]))
    days: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    billed = waiting.lot_date[rows].astype(np.int64)
    # Codes, not texts: `7` and `007` are one officine.
    officines, own = row_codes([(waiting.officine[rows],), (groups.officine[edges.left],)])
    for officine, cents, day in zip(officines.tolist(), waiting.du_cents[rows].tolist(), billed.tolist(), strict=True):
        days[officine, cents].append(day)
    booked = lines.date[edges.right].astype(np.int64)
    oldest = booked - contexte.banque.delais.horizon[edges.right]
    if classes is not None and len(classes):
        oldest, booked = _widened(oldest, booked, classes)
    pairs = zip(own.tolist(), net[edges.left].tolist(), oldest.tolist(), booked.tolist(), strict=True)
    found = [
        any(first <= day <= last for day in days.get((officine, cents), ())) for officine, cents, first, last in pairs
    ]
    return np.array(found, dtype=np.bool_)


def _widened(oldest: Rows, booked: Rows, classes: Rows) -> tuple[Rows, Rows]:
    """Return the days of each pair as those of its whole class."""
    size = int(classes.max()) + 1
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, np.iinfo(np.int64).min)
    np.minimum.at(first, classes, oldest)
    np.maximum.at(last, classes, booked)
    return first[classes], last[classes]
