"""Who is asked: managing fund, complementary insurer, and the code that says which shares are billed."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import (
    CONTRATS_PAYES_PAR_AMO,
    PARTS_OF_PAIEMENT,
    CheckSpec,
    Confiance,
    Examen,
    Factures,
    Famille,
    Part,
    Severite,
    row_codes,
)
from tiers_payant.rejets.controle._codes import CodesConnus
from tiers_payant.rejets.controle._colonnes import Mask, Textes, blank, digits, one_of, rows_of, unlisted

__all__ = ["bills", "controles"]

_PAYES_PAR_AMO = frozenset(code.encode() for code in CONTRATS_PAYES_PAR_AMO)
_AMC_SEULE = frozenset({b"25"})
_SANS_REGIME = frozenset({b"99"})
"""In the list, it says that the régime is not known."""


def bills(factures: Factures, part: Part) -> Mask:
    """Tell the factures whose PAYEE code bills *part*."""
    return one_of(factures.paiement, {code.encode() for code, parts in PARTS_OF_PAIEMENT.items() if part in parts})


def _no_fund(examen: Examen) -> Mask:
    factures = examen.tables.factures
    return blank(factures.regime) | blank(factures.caisse) | ~digits(factures.caisse, 3) | ~digits(factures.regime, 2)


def _no_amc(factures: Factures) -> Mask:
    asked = bills(factures, Part.AMC) & (factures.part_amc_cents > 0)
    return asked & blank(factures.amc) & ~one_of(factures.contrat, _PAYES_PAR_AMO)


def _amc_missing(examen: Examen) -> Mask:
    factures = examen.tables.factures
    return _no_amc(factures) & ~one_of(factures.paiement, _AMC_SEULE)


def _amc_missing_alone(examen: Examen) -> Mask:
    factures = examen.tables.factures
    return _no_amc(factures) & one_of(factures.paiement, _AMC_SEULE)


def _amc_malformed(examen: Examen) -> Mask:
    factures = examen.tables.factures
    return bills(factures, Part.AMC) & ~blank(factures.amc) & ~digits(factures.amc, 8, 10)


def _new_fund(examen: Examen) -> Mask:
    now, before = examen.tables.factures, examen.deja.factures
    return _unseen(
        (now.regime, now.caisse, now.centre), (before.regime, before.caisse, before.centre), ~blank(now.caisse)
    )


def _new_amc(examen: Examen) -> Mask:
    now, before = examen.tables.factures, examen.deja.factures
    return _unseen((now.amc,), (before.amc,), bills(now, Part.AMC) & ~blank(now.amc))


def _unseen(now: tuple[Textes, ...], before: tuple[Textes, ...], judged: Mask) -> Mask:
    """Tell the factures that name whom no earlier one named; nothing when there is no earlier one."""
    if not len(before[0]) or not len(judged):
        return np.zeros(len(judged), dtype=np.bool_)
    codes, known = row_codes([now, before])
    return judged & ~np.isin(codes, known)


def controles(codes: CodesConnus) -> tuple[CheckSpec, ...]:
    """Return the checks of whom is asked, régimes and PAYEE codes judged by *codes*."""

    def unknown_fund(examen: Examen) -> Mask:
        return unlisted(examen.tables.factures.regime, codes.regimes - _SANS_REGIME)

    def unknown_payee(examen: Examen) -> Mask:
        column = examen.tables.factures.paiement
        return ~one_of(column, codes.paiements) if codes.paiements else np.zeros(len(column), dtype=np.bool_)

    return (
        CheckSpec(
            name="caisse_absente",
            phrase="Le régime ou la caisse de l'assuré manque : le relever sur la carte ou l'attestation.",
            severite=Severite.BLOQUANT,
            famille=Famille.CAISSE_DEST,
            champ="caisse",
            examine=rows_of(_no_fund),
            source="B2 type 2, deux et trois chiffres obligatoires (SV)",
            confiance=Confiance.HAUTE,
        ),
        CheckSpec(
            name="regime_inconnu",
            phrase="Le code du grand régime n'est pas dans la liste publiée : vérifier les droits de l'assuré.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.CAISSE_DEST,
            champ="regime",
            examine=rows_of(unknown_fund),
            source="SNDS IR_GRG_V (2020)",
            confiance=Confiance.HAUTE,
            reserve="Liste de 2020. Ni les caisses ni les centres ne sont jugés : leur table n'est pas publique.",
        ),
        CheckSpec(
            name="caisse_nouvelle",
            phrase="Cette caisse n'apparaît dans aucune facture déjà envoyée : vérifier qu'elle est bien lue.",
            severite=Severite.INFORMATION,
            famille=Famille.CAISSE_DEST,
            champ="caisse",
            examine=rows_of(_new_fund),
            source="choix de la bibliothèque",
            reserve="Muet tant qu'aucun envoi antérieur n'est donné.",
        ),
        CheckSpec(
            name="paiement_inconnu",
            phrase="Le code paiement n'est pas dans la liste publiée : on ne sait pas quelles parts il facture.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.TECHNIQUE,
            champ="paiement",
            examine=rows_of(unknown_payee),
            source="B2 type 2, positions 115-116 (SV, 2007)",
            confiance=Confiance.MOYENNE,
        ),
        CheckSpec(
            name="amc_absente",
            phrase="Une part complémentaire est demandée sans numéro d'AMC : le relever sur la carte de tiers payant.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.AMC_CONTRAT,
            champ="amc",
            examine=rows_of(_amc_missing),
            source="B2 type 2, positions 119-128 ; D861-4 pour la C2S, exceptée",
            confiance=Confiance.MOYENNE,
            reserve="La caisse peut payer cette part par délégation (L161-36-2) : ce n'est donc pas bloquant.",
        ),
        CheckSpec(
            name="amc_seule_absente",
            phrase="Seule la part complémentaire est demandée, et l'AMC n'est pas nommée : relever son numéro.",
            severite=Severite.BLOQUANT,
            famille=Famille.AMC_CONTRAT,
            champ="amc",
            examine=rows_of(_amc_missing_alone),
            source="B2 type 2, positions 115-116 et 119-128 ; D861-4 pour la C2S, exceptée",
            confiance=Confiance.MOYENNE,
        ),
        CheckSpec(
            name="amc_forme",
            phrase="Le numéro d'AMC n'a ni 8 ni 10 chiffres : le relire sur la carte de tiers payant.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.AMC_CONTRAT,
            champ="amc",
            examine=rows_of(_amc_malformed),
            source="8 chiffres sur l'attestation (Moniteur, 15/06/2002), dix positions en B2",
            confiance=Confiance.MOYENNE,
        ),
        CheckSpec(
            name="amc_nouvelle",
            phrase="Cette AMC n'apparaît dans aucune facture déjà envoyée : vérifier que son numéro est bien lu.",
            severite=Severite.INFORMATION,
            famille=Famille.AMC_CONTRAT,
            champ="amc",
            examine=rows_of(_new_amc),
            source="choix de la bibliothèque",
            reserve="Muet tant qu'aucun envoi antérieur n'est donné.",
        ),
    )
