"""Facts that rules are put to, the same every time; everybody in them is invented, and bears the canaries."""

from __future__ import annotations

from functools import cache
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, given, settings

from tiers_payant.domain import Book, Tables
from tiers_payant.plugins.conformance._cases import CANARIES
from tiers_payant.plugins.conformance.strategies import lots_and_factures

__all__ = ["books", "lots", "turned"]

_DRAWN = 25
_OFFICINE = "999000019"


@cache
def lots() -> tuple[Tables, ...]:
    """Return lots of any kind: the first are empty."""
    found: list[Tables] = []

    @settings(
        derandomize=True, database=None, max_examples=_DRAWN, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(lots_and_factures())
    def keep(tables: Tables) -> None:
        found.append(_marked(tables))

    keep()
    return (Tables(), *found)


@cache
def books() -> tuple[Book, ...]:
    """Return the same lots, and what was billed, announced and paid: nothing, some of it, two ways."""
    paid = [_announced(groups, lines) for groups, lines in ((1, 1), (3, 2), (2, 4), (5, 0))]
    return (*(Book(tables=tables) for tables in lots()[:6]), *paid)


def turned(tables: Tables, order: npt.NDArray[np.int64]) -> Tables:
    """Return the same facts, their factures in another order."""
    places = np.argsort(order).astype(np.int32)
    return attrs.evolve(
        tables,
        factures=tables.factures.take(order),
        lignes=tables.lignes.with_columns(facture_rang=places[tables.lignes.facture_rang]),
    )


def _marked(tables: Tables) -> Tables:
    factures, headers = tables.factures, tables.lots
    return attrs.evolve(
        tables,
        factures=factures.with_columns(nir=[CANARIES["nir"]] * len(factures)),
        lots=headers.with_columns(nom_officine=[CANARIES["nom"].decode()] * len(headers)),
    )


def _announced(groups: int, lines: int) -> Book:
    """Return factures of 10 EUR, each announced by a group of its own, and bank lines of 10 EUR."""
    numbers = [f"{rank:09d}" for rank in range(groups)]
    columns: dict[str, dict[str, Any]] = {
        "factures": {
            "officine": [_OFFICINE] * groups, "lot_date": ["2026-01-05"] * groups, "lot": ["001"] * groups,
            "facture": numbers, "paiement": ["05"] * groups, "part_amo_cents": [1000] * groups,
            "nir": [CANARIES["nir"]] * groups,
        },
        "retours": {"emetteur_type": ["CP"], "empreinte": ["exemple"]},
        "groupes": {
            "officine": [_OFFICINE] * groups, "date": ["2026-01-08"] * groups, "libelle_1": [""] * groups,
            "retour": [0] * groups,
        },
        "reponses": {
            "officine": [_OFFICINE] * groups, "lot_date": ["2026-01-05"] * groups, "lot": ["001"] * groups,
            "facture": numbers, "part": [1] * groups, "reponse": [1] * groups, "annonce_cents": [1000] * groups,
            "groupe": list(range(groups)), "retour": [0] * groups,
        },
        "virements": {
            "compte": ["A"] * lines, "date": ["2026-01-09"] * lines, "montant_cents": [1000] * lines,
            "libelle": [f"CPAM DE VILLE-EXEMPLE {CANARIES['texte'].decode()} {rank}" for rank in range(lines)],
            "devise": ["EUR"] * lines,
        },
    }  # fmt: skip
    return Book.from_columns(columns)
