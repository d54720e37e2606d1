"""Act lines: shares against rates, prices against amounts, rates against act codes, codes against the list."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tiers_payant.domain import CheckSpec, Confiance, Examen, Famille, Severite
from tiers_payant.rejets.controle._codes import CodesConnus
from tiers_payant.rejets.controle._colonnes import Mask, Rows, one_of

__all__ = ["controles"]

_TAUX = {b"PH1": 100, b"PH2": 15, b"PH4": 30, b"PH7": 65}
"""The rate of each class of medicines (SNDS IR_NAT_V, documentation page for PH4; confidence H)."""
_AUTRES_ACTES = frozenset(
    b"BMI BMT BMS AKI AKS AOI AOS ASI ASS AC1 AC2 AC3 AC4 TAC PCD PDP AAD MAC MAD PAN GLU AAR PA DVO COR ORC".split()
)
"""Acts that the list of the B2 layout does not have: accompaniment (convention of 2022, JORFARTI000045538202), cover by
derogation, and the families of products that are named (confidence H)."""
_SANS_EXONERATION = frozenset({b"0"})
_MALADIE = frozenset({b"10"})


def _factures_of(mask: Callable[[Examen], Mask]) -> Callable[[Examen], Rows]:
    """Turn a function that tells the lines at fault into one that gives their factures."""

    def rows(examen: Examen) -> Rows:
        found = examen.tables.lignes.facture_rang[mask(examen)]
        return np.unique(found[found >= 0]).astype(np.int64)

    return rows


def _share_against_rate(examen: Examen) -> Mask:
    """Rounding may come once for the line or once for each unit: half a cent each, and half of one more."""
    lines = examen.tables.lignes
    base, rate = lines.base_cents.astype(np.int64), lines.taux.astype(np.int64)
    asked, charged = lines.montant_amo_cents.astype(np.int64), lines.depense_cents.astype(np.int64)
    slack = 50 * np.abs(lines.quantite.astype(np.int64)) + 50
    agrees = np.abs(base * rate - 100 * asked) <= slack
    # What is asked is limited to what is charged.
    limited = (asked == charged) & (base * rate > 100 * asked)
    wrong: Mask = ~agrees & ~limited & ((base != 0) | (rate != 0))
    return wrong


def _price_by_quantity(examen: Examen) -> Mask:
    """Judge the lines that tell price and quantity, of which the product is neither the base nor the amount charged.

    A tariff makes the base, a price of sale the amount charged: one of them is enough. A coefficient that is not told
    is 1; cents may be rounded once, or for each unit.
    """
    lines = examen.tables.lignes
    price, count = lines.prix_unitaire_cents.astype(np.int64), lines.quantite.astype(np.int64)
    hundredths = np.where(lines.coefficient == 0, 100, lines.coefficient).astype(np.int64)
    product = price * count * hundredths
    slack = 50 * np.abs(count) + 50
    wrong: Mask = (price != 0) & (count != 0)
    for cents in (lines.base_cents, lines.depense_cents):
        wrong &= np.abs(product - 100 * cents.astype(np.int64)) > slack
    return wrong


def _beyond_charge(examen: Examen) -> Mask:
    lines = examen.tables.lignes
    asked = lines.montant_amo_cents.astype(np.int64) + lines.montant_amc_cents
    beyond: Mask = (asked > lines.depense_cents) & (lines.depense_cents != 0)
    return beyond


def _rate_of_act(examen: Examen) -> Mask:
    lines, factures = examen.tables.lignes, examen.tables.factures
    plain = one_of(factures.exoneration, _SANS_EXONERATION) & one_of(factures.nature_assurance, _MALADIE)
    judged = (lines.facture_rang >= 0) & (lines.taux != 0)
    judged[judged] = plain[lines.facture_rang[judged]]
    wrong = np.zeros(len(lines), dtype=np.bool_)
    for act, rate in _TAUX.items():
        wrong |= (lines.acte == act) & (lines.taux != rate)
    found: Mask = judged & wrong
    return found


def controles(codes: CodesConnus) -> tuple[CheckSpec, ...]:
    """Return the checks of act lines, act codes judged by *codes*."""

    def unknown_act(examen: Examen) -> Mask:
        column = examen.tables.lignes.acte
        return ~one_of(column, codes.actes | _AUTRES_ACTES) if codes.actes else np.zeros(len(column), dtype=np.bool_)

    return (
        CheckSpec(
            name="ligne_taux",
            phrase="Une part AMO n'est pas la base multipliée par le taux : tarifer la ligne de nouveau.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.PRODUIT_TARIF,
            champ="montant_amo_cents",
            examine=_factures_of(_share_against_rate),
            source="B2 type 4, base, taux et montant remboursable ; anomalies I0701, I0703 et I1101 du SNDS",
            confiance=Confiance.MOYENNE,
            reserve="Un demi-centime par unité, et un demi de plus, restent aux arrondis, de règle inconnue.",
        ),
        CheckSpec(
            name="ligne_prix",
            phrase="Prix fois quantité ne donne ni la base ni le montant d'une ligne : la tarifer de nouveau.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.PRODUIT_TARIF,
            champ="prix_unitaire_cents",
            examine=_factures_of(_price_by_quantity),
            source="B2 type 4, quantité, coefficient, prix unitaire, base et montant (SV) ; arithmétique",
            confiance=Confiance.MOYENNE,
            reserve="Un prix ou une quantité nuls ne sont pas jugés. Un demi-centime par unité, et un demi de plus,"
            " restent aux arrondis. Un abattement ou une majoration que la ligne même porterait serait signalé.",
        ),
        CheckSpec(
            name="ligne_parts",
            phrase="Une ligne demande à l'AMO et à l'AMC plus que son montant : la tarifer de nouveau.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.PRODUIT_TARIF,
            champ="depense_cents",
            examine=_factures_of(_beyond_charge),
            source="limité à la dépense : anomalie I1101 du SNDS",
            confiance=Confiance.MOYENNE,
        ),
        CheckSpec(
            name="taux_acte",
            phrase="Un médicament n'est pas au taux de sa classe, sans exonération : vérifier l'un et l'autre.",
            severite=Severite.INFORMATION,
            famille=Famille.PRODUIT_TARIF,
            champ="taux",
            examine=_factures_of(_rate_of_act),
            source="PH1 100 %, PH7 65 %, PH4 30 %, PH2 15 % (SNDS IR_NAT_V) ; anomalie I4002 du SNDS",
            confiance=Confiance.HAUTE,
            reserve="Une ligne peut avoir son exonération, que les factures lues ne gardent pas.",
        ),
        CheckSpec(
            name="acte_inconnu",
            phrase="Un code acte n'est pas dans la liste connue : vérifier qu'il existe à la date des soins.",
            severite=Severite.INFORMATION,
            famille=Famille.PRODUIT_TARIF,
            champ="acte",
            examine=_factures_of(unknown_act),
            source="SNDS IR_NAT_V, décembre 2020 ; convention de 2022 ; chapitres de la LPP",
            confiance=Confiance.HAUTE,
            reserve="Les codes créés depuis 2020 manquent, et la liste des produits de la LPP est incomplète.",
        ),
    )
