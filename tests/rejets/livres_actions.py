"""Small books of rejects: factures, returns, reject lines whose code is the name of their family."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np

from tiers_payant.domain import Book, ClassementRejets, Famille, Part, PlanActions, Preuve, Rapprochement, Reponse
from tiers_payant.matching import reconcile
from tiers_payant.rejets import deadlines, plan

OFFICINE = "999000019"
TODAY = dt.date(2026, 2, 2)

_FACTURE: dict[str, Any] = {
    "officine": OFFICINE, "lot_date": "2026-01-05", "lot": "001", "date_facture": "2026-01-05",
    "date_soins": "2026-01-05", "regime": "01", "caisse": "999", "centre": "0000", "amc": "", "contrat": "",
    "paiement": "05", "nature_assurance": "10", "nir": "1999999999999", "nir_cle": "01", "nir_beneficiaire": "",
    "naissance": "010199", "rang": "1", "prescripteur": "991000010", "part_amo_cents": 1000, "part_amc_cents": 0,
}  # fmt: skip
_REPONSE: dict[str, Any] = {"part": 1, "reponse": int(Reponse.REJETEE), "annonce_cents": 0, "groupe": 0, "retour": 0}
_REJET: dict[str, Any] = {"part": "", "acte": "", "portee": "F", "retour": 0, "libelle": ""}


def book(
    factures: Sequence[dict[str, Any]],
    reponses: list[dict[str, Any]] | None = None,
    rejets: list[dict[str, Any]] | None = None,
    **others: Any,
) -> Book:
    """Build a book of factures, of answers to them and of reject lines; each says what it changes of the ordinary one.

    Args:
        factures: Each with its number, `facture`; the others refer to it by `de`, its rank.
        reponses: One return answers, and one transfer of nothing goes with it.
        rejets: Each with its `code`.
        others: Other tables, or these in whole, as columns.
    """
    billed = [{**_FACTURE, "facture": f"{rank:09d}", **facture} for rank, facture in enumerate(factures, start=101)]
    key = ("officine", "lot_date", "lot", "facture")

    def about(row: dict[str, Any]) -> dict[str, Any]:
        return {name: billed[row["de"]][name] for name in key} if "de" in row else {}

    tables: dict[str, dict[str, list[Any]]] = {
        "factures": _columns(billed),
        "retours": {"emetteur_type": ["CP"], "empreinte": ["a" * 64], "date": ["2026-01-08"]},
        "groupes": {"officine": [OFFICINE], "date": ["2026-01-08"], "retour": [0]},
        "reponses": _columns([{**_REPONSE, **about(row), **row} for row in reponses or []]),
        "rejets": _columns([{**_REJET, **about(row), **row} for row in rejets or []]),
        **others,
    }
    return Book.from_columns({name: columns for name, columns in tables.items() if columns})


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    names = [name for name in (rows[0] if rows else {}) if name != "de"]
    return {name: [row[name] for row in rows] for name in names}


def refused(*lines: dict[str, Any], factures: list[dict[str, Any]] | None = None, part: int = 1) -> Book:
    """Build a book whose factures are each refused by an answer, and by the *lines* given."""
    billed = factures if factures is not None else [{} for _ in range(1 + max(line.get("de", 0) for line in lines))]
    said = [{"part": "C" if part == Part.AMC else "", **line} for line in lines]
    return book(billed, [{"de": rank, "part": part} for rank in range(len(billed))], said)


def classed(result: Rapprochement) -> ClassementRejets:
    """Classify reject lines by their code, the name of a family."""
    rejets = result.tables.rejets
    names = [code.decode() for code in rejets.code.tolist()]
    indices = np.empty(len(names), dtype=object)
    indices[:] = [f"EXEMPLE {name}" for name in names]
    return ClassementRejets.of(
        len(names),
        rejet=np.arange(len(names), dtype=np.int32),
        famille=np.array([int(Famille[name]) for name in names], dtype=np.int8),
        preuve=np.full(len(names), int(Preuve.CODE), dtype=np.int8),
        indice=indices,
    )


def planned(given: Book | Rapprochement, **options: Any) -> PlanActions:
    """Plan the actions of a book, at `TODAY` unless told."""
    result = reconcile(given) if isinstance(given, Book) else given
    today = options.pop("today", TODAY)
    return plan(result, classed(result), deadlines(result, today=today), today=today, **options)


def families(found: PlanActions) -> list[str]:
    return [one.famille.name for one in found]
