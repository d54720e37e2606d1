"""The prescriber: number, its key, and the date of the prescription."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import CheckSpec, Confiance, Examen, Famille, Severite
from tiers_payant.rejets.controle._colonnes import Mask, blank, digits, is_luhn, letters, rows_of

__all__ = ["CONTROLES", "prescription_ancienne"]

_PLUS_ANCIENNE = 365
"""Days; a choice of this library, found in no source."""
_AM, _RPPS = 9, 11
"""Digits of a prescriber number in B2, key included, and of a RPPS number (layout FIDES)."""


def _missing(examen: Examen) -> Mask:
    return blank(examen.tables.factures.prescripteur)


def _malformed(examen: Examen) -> Mask:
    column = examen.tables.factures.prescripteur
    return ~blank(column) & ~digits(column, _AM, _RPPS)


def _key(examen: Examen) -> Mask:
    column = examen.tables.factures.prescripteur
    wrong = np.zeros(len(column), dtype=np.bool_)
    for width in (_AM, _RPPS):
        wrong |= digits(column, width) & ~is_luhn(letters(column, width))
    return wrong & ~blank(column)


def _undated(examen: Examen) -> Mask:
    return np.isnat(examen.tables.factures.date_prescription)


def _after_care(examen: Examen) -> Mask:
    factures = examen.tables.factures
    return factures.date_prescription > factures.date_soins  # never true of a day that is not known


def prescription_ancienne(jours: int = _PLUS_ANCIENNE) -> CheckSpec:
    """Return the check of prescriptions dispensed more than *jours* days after their date.

    No source read gives a figure: it is not asked unless it is named.
    """

    def old(examen: Examen) -> Mask:
        factures = examen.tables.factures
        return factures.date_soins - factures.date_prescription > np.timedelta64(jours, "D")

    return CheckSpec(
        name="prescription_ancienne",
        phrase=f"L'ordonnance date de plus de {jours} jours à la délivrance : vérifier qu'elle est encore valable.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.PRESCRIPTION,
        champ="date_prescription",
        examine=rows_of(old),
        actif=False,
        source="choix de la bibliothèque",
        reserve="Éteint : aucune durée n'a été lue dans une source ; le seuil est un paramètre.",
    )


CONTROLES = (
    CheckSpec(
        name="prescripteur_absent",
        phrase="Le numéro du prescripteur manque : le relever sur l'ordonnance.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.PRESCRIPTEUR,
        champ="prescripteur",
        examine=rows_of(_missing),
        source="B2 type 2, champ obligatoire (SV) ; rejet 0460 053",
        confiance=Confiance.MOYENNE,
    ),
    CheckSpec(
        name="prescripteur_forme",
        phrase="Le numéro du prescripteur n'a ni 9 ni 11 chiffres : le vérifier dans l'annuaire.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.PRESCRIPTEUR,
        champ="prescripteur",
        examine=rows_of(_malformed),
        source="B2 type 2, 9 chiffres avec la clé ; RPPS, 11 chiffres (SV, FIDES) ; rejet 0460 053",
        confiance=Confiance.MOYENNE,
    ),
    CheckSpec(
        name="prescripteur_cle",
        phrase="La clé du numéro du prescripteur ne correspond pas : vérifier le numéro dans l'annuaire.",
        severite=Severite.INFORMATION,
        famille=Famille.PRESCRIPTEUR,
        champ="prescripteur",
        examine=rows_of(_key),
        actif=False,
        source="clé de Luhn : FINESS et numéros de pharmacien (FNMF, annexe 102, M) ; RPPS de mémoire, non vérifié",
        reserve="Éteint : la règle n'a été lue ni pour le numéro d'un médecin ni pour un RPPS.",
    ),
    CheckSpec(
        name="prescription_absente",
        phrase="La date de prescription manque : la relever sur l'ordonnance.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.PRESCRIPTION,
        champ="date_prescription",
        examine=rows_of(_undated),
        source="B2 type 2, champ obligatoire (SV)",
        confiance=Confiance.HAUTE,
    ),
    CheckSpec(
        name="prescription_apres_soins",
        phrase="L'ordonnance est datée d'après la délivrance : corriger l'une des deux dates.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.PRESCRIPTEUR,
        champ="date_prescription",
        examine=rows_of(_after_care),
        source="rejet 0470 049, prescription interdite à cette date ; inférence",
    ),
    prescription_ancienne(),
)
