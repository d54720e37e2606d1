"""What became of a bank line: what it pays and by what evidence, what it may pay, or why nothing explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._codes import EtatVirement, Recherche, Statut, Sujet
from tiers_payant.domain._explication import SHOWN, Bloc, Explication, joined
from tiers_payant.domain._explique_impaye import proposal
from tiers_payant.domain._explique_paiement import paiement
from tiers_payant.domain._explique_textes import (
    DOUTES,
    capital,
    creance_texte,
    groupe_texte,
    le_groupe,
    ligne_texte,
    listed,
    passe_texte,
)
from tiers_payant.domain._identites import groupe_id, virement_id
from tiers_payant.domain._motifs import motifs_exceptions
from tiers_payant.domain._mots import counted
from tiers_payant.domain._reperes import Repere, repere_id
from tiers_payant.domain._temoins import payer_of, witnesses
from tiers_payant.domain._voisins import near_groups

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["explain_virement"]

_SAID = {
    EtatVirement.INEXPLIQUE: "Inexpliqué : aucun règlement annoncé ne lui correspond.",
    EtatVirement.EXPLIQUE: "Expliqué, au centime près.",
    EtatVirement.PARTIEL: "Virement partiel : on sait pour quel règlement, pas pour quelles factures.",
    EtatVirement.PROPOSE: "À confirmer par une personne : rien de sûr ne le désigne.",
    EtatVirement.HORS_PERIMETRE: "Hors tiers payant : ni payeur connu, ni référence de tiers payant, ni candidat.",
}
_SEARCH = {Recherche.HORS_BUDGET: "HORS_BUDGET", Recherche.CANDIDATS_TROP_NOMBREUX: "CANDIDATS_TROP_NOMBREUX"}


def explain_virement(result: Rapprochement, row: int) -> Explication:
    """Say what the bank line of that row pays, and why, or why not."""
    lines, etat = result.tables.virements, EtatVirement(result.etats_virements[row])
    blocs = [*_groups(result, row), *_directs(result, row)] or [_open(result, row, etat)]
    taken = _taken(result, row)
    payeur = payer_of(result, row)
    said = _SAID[etat] if lines.montant_cents[row] >= 0 or etat is not EtatVirement.INEXPLIQUE else "Débit inexpliqué."
    return Explication(
        sujet="virement",
        id=virement_id(result.tables, row),
        lignes=(
            f"{capital(ligne_texte(result, row))}.",
            f"Libellé : « {lines.libelle[row]} ». Payeur : {payeur.nom if payeur else 'aucun payeur connu'}.",
            *_unbooked(result, row),
            said,
            *(f"  {line}" for line in joined(blocs)),
        ),
        faits={
            "etat": etat.name.lower(), "montant_cents": int(lines.montant_cents[row]), "affecte_cents": taken,
            "payeur": payeur.id if payeur else None, "suite": [dict(bloc.faits) for bloc in blocs if bloc.faits],
        },
    )  # fmt: skip


def _taken(result: Rapprochement, row: int) -> int:
    links, directs = result.liens_virements, result.liens_directs
    return int(links.cents[links.virement == row].sum() + directs.cents[directs.virement == row].sum())


def _unbooked(result: Rapprochement, row: int) -> list[str]:
    """Say why a line is no money that counts."""
    lines = result.tables.virements
    said = []
    if lines.statut[row] != Statut.COMPTABILISE:
        said.append("La banque ne l'a pas encore comptabilisé : ce n'est pas encore de l'argent.")
    if lines.devise[row] not in (b"EUR", b""):
        said.append(f"Il est en {lines.devise[row].decode('latin-1')}, et seuls les euros comptent.")
    return said


def _groups(result: Rapprochement, row: int) -> list[Bloc]:
    links = result.liens_virements
    rows = np.flatnonzero(links.virement == row)
    if not len(rows):
        return []
    groupe = int(links.groupe[rows[0]])
    if links.classe[rows[0]] or (links.groupe == groupe).sum() > 1:
        return [paiement(result, groupe)]
    if len(rows) == 1:
        paid = paiement(result, groupe)
        return [Bloc((f"{_pays(result, int(rows[0]))} {le_groupe(result, groupe)}.", *paid.lignes[1:]), paid.faits)]
    head = f"Il paie {counted(len(rows), 'règlement')}, dont la somme est la sienne"
    shown = listed(head, rows.tolist(), lambda one: _part(result, one))
    why = f"Reconnu : {passe_texte(result, links.passe[rows[0]])}."
    return [Bloc((*shown.lignes, why), {"groupes": shown.faits["liste"], "passe": links.passe[rows[0]].decode()})]


def _pays(result: Rapprochement, link: int) -> str:
    cents, net = result.liens_virements.cents[link], result.net_groupes_cents[result.liens_virements.groupe[link]]
    return "Il prélève" if net < 0 else "Il paie" if cents == net else f"Il paie {format_cents(int(cents))} sur"


def _part(result: Rapprochement, link: int) -> Bloc:
    groupe, cents = int(result.liens_virements.groupe[link]), int(result.liens_virements.cents[link])
    said = f"{format_cents(cents)} : {groupe_texte(result, groupe)}"
    return Bloc((said,), {"groupe": groupe_id(result.tables, groupe), "cents": cents})


def _directs(result: Rapprochement, row: int) -> list[Bloc]:
    """Say which créances the line pays without any return."""
    links = result.liens_directs
    rows = np.flatnonzero(links.virement == row)
    if not len(rows):
        return []
    head = f"Il paie {counted(len(rows), 'créance')}, sans retour"
    shown = listed(head, rows.tolist(), lambda one: _direct(result, one))
    why = f"Reconnu : {passe_texte(result, links.passe[rows[0]])}."
    return [Bloc((*shown.lignes, why), {"creances": shown.faits["liste"], "passe": links.passe[rows[0]].decode()})]


def _direct(result: Rapprochement, link: int) -> Bloc:
    row, cents = int(result.liens_directs.creance[link]), int(result.liens_directs.cents[link])
    name = repere_id(result, Repere(sujet=Sujet.CREANCE, rang=row))
    said = f"{format_cents(cents)} : {creance_texte(result, row)} ({name})"
    return Bloc((said,), {"id": name, "cents": cents})


def _open(result: Rapprochement, row: int, etat: EtatVirement) -> Bloc:
    asked = np.flatnonzero(result.propositions.virement == row).tolist()
    if asked:
        named = sorted((groupe_texte(result, int(result.propositions.groupe[one])), one) for one in asked)
        may = "payer" if result.tables.virements.montant_cents[row] >= 0 else "prélever"
        shown = listed(f"Il pourrait {may}", named, lambda one: proposal(result, one[1], one[0]))
        return Bloc(shown.lignes, {"propositions": shown.faits["liste"]})
    sets = np.unique(result.propositions_directes.ensemble[result.propositions_directes.virement == row]).tolist()
    if sets:
        shown = listed("Il pourrait payer, sans retour", sets, lambda one: _set(result, one))
        return Bloc(shown.lignes, {"propositions_directes": shown.faits["liste"]})
    if etat is EtatVirement.HORS_PERIMETRE:
        return Bloc()
    search = _SEARCH.get(Recherche(result.recherche_virements[row]))
    why = [motifs_exceptions()[search].phrase] if search else []
    near = near_groups(result, row)
    shown = listed("Au plus près", near, lambda one: _near(result, one, row))
    lost = [] if near else ["Aucun règlement annoncé ne s'en approche : il manque sans doute un retour."]
    if result.tables.virements.montant_cents[row] <= 0:
        lost = ["Un organisme reprend de l'argent : la dette est à lui demander, puis à comparer aux retours."]
    return Bloc((*why, *lost, *shown.lignes), {"proches": shown.faits.get("liste", []), "recherche": search})


def _set(result: Rapprochement, number: int) -> Bloc:
    """Name the créances of one set that a line may pay."""
    asked = result.propositions_directes
    rows = asked.creance[asked.ensemble == number].tolist()
    factures = [str(result.creances[row].facture) for row in rows]
    more = f" et {counted(len(rows) - SHOWN, 'autre')}" if len(rows) > SHOWN else ""
    said = f"{counted(len(rows), 'créance')} : facture{'s' * (len(rows) > 1)} {', '.join(factures[:SHOWN])}{more}"
    names = [repere_id(result, Repere(sujet=Sujet.CREANCE, rang=row)) for row in rows]
    passe, motif = (column[asked.ensemble == number][0] for column in (asked.passe, asked.motif))
    return Bloc(
        (said, f"Critère : {passe_texte(result, passe)}.", DOUTES[motif.decode()]),
        {"creances": names, "passe": passe.decode(), "motif": motif.decode()},
    )


def _near(result: Rapprochement, groupe: int, row: int) -> Bloc:
    seen = witnesses(result, groupe, row)
    paid = (result.liens_virements.groupe == groupe).any()
    why = [*seen.objections(), *(["déjà payé par ailleurs"] if paid else [])]
    said = f"{groupe_texte(result, groupe)}, {seen.passe_en_banque} : {' ; '.join(why) or 'rien ne le désigne seul'}"
    return Bloc((said,), {"groupe": groupe_id(result.tables, groupe), "raisons": why, **attrs.asdict(seen)})
