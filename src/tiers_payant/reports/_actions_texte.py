"""What to do about rejects as a page of text, at a hundred columns: work in its order, then what only waits."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable

from tiers_payant.domain import (
    Acteur,
    Action,
    Famille,
    Inconnus,
    NatureEcheance,
    PlanActions,
    Rapprochement,
    Renvoi,
    Unite,
    capital,
    counted,
    debiteur_texte,
    format_cents,
    insecable,
)

__all__ = ["ACTEURS", "RENVOIS", "about", "actions_sections", "cut"]

WIDTH = 100
_FAMILY = 31
ACTEURS = {
    Acteur.ARRIERE_BOUTIQUE: "arrière-boutique",
    Acteur.COMPTOIR: "comptoir",
    Acteur.PRESCRIPTEUR: "prescripteur",
    Acteur.PATIENT: "patient",
    Acteur.EDITEUR: "éditeur du logiciel ou concentrateur",
    Acteur.PERSONNE: "personne",
}
RENVOIS = {
    Renvoi.OUI: "corriger et renvoyer",
    Renvoi.NON: "ne pas renvoyer",
    Renvoi.PIECE: "renvoyer la pièce seule",
    Renvoi.LOT: "renvoyer le lot",
    Renvoi.CONTESTER: "contester",
    Renvoi.A_VOIR: "renvoi à décider",
}
_ETATS = {
    "REJETEE": "rejet sans motif lu",
    "PARTIELLE": "payée en partie",
    "ANNONCEE": "annoncée en partie",
    "REPRISE": "payée puis reprise",
    "LOT_REFUSE": "accusé de réception négatif",
    "TRAITEMENT_CAISSE": "traitement caisse",
    "DIFFEREE": "paiement différé",
}
_FINS = {
    NatureEcheance.RENVOI: "renvoi",
    NatureEcheance.FORCLUSION: "forclusion",
    NatureEcheance.INDU: "réponse",
}
_UNITES = {Unite.JOURS_OUVRES: " ouvrés", Unite.JOURS_OUVRABLES: " ouvrables"}
_NUMBERS = 3
"""Facture numbers told of one action; the others are counted."""


def actions_sections(
    plan: PlanActions, result: Rapprochement, inconnus: Inconnus, most: int | None
) -> Iterable[list[str]]:
    """Yield the sections: totals, work in its order, how to do it, what waits, codes to classify.

    Args:
        plan: What to do.
        result: What it is about.
        inconnus: The codes of no table.
        most: How many actions to show; None for all.
    """
    work = list(plan.a_faire)
    yield list(_totals(plan, result, work))
    if work:
        yield list(_work(plan, result, work, most))
        yield list(_how(work))
    yield list(_waiting(plan))
    yield list(_unknown(inconnus))


def _totals(plan: PlanActions, result: Rapprochement, work: list[Action]) -> Iterable[str]:
    yield f"Rejets et suites à donner, au {plan.today:%d/%m/%Y}"
    if not _any_return(result):
        yield "Aucun retour n'a été lu : rien ne dit ce qui est payé ou refusé. Donnez aussi les retours."
        if not work:
            return
    at_stake, expected = sum(one.cents for one in work), sum(one.attendu_cents for one in work)
    hours, minutes = divmod(sum(one.minutes for one in work), 60)
    yield (
        f"{counted(len(work), 'action')} à faire, {hours}\u00a0h\u00a0{minutes:02d} de travail : "
        f"{format_cents(at_stake)} en jeu, {format_cents(expected)} attendus"
    )
    if plan.rejets_clos:
        yield f"{counted(plan.rejets_clos, 'ligne')} de rejet sans suite : facture payée, annoncée ou refaite depuis"


def _any_return(result: Rapprochement) -> bool:
    tables = result.tables
    return any(map(len, (tables.retours, tables.reponses, tables.rejets)))


def _work(plan: PlanActions, result: Rapprochement, work: list[Action], most: int | None) -> Iterable[str]:
    yield "À faire, le plus d'euros attendus par minute de travail d'abord"
    yield f"{'n°':>4}  {'en jeu':>11}  {'attendu':>11}  {'min':>3}  {'famille':<{_FAMILY}}  dernier jour"
    shown = work[:most]
    for row, one in enumerate(shown):
        yield (
            f"{one.rang:>4}  {format_cents(one.cents):>11}  {format_cents(one.attendu_cents):>11}  {one.minutes:>3}  "
            f"{cut(one.fiche.libelle, _FAMILY):<{_FAMILY}}  {_countdown(one)}"
        )
        yield from _wrapped(" · ".join(text for text in about(plan, result, row) if text), 6)
    if len(work) > len(shown):
        rest = sum(one.cents for one in work[len(shown) :])
        yield f"      ... et {counted(len(work) - len(shown), 'autre')} ({format_cents(rest)}) : --toutes les montre"
    yield from _wrapped(
        "Ordre : attendu ÷ minutes, où attendu = en jeu × espoir de la famille. Minutes et espoirs sont des choix de "
        "la bibliothèque, mesurés nulle part : --familles les remplace par les vôtres.",
        2,
    )


def about(plan: PlanActions, result: Rapprochement, row: int) -> list[str]:
    """Say what the action of that row is about: what to correct, which factures, who owes, who billed, why."""
    one = plan[row]
    kind, _, value = one.cause.partition(":")
    numbers = sorted({number.decode("latin-1") for number in result.creances.facture[plan.creances_of(row)].tolist()})
    return [
        _cause(result, plan, row, kind, value),
        _factures(numbers, one.factures) if kind not in ("facture", "retour") else "",
        "" if kind == "amc" else _payer(one.payeur),
        f"fait par {', '.join(one.operateurs)}" if one.operateurs else "",
        _evidence(one),
    ]


def _payer(debiteur: str) -> str:
    """Say who owes, without the article; a centre of zeros tells nothing."""
    if not debiteur:
        return ""
    words = debiteur_texte(debiteur).removeprefix("à la charge de ").removeprefix("la ")
    return words.replace(", centre 0000)", ")")


def _cause(result: Rapprochement, plan: PlanActions, row: int, kind: str, value: str) -> str:
    match kind:
        case "amc":
            return f"AMC n° {value}"
        case "prescripteur":
            return f"prescripteur n° {value}"
        case "assure":
            return "même assuré" if plan[row].factures > 1 else ""
        case "acte":
            return "même code acte" if plan[row].factures > 1 else ""
        case "lot":
            day, _, lot = value.partition("/")
            return f"lot {lot} du {_day(day)}"
        case "retour":
            moves = plan.mouvements.mouvement[plan.mouvements.action == row]
            retour = int(result.tables.mouvements.retour[moves[0]])
            day = str(result.tables.retours.date[retour]) if retour >= 0 else ""
            return f"retour {'sans date' if day in ('', 'NaT') else f'du {_day(day)}'} ({value})"
        case _:
            _, day, lot, facture = value.split(":", 3)
            unknown = "" if plan.actions.creances[row] else ", part refusée inconnue ici"
            return f"facture {facture}{unknown}, lot {lot} du {_day(day)}"


def _day(iso: str) -> str:
    return "/".join(reversed(iso.split("-"))) if iso and iso != "NaT" else "?"


def _factures(numbers: list[str], count: int) -> str:
    told = ", ".join(numbers[:_NUMBERS])
    more = f" et {count - _NUMBERS} de plus" if count > _NUMBERS else ""
    return f"facture{'s' * (count > 1)} {told}{more}"


def _evidence(one: Action) -> str:
    kind, _, state = one.indice.partition(":")
    if kind == "etat":
        return _ETATS[state]
    if one.indice == "mouvement":
        return "retenue ou dette"
    also = f" (et {', '.join(famille.name for famille in one.autres)})" if one.autres else ""
    return f"lu : {one.indice}{also}" if one.indice else f"motif non reconnu{also}"


def _countdown(one: Action) -> str:
    if one.le is None or one.echeance is None:
        return "selon la notification" if one.famille is Famille.INDU else "non connu"
    unit = _UNITES.get(Unite(one.unite), "")
    left = f"J{-one.jours:+}{unit}" if one.jours else "aujourd'hui"
    return f"{one.le:%d/%m/%Y} {_FINS.get(one.echeance, '')} {left}"


def _how(work: list[Action]) -> Iterable[str]:
    """Tell, of each family, who does what, once, with all its actions, shown or not."""
    families: dict[Famille, list[Action]] = defaultdict(list)
    for one in work:
        families[one.famille].append(one)
    yield "Que faire, famille par famille, toutes actions comptées"
    for members in families.values():
        fiche = members[0].fiche
        cents = format_cents(sum(one.cents for one in members))
        yield f"  {fiche.libelle} : {counted(len(members), 'action')}, {cents}"
        yield f"    {capital(ACTEURS[fiche.acteur])}, {RENVOIS[fiche.renvoi]}."
        yield from _wrapped(fiche.action, 4)
        if fiche.patient:
            told = f"«\u00a0{fiche.explication}\u00a0»"
            yield from _wrapped(f"La part peut finir à la charge du patient. Lui dire : {told}", 4)


def _waiting(plan: PlanActions) -> Iterable[str]:
    waiting: dict[str, list[Action]] = defaultdict(list)
    for one in plan.en_attente:
        waiting[one.payeur].append(one)
    if waiting:
        count = sum(map(len, waiting.values()))
        yield f"En attente de l'organisme : {counted(count, 'dossier')}. Rien à faire, ne rien renvoyer."
    owed = {payer: sum(one.cents for one in members) for payer, members in waiting.items()}
    for payer in sorted(waiting, key=lambda payer: (-owed[payer], payer)):
        told = counted(len(waiting[payer]), "dossier")
        yield f"  {format_cents(owed[payer]):>13}  {told:<12}  {_payer(payer) or 'organisme non connu'}"


def _unknown(inconnus: Inconnus) -> Iterable[str]:
    if not len(inconnus):
        return
    yield "Codes inconnus : classez-les une fois, le classement reste"
    yield f"  {'portée':<14}  {'code':<12}  {'lignes':>6}  {'montant':>13}"
    for row in range(len(inconnus)):
        one = inconnus.row(row)
        cents = format_cents(one["montant_cents"])
        yield f"  {one['portee']:<14}  {one['code'] or '(sans code)':<12}  {one['nombre']:>6}  {cents:>13}"
    yield "  --inconnus codes.csv écrit cette liste ; complétez sa colonne famille, puis donnez-la par --codes."
    yield "  --familles-liste montre les familles, par leur nom et leur libellé : l'un ou l'autre convient."


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(insecable(text), WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)


def cut(text: str, width: int) -> str:
    """Return a text that fits a column."""
    return text if len(text) <= width else f"{text[: width - 1]}…"
