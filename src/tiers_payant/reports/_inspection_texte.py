"""A file looked at, as a page of text in French: for the person on the telephone with whoever made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tiers_payant.domain import Candidat, ChampLu, Element, Inspection, Noeud, Verdict, printable
from tiers_payant.errors import Location

__all__ = ["inspection_text"]

_MARKS = {Verdict.CONFORME: "✓", Verdict.ECART: "✗", Verdict.NON_FAIT: "-", Verdict.NON_DETAILLE: "?"}
_SHOWN = 40
"""Problems shown; the rest is counted."""
_DEEPEST = 30
"""Levels of indentation: a file may state a hundred."""


def inspection_text(inspection: Inspection) -> str:
    """Return the page: what the file is, who claims it, what it is made of, its controls, its problems.

    Values are never there: a field shows its shape, `A` for a letter, `9` for a digit.
    """
    return "\n".join(map(printable, _page(inspection)))


def _page(inspection: Inspection) -> Iterator[str]:
    yield from _identity(inspection)
    for title, lines in (
        ("Contenu", list(_tree(inspection))),
        ("Enregistrements (valeurs masquées : A pour une lettre, 9 pour un chiffre)", list(_records(inspection))),
        ("Lignes lues", [f"  {name} : {_count(rows)}" for name, rows in inspection.tables.items()]),
        ("Problèmes", list(_problems(inspection))),
    ):
        if lines:
            yield ""
            yield title
            yield from lines
    for membre in inspection.membres:
        yield ""
        yield from _page(membre)


def _identity(inspection: Inspection) -> Iterator[str]:
    yield f"{inspection.nom} : {_count(inspection.octets)} octets"
    if inspection.membres:
        yield f"  Archive : {_count(len(inspection.membres))} fichiers, lus comme s'ils étaient à côté"
    elif inspection.archive:
        yield "  Archive, lue comme le fichier qu'elle contient"
    if inspection.ecrit_ici:
        yield "  Fichier écrit par tiers-payant : ce n'est pas une entrée"
    source = inspection.source
    if source is not None and source.format:
        label = next((one.label for one in inspection.candidats if one.nom == source.format), source.format)
        reference = f", référence {source.reference}" if source.reference else ""
        yield f"  {label}{reference}"
        trust = f", confiance la plus faible {source.confiance_min}" if source.confiance_min else ""
        yield f"  {_count(source.enregistrements)} enregistrements{trust}"
    elif source is not None:
        failed = any(problem.code == "LECTEUR_EN_ECHEC" for problem in inspection.problems)
        yield "  Format reconnu, mais son lecteur a échoué" if failed else "  Format non reconnu"
    if inspection.candidats:
        yield "  Revendiqué par : " + (", ".join(map(_claim, _sure(inspection.candidats))) or "personne")
        others = [one.nom for one in inspection.candidats if one.score <= 0]
        if others:
            yield f"  Écarté par : {', '.join(others)}"


def _sure(candidats: tuple[Candidat, ...]) -> Iterator[Candidat]:
    return (one for one in candidats if one.score > 0)


def _claim(candidat: Candidat) -> str:
    score = f"{candidat.score:.2f}".replace(".", ",")
    return f"{candidat.nom} {score} ({candidat.fournisseur})"


# --- tree


def _tree(inspection: Inspection) -> Iterator[str]:
    for noeud in inspection.noeuds:
        yield from _node(noeud, 1)
    yield from _others(inspection.autres, 1)


def _node(noeud: Noeud, depth: int) -> Iterator[str]:
    element = noeud.element
    level = f" (niveau {element.niveau})" if element.niveau else ""
    verdict = f"  {_MARKS[noeud.verdict]} {noeud.verdict}" if noeud.verdict else ""
    wrong = f"  ! {noeud.problems} problème{'s' if noeud.problems > 1 else ''}" if noeud.problems else ""
    yield f"{_indent(depth)}{_name(element)}{level}  {_place(element.at)}{verdict}{wrong}"
    for enfant in noeud.enfants:
        yield from _node(enfant, depth + 1)
    yield from _others(noeud.autres, depth + 1)


def _others(autres: Mapping[str, int], depth: int) -> Iterator[str]:
    for code, count in autres.items():
        yield f"{_indent(depth)}... {_count(count)} autre{'s' if count > 1 else ''} {code}"


def _indent(depth: int) -> str:
    return "  " * min(depth, _DEEPEST)


def _name(element: Element) -> str:
    return f"{element.code} {element.nom}".rstrip()


def _place(at: Location) -> str:
    return f"@{at.offset}" if at.offset is not None else f"ligne {at.line}" if at.line else ""


# --- records


def _records(inspection: Inspection) -> Iterator[str]:
    for element in inspection.enregistrements:
        yield f"  {_name(element)}  {_place(element.at)}"
        for champ in element.champs():
            found = champ.forme if champ.forme.strip() else "(blanc)"
            yield f"    {_columns(champ)}{champ.id:24} {found:44} {champ.confiance:1} {champ.label}".rstrip()


def _columns(champ: ChampLu) -> str:
    return f"{champ.first:4}-{champ.last:<4} " if champ.first is not None else ""


def _problems(inspection: Inspection) -> Iterator[str]:
    for problem in inspection.problems[:_SHOWN]:
        yield f"  {problem.gravite} : {problem.at} : {problem.message_fr}"
    rest = len(inspection.problems) - _SHOWN
    if rest > 0:
        yield f"  ... {_count(rest)} autres"


def _count(number: int) -> str:
    return f"{number:,}".replace(",", " ")
