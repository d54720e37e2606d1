"""What became of an answer of a return, and of an announced transfer: tied to what, paid by what, or why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._cles import facture_codes
from tiers_payant.domain._codes import NatureMouvement, Part, Reponse, Sujet
from tiers_payant.domain._explication import Bloc, Explication, joined
from tiers_payant.domain._explique_paiement import paiement
from tiers_payant.domain._explique_sans_reponse import doubt
from tiers_payant.domain._explique_textes import (
    capital,
    creance_texte,
    facture_texte,
    groupe_texte,
    le_groupe,
    listed,
    passe_texte,
    reponse_texte,
)
from tiers_payant.domain._motifs import motifs_exceptions
from tiers_payant.domain._mots import counted, jour_texte
from tiers_payant.domain._reperes import Repere, repere_id

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["explain_groupe", "explain_reponse"]

_MOVED = {
    NatureMouvement.AUTRE: "autre mouvement",
    NatureMouvement.RETENUE: "retenue",
    NatureMouvement.FORFAIT: "forfait",
    NatureMouvement.PENALITE_RETARD: "pénalité de retard",
    NatureMouvement.INDU: "indu",
}


def explain_reponse(result: Rapprochement, row: int) -> Explication:
    """Say what the answer of that row is tied to, and why, or why not."""
    table = result.tables.reponses
    lot_date = jour_texte(table.lot_date[row].item())
    facture, lot = table.facture[row].decode("latin-1"), table.lot[row].decode("latin-1")
    ties = [_tie(result, int(link)) for link in np.flatnonzero(result.liens_reponses.reponse == row)]
    blocs = ties or [_loose(result, row)]
    groupe = int(table.groupe[row])
    if groupe >= 0 and table.annonce_cents[row]:
        blocs = [*blocs, Bloc((f"Dans {le_groupe(result, groupe)}.",)), paiement(result, groupe)]
    about = facture_texte(facture, lot, lot_date, Part(table.part[row]))
    return Explication(
        sujet="reponse",
        id=repere_id(result, Repere(sujet=Sujet.REPONSE, rang=row)),
        lignes=(f"{reponse_texte(result, row)}.", f"{about}.", *(f"  {line}" for line in joined(blocs))),
        faits={
            "annonce_cents": int(table.annonce_cents[row]), "reponse": Reponse(table.reponse[row]).name.lower(),
            "creances": [dict(bloc.faits) for bloc in ties], "suite": [dict(bloc.faits) for bloc in blocs[len(ties) :]],
        },
    )  # fmt: skip


def explain_groupe(result: Rapprochement, row: int) -> Explication:
    """Say what the announced transfer of that row is made of, and how it was paid, or why not."""
    table, groups = result.tables.reponses, result.tables.groupes
    members = np.flatnonzero(table.groupe == row)
    announced = int(table.annonce_cents[members].sum())
    moves = result.tables.mouvements
    moved = [
        (_MOVED[NatureMouvement(moves.nature[one])], int(moves.montant_cents[one]))
        for one in np.flatnonzero(moves.groupe == row)
    ]
    label = " ".join(text for text in (str(groups.libelle_1[row]), str(groups.libelle_2[row])) if text)
    bloc = paiement(result, row)
    return Explication(
        sujet="groupe",
        id=repere_id(result, Repere(sujet=Sujet.GROUPE, rang=row)),
        lignes=(
            f"{capital(groupe_texte(result, row))}.",
            _members(len(members), announced),
            *([f"Libellé annoncé : « {label} »."] if label else []),
            *(f"  {nature} : {format_cents(cents)}" for nature, cents in sorted(moved)),
            *bloc.indented().lignes,
        ),
        faits={
            "net_cents": int(result.net_groupes_cents[row]), "annonce_cents": announced,
            "reponses": len(members), "paiement": dict(bloc.faits),
        },
    )  # fmt: skip


def _members(count: int, announced: int) -> str:
    if not count:
        return "Aucune réponse n'en fait partie."
    one, several = ("annonce", "annoncent") if announced >= 0 else ("reprend", "reprennent")
    return f"{counted(count, 'réponse')}, qui {several if count > 1 else one} {format_cents(abs(announced))}."


def _tie(result: Rapprochement, link: int) -> Bloc:
    links = result.liens_reponses
    row, cents = int(links.creance[link]), int(links.cents[link])
    due, name = int(result.creances.du_cents[row]), creance_texte(result, row)
    known = repere_id(result, Repere(sujet=Sujet.CREANCE, rang=row))
    return Bloc(
        (
            f"Rattachée, pour {format_cents(cents)} sur {format_cents(due)}, à : {name} ({known}).",
            f"  Reconnue : {passe_texte(result, links.passe[link])}.",
        ),
        {"id": known, "cents": cents,
         "passe": links.passe[link].decode()},
    )  # fmt: skip


def _loose(result: Rapprochement, row: int) -> Bloc:
    """Say why an answer is tied to nothing."""
    asked = result.propositions_reponses
    rows = np.flatnonzero(asked.reponse == row).tolist()
    if rows:
        head = "Rattachée à rien ; à confirmer par une personne"
        shown = listed(head, rows, lambda one: _choice(result, one))
        return Bloc(shown.lignes, {"propositions": shown.faits["liste"]})
    if _is_billed(result, row):
        return Bloc(
            (f"Rattachée à rien. {motifs_exceptions()['REPONSE_AMBIGUE'].phrase}",), {"motif": "REPONSE_AMBIGUE"}
        )
    shown = listed("Factures au même numéro", _alike(result, row), lambda one: _like(result, one, row))
    head = f"Rattachée à rien. {motifs_exceptions()['REPONSE_SANS_FACTURE'].phrase}"
    facts = {"motif": "REPONSE_SANS_FACTURE", "ressemblent": shown.faits.get("liste", [])}
    return Bloc((head, *shown.indented().lignes), facts)


def _choice(result: Rapprochement, row: int) -> Bloc:
    asked = result.propositions_reponses
    creance = int(asked.creance[row])
    return Bloc(
        (
            f"{creance_texte(result, creance)} ({format_cents(int(result.creances.du_cents[creance]))})",
            *doubt(result, row),
        ),
        {
            "id": repere_id(result, Repere(sujet=Sujet.CREANCE, rang=creance)),
            "motif": asked.motif[row].decode(),
            "rivaux": int(asked.rivaux[row]),
        },
    )


def _is_billed(result: Rapprochement, row: int) -> bool:
    if not len(result.tables.factures):
        return False
    factures, one = result.tables.factures, result.tables.reponses.take(np.array([row]))
    rows = np.flatnonzero(factures.lot_date == one.lot_date[0])
    asked, known = facture_codes([one, factures.take(rows[factures.officine[rows] == one.officine[0]])])
    return bool((known == asked[0]).any())


def _alike(result: Rapprochement, row: int) -> list[int]:
    table, answers = result.creances, result.tables.reponses
    same = (table.facture == answers.facture[row]) & (table.officine == answers.officine[row])
    return [int(one) for one in np.flatnonzero(same)]


def _like(result: Rapprochement, creance: int, row: int) -> Bloc:
    due = int(result.creances.du_cents[creance])
    gap = abs(due - int(result.tables.reponses.annonce_cents[row]))
    apart = f", à {format_cents(gap)} près" if gap else ", même montant"
    return Bloc(
        (f"{creance_texte(result, creance)} : {format_cents(due)} dus{apart}",),
        {"id": repere_id(result, Repere(sujet=Sujet.CREANCE, rang=creance)), "ecart_cents": gap},
    )
