"""Why each share was refused, which other factures bear a fault that nobody minded, and who sold them.

Who is refused, and what follows, is drawn with the money (`_chronique`); why is drawn afterwards, from a stream of its
own, among the causes that fit what happened. So the total of rejects is what it is, and the money of a seed does not
depend on causes.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from ._catalogue import CONTRAT_FERME
from ._fautes import AU_COMPTOIR, CAUSES, PAR_NOM, Cause
from ._monde import AMO, Faute, Genre, Lot, Operateur, ReponseRecue, Vente
from ._motifs import draw_motif
from ._operateurs import draw_operateur
from ._taux import Taux

__all__ = ["explain"]

_GARDE = 0.6
"""How often the first thought is the right one, as far as the family goes."""
_AUTRES: dict[str, tuple[tuple[str, float], ...]] = {
    "AMO": (
        ("NATURE_ASSURANCE", 4),
        ("PRESCRIPTION", 5),
        ("PIECE_JUSTIF", 20),
        ("PRODUIT_TARIF", 8),
        ("SUBSTITUTION", 3),
        ("DOUBLON", 12),
        ("ACCORD_PREALABLE", 2),
        ("FORCLUSION", 8),
        ("TECHNIQUE", 2),
    ),
    "AMC": (
        ("AMC_TORT", 4),
        ("IDENTITE_NIR", 3),
        ("PRODUIT_TARIF", 2),
        ("DOUBLON", 6),
        ("FORCLUSION", 4),
        ("TECHNIQUE", 2),
    ),
}
"""The other families, and their weights: choices. Those that nothing follows are often set aside: they weigh more."""

_DOUBLE_ENVOI = "double_envoi"
_EXONERATION = "exoneration_inconnue"
"""Only an exemption that was claimed may be unknown."""
_MEMOIRE = 45
"""Days back within which a facture is sent again by mistake."""


def explain(lots: Sequence[Lot], taux: Taux, operateurs: Sequence[Operateur], rng: random.Random) -> None:
    """Give each refused facture of one officine its cause, some others a fault, and all of them who sold them.

    Args:
        lots: In the order they were sent, all answers known.
        taux: The rates.
        operateurs: Who sells in this officine.
        rng: A stream that nothing else draws from.
    """
    sent: list[Vente] = []
    for lot in lots:
        for vente in lot.ventes:
            refus = [reponse for reponse in vente.reponses if reponse.genre is Genre.REJETEE]
            if refus:
                _refuse(vente, refus, sent, taux, rng)
            elif rng.random() < taux.fautes_admises:
                _let_pass(vente, rng)
            comptoir = _famille(vente, refus) in AU_COMPTOIR
            vente.operateur = draw_operateur(rng, operateurs, fautif=comptoir)
        sent += lot.ventes


def _famille(vente: Vente, refus: Sequence[ReponseRecue]) -> str:
    if vente.faute is not None:
        return vente.faute.famille
    return PAR_NOM[refus[0].cause].famille if refus else ""


# --- refused


def _refuse(vente: Vente, refus: Sequence[ReponseRecue], sent: Sequence[Vente], taux: Taux, rng: random.Random) -> None:
    cause = _draw_cause(vente, refus, rng)
    nom = cause.nom
    if cause.famille == "DOUBLON" and (first := _find_first(vente, refus, sent, rng)) is not None:
        _send_again(vente, first)
        nom = _DOUBLE_ENVOI
        vente.faute = Faute(nom=nom, famille=cause.famille, visible=True)
    elif not _write(vente, cause, rng):
        cause = PAR_NOM[refus[0].cause]
        nom = cause.nom
    payeur = vente.payeur(refus[0].part)
    motif = draw_motif(
        rng,
        nom,
        cause.famille,
        refus[0].date,
        ancien=payeur.obligatoire and not payeur.separe,
        reserves=taux.libelles_reserves,
    )
    for reponse in refus:
        reponse.cause, reponse.code, reponse.motif, reponse.dit = nom, motif.code, motif.libelle, motif.dit


def _draw_cause(vente: Vente, refus: Sequence[ReponseRecue], rng: random.Random) -> Cause:
    """Draw a cause of this insurer: what came after the reject must be what comes after such a cause."""
    part, first = refus[0].part, PAR_NOM[refus[0].cause]
    if first.nom == CONTRAT_FERME:  # the cover shown afterwards may be another
        return first
    names, weights = zip(*_AUTRES[part], strict=True)
    famille = first.famille if rng.random() < _GARDE else rng.choices(names, weights)[0]
    followed = any(reponse.part in vente.remplacantes for reponse in refus)
    fitting = [
        cause
        for cause in CAUSES
        if cause.famille == famille
        and part in cause.parts
        and cause.poids
        and not (followed and cause.sans_suite)
        and (cause.nom != _EXONERATION or vente.patient.ald or vente.patient.c2s)
    ]
    if not fitting:
        return first
    return rng.choices(fitting, [cause.poids for cause in fitting])[0]


def _write(vente: Vente, cause: Cause, rng: random.Random) -> bool:
    """Write the fault in the lot, when there is something to write; tell whether the facture can bear it."""
    if cause.ecrire is None:
        return True
    written = cause.ecrire(rng, vente)
    if written is not None:
        vente.fausse, visible = written
        vente.faute = Faute(nom=cause.nom, famille=cause.famille, visible=visible)
    return written is not None


# --- sent twice


def _find_first(vente: Vente, refus: Sequence[ReponseRecue], sent: Sequence[Vente], rng: random.Random) -> Vente | None:
    """Find a facture already paid by the same insurers, that this one may have been by mistake.

    It was a sale of its own until now: it is refused as a whole and nothing follows, so no money tells them apart.
    """
    if vente.remplace is not None or {reponse.part for reponse in refus} != set(vente.parts()):
        return None
    found = [other for other in sent if _is_like(other, vente, refus[0].date)]
    return rng.choice(found) if found else None


def _is_like(other: Vente, vente: Vente, refused: dt.date) -> bool:
    if other.lot is None or vente.lot is None or not 0 < (vente.lot.date - other.lot.date).days <= _MEMOIRE:
        return False
    if (other.paiement, other.patient.c2s) != (vente.paiement, vente.patient.c2s) or other.parts() != vente.parts():
        return False
    if other.faute is not None or other.remplace is not None or other.remplacantes:
        return False
    return all(
        other.payeur(part) is vente.payeur(part)
        and any(
            each.part == part
            and each.genre is Genre.PAYEE
            and each.annonce == other.montant(part)
            and each.date < refused
            for each in other.reponses
        )
        for part in vente.parts()
    )


def _send_again(vente: Vente, first: Vente) -> None:
    vente.patient, vente.lignes, vente.prescripteur = first.patient, first.lignes, first.prescripteur
    vente.date_soins, vente.date_facture = first.date_soins, first.date_facture
    vente.date_prescription = first.date_prescription


# --- let pass

_ADMISES = [cause for cause in CAUSES if cause.admise and cause.ecrire is not None]


def _let_pass(vente: Vente, rng: random.Random) -> None:
    if vente.parts():
        fitting = [cause for cause in _ADMISES if AMO in vente.parts() or cause.parts != (AMO,)]
        _write(vente, rng.choices(fitting, [cause.admise for cause in fitting])[0], rng)
