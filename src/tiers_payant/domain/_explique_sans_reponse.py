"""Why no answer is tied to a créance: proposed ones, then those that look like it, then which returns were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tiers_payant.domain._codes import Part, Sujet
from tiers_payant.domain._creance import Creance
from tiers_payant.domain._explication import Bloc
from tiers_payant.domain._explique_textes import listed, passe_texte, reponse_texte
from tiers_payant.domain._motifs import motifs_exceptions
from tiers_payant.domain._mots import counted, jour_texte
from tiers_payant.domain._reperes import Repere, repere_id

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["answer_order", "doubt", "unanswered"]


def unanswered(result: Rapprochement, row: int, creance: Creance) -> Bloc:
    """Say why no answer is tied to a créance: proposed ones, then those that look like it."""
    if creance.part is Part.ASSURE:
        return Bloc(("Part de l'assuré : aucun organisme n'en répond.",))
    asked = result.propositions_reponses
    proposals = np.flatnonzero(asked.creance == row).tolist()
    if proposals:
        head = "Aucune réponse n'est rattachée ; à confirmer par une personne"
        shown = listed(head, proposals, lambda one: _proposed(result, one))
        return Bloc(shown.lignes, {"propositions_reponses": shown.faits["liste"]})
    near = _near(result, row)
    shown = listed(
        "Des réponses sans facture y ressemblent",
        near,
        lambda one: Bloc((reponse_texte(result, one),), _answer_name(result, one)),
    )
    head = _unheard(result)
    return Bloc((head, *shown.indented().lignes), {"ressemblent": shown.faits.get("liste", [])} if near else {})


def _proposed(result: Rapprochement, row: int) -> Bloc:
    asked = result.propositions_reponses
    reponse = int(asked.reponse[row])
    said = (reponse_texte(result, reponse), *doubt(result, row))
    facts = {"motif": asked.motif[row].decode(), "rivaux": int(asked.rivaux[row])}
    return Bloc(said, {**_answer_name(result, reponse), **facts})


def doubt(result: Rapprochement, row: int) -> tuple[str, ...]:
    """Say of a proposed answer what was compared, and why that is not enough."""
    asked = result.propositions_reponses
    words = motifs_exceptions().get(asked.motif[row].decode())
    compared = f"Critère : {passe_texte(result, asked.passe[row])}."
    return (compared, words.phrase_de(int(asked.rivaux[row]))) if words else (compared,)


def _answer_name(result: Rapprochement, reponse: int) -> dict[str, Any]:
    return {"id": repere_id(result, Repere(sujet=Sujet.REPONSE, rang=reponse))}


def _near(result: Rapprochement, row: int) -> list[int]:
    """Return the answers tied to no créance that name the same facture, or announce the same amount, by resemblance."""
    table, answers = result.creances, result.tables.reponses
    tied = np.zeros(len(answers), dtype=np.bool_)
    tied[result.liens_reponses.reponse] = True
    loose = np.flatnonzero(~tied)
    loose = loose[answers.officine[loose] == table.officine[row]]
    same_number = answers.facture[loose] == table.facture[row]
    same_cents = (answers.annonce_cents[loose] == table.du_cents[row]) & (table.du_cents[row] != 0)
    score = same_number * 2 + same_cents * 2 + (answers.lot[loose] == table.lot[row])
    alike, score = loose[same_number | same_cents], score[same_number | same_cents]
    ranked = sorted(
        zip((-score).tolist(), alike.tolist(), strict=True), key=lambda one: (one[0], answer_order(result, one[1]))
    )
    return [reponse for _, reponse in ranked]


def _unheard(result: Rapprochement) -> str:
    """Say that no return speaks of a share, and which returns were read."""
    days = result.tables.retours.date
    count, known = len(days), days[~np.isnat(days)]
    if not count:
        return "Aucun retour n'a été lu."
    told = f"{counted(count, 'retour')} lu{'s' * (count > 1)}"
    first, last = (jour_texte(known.min().item()), jour_texte(known.max().item())) if len(known) else ("?", "?")
    when = f"du {first}" if first == last else f"du {first} au {last}"
    return f"{told}, {when} : aucun ne parle de cette part."


def answer_order(result: Rapprochement, reponse: int) -> tuple[str, bytes, int]:
    """Sort answers by day, then by what their return says: never by the order of files."""
    retour = int(result.tables.reponses.retour[reponse])
    retours = result.tables.retours
    return (str(retours.date[retour]), bytes(retours.empreinte[retour]), reponse) if retour >= 0 else ("", b"", reponse)
