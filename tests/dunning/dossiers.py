"""Small books for what a person's word, a receipt or another facture says: every fact given by the test."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tiers_payant.domain import Book, Cible, Rapprochement
from tiers_payant.matching import reconcile

OFFICINE = "999000019"
CAISSE = "AMO:01-999-0000"
NIR = "1990199999001"
"""Department 99, commune 999: no such birthplace."""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def facture(number: int, **row: Any) -> dict[str, Any]:
    """A facture of 30 EUR of 2 March 2026, of which the AMO owes 20."""
    return {
        "officine": OFFICINE, "lot_date": "2026-03-02", "lot": "001", "facture": f"{number:09d}",
        "date_facture": "2026-03-02", "date_soins": "2026-03-02", "regime": "01", "caisse": "999", "centre": "0000",
        "amc": "", "contrat": "", "paiement": "05", "nature_assurance": "10", "exoneration": "0", "nir": NIR,
        "naissance": "010190", "rang": "1", "total_cents": 3000, "part_amo_cents": 2000, "part_amc_cents": 0,
        "part_assure_cents": 1000, **row,
    }  # fmt: skip


def owing(number: int, client: str = "C1", cents: int = 1000, **row: Any) -> dict[str, Any]:
    """What the patient's account says of a facture."""
    return {**_key(number), "client": client, "du_cents": cents, **row}


def receipt(number: int, date: str, cents: int, **row: Any) -> dict[str, Any]:
    """What a patient paid of a facture; on no day that is known when it is empty."""
    return {**_key(number), "date": date or None, "montant_cents": cents, **row}


def _key(number: int) -> dict[str, Any]:
    return {"officine": OFFICINE, "lot_date": "2026-03-02", "lot": "001", "facture": f"{number:09d}"}


def dossier(**tables: list[dict[str, Any]]) -> Rapprochement:
    """Reconcile rows of each table; a facture of each number below when none is given."""
    return reconcile(
        Book.from_columns(
            {name: {key: [row[key] for row in rows] for key in rows[0]} for name, rows in tables.items() if rows}
        )
    )


def cible(number: int = 0, client: str = "", **more: Any) -> Cible:
    """A facture, by its number, or a customer."""
    named = {"lot": "001", "facture": f"{number:09d}"} if number else {"debiteur": f"CLIENT:{client}"}
    return Cible(officine=OFFICINE, **{**named, **more})
