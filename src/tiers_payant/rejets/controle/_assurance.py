"""Nature of insurance and exemption, judged by what sources say, and against each other only where they do."""

from __future__ import annotations

from tiers_payant.domain import CheckSpec, Confiance, Examen, Famille, Part, Severite
from tiers_payant.rejets.controle._codes import CodesConnus
from tiers_payant.rejets.controle._colonnes import Mask, blank, one_of, rows_of, unlisted
from tiers_payant.rejets.controle._payeur import bills

__all__ = ["controles"]

_ACCIDENT = frozenset({b"41"})
_SNCF_RATP = frozenset({b"6"})
"""The exemption that its list explains as that of two régimes (SESAM-Vitale justification, confidence H)."""
_REGIMES_SNCF_RATP = frozenset({b"04", b"05"})


def _exempt_elsewhere(examen: Examen) -> Mask:
    factures = examen.tables.factures
    told = ~blank(factures.regime)
    return told & one_of(factures.exoneration, _SNCF_RATP) & ~one_of(factures.regime, _REGIMES_SNCF_RATP)


def _accident_with_amc(examen: Examen) -> Mask:
    factures = examen.tables.factures
    asked = bills(factures, Part.AMC) & (factures.part_amc_cents > 0)
    return asked & one_of(factures.nature_assurance, _ACCIDENT)


def controles(codes: CodesConnus) -> tuple[CheckSpec, ...]:
    """Return the checks of nature and exemption, both judged by *codes*."""

    def unknown_nature(examen: Examen) -> Mask:
        return unlisted(examen.tables.factures.nature_assurance, codes.natures)

    def no_nature(examen: Examen) -> Mask:
        return blank(examen.tables.factures.nature_assurance)

    def unknown_exemption(examen: Examen) -> Mask:
        return unlisted(examen.tables.factures.exoneration, codes.exonerations)

    return (
        CheckSpec(
            name="nature_absente",
            phrase="La nature d'assurance manque : maladie, maternité ou accident du travail.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.NATURE_ASSURANCE,
            champ="nature_assurance",
            examine=rows_of(no_nature),
            source="B2 type 2, champ obligatoire (SV)",
            confiance=Confiance.HAUTE,
        ),
        CheckSpec(
            name="nature_inconnue",
            phrase="La nature d'assurance n'est pas dans la liste connue : vérifier à quel titre la facture est faite.",
            severite=Severite.INFORMATION,
            famille=Famille.NATURE_ASSURANCE,
            champ="nature_assurance",
            examine=rows_of(unknown_nature),
            source="B2 type 2, positions 77-78 (SV)",
            confiance=Confiance.HAUTE,
            reserve="Liste publique de 2007, qui peut être incomplète.",
        ),
        CheckSpec(
            name="exoneration_inconnue",
            phrase="Le code d'exonération n'est pas dans la liste connue : vérifier l'attestation de droits.",
            severite=Severite.INFORMATION,
            famille=Famille.EXONERATION,
            champ="exoneration",
            examine=rows_of(unknown_exemption),
            source="B2 type 2, position 79 (FIDES, SNDS)",
            confiance=Confiance.MOYENNE,
            reserve="Liste publique qui peut être incomplète.",
        ),
        CheckSpec(
            name="exoneration_regime",
            phrase="L'exonération est celle de la SNCF ou de la RATP, et l'assuré est d'un autre régime : corriger.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.EXONERATION,
            champ="exoneration",
            examine=rows_of(_exempt_elsewhere),
            source="justification 6 (SESAM-Vitale) ; régimes 04 et 05 (SNDS IR_GRG_V) ; inférence",
        ),
        CheckSpec(
            name="accident_part_amc",
            phrase="Un accident du travail est exonéré, et une part complémentaire est demandée : vérifier la nature.",
            severite=Severite.AVERTISSEMENT,
            famille=Famille.NATURE_ASSURANCE,
            champ="nature_assurance",
            examine=rows_of(_accident_with_amc),
            source="AT, nature d'exonération 11 (SNDS IR_EXO_V) ; la caisse paie directement (L432-1) ; inférence",
            reserve="Un dépassement peut rester à la complémentaire. Aucune autre contradiction n'a de source lue.",
        ),
    )
