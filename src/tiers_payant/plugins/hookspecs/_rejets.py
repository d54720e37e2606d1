"""Hooks of rejects: codes, checks before sending, who billed what."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import CheckSpec, CodeRejet, Operateurs
from tiers_payant.plugins.hookspecs._marque import hookspec

__all__ = ["tiers_payant_codes_rejets", "tiers_payant_controles", "tiers_payant_operateurs"]


@hookspec
def tiers_payant_codes_rejets() -> Iterable[CodeRejet]:  # type: ignore[empty-body]
    """Return the reject codes that this plugin knows, with the family of each.

    They replace the library's lines of the same scope and code on the days that they share, and complete the others;
    an officine's own files come over them. Two plugins that say different families of one code on the same day
    contradict each other: nothing is classified then, and the error names both.

    Example:
        A vendor that holds the list of a complementary insurer::

            from datetime import date
            from tiers_payant.domain import CodeRejet, Confiance, Famille, hookimpl

            @hookimpl
            def tiers_payant_codes_rejets():
                return [
                    CodeRejet(
                        portee="OC:99999997", code="EX1", libelle="CONTRAT EXEMPLE CLOS", famille=Famille.AMC_CONTRAT,
                        du=date(2026, 1, 1), source="the insurer's own list", confiance=Confiance.HAUTE,
                    )
                ]
    """


@hookspec
def tiers_payant_controles() -> Iterable[CheckSpec]:  # type: ignore[empty-body]
    """Return the checks before sending that this plugin brings.

    Each is put once to all the factures of the lots, and gives the rows at fault. A name belongs to one check alone:
    two of one name are an error that tells both providers. A check that raises, or gives anything but rows of
    `factures`, each once, is named, and nothing is concluded.

    Example:
        A mutuelle that refuses, since 2026, what is billed to it above 500 EUR::

            import numpy as np
            from tiers_payant.domain import CheckSpec, Famille, Severite, hookimpl

            def above(examen):
                factures = examen.tables.factures
                return np.flatnonzero((factures.amc == b"99999997") & (factures.part_amc_cents > 50_000))

            @hookimpl
            def tiers_payant_controles():
                return [
                    CheckSpec(
                        name="exemple_plafond", phrase="La mutuelle exige un accord au-delà de 500 € : le demander.",
                        severite=Severite.AVERTISSEMENT, famille=Famille.AMC_CONTRAT, champ="part_amc_cents",
                        examine=above, source="the mutuelle's own letter", provider="lgo-exemple",
                    )
                ]
    """


@hookspec
def tiers_payant_operateurs() -> Iterable[Operateurs]:  # type: ignore[empty-body]
    """Return who billed which facture, as the software of the officine knows.

    Those of several plugins are put together, and two plugins that give one facture to two people contradict each
    other: nothing is counted then. People are told as pseudonyms unless every plugin says `noms=True`; the salt makes
    them the same from one run to the next.

    Example:
        A vendor whose software knows who was at the counter::

            from tiers_payant.domain import Operateurs, OperateursFactures, hookimpl

            SEL = "a secret of the officine, long and drawn at random"

            @hookimpl
            def tiers_payant_operateurs():
                lignes = OperateursFactures.of(
                    officine=["999000019"], lot_date=["2026-01-05"], lot=["001"], facture=["000000101"],
                    operateur=["CAMILLE EXEMPLE"],
                )
                return [Operateurs(lignes=lignes, fichier="mon-lgo", sel=SEL)]
    """
