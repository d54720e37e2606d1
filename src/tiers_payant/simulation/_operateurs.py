"""Who sells: a few invented pseudonyms in each officine, some more careful than others."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from typing import BinaryIO

from ._monde import Monde, Officine, Operateur

__all__ = ["draw_operateur", "make_operateurs", "write_operateurs"]

_LETTRES = "ABCDE"
_FAUTES = (0.4, 0.8, 1.0, 1.6, 3.0)
"""How many times more faults than the mean of careful and careless ones: choices."""


def make_operateurs(rng: random.Random, officine: Officine) -> tuple[Operateur, ...]:
    """Return the three to five who sell in *officine*."""
    rates = rng.sample(_FAUTES, rng.randrange(3, 6))
    return tuple(
        Operateur(nom=f"OP-{officine.numero[-4:-1]}-{letter}", part=rng.uniform(0.5, 1.5), fautes=rate)
        for letter, rate in zip(_LETTRES, rates, strict=False)
    )


def draw_operateur(rng: random.Random, operateurs: Sequence[Operateur], *, fautif: bool) -> str:
    """Draw who sold a facture, knowing whether it bears a fault of the counter."""
    weights = [each.part * (each.fautes if fautif else 1.0) for each in operateurs]
    return rng.choices(operateurs, weights)[0].nom


def write_operateurs(world: Monde, out: BinaryIO) -> None:
    """Write who sold each facture sent: CSV in UTF-8, columns `officine;lot_date;lot;facture;operateur`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(("officine", "lot_date", "lot", "facture", "operateur"))
    for lot in world.lots:
        for vente in lot.ventes:
            writer.writerow((lot.officine.numero, lot.date.isoformat(), lot.numero, vente.numero, vente.operateur))
    out.write(text.getvalue().encode())
