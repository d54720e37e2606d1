"""Amounts of a facture: its lines against its totals, its shares against one another, shares that ask nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tiers_payant.domain import CheckSpec, Confiance, Examen, Factures, Famille, Lignes, Part, Severite
from tiers_payant.rejets.controle._colonnes import Ints, Mask, rows_of
from tiers_payant.rejets.controle._payeur import bills

__all__ = ["CONTROLES", "devis"]

_WITH_LINES = "b2"
"""The format of lots in which every facture has its lines."""
_SEUIL_DEVIS = 7000
"""Cents: 70 EUR, from a commercial text on fees; confidence L."""


def _sum(examen: Examen, column: str) -> Ints:
    """Add a column of the lines for each facture, in whole cents."""
    lines: Lignes = examen.tables.lignes
    held = lines.facture_rang >= 0
    total = np.zeros(len(examen.tables.factures), dtype=np.int64)
    np.add.at(total, lines.facture_rang[held], getattr(lines, column)[held].astype(np.int64))
    return total


def _count(examen: Examen) -> Ints:
    rows = examen.tables.lignes.facture_rang
    return np.bincount(rows[rows >= 0], minlength=len(examen.tables.factures)).astype(np.int64)


def _no_line(examen: Examen) -> Mask:
    """Judge the factures of files that tell lines: a table of factures alone holds none."""
    tables, counts = examen.tables, _count(examen)
    source = tables.factures.source
    telling = {rank for rank, read in enumerate(tables.sources) if read.format == _WITH_LINES}
    telling |= set(np.unique(source[counts > 0]).tolist())
    empty: Mask = (counts == 0) & np.isin(source, list(telling))
    return empty


def _differs(line_column: str, column: str, *, always_told: bool) -> Callable[[Examen], Mask]:
    """Tell the factures whose lines do not add up to *column*.

    Args:
        line_column: Added up; what lines need not tell is judged only where one of them does.
        column: What it must give.
        always_told: Whether every line tells it.
    """

    def differs(examen: Examen) -> Mask:
        total = _sum(examen, line_column)
        told = _count(examen) > 0 if always_told else total != 0
        wrong: Mask = told & (total != getattr(examen.tables.factures, column))
        return wrong

    return differs


def _no_total(examen: Examen) -> Mask:
    factures = examen.tables.factures
    missing: Mask = (factures.total_cents == 0) & ((factures.part_amo_cents != 0) | (factures.part_amc_cents != 0))
    return missing


def _beyond_total(examen: Examen) -> Mask:
    factures = examen.tables.factures
    beyond = factures.part_amo_cents + factures.part_amc_cents > factures.total_cents
    judged: Mask = beyond & (factures.total_cents != 0)
    return judged


def _patient_share(examen: Examen) -> Mask:
    """The patient share is told before the complementary insurer's; a file that tells it after is not judged wrong."""
    factures = examen.tables.factures
    before = factures.part_amo_cents + factures.part_assure_cents
    wrong = (before != factures.total_cents) & (before + factures.part_amc_cents != factures.total_cents)
    judged: Mask = wrong & (factures.part_assure_cents != 0) & (factures.total_cents != 0)
    return judged


def _negative(examen: Examen) -> Mask:
    factures = examen.tables.factures
    below: Mask = (factures.part_amo_cents < 0) | (factures.part_amc_cents < 0) | (factures.total_cents < 0)
    return below


def _asks_nothing(examen: Examen) -> Mask:
    factures: Factures = examen.tables.factures
    amo, amc = bills(factures, Part.AMO), bills(factures, Part.AMC)
    nothing = (~amo | (factures.part_amo_cents == 0)) & (~amc | (factures.part_amc_cents == 0))
    asked: Mask = (amo | amc) & nothing
    return asked


def devis(seuil_cents: int = _SEUIL_DEVIS) -> CheckSpec:
    """Return the check of factures above *seuil_cents*, for which some professions owe a signed quote.

    Not a rule of pharmacies: it is not asked unless it is named.
    """

    def dear(examen: Examen) -> Mask:
        above: Mask = examen.tables.factures.total_cents > seuil_cents
        return above

    return CheckSpec(
        name="devis",
        phrase=f"Le montant dépasse {seuil_cents / 100:.2f} €".replace(".", ",") + " : vérifier qu'un devis est signé.",
        severite=Severite.INFORMATION,
        famille=Famille.PIECE_JUSTIF,
        champ="total_cents",
        examine=rows_of(dear),
        actif=False,
        source="texte commercial sur les honoraires au-dessus de 70 €",
        reserve="Éteint : la règle vise les médecins et les dentistes, pas les pharmacies ; le seuil est un paramètre.",
    )


_SOMMES = "B2 : les totaux du type 5 sont ceux des types 4 (SV)"

CONTROLES = (
    CheckSpec(
        name="facture_sans_ligne",
        phrase="La facture n'a aucune ligne d'acte : la compléter.",
        severite=Severite.BLOQUANT,
        famille=Famille.TECHNIQUE,
        champ="facture_rang",
        examine=rows_of(_no_line),
        source="B2 type 5 : nombre de types 4, obligatoire (SV)",
        confiance=Confiance.MOYENNE,
        reserve="Un fichier qui ne dit aucune ligne, hors B2, n'est pas jugé : c'est un tableau de factures.",
    ),
    CheckSpec(
        name="lignes_total",
        phrase="La somme des lignes n'est pas le total de la facture : la tarifer de nouveau.",
        severite=Severite.BLOQUANT,
        famille=Famille.TECHNIQUE,
        champ="total_cents",
        examine=rows_of(_differs("depense_cents", "total_cents", always_told=True)),
        source=_SOMMES,
        confiance=Confiance.MOYENNE,
    ),
    CheckSpec(
        name="lignes_amo",
        phrase="La somme des parts AMO des lignes n'est pas celle de la facture : la tarifer de nouveau.",
        severite=Severite.BLOQUANT,
        famille=Famille.TECHNIQUE,
        champ="part_amo_cents",
        examine=rows_of(_differs("montant_amo_cents", "part_amo_cents", always_told=True)),
        source=_SOMMES,
        confiance=Confiance.MOYENNE,
    ),
    CheckSpec(
        name="lignes_amc",
        phrase="La somme des parts AMC des lignes n'est pas celle de la facture : la tarifer de nouveau.",
        severite=Severite.BLOQUANT,
        famille=Famille.TECHNIQUE,
        champ="part_amc_cents",
        examine=rows_of(_differs("montant_amc_cents", "part_amc_cents", always_told=False)),
        source=f"{_SOMMES} ; anomalies I9002 et I9003 du SNDS",
        confiance=Confiance.MOYENNE,
        reserve="Muet quand aucune ligne ne dit sa part AMC, facultative en B2.",
    ),
    CheckSpec(
        name="total_absent",
        phrase="Le total de la facture est nul, et une part est demandée : les montants n'ont pas pu être contrôlés.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.TECHNIQUE,
        champ="total_cents",
        examine=rows_of(_no_total),
        source="B2 type 5, champ obligatoire (SV)",
        confiance=Confiance.HAUTE,
    ),
    CheckSpec(
        name="parts_total",
        phrase="Les parts AMO et AMC dépassent ensemble le total de la facture : la tarifer de nouveau.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.PRODUIT_TARIF,
        champ="total_cents",
        examine=rows_of(_beyond_total),
        source="limité à la dépense : anomalie I1101 du SNDS ; inférence",
        reserve="Deux arrondis vers le haut peuvent dépasser d'un centime : ce n'est donc pas bloquant.",
    ),
    CheckSpec(
        name="part_assure",
        phrase="La part de l'assuré ne complète pas les autres jusqu'au total : la recalculer.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.PRODUIT_TARIF,
        champ="part_assure_cents",
        examine=rows_of(_patient_share),
        source="B2 type 5, part assuré avant la complémentaire ; anomalie I9001 du SNDS",
        confiance=Confiance.MOYENNE,
        reserve="Une part nulle n'est pas jugée. Avant ou après l'AMC : l'une des deux lectures suffit.",
    ),
    CheckSpec(
        name="part_negative",
        phrase="Un montant de la facture est négatif : une annulation ne s'envoie pas ainsi.",
        severite=Severite.BLOQUANT,
        famille=Famille.TECHNIQUE,
        champ="part_amo_cents",
        examine=rows_of(_negative),
        source="B2 type 5 : montants sans signe (SV)",
        confiance=Confiance.MOYENNE,
    ),
    CheckSpec(
        name="parts_nulles",
        phrase="Le code paiement facture une part, et rien n'est demandé à personne : vérifier les parts.",
        severite=Severite.AVERTISSEMENT,
        famille=Famille.PRODUIT_TARIF,
        champ="paiement",
        examine=rows_of(_asks_nothing),
        source="B2 type 2, positions 115-116 (SV, 2007) ; inférence",
    ),
    devis(),
)
