"""Why no bank line pays an announced transfer: what is proposed, what is not to be waited for, what is near."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._codes import EtatVirement
from tiers_payant.domain._explication import Bloc
from tiers_payant.domain._explique_textes import ligne_texte, listed
from tiers_payant.domain._identites import groupe_id, virement_id
from tiers_payant.domain._motifs import motifs_exceptions
from tiers_payant.domain._temoins import witnesses
from tiers_payant.domain._versements import gross_cents
from tiers_payant.domain._voisins import near_lines

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["proposal", "taken", "unpaid"]

_WITH_LABEL = ("MONTANT_INFERIEUR", "MONTANT_SUPERIEUR")
"""Reasons of proposals whose line bears the announced label, for another amount."""


def unpaid(result: Rapprochement, groupe: int) -> Bloc:
    """Say why no bank line pays a group."""
    net = int(result.net_groupes_cents[groupe])
    facts: dict[str, Any] = {"groupe": groupe_id(result.tables, groupe), "virements": []}
    asked = np.flatnonzero(result.propositions.groupe == groupe)
    if len(asked):
        ordered = sorted((virement_id(result.tables, int(result.propositions.virement[row])), row) for row in asked)
        head = f"Aucun {'virement' if net >= 0 else 'débit'} n'est reconnu ; à confirmer par une personne"
        shown = listed(head, [int(row) for _, row in ordered], lambda row: _candidate(result, row))
        return Bloc(shown.lignes, {**facts, "propositions": shown.faits["liste"]})
    if not net:
        paying = gross_cents(result.tables)[groupe] > 0
        why = "les retenues absorbent tout le règlement" if paying else "ce règlement n'annonce rien à payer"
        return Bloc((f"Aucun virement n'est à attendre : {why}.",), facts)
    near = near_lines(result, groupe)
    shown = listed("Au plus près", near, lambda line: _near_line(result, groupe, line))
    return Bloc(
        (*_nothing(net, bool(near)), *shown.indented().lignes), {**facts, "proches": shown.faits.get("liste", [])}
    )


def _nothing(net: int, near: bool) -> tuple[str, ...]:
    alone = "." if near else ", ni aucune ligne de banque qui s'en approche."
    if net > 0:
        return (f"Aucun virement reconnu pour ce règlement{alone}",)
    return (
        f"Aucun débit reconnu pour cette reprise{alone}",
        "L'organisme peut aussi la retenir sur un règlement suivant.",
    )


def _candidate(result: Rapprochement, row: int) -> Bloc:
    return proposal(result, row, ligne_texte(result, int(result.propositions.virement[row])))


def proposal(result: Rapprochement, row: int, named: str) -> Bloc:
    """Say one proposal: the candidate, when, and why it is no more than that."""
    table = result.propositions
    groupe, line, motif = int(table.groupe[row]), int(table.virement[row]), table.motif[row].decode()
    rivals = table.rivaux[row].split()
    seen = witnesses(result, groupe, line)
    return Bloc(
        (f"{named}, {seen.passe_en_banque}", *_doubt(motif, seen.ecart_cents, len(rivals))),
        {
            "groupe": groupe_id(result.tables, groupe), "virement": virement_id(result.tables, line), "motif": motif,
            "rivaux": rivals, **attrs.asdict(seen),
        },
    )  # fmt: skip


def _doubt(motif: str, cents: int, rivals: int) -> tuple[str, ...]:
    if motif not in ("BRUT", *_WITH_LABEL):
        return (motifs_exceptions()[motif].phrase_de(rivals),)
    what = f"Il égale les paiements sans les {'retenues' if cents > 0 else 'autres mouvements'}"
    if motif in _WITH_LABEL:
        what = "Le libellé annoncé y est, mais pas le montant"
    gap = f"{what} : {format_cents(abs(cents))} de {'plus' if cents > 0 else 'moins'} que le net."
    return (gap, motifs_exceptions()["AMBIGU"].phrase_de(rivals)) if rivals else (gap,)


def _near_line(result: Rapprochement, groupe: int, line: int) -> Bloc:
    seen = witnesses(result, groupe, line)
    why = [*seen.objections(), *taken(result, line)]
    said = f"{ligne_texte(result, line)}, {seen.passe_en_banque} : {' ; '.join(why) or 'rien ne le désigne seul'}"
    return Bloc((said,), {"virement": virement_id(result.tables, line), "raisons": why, **attrs.asdict(seen)})


def taken(result: Rapprochement, line: int) -> list[str]:
    """Say what a bank line already is, when it is not free."""
    if (result.liens_virements.virement == line).any():
        return ["règle déjà un autre paiement"]
    if (result.liens_directs.virement == line).any():
        return ["règle déjà des créances sans retour"]
    return ["hors tiers payant"] if result.etats_virements[line] == EtatVirement.HORS_PERIMETRE else []
