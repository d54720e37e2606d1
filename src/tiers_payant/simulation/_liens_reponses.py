"""What the answers without key are about, and whether beneficiary, numbers, amounts and dates alone decide it."""

from __future__ import annotations

import attrs

from ._enumerateur import Demande, LienReponse, ReponseSansCle, unique_reponses
from ._monde import CleEcrite, Genre, Monde, ReponseRecue, Retour
from ._vraies_cles import Cle, cle_of

__all__ = ["LienReponseVrai", "liens_reponses_of"]


@attrs.frozen(kw_only=True)
class LienReponseVrai:
    """An answer that came without the key of its facture, and one share that it is about."""

    creance: Cle
    fichier: str
    """File identifier of its return, unique for one officine."""
    ecrit: CleEcrite
    """The key as it stands in the return, unique in it, and what was lost of the true one."""
    part: str
    """The share as it stands in the return; empty when it names none, and one answer is then about several."""
    annonce_cents: int
    reachable: bool


def liens_reponses_of(world: Monde) -> tuple[LienReponseVrai, ...]:
    """Return the links of every answer without key of the returns that came, sorted by créance."""
    shares = [(vente, part) for vente in world.ventes() for part in vente.parts()]
    places = {(id(vente), part): rank for rank, (vente, part) in enumerate(shares)}
    factures = {id(vente): rank for rank, (vente, _) in enumerate(shares)}
    lost = [(retour, answer) for retour in world.retours for answer in retour.reponses if answer.cle is not None]
    rows: dict[tuple[int, int, str], int] = {}
    for retour, answer in lost:
        rows.setdefault(_row(retour, answer), len(rows))
    first = {rows[_row(retour, answer)]: (retour, answer) for retour, answer in reversed(lost)}
    demandes = [
        Demande(
            cle=rank,
            facture_rang=factures[id(vente)],
            personne=(vente.officine.numero, vente.saisie.nir, vente.saisie.naissance),
            part=part,
            lot=cle_of(vente, part).lot,
            facture=vente.numero,
            cents=vente.montant(part),
            envoi=cle_of(vente, part).lot_date,
        )
        for rank, (vente, part) in enumerate(shares)
    ]
    unique = unique_reponses(demandes, [_written(cle, *said) for cle, said in first.items()])
    found = [
        LienReponseVrai(
            creance=cle_of(answer.vente, answer.part),
            fichier=retour.fichier,
            ecrit=answer.cle,
            part=_part(retour, answer),
            annonce_cents=answer.annonce,
            reachable=LienReponse(rows[_row(retour, answer)], places[id(answer.vente), answer.part]) in unique,
        )
        for retour, answer in lost
        if answer.cle is not None
    ]
    return tuple(sorted(found, key=lambda link: (link.creance, link.fichier, link.annonce_cents)))


def _row(retour: Retour, answer: ReponseRecue) -> tuple[int, int, str]:
    """Tell one answer of a return from another: a refusal that names no share is one for both."""
    part = _part(retour, answer)
    return id(retour), id(answer) if part else id(answer.vente), part


def _part(retour: Retour, answer: ReponseRecue) -> str:
    """Return the share that the return names: the old set names that of a payment only."""
    old = retour.payeur.obligatoire and not retour.payeur.separe
    return "" if old and answer.genre is not Genre.PAYEE else answer.part


def _written(cle: int, retour: Retour, answer: ReponseRecue) -> ReponseSansCle:
    saisie, written = answer.vente.saisie, answer.cle
    if written is None:
        raise ValueError("an answer that bears the key of its facture")
    asks = retour.payeur.separe or not retour.payeur.obligatoire
    return ReponseSansCle(
        cle=cle,
        personne=(answer.vente.officine.numero, saisie.nir, saisie.naissance),
        part=_part(retour, answer),
        lot=written.lot,
        facture=written.facture,
        cents=answer.vente.montant(answer.part) if asks else answer.annonce,
        jour=answer.date,
        numerotee=written.perdu == "date",
    )
