"""How an announced transfer was paid, by what evidence and against which rivals; or why no bank line pays it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import numpy as np

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._codes import EtatVirement, Sujet
from tiers_payant.domain._explication import SHOWN, Bloc
from tiers_payant.domain._identites import groupe_id, virement_id
from tiers_payant.domain._motifs import motifs_exceptions
from tiers_payant.domain._mots import counted, enumerated, jour_texte
from tiers_payant.domain._reperes import Repere
from tiers_payant.domain._temoins import Temoins, witnesses
from tiers_payant.domain._voisins import equal_groups, equal_lines, near_lines

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["groupe_texte", "ligne_texte", "listed", "paiement", "passe_texte", "proposal"]

T = TypeVar("T")

_UNTOLD = " : ce qu'il paie n'est pas dit"


def ligne_texte(result: Rapprochement, line: int) -> str:
    """Name a bank line: amount, day, identifier."""
    lines = result.tables.virements
    kind = "virement" if lines.montant_cents[line] >= 0 else "débit"
    amount = format_cents(abs(int(lines.montant_cents[line])))
    return f"{kind} de {amount} du {jour_texte(lines.date[line].item())} ({virement_id(result.tables, line)})"


def groupe_texte(result: Rapprochement, groupe: int) -> str:
    """Name an announced transfer: net, day, identifier."""
    net, day = int(result.net_groupes_cents[groupe]), result.tables.groupes.date[groupe].item()
    return f"règlement de {format_cents(net)} annoncé le {jour_texte(day)} ({groupe_id(result.tables, groupe)})"


def passe_texte(result: Rapprochement, passe: bytes) -> str:
    """Say what a pass means; its name when the result does not tell."""
    name = passe.decode()
    return result.passes.get(name, name)


def listed(title: str, items: Sequence[T], tell: Callable[[T], Bloc]) -> Bloc:
    """Put *items* under a title, the first few told in full, the others counted; nothing when there is none."""
    if not items:
        return Bloc()
    lines, shown = [f"{title} :"], [tell(item) for item in items[:SHOWN]]
    for bloc in shown:
        lines += [f"  - {bloc.lignes[0]}", *(f"    {line}" for line in bloc.lignes[1:])]
    if len(items) > SHOWN:
        lines.append(f"  - et {counted(len(items) - SHOWN, 'autre')}")
    return Bloc(tuple(lines), {"liste": [dict(bloc.faits) for bloc in shown], "nombre": len(items)})


def paiement(result: Rapprochement, groupe: int) -> Bloc:
    """Say how a group was paid, or why it was not."""
    links = np.flatnonzero(result.liens_virements.groupe == groupe)
    if not len(links):
        return _unpaid(result, groupe)
    if result.liens_virements.classe[links[0]]:
        return _paid_in_class(result, groupe, int(links[0]))
    if len(links) > 1:
        return _paid_by_several(result, groupe, links.tolist())
    return _paid_by_one(result, groupe, int(links[0]))


def _paid_by_one(result: Rapprochement, groupe: int, link: int) -> Bloc:
    table = result.liens_virements
    line, passe = int(table.virement[link]), table.passe[link]
    seen = witnesses(result, groupe, line)
    others = [int(row) for row in np.flatnonzero(table.virement == line) if table.groupe[row] != groupe]
    lines = [f"Règlement payé par le {ligne_texte(result, line)}."]
    if others:
        lines[0] = f"Règlement payé, pour {format_cents(int(table.cents[link]))}, par le {ligne_texte(result, line)}, "
        lines[0] += f"qui en règle aussi {counted(len(others), 'autre')}."
        seen = attrs.evolve(seen, ecart_cents=int(table.cents[link]) - int(result.net_groupes_cents[groupe]))
    cents, net = int(table.cents[link]), int(result.net_groupes_cents[groupe])
    if not others and cents != net:
        told = (result.ventilations.groupe == groupe).any()
        lines[0] = f"Règlement payé en partie, {format_cents(cents)} sur {format_cents(net)}, par le "
        lines[0] += f"{ligne_texte(result, line)}{_UNTOLD * (not told)}."
    lines.append(f"  Reconnu : {passe_texte(result, passe)}.")
    lines.append(f"  Preuves : {' ; '.join(seen.evidence())}.")
    if others:
        also = [int(table.groupe[row]) for row in others]
        lost = listed("Le même virement règle aussi", also, lambda one: Bloc((groupe_texte(result, one),)))
    else:
        rivals = _rivals(result, groupe, line)
        lost = listed("Candidats écartés", rivals, lambda one: _lost(result, one, (groupe, line), seen))
    facts = {
        "virements": [_line_facts(result, line, int(table.cents[link]))], "passe": passe.decode(),
        "preuves": attrs.asdict(seen), "autres_reglements": len(others), "rivaux": lost.faits.get("liste", []),
    }  # fmt: skip
    return Bloc((*lines, *lost.indented().lignes), {"groupe": groupe_id(result.tables, groupe), **facts})


def _paid_by_several(result: Rapprochement, groupe: int, links: list[int]) -> Bloc:
    table = result.liens_virements
    rows = [int(table.virement[link]) for link in links]
    amounts = [format_cents(int(table.cents[link])) for link in links]
    net = format_cents(int(result.net_groupes_cents[groupe]))
    lines = [f"Règlement payé par {counted(len(rows), 'virement')} : {enumerated(amounts)}, qui font {net}."]
    lines.append(f"  Reconnu : {passe_texte(result, table.passe[links[0]])}.")
    lines += [f"  - {ligne_texte(result, row)}, crédité {witnesses(result, groupe, row).quand}" for row in rows]
    return Bloc(
        tuple(lines),
        {
            "groupe": groupe_id(result.tables, groupe),
            "virements": [
                _line_facts(result, row, int(table.cents[link])) for row, link in zip(rows, links, strict=True)
            ],
            "passe": table.passe[links[0]].decode(),
        },
    )


def _paid_in_class(result: Rapprochement, groupe: int, link: int) -> Bloc:
    table = result.liens_virements
    rows = np.flatnonzero(table.classe == table.classe[link])
    lines = sorted(int(row) for row in table.virement[rows])
    amount = format_cents(int(table.cents[link]))
    said = (
        f"Payés ensemble : {len(rows)} règlements de {amount}, par {len(rows)} virements de ce montant.",
        f"  Reconnu : {passe_texte(result, table.passe[link])}.",
        "  Lequel paie lequel n'est pas dit, et ne change rien : tous sont payés.",
        *(f"  - {ligne_texte(result, line)}" for line in lines[:SHOWN]),
        *([f"  - et {counted(len(lines) - SHOWN, 'autre')}"] if len(lines) > SHOWN else []),
    )
    facts = {
        "groupe": groupe_id(result.tables, groupe), "passe": table.passe[link].decode(), "classe": len(rows),
        "virements": [_line_facts(result, line, int(table.cents[link])) for line in lines],
    }  # fmt: skip
    return Bloc(said, facts)


def _unpaid(result: Rapprochement, groupe: int) -> Bloc:
    net = int(result.net_groupes_cents[groupe])
    asked = np.flatnonzero(result.propositions.groupe == groupe)
    facts: dict[str, Any] = {"groupe": groupe_id(result.tables, groupe), "virements": []}
    if len(asked):
        ordered = sorted((virement_id(result.tables, int(result.propositions.virement[row])), row) for row in asked)
        head = "Aucun virement n'est reconnu ; à confirmer par une personne"
        shown = listed(head, [int(row) for _, row in ordered], lambda row: _candidate(result, row))
        return Bloc(shown.lignes, {**facts, "propositions": shown.faits["liste"]})
    if net <= 0:
        mine = result.tables.reponses.groupe == groupe
        paying = int(result.tables.reponses.annonce_cents[mine].sum()) > 0
        why = "les retenues absorbent tout le règlement" if paying else "ce règlement n'annonce rien à payer"
        return Bloc((f"Aucun virement n'est à attendre : {why}.",), facts)
    near = near_lines(result, groupe)
    shown = listed("Au plus près", near, lambda line: _near_line(result, groupe, line))
    head = "Aucun virement reconnu pour ce règlement" + (
        "." if near else ", ni aucune ligne de banque qui s'en approche."
    )
    return Bloc((head, *shown.indented().lignes), {**facts, "proches": shown.faits.get("liste", [])})


def _candidate(result: Rapprochement, row: int) -> Bloc:
    return proposal(result, row, ligne_texte(result, int(result.propositions.virement[row])))


def proposal(result: Rapprochement, row: int, named: str) -> Bloc:
    """Say one proposal: the candidate, when, and why it is no more than that."""
    table = result.propositions
    groupe, line, motif = int(table.groupe[row]), int(table.virement[row]), table.motif[row].decode()
    rivals = table.rivaux[row].split()
    seen = witnesses(result, groupe, line)
    phrase = motifs_exceptions()["ECART_MONTANT" if motif == "BRUT" else motif].phrase_de(len(rivals))
    if motif == "BRUT":
        phrase = f"Il égale les paiements sans les retenues : {format_cents(abs(seen.ecart_cents))} de plus que le net."
    return Bloc(
        (f"{named}, crédité {seen.quand}", phrase),
        {
            "groupe": groupe_id(result.tables, groupe), "virement": virement_id(result.tables, line), "motif": motif,
            "rivaux": rivals, **attrs.asdict(seen),
        },
    )  # fmt: skip


def _near_line(result: Rapprochement, groupe: int, line: int) -> Bloc:
    seen = witnesses(result, groupe, line)
    why = [*seen.objections(), *_taken(result, line)]
    said = f"{ligne_texte(result, line)}, crédité {seen.quand} : {' ; '.join(why) or 'rien ne le désigne seul'}"
    return Bloc((said,), {"virement": virement_id(result.tables, line), "raisons": why, **attrs.asdict(seen)})


def _rivals(result: Rapprochement, groupe: int, line: int) -> list[Repere]:
    """Return what had the same amount and lost: other lines for the group, then other groups for the line."""
    lines = [Repere(sujet=Sujet.VIREMENT, rang=one) for one in equal_lines(result, groupe) if one != line]
    return lines + [Repere(sujet=Sujet.GROUPE, rang=one) for one in equal_groups(result, line) if one != groupe]


def _lost(result: Rapprochement, rival: Repere, pair: tuple[int, int], winner: Temoins) -> Bloc:
    """Say why a rival of one end of a settled *pair* lost, and by how much."""
    groupe, line = pair
    if rival.sujet is Sujet.VIREMENT:
        named, line, taken = ligne_texte(result, rival.rang), rival.rang, _taken(result, rival.rang)
    else:
        named, groupe, taken = groupe_texte(result, rival.rang), rival.rang, _paid(result, rival.rang)
    seen = witnesses(result, groupe, line)
    why = [*seen.objections(), *taken]
    if winner.libelle and not seen.libelle and not seen.autre_date:
        why.append("le libellé annoncé n'y est pas")
    days = abs(seen.jours or 0) - abs(winner.jours or 0)
    if not why:
        why = [f"plus loin de l'annonce, de {counted(days, 'jour')}" if days > 0 else "rien ne le désigne seul"]
    said = f"{named}, crédité {seen.quand} : {' ; '.join(why)}"
    return Bloc((said,), {"raisons": why, "jours_de_plus": days, **attrs.asdict(seen)})


def _taken(result: Rapprochement, line: int) -> list[str]:
    """Say what a bank line already is, when it is not free."""
    if (result.liens_virements.virement == line).any():
        return ["règle déjà un autre paiement"]
    if (result.liens_directs.virement == line).any():
        return ["règle déjà des créances sans retour"]
    return ["hors tiers payant"] if result.etats_virements[line] == EtatVirement.HORS_PERIMETRE else []


def _paid(result: Rapprochement, groupe: int) -> list[str]:
    return ["déjà payé par ailleurs"] if (result.liens_virements.groupe == groupe).any() else []


def _line_facts(result: Rapprochement, line: int, cents: int) -> dict[str, Any]:
    lines = result.tables.virements
    day = lines.date[line].item()
    return {
        "id": virement_id(result.tables, line), "date": None if day is None else day.isoformat(),
        "montant_cents": int(lines.montant_cents[line]), "cents": cents,
    }  # fmt: skip
