"""How an announced transfer was paid, by what evidence and against which rivals; or why no bank line pays it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._codes import Sujet
from tiers_payant.domain._decisions import PASSE_DECISION
from tiers_payant.domain._explication import SHOWN, Bloc
from tiers_payant.domain._explique_impaye import taken, unpaid
from tiers_payant.domain._explique_textes import groupe_texte, ligne_texte, listed, passe_texte
from tiers_payant.domain._identites import groupe_id, virement_id
from tiers_payant.domain._mots import counted, enumerated
from tiers_payant.domain._reperes import Repere
from tiers_payant.domain._temoins import Temoins, witnesses
from tiers_payant.domain._voisins import equal_groups, equal_lines

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["paiement"]


def paiement(result: Rapprochement, groupe: int) -> Bloc:
    """Say how a group was paid, or why it was not."""
    links = np.flatnonzero(result.liens_virements.groupe == groupe)
    if not len(links):
        return unpaid(result, groupe)
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
    cents, net = int(table.cents[link]), int(result.net_groupes_cents[groupe])
    if others:
        seen = attrs.evolve(seen, ecart_cents=cents - net)
    lines = [f"{_paid_how(cents, net, len(others))} {ligne_texte(result, line)}{_also(len(others))}."]
    lines.append(f"  Reconnu : {passe_texte(result, passe)}.")
    lines.append(f"  Preuves : {' ; '.join(seen.evidence())}.")
    if others:
        also = [int(table.groupe[row]) for row in others]
        lost = listed("Le même virement règle aussi", also, lambda one: Bloc((groupe_texte(result, one),)))
    else:
        rivals = _rivals(result, groupe, line)
        decided = passe.decode() == PASSE_DECISION
        lost = listed("Candidats écartés", rivals, lambda one: _lost(result, one, (groupe, line), seen, decided))
    if cents != net and not others:
        lines += _parts(result, groupe)
    facts = {
        "virements": [_line_facts(result, line, int(table.cents[link]))], "passe": passe.decode(),
        "preuves": attrs.asdict(seen), "autres_reglements": len(others), "rivaux": lost.faits.get("liste", []),
    }  # fmt: skip
    return Bloc((*lines, *lost.indented().lignes), {"groupe": groupe_id(result.tables, groupe), **facts})


def _paid_how(cents: int, net: int, others: int) -> str:
    if net < 0:
        return "Reprise prélevée par le"
    if others:
        return f"Règlement payé, pour {format_cents(cents)}, par le"
    if cents != net:
        return f"Règlement payé en partie, {format_cents(cents)} sur {format_cents(net)}, par le"
    return "Règlement payé par le"


def _also(others: int) -> str:
    return f", qui en règle aussi {counted(others, 'autre')}" if others else ""


def _parts(result: Rapprochement, groupe: int) -> list[str]:
    """Say which answers a partial transfer pays, or that nobody knows."""
    told, answers = result.ventilations, result.tables.reponses
    rows = np.flatnonzero(told.groupe == groupe).tolist()
    if not rows:
        return ["  Ce qu'il paie n'est pas dit, et le montant seul ne le prouve pas."]
    names = [
        f"facture {answers.facture[told.reponse[row]].decode('latin-1')}" if told.reponse[row] >= 0 else "mouvement"
        for row in rows
    ]
    said = [f"{name} ({format_cents(int(told.cents[row]))})" for name, row in zip(names, rows, strict=True)]
    more = [counted(len(said) - SHOWN, "autre")] if len(said) > SHOWN else []
    return [f"  Seul choix qui en fait le montant : {enumerated([*said[:SHOWN], *more])}."]


def _paid_by_several(result: Rapprochement, groupe: int, links: list[int]) -> Bloc:
    table = result.liens_virements
    rows = [int(table.virement[link]) for link in links]
    amounts = [format_cents(int(table.cents[link])) for link in links]
    net = format_cents(int(result.net_groupes_cents[groupe]))
    said = "Règlement payé" if result.net_groupes_cents[groupe] >= 0 else "Reprise prélevée"
    lines = [f"{said} par {counted(len(rows), _line_word(result, groupe))} : {enumerated(amounts)}, qui font {net}."]
    lines.append(f"  Reconnu : {passe_texte(result, table.passe[links[0]])}.")
    lines += [f"  - {ligne_texte(result, row)}, {witnesses(result, groupe, row).passe_en_banque}" for row in rows]
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
    amount, number = format_cents(abs(int(table.cents[link]))), len(rows)
    told = f"Payés ensemble : {number} règlements de {amount}", "Lequel paie lequel n'est pas dit, et ne change rien"
    if table.cents[link] < 0:
        told = f"Prélevées ensemble : {number} reprises de {amount}", "Laquelle l'est par lequel n'est pas dit"
    said = (
        f"{told[0]}, par {number} {_line_word(result, groupe)}s de ce montant.",
        f"  Reconnu : {passe_texte(result, table.passe[link])}.",
        f"  {told[1]} : {'tous sont payés' if table.cents[link] >= 0 else 'toutes sont prélevées'}.",
        *(f"  - {ligne_texte(result, line)}" for line in lines[:SHOWN]),
        *([f"  - et {counted(len(lines) - SHOWN, 'autre')}"] if len(lines) > SHOWN else []),
    )
    facts = {
        "groupe": groupe_id(result.tables, groupe), "passe": table.passe[link].decode(), "classe": len(rows),
        "virements": [_line_facts(result, line, int(table.cents[link])) for line in lines],
    }  # fmt: skip
    return Bloc(said, facts)


def _line_word(result: Rapprochement, groupe: int) -> str:
    return "virement" if result.net_groupes_cents[groupe] >= 0 else "débit"


def _rivals(result: Rapprochement, groupe: int, line: int) -> list[Repere]:
    """Return what had the same amount and lost: other lines for the group, then other groups for the line."""
    lines = [Repere(sujet=Sujet.VIREMENT, rang=one) for one in equal_lines(result, groupe) if one != line]
    return lines + [Repere(sujet=Sujet.GROUPE, rang=one) for one in equal_groups(result, line) if one != groupe]


def _lost(result: Rapprochement, rival: Repere, pair: tuple[int, int], winner: Temoins, decided: bool) -> Bloc:
    """Say why a rival of one end of a settled *pair* lost, and by how much."""
    groupe, line = pair
    if rival.sujet is Sujet.VIREMENT:
        named, line, used = ligne_texte(result, rival.rang), rival.rang, taken(result, rival.rang)
    else:
        named, groupe, used = groupe_texte(result, rival.rang), rival.rang, _paid(result, rival.rang)
    seen = witnesses(result, groupe, line)
    why = [*seen.objections(), *used, *(["une personne en a choisi un autre"] if decided else [])]
    if winner.libelle and not seen.libelle and not seen.autre_date:
        why.append("le libellé annoncé n'y est pas")
    days = abs(seen.jours or 0) - abs(winner.jours or 0)
    if not why:
        why = [f"plus loin de l'annonce, de {counted(days, 'jour')}" if days > 0 else "rien ne le désigne seul"]
    said = f"{named}, {seen.passe_en_banque} : {' ; '.join(why)}"
    return Bloc((said,), {"raisons": why, "jours_de_plus": days, **attrs.asdict(seen)})


def _paid(result: Rapprochement, groupe: int) -> list[str]:
    return ["déjà payé par ailleurs"] if (result.liens_virements.groupe == groupe).any() else []


def _line_facts(result: Rapprochement, line: int, cents: int) -> dict[str, Any]:
    lines = result.tables.virements
    day = lines.date[line].item()
    return {
        "id": virement_id(result.tables, line), "date": None if day is None else day.isoformat(),
        "montant_cents": int(lines.montant_cents[line]), "cents": cents,
    }  # fmt: skip
