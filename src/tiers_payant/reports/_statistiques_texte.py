"""Statistics of rejects and their audit as text: never a count without its rate, its interval and its euros."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from tiers_payant.domain import (
    PETIT,
    Audit,
    Axe,
    Cellule,
    Changement,
    Ecart,
    Famille,
    Statistiques,
    counted,
    fiches,
    format_cents,
    percent,
)
from tiers_payant.reports._actions_texte import WIDTH, cut

__all__ = ["audit_lines", "causes_lines", "statistiques_sections"]

_SHOWN = 12
_TITRES = {
    Axe.ENSEMBLE: "Ensemble",
    Axe.FAMILLE: "Par famille de rejet",
    Axe.PAYEUR: "Par organisme",
    Axe.OFFICINE: "Par officine",
    Axe.MOIS: "Par mois de facture",
    Axe.PRESCRIPTEUR: "Par forme du numéro de prescripteur",
    Axe.PRODUIT: "Par nature de produits (une facture peut en avoir plusieurs)",
    Axe.OPERATEUR: "Par opérateur",
}
_TOP = 5
_LABEL = 36


def causes_lines(table: Statistiques) -> Iterable[str]:
    """Yield the families that refuse the most euros, each with what prevents it at the counter."""
    causes = list(table.par(Axe.FAMILLE))[:_TOP]
    if not causes:
        return
    yield "D'où viennent les rejets, et comment les éviter"
    yield _headings("famille")
    for cell in causes:
        yield _cell(cell)
        prevention = fiches()[Famille[cell.valeur]].prevention
        if prevention:
            yield from textwrap.wrap(prevention, WIDTH, initial_indent="      ", subsequent_indent="      ")
    yield from _footnote(causes)


def statistiques_sections(table: Statistiques) -> Iterable[list[str]]:
    """Yield one section per axis: the cells with the most euros refused, the others counted."""
    for axe in Axe:
        cells = list(table.par(axe))
        if cells:
            yield list(_axis(axe, cells))


def _axis(axe: Axe, cells: list[Cellule]) -> Iterable[str]:
    ordered = sorted(cells, key=lambda cell: cell.valeur) if axe is Axe.MOIS else cells
    yield _headings(_TITRES[axe])
    yield from map(_cell, ordered[:_SHOWN])
    if len(ordered) > _SHOWN:
        rest = sum(cell.refuses_cents for cell in ordered[_SHOWN:])
        yield f"  ... et {counted(len(ordered) - _SHOWN, 'autre')} ({format_cents(rest)} refusés)"
    yield from _footnote(ordered[:_SHOWN])


def _headings(title: str) -> str:
    title = cut(title, _LABEL)
    return f"  {title:<{_LABEL}}  {'refusées':>8}  {'envoyées':>8}  {'taux':>7}  {'à 95 %, entre':>15}  {'euros':>13}"


def _cell(cell: Cellule) -> str:
    label = cut(f"{cell.libelle}{' *' if cell.petit else ''}", _LABEL)
    low, high = cell.intervalle
    rate = "" if cell.taux is None else f"{percent(cell.taux)} %"
    return (
        f"  {label:<{_LABEL}}  {cell.refusees:>8}  {cell.envoyees:>8}  {rate:>7}  "
        f"{f'{percent(low)} et {percent(high)} %':>15}  {format_cents(cell.refuses_cents):>13}"
    )


def _footnote(cells: Iterable[Cellule]) -> Iterable[str]:
    if any(cell.petit for cell in cells):
        yield f"  * moins de {PETIT} factures : un taux qui dit peu"


def audit_lines(audit: Audit) -> Iterable[str]:
    """Yield what really changed between two periods, what may have, and the families that came and went."""
    every = list(audit)
    changed = [one for one in every if one.changement in (Changement.BAISSE, Changement.HAUSSE)]
    watched = [one for one in every if one.changement is Changement.INDECIS and one.a_surveiller]
    yield f"Avant et après : {_of(len(changed), audit.comparaisons)}"
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
            told = f"{words} : {', '.join(one.libelle for one in members)}."
            yield from textwrap.wrap(told, WIDTH, initial_indent="  ", subsequent_indent="    ")
    note = (
        "Écarts et intervalles à 95 % (Newcombe), en points. «\u00a0A vraiment changé\u00a0» tient compte du nombre de "
        "comparaisons (Bonferroni). Les factures sont supposées indépendantes les unes des autres."
    )
    yield from textwrap.wrap(note, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _of(changed: int, compared: int) -> str:
    if not changed:
        return f"aucun taux n'a vraiment changé, sur {compared} comparés"
    verb = "taux ont vraiment changé" if changed > 1 else "taux a vraiment changé"
    return f"{changed} {verb}, sur {compared} comparés"


def _told(one: Ecart) -> Iterable[str]:
    before = _rate(one.avant_refusees, one.avant_envoyees)
    after = _rate(one.apres_refusees, one.apres_envoyees)
    few = f" (moins de {PETIT} factures)" if one.petit else ""
    yield f"  {one.libelle} : {before} avant, {after} après{few}"
    yield from textwrap.wrap(one.phrase, WIDTH, initial_indent="      ", subsequent_indent="      ")


def _rate(refused: int, sent: int) -> str:
    return f"{percent(refused / sent)} % de {sent}" if sent else "aucune facture"
