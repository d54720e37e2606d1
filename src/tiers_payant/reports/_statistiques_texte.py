"""Statistics of rejects and their audit as text: never a count without its rate, its interval and its euros."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from tiers_payant.domain import (
    INCOMPLET,
    PETIT,
    Audit,
    Axe,
    Cellule,
    Changement,
    Ecart,
    Famille,
    Statistiques,
    capital,
    counted,
    fiches,
    format_cents,
    insecable,
    percent,
)
from tiers_payant.reports._actions_texte import WIDTH, cut

__all__ = ["answers_lines", "audit_lines", "causes_lines", "statistiques_sections"]

_SHOWN = 12
_TITRES = {
    Axe.ENSEMBLE: "Ensemble",
    Axe.FAMILLE: "Par famille de rejet",
    Axe.PAYEUR: "Par organisme",
    Axe.OFFICINE: "Par officine",
    Axe.MOIS: "Par mois de facture",
    Axe.PRESCRIPTEUR: "Par forme du numéro de prescripteur",
    Axe.PRODUIT: "Par nature de produits",
    Axe.OPERATEUR: "Par opérateur",
}
_NOTES = {Axe.PRODUIT: "une facture peut en avoir plusieurs : ses euros sont partagés entre eux"}
_EPHEMERES = "Ces pseudonymes changent à chaque fois : --sel TEXTE les garde d'une fois à l'autre."
_TOP = 5
_LABEL = 36
_FEW = " *"


def answers_lines(table: Statistiques) -> Iterable[str]:
    """Yield a warning when many factures are without an answer: no rate is to be trusted before."""
    for cell in table.par(Axe.ENSEMBLE):
        if cell.incomplete:
            yield "ATTENTION : des réponses manquent"
            told = capital(_mute(cell.sans_reponse, cell.envoyees))
            yield from _wrapped(f"{told} Les retours sont-ils tous là ?", 2)


def _mute(without: int, sent: int) -> str:
    if without == sent:
        return f"aucune réponse n'a été lue pour {counted(sent, 'facture')} : il n'y a pas de taux."
    verb = "n'a" if without < 2 else "n'ont"
    return (
        f"{counted(without, 'facture')} sur {sent} {verb} reçu aucune réponse : les taux portent sur les autres, et "
        "changeront quand elles arriveront."
    )


def causes_lines(table: Statistiques, *, en_detail: bool = False, every: bool = False) -> Iterable[str]:
    """Yield the families that refuse the most euros, each with what prevents it at the counter.

    Args:
        table: The statistics.
        en_detail: Whether more than the first of them are shown.
        every: Whether all are.
    """
    families = list(table.par(Axe.FAMILLE))
    causes = families if every else families[: _SHOWN if en_detail else _TOP]
    if not causes:
        return
    yield "D'où viennent les rejets, et comment les éviter"
    yield _headings("famille")
    for cell in causes:
        yield _cell(cell)
        prevention = fiches()[Famille[cell.valeur]].prevention
        if prevention:
            yield from _wrapped(prevention, 6)
    yield from _others(families[len(causes) :], en_detail=en_detail)
    yield from _footnote(causes)
    without = max((cell.sans_reponse for cell in causes), default=0)
    if without:
        yield f"  {counted(without, 'facture')} sans réponse, hors de ces taux"


def statistiques_sections(
    table: Statistiques, *, en_detail: bool, every: bool = False, ephemeres: bool = False
) -> Iterable[list[str]]:
    """Yield one section per axis but that of families: the cells with the most euros refused, the others counted.

    Args:
        table: The statistics.
        en_detail: Whether every axis is shown, and not operators alone.
        every: Whether every cell is.
        ephemeres: Whether operators have pseudonyms of this run alone.
    """
    for axe in Axe:
        cells = list(table.par(axe))
        if cells and axe is not Axe.FAMILLE and (en_detail or axe is Axe.OPERATEUR):
            lines = list(_axis(axe, cells, every))
            yield [*lines, f"  {_EPHEMERES}"] if ephemeres and axe is Axe.OPERATEUR else lines


def _axis(axe: Axe, cells: list[Cellule], every: bool) -> Iterable[str]:
    ordered = sorted(cells, key=lambda cell: cell.valeur) if axe is Axe.MOIS else cells
    shown = ordered if every else ordered[:_SHOWN]
    yield _headings(_TITRES[axe])
    yield from map(_cell, shown)
    yield from _others(ordered[len(shown) :], en_detail=True)
    if axe in _NOTES:
        yield f"  {_NOTES[axe]}"
    yield from _footnote(shown)


def _others(cells: list[Cellule], *, en_detail: bool) -> Iterable[str]:
    """Count what is not shown, and say how to see it."""
    if cells:
        rest = format_cents(sum(cell.refuses_cents for cell in cells))
        how = "--toutes" if en_detail else "--statistiques"
        shows = "le montre" if len(cells) < 2 else "les montre"
        yield f"  ... et {counted(len(cells), 'autre')} ({rest} refusés) : {how} {shows}"


def _headings(title: str) -> str:
    return f"  {title:<{_LABEL}}  {'refusées':>8}  {'réponses':>8}  {'taux':>7}  {'à 95 %, entre':>15}  {'euros':>13}"


def _cell(cell: Cellule) -> str:
    mark = _FEW if cell.petit else ""
    label = f"{cut(cell.libelle, _LABEL - len(mark))}{mark}"
    low, high = cell.intervalle
    rate = "" if cell.taux is None else f"{percent(cell.taux)} %"
    bounds = "pas de réponse" if cell.taux is None else f"{percent(low)} et {percent(high)} %"
    return (
        f"  {label:<{_LABEL}}  {cell.refusees:>8}  {cell.repondues:>8}  {rate:>7}  "
        f"{bounds:>15}  {format_cents(cell.refuses_cents):>13}"
    )


def _footnote(cells: Iterable[Cellule]) -> Iterable[str]:
    if any(cell.petit for cell in cells):
        yield f"  * moins de {PETIT} réponses : un taux qui dit peu"


def _wrapped(text: str, indent: int) -> list[str]:
    margin = " " * indent
    return textwrap.wrap(insecable(text), WIDTH, initial_indent=margin, subsequent_indent=margin)


def audit_lines(audit: Audit) -> Iterable[str]:
    """Yield what really changed between two periods, what may have, and the families that came and went."""
    every = list(audit)
    changed = [one for one in every if one.changement in (Changement.BAISSE, Changement.HAUSSE)]
    watched = [one for one in every if one.changement is Changement.INDECIS and one.a_surveiller]
    yield f"Avant et après : {_of(len(changed), audit.comparaisons)}"
    for one in every:
        if one.axe is Axe.ENSEMBLE and one.incomplete:
            yield from _incomplete(one)
    for one in every:
        if one.axe is Axe.ENSEMBLE and one not in changed:
            yield from _told(one)
    for one in (*changed, *watched):
        yield from _told(one)
    families = [one for one in every if one.axe is Axe.FAMILLE]
    for words, members in (
        ("Familles apparues", [one for one in families if one.apparue]),
        ("Familles disparues", [one for one in families if one.disparue]),
    ):
        if members:
            told = insecable(f"{words} : {', '.join(one.libelle for one in members)}.")
            yield from textwrap.wrap(told, WIDTH, initial_indent="  ", subsequent_indent="    ")
    note = (
        "Écarts et intervalles à 95 % (Newcombe), en points. «\u00a0A vraiment changé\u00a0» tient compte du nombre de "
        "comparaisons (Bonferroni). Les factures sont supposées indépendantes les unes des autres."
    )
    yield from _wrapped(note, 2)


def _incomplete(one: Ecart) -> Iterable[str]:
    """Say of which period answers are missing: what it seems to prove may be undone by those to come."""
    for words, without, sent in (
        ("avant", one.avant_sans_reponse, one.avant_envoyees),
        ("après", one.apres_sans_reponse, one.apres_envoyees),
    ):
        if without > INCOMPLET * sent:
            yield from _wrapped(f"ATTENTION, {words} : {_mute(without, sent)}", 2)


def _of(changed: int, compared: int) -> str:
    if not compared:
        return "rien à comparer"
    if not changed:
        return f"aucun taux n'a vraiment changé, sur {compared} comparés"
    verb = "taux ont vraiment changé" if changed > 1 else "taux a vraiment changé"
    return f"{changed} {verb}, sur {compared} comparés"


def _told(one: Ecart) -> Iterable[str]:
    answered = one.repondues
    before, after = _rate(one.avant_refusees, answered[0]), _rate(one.apres_refusees, answered[1])
    few = f" (moins de {PETIT} réponses)" if one.petit and all(answered) else ""
    yield from _wrapped(f"{one.libelle} : {before} avant, {after} après{few}", 2)
    yield from _wrapped(one.phrase, 6)


def _rate(refused: int, answered: int) -> str:
    return f"{percent(refused / answered)} % de {counted(answered, 'réponse')}" if answered else "aucune réponse"
