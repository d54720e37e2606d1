"""What the page and the JSON of a plan say beside it: files not read in full, broken promises, what was done today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from tiers_payant.domain import (
    Cible,
    PlanRelances,
    Promesse,
    Raison,
    Rapprochement,
    SuiviEngagement,
    counted,
    debiteur_texte,
)
from tiers_payant.errors import Gravite, Problem

__all__ = ["anomalies", "broken", "done_today", "engagements", "problem_counts", "qui_doit", "unread", "unread_files"]

_SHOWN = 3

Object = dict[str, Any]


def anomalies(result: Rapprochement) -> Iterator[str]:
    """Yield how many problems were met while reading, and the first ones: they make the exit status."""
    told = [one for one in result.problems if one.gravite is not Gravite.INFORMATION]
    if told:
        yield f"{counted(len(told), 'anomalie')} de lecture : voir tiers-payant reconcile"
        yield from _first(f"{one.at} : {one.message_fr}" for one in told)


def unread(plan: PlanRelances, result: Rapprochement) -> Iterator[str]:
    """Yield the files because of which claims are held back for `LECTURE_INCOMPLETE`, and what is wrong in each."""
    names = unread_files(plan)
    if names:
        yield f"Lecture incomplète : {counted(len(names), 'fichier')} à relire, à redemander ou à ôter du dossier"
    why: dict[str, Problem] = {}
    for one in result.problems:
        if one.gravite is Gravite.ERREUR or one.at.file not in why:
            why.setdefault(one.at.file, one)
    yield from _first((f"{name} : {why[name].message_fr}" if name in why else name for name in names), most=10)


def unread_files(plan: PlanRelances) -> tuple[str, ...]:
    """Return the files that were not read in full, when claims are held back because of them."""
    held = bool((plan.ecarts.raison == Raison.LECTURE_INCOMPLETE).any())
    return plan.constats.fichiers_douteux if held else ()


def broken(plan: PlanRelances) -> Iterator[str]:
    """Yield the promises and the instalment plans that were not kept."""
    rompus = plan.constats.rompus
    if rompus:
        yield "Engagements rompus : ils ne retiennent plus rien"
    for one in rompus:
        yield f"{qui_doit(one.engagement.cible)} · {one.phrase}"


def done_today(plan: PlanRelances) -> Iterator[str]:
    """Yield how many claims the history holds as reminded on that day already."""
    if plan.constats.deja:
        yield f"Déjà relancées aujourd'hui : {counted(plan.constats.deja, 'créance')}"


def qui_doit(cible: Cible) -> str:
    """Say whom or what a promise is about; a person by the officine's own reference alone."""
    kind, _, value = cible.debiteur.partition(":")
    if not cible.debiteur:
        return f"facture {cible.facture} du lot {cible.lot}"
    if kind == "CLIENT":
        return f"client {value}"
    return f"client de la facture {value.rpartition('/')[2]}" if kind == "FACTURE" else debiteur_texte(cible.debiteur)


def problem_counts(result: Rapprochement) -> Iterator[Object]:
    """Yield each code that reading met, and how many times: the most frequent first."""
    times = Counter((one.code, one.gravite.value) for one in result.problems)
    for (code, gravite), count in sorted(times.items(), key=lambda one: (-one[1], one[0])):
        yield {"code": code, "gravite": gravite, "nombre": count}


def engagements(plan: PlanRelances) -> Iterator[Object]:
    """Yield what became of each promise and each instalment plan."""
    return map(_engagement, plan.constats.engagements)


def _engagement(one: SuiviEngagement) -> Object:
    cible = one.engagement.cible
    return {
        "nature": "promesse" if isinstance(one.engagement, Promesse) else "echeancier",
        "officine": cible.officine,
        "debiteur": cible.debiteur or None,
        "lot": cible.lot or None,
        "facture": cible.facture or None,
        "issue": one.issue.value,
        "total_cents": one.total_cents,
        "attendu_cents": one.attendu_cents,
        "paye_cents": one.paye_cents,
        "prochain": one.prochain.isoformat() if one.prochain else None,
    }


def _first(lines: Iterable[str], most: int = _SHOWN) -> Iterator[str]:
    whole = list(lines)
    yield from whole[:most]
    if len(whole) > most:
        yield f"... et {counted(len(whole) - most, 'autre')}"
