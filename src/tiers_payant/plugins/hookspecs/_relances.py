"""Hooks of dunning: templates and renderers of letters, policies, addressees, gates."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import Contact, GateSpec, ModeleSpec, RelancePolicy, RendererSpec
from tiers_payant.plugins.hookspecs._marque import hookspec

__all__ = [
    "tiers_payant_annuaires",
    "tiers_payant_gates",
    "tiers_payant_modeles",
    "tiers_payant_politiques",
    "tiers_payant_rendus",
]


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
                        name="patient_rappel", types=[TypeDebiteur.PATIENT], objet="Votre compte à {{ entete.nom }}",
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
