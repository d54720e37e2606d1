"""The insured and the beneficiary: NIR, its key and its kind, birth date and rank."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import CheckSpec, Confiance, Examen, Factures, Famille, Severite
from tiers_payant.rejets.controle import _nir as nir
from tiers_payant.rejets.controle._colonnes import Ints, Mask, Textes, blank, digits, letters, number, rows_of

__all__ = ["CONTROLES"]

_SIX = 6
_DAYS_OF_MONTH = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def _nir_missing(examen: Examen) -> Mask:
    return blank(examen.tables.factures.nir)


def _nir_malformed(examen: Examen) -> Mask:
    column = examen.tables.factures.nir
    return ~blank(column) & ~nir.has_form(column)


def _nir_month(examen: Examen) -> Mask:
    column = examen.tables.factures.nir
    return nir.has_form(column) & ~nir.has_month(column)


def _nir_key(examen: Examen) -> Mask:
    factures = examen.tables.factures
    expected = nir.keys(factures.nir)
    told = number(letters(factures.nir_cle, 2))
    agrees = digits(factures.nir_cle, 2) & (told == expected)
    wrong: Mask = (expected >= 0) & ~_no_key(factures) & ~agrees
    return wrong


def _no_key(factures: Factures) -> Mask:
    empty: Mask = factures.nir_cle == b""
    return empty


def _nir_without_key(examen: Examen) -> Mask:
    factures = examen.tables.factures
    return nir.has_form(factures.nir) & _no_key(factures)


def _nir_provisional(examen: Examen) -> Mask:
    column = examen.tables.factures.nir
    return nir.has_form(column) & (letters(column)[:, 0] >= ord("3"))


def _beneficiary_malformed(examen: Examen) -> Mask:
    column = examen.tables.factures.nir_beneficiaire
    return ~blank(column) & ~nir.has_form(column)


def _birth_missing(examen: Examen) -> Mask:
    return blank(examen.tables.factures.naissance)


def _birth_impossible(examen: Examen) -> Mask:
    column = examen.tables.factures.naissance
    return ~blank(column) & ~_is_some_day(column)


def _is_some_day(column: Textes) -> Mask:
    """Tell six digits that are a day of the calendar with the day first or with the year first, in some century."""
    first, month, last = _pairs(column)
    valid = (month >= 1) & (month <= 12)
    longest = _DAYS_OF_MONTH[np.where(valid, month, 0)]
    return digits(column, _SIX) & valid & (_is_day(first, longest) | _is_day(last, longest))


def _is_day(value: Ints, longest: Ints) -> Mask:
    return (value >= 1) & (value <= longest)


def _pairs(column: Textes) -> tuple[Ints, Ints, Ints]:
    shown = letters(column, _SIX)
    return number(shown[:, 0:2]), number(shown[:, 2:4]), number(shown[:, 4:6])


def _birth_against_nir(examen: Examen) -> Mask:
    """The month stands in the middle in both orders, the year at one end: neither may fit the individual number."""
    factures = examen.tables.factures
    years, months = nir.birth_years(factures.nir_beneficiaire), nir.birth_months(factures.nir_beneficiaire)
    first, month, last = _pairs(factures.naissance)
    agrees = (month == months) & ((first == years) | (last == years))
    wrong: Mask = (months >= 0) & _is_some_day(factures.naissance) & ~agrees
    return wrong


def _rank_wrong(examen: Examen) -> Mask:
    column = examen.tables.factures.rang
    return ~blank(column) & ~digits(column, 1)


_KEY = "clé = 97 - (n mod 97), 2A compté 19, 2B compté 18 (python-stdnum, fr.nir)"
_B2 = "B2 type 2, champ obligatoire (SV)"

CONTROLES = (
    CheckSpec(
        name="nir_absent",
        phrase="Le NIR de l'assuré manque : lire la carte Vitale ou chercher ses droits avant l'envoi.",
        severite=Severite.BLOQUANT,
        famille=Famille.IDENTITE_NIR,
        champ="nir",
        examine=rows_of(_nir_missing),
        source="préfixe des enregistrements B2, champ obligatoire (SV)",
        confiance=Confiance.HAUTE,
    ),
    CheckSpec(
        name="nir_forme",
        phrase="Le NIR de l'assuré n'a pas la forme d'un NIR : le relire sur la carte ou l'attestation.",
        severite=Severite.BLOQUANT,
        famille=Famille.IDENTITE_NIR,
        champ="nir",
        examine=rows_of(_nir_malformed),
        source="13 caractères, premier chiffre de 1 à 8, lettres en 2A et 2B seulement (SNDS IR_NIR_V, python-stdnum)",
        confiance=Confiance.HAUTE,
        reserve="Les premiers chiffres 3 et 4, numéros d'attente, sont admis de mémoire, sans source lue.",
    ),
    CheckSpec(
        name="nir_mois",
        phrase="Le mois de naissance du NIR n'existe pas : relire le numéro.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.IDENTITE_NIR,
        champ="nir",
        examine=rows_of(_nir_month),
        source="mois 01 à 12 ; 20 à 42, 50 et plus quand l'état civil est incomplet (code public)",
        confiance=Confiance.MOYENNE,
        reserve="Le mois des numéros provisoires (5 à 8) n'est pas jugé.",
    ),
    CheckSpec(
        name="nir_cle",
        phrase="La clé du NIR ne correspond pas au numéro : un chiffre de l'un ou de l'autre est faux.",
        severite=Severite.BLOQUANT,
        famille=Famille.IDENTITE_NIR,
        champ="nir_cle",
        examine=rows_of(_nir_key),
        source=_KEY,
        confiance=Confiance.HAUTE,
    ),
    CheckSpec(
        name="nir_cle_absente",
        phrase="La clé du NIR manque : le numéro n'a pas pu être contrôlé.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.IDENTITE_NIR,
        champ="nir_cle",
        examine=rows_of(_nir_without_key),
        source="préfixe des enregistrements B2, champ obligatoire (SV)",
        confiance=Confiance.HAUTE,
    ),
    CheckSpec(
        name="nir_provisoire",
        phrase="Le NIR est un numéro provisoire ou d'attente : vérifier qu'il n'a pas été remplacé.",
        severite=Severite.INFORMATION,
        famille=Famille.IDENTITE_NIR,
        champ="nir",
        examine=rows_of(_nir_provisional),
        source="premier chiffre 5 à 8, SNDS IR_NIR_V (H) ; 3 et 4, de mémoire, sans source lue",
        confiance=Confiance.BASSE,
    ),
    CheckSpec(
        name="nir_beneficiaire",
        phrase="Le NIR individuel du bénéficiaire n'a pas la forme d'un NIR : le relire, ou le retirer.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.IDENTITE_NIR,
        champ="nir_beneficiaire",
        examine=rows_of(_beneficiary_malformed),
        source="13 caractères, premier chiffre de 1 à 8, lettres en 2A et 2B seulement (SNDS IR_NIR_V, python-stdnum)",
        confiance=Confiance.HAUTE,
        reserve="Sa clé n'est pas contrôlée : les factures lues ne la gardent pas.",
    ),
    CheckSpec(
        name="naissance_absente",
        phrase="La date de naissance du bénéficiaire manque : la compléter.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.IDENTITE_NIR,
        champ="naissance",
        examine=rows_of(_birth_missing),
        source=_B2,
        confiance=Confiance.HAUTE,
    ),
    CheckSpec(
        name="naissance_impossible",
        phrase="La date de naissance du bénéficiaire n'est un jour du calendrier dans aucun ordre : la relire.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.IDENTITE_NIR,
        champ="naissance",
        examine=rows_of(_birth_impossible),
        source="B2 type 2, six chiffres dont l'ordre n'est pas publié (SV)",
        confiance=Confiance.MOYENNE,
        reserve="L'ordre n'étant pas publié, jour ou année en tête suffit ; les dates fictives sont signalées.",
    ),
    CheckSpec(
        name="naissance_nir",
        phrase="La date de naissance ne s'accorde pas avec le NIR individuel du bénéficiaire : l'un des deux est faux.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.IDENTITE_NIR,
        champ="naissance",
        examine=rows_of(_birth_against_nir),
        source="année et mois sont les chiffres 2 à 5 du NIR ; inférence",
        confiance=Confiance.BASSE,
        reserve="Muet sans NIR individuel : rien ne dit alors si le bénéficiaire est l'assuré lui-même.",
    ),
    CheckSpec(
        name="rang_naissance",
        phrase="Le rang de naissance n'est pas un chiffre : mettre 1, ou le rang du jumeau.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.IDENTITE_NIR,
        champ="rang",
        examine=rows_of(_rank_wrong),
        source="B2 type 2, position 102, un chiffre, facultatif (SV)",
        confiance=Confiance.HAUTE,
    ),
)  # fmt: skip
