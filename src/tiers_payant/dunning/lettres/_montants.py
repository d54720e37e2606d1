"""What a letter asks for: its claims as the rows of a table, and its sums."""

from __future__ import annotations

import datetime as dt

from tiers_payant.domain import Courrier, LigneCourrier, TypeDebiteur, format_cents

__all__ = ["cellules", "colonnes", "is_insurer", "sommes"]

_COLONNES: tuple[tuple[str, str, bool], ...] = (
    ("Facture", "facture", False),
    ("Lot", "lot", True),
    ("Date", "date", False),
    ("Part", "part", True),
    ("Échéance", "echeance", False),
    ("Montant", "du_cents", False),
    ("Réglé", "regle_cents", False),
    ("Reste dû", "reste_cents", False),
)
"""Heading and field of each column, and whether insurers alone need it."""


def sommes(courrier: Courrier) -> tuple[tuple[str, str], ...]:
    """Return what is asked, split as the law likes it: principal, interest, accessories, and their sum."""
    parts = [
        ("Principal", courrier.principal_cents),
        ("Intérêts au taux légal", courrier.interets_cents),
        ("Indemnité forfaitaire de recouvrement", courrier.indemnite_cents),
    ]
    told = [(what, format_cents(cents)) for what, cents in parts if cents or what == "Principal"]
    return (*told, ("Total à régler", format_cents(courrier.total_cents)))


def colonnes(courrier: Courrier) -> tuple[tuple[str, str], ...]:
    """Return the heading and the field of each column of the table of claims."""
    insurer = is_insurer(courrier)
    hidden = {"echeance"} if courrier.type is TypeDebiteur.PATIENT else set[str]()
    return tuple((head, field) for head, field, theirs in _COLONNES if (insurer or not theirs) and field not in hidden)


def cellules(courrier: Courrier, line: LigneCourrier) -> tuple[str, ...]:
    """Return the cells of one claim, one for each of `colonnes`."""
    return tuple(_cell(getattr(line, field), field) for _, field in colonnes(courrier))


def is_insurer(courrier: Courrier) -> bool:
    """Say whether a letter is for an insurer."""
    return courrier.type in (TypeDebiteur.AMO, TypeDebiteur.AMC)


def _cell(value: str | int | dt.date | None, field: str) -> str:
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if field.endswith("_cents"):
        return format_cents(int(str(value)))
    return "" if value is None else str(value)
