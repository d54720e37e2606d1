"""The key of a créance, as the truth tells it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from ._monde import Vente

__all__ = ["Cle", "cle_of"]


class Cle(NamedTuple):
    """Which créance: a share of a facture of a lot of an officine."""

    officine: str
    lot_date: dt.date
    lot: str
    facture: str
    part: str


def cle_of(vente: Vente, part: str) -> Cle:
    """Return the key of a share of a facture that was sent."""
    if vente.lot is None:
        raise ValueError("a facture that was never sent has no key")
    return Cle(vente.officine.numero, vente.lot.date, vente.lot.numero, vente.numero, part)
