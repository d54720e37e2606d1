"""The hooks a plugin may answer. A hook yields typed objects, once per run, never per row."""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from tiers_payant.domain import (
    PROJECT,
    CheckSpec,
    CodeRejet,
    Contact,
    FormatSpec,
    GateSpec,
    ModeleSpec,
    Operateurs,
    Payeur,
    RelancePolicy,
    RendererSpec,
)

__all__ = [
    "tiers_payant_annuaires",
    "tiers_payant_codes_rejets",
    "tiers_payant_controles",
    "tiers_payant_formats",
    "tiers_payant_gates",
    "tiers_payant_modeles",
    "tiers_payant_operateurs",
    "tiers_payant_payeurs",
    "tiers_payant_politiques",
    "tiers_payant_rendus",
]

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def tiers_payant_formats() -> Iterable[FormatSpec]:  # type: ignore[empty-body]
    """Return the file formats that this plugin brings.

    Each is asked, by its `sniff`, about every file: the highest score wins. A vendor's format beats a built-in one on
    a tie; two vendors tied on a file is a problem that names both, and the file is not read.

    Example:
        A plugin is any object, often a module, that carries the marked function::

            from tiers_payant.domain import FormatSpec, hookimpl

            @hookimpl
            def tiers_payant_formats():
                return [FormatSpec(name="mon-lgo", label="Mon LGO", sniff=sniff, read=read, provider="mon-lgo")]
    """


@hookspec
def tiers_payant_payeurs() -> Iterable[Payeur]:  # type: ignore[empty-body]
    """Return the payers, as bank lines name them, that this plugin brings.

    They replace the library's of the same id, and complete the others; a text that a plugin claims is taken away from
    the library's payers. Two plugins that claim one text on the same day contradict each other: nothing is reconciled
    then, and the error names both payers.

    Example:
        A regional mutuelle that pays the compulsory part too, under a name of its own since 2026::

            from datetime import date
            from tiers_payant.domain import Payeur, hookimpl

            @hookimpl
            def tiers_payant_payeurs():
                return [
                    Payeur(
                        id="mutuelle-exemple", nom="Mutuelle d'Exemple", textes=("MUT EXEMPLE",),
                        emetteurs=frozenset({"OC", "SM"}), du=date(2026, 1, 1), source="the site's own statements",
                    )
                ]
    """


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
                        nom="exemple_plafond", phrase="La mutuelle exige un accord au-delà de 500 € : le demander.",
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
        A vendor that keeps the salt in the settings of the officine::

            from tiers_payant.domain import Operateurs, OperateursFactures, hookimpl

            @hookimpl
            def tiers_payant_operateurs():
                lignes = OperateursFactures.of(
                    officine=["999000019"], lot_date=["2026-01-05"], lot=["001"], facture=["000000101"],
                    operateur=["CAMILLE EXEMPLE"],
                )
                return [Operateurs(lignes=lignes, fichier="mon-lgo", sel=settings.sel)]
    """


@hookspec
def tiers_payant_modeles() -> Iterable[ModeleSpec]:  # type: ignore[empty-body]
    r"""Return the templates of letters that this plugin brings.

    They replace the library's of the same name, and complete the others: `Palier.modele` names them. Each is checked
    when it is loaded: a field that `Courrier` has not, or anything that a template may not do, is an error that tells
    its line. Two plugins that bring one name contradict each other, and the error names both.

    Example:
        A group of pharmacies that has its own words for a first reminder::

            from tiers_payant.domain import ModeleSpec, TypeDebiteur, hookimpl

            @hookimpl
            def tiers_payant_modeles():
                return [
                    ModeleSpec(
                        nom="patient_rappel", types=[TypeDebiteur.PATIENT], objet="Votre compte à {{ entete.nom }}",
                        corps="Bonjour,\n\nIl reste {{ total_cents | euros }} à régler.\n\n{{ tableau }}",
                        provider="groupement-exemple",
                    )
                ]
    """


@hookspec
def tiers_payant_rendus() -> Iterable[RendererSpec]:  # type: ignore[empty-body]
    """Return the renderers of letters that this plugin brings.

    One takes the place of the library's of the same support, and is given a letter and its template. It returns the
    bytes of one file, or raises `LetterError`: never half a letter. Two plugins that bring one name, or one support,
    contradict each other, and the error names both.

    Example:
        A vendor whose printing service wants a text of its own instead of a PDF::

            from tiers_payant.domain import RendererSpec, Support, hookimpl

            def render(courrier, modele):
                return f"{courrier.relance};{courrier.total_cents}".encode()

            @hookimpl
            def tiers_payant_rendus():
                return [
                    RendererSpec(
                        name="exemple", support=Support.PDF, label="Routeur d'exemple", suffix=".exemple",
                        render=render, provider="lgo-exemple",
                    )
                ]
    """


@hookspec
def tiers_payant_politiques() -> Iterable[RelancePolicy]:  # type: ignore[empty-body]
    """Return the dunning policies that this plugin brings.

    A policy is asked for by its name; it takes the place of the library's of the same name. Two plugins that bring one
    name contradict each other, and the error names both.

    Example:
        A group of pharmacies whose policy stands in a file of its plugin::

            from pathlib import Path
            from tiers_payant.domain import hookimpl, read_policy

            @hookimpl
            def tiers_payant_politiques():
                return [read_policy(Path(__file__).with_name("groupement-exemple.toml"))]
    """


@hookspec
def tiers_payant_annuaires() -> Iterable[Contact]:  # type: ignore[empty-body]
    """Return the addressees that this plugin knows: insurers, operators, customers of the officine.

    Those of several plugins are put together. An id belongs to one entry a day: where two plugins bring the same, they
    contradict each other, nothing is planned, and the error names both. A customer is told with its officine.

    Example:
        A vendor whose software keeps the customers of the officine::

            from tiers_payant.domain import Adresse, Contact, TypeDebiteur, hookimpl

            @hookimpl
            def tiers_payant_annuaires():
                return [
                    Contact(
                        id="C1", nom="Camille EXEMPLE", type=TypeDebiteur.PATIENT, officine="999000019",
                        debiteurs=["CLIENT:C1"],
                        adresse=Adresse(lignes=["2 rue de l'Exemple"], code_postal="99999", ville="VILLE-EXEMPLE"),
                    )
                ]
    """


@hookspec
def tiers_payant_gates() -> Iterable[GateSpec]:  # type: ignore[empty-body]
    """Return more reasons to leave claims alone: what this plugin knows and no file says.

    Each is asked once a day about all the créances of a result, and gives a yes or no for each. Its `raison` says under
    which words the claim is told, and its place among the others. A name belongs to one gate alone: two of one name
    are an error that names both providers. A gate that raises, or gives anything else, is named, and nothing is
    planned: no letter leaves because a gate failed.

    Example:
        A vendor that stops what is owed by a mutuelle in liquidation::

            from tiers_payant.domain import GateSpec, Raison, hookimpl

            def owed_by_the_mutuelle(result, today):
                return result.creances.debiteur == b"AMC:0099999997"

            @hookimpl
            def tiers_payant_gates():
                return [
                    GateSpec(
                        name="exemple_liquidation", raison=Raison.SUSPENDUE, hold=owed_by_the_mutuelle,
                        label="Mutuelle en liquidation : déclarer la créance.", provider="lgo-exemple",
                    )
                ]
    """
