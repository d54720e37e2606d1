"""Why each share was refused, which factures bore a fault, and how each operator does: told from the world."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import attrs

from ._fautes import PAR_NOM
from ._monde import Genre, Monde, ReponseRecue, Retour
from ._vraies_cles import Cle, cle_of

__all__ = ["FauteVraie", "OperateurVrai", "RejetVrai", "fautes_of", "operateurs_of", "rejets_of"]

_TRAITEMENT_CAISSE = "TRAITEMENT_CAISSE"


@attrs.frozen(kw_only=True)
class RejetVrai:
    """A share that a return refuses, or says to be processed again, with a reason."""

    creance: Cle
    date: dt.date
    fichier: str
    """File identifier of the return, unique for one officine."""
    code: str
    libelle: str
    dit: str
    """What of these tells the cause: `code` (a published one), `mots`, or `rien`."""
    famille: str
    """Family of the true cause, whatever the words."""
    cause: str
    visible: bool
    """Whether the lot, with what was sent before it, showed it."""
    corrigee: bool
    """Whether another facture bills the share again."""


@attrs.frozen(kw_only=True)
class FauteVraie:
    """A facture that left with something wrong written in it."""

    officine: str
    lot_date: dt.date
    lot: str
    facture: str
    operateur: str
    famille: str
    cause: str
    visible: bool
    refusee: bool
    """Whether a share of it was refused at the cut-off; the insurers let the others pass."""


@attrs.frozen(kw_only=True)
class OperateurVrai:
    """Somebody at the counter of one officine."""

    officine: str
    operateur: str
    factures: int
    """Those sent."""
    rejets: int
    """Of these, those refused."""
    fautes: float
    """How prone to faults of the counter, beside the others: the parameter, not a count."""


def rejets_of(world: Monde) -> tuple[RejetVrai, ...]:
    """Return what every return refuses with a reason, sorted by créance."""
    found = [_rejet(retour, each) for retour in world.retours for each in retour.autres if each.code]
    return tuple(sorted(found, key=lambda rejet: (rejet.creance, rejet.date)))


def _rejet(retour: Retour, reponse: ReponseRecue) -> RejetVrai:
    vente, refused = reponse.vente, reponse.genre is Genre.REJETEE
    return RejetVrai(
        creance=cle_of(vente, reponse.part),
        date=reponse.date,
        fichier=retour.fichier,
        code=reponse.code,
        libelle=reponse.motif,
        dit=reponse.dit if refused else "mots",
        famille=PAR_NOM[reponse.cause].famille if refused else _TRAITEMENT_CAISSE,
        cause=reponse.cause,
        visible=refused and vente.faute is not None and vente.faute.visible,
        corrigee=reponse.part in vente.remplacantes,
    )


def fautes_of(world: Monde) -> tuple[FauteVraie, ...]:
    """Return the factures with a fault, sorted by key."""
    found = [
        FauteVraie(
            officine=lot.officine.numero,
            lot_date=lot.date,
            lot=lot.numero,
            facture=vente.numero,
            operateur=vente.operateur,
            famille=vente.faute.famille,
            cause=vente.faute.nom,
            visible=vente.faute.visible,
            refusee=any(reponse.genre is Genre.REJETEE for reponse in vente.reponses),
        )
        for lot in world.lots
        for vente in lot.ventes
        if vente.faute is not None
    ]
    return tuple(sorted(found, key=lambda faute: (faute.officine, faute.lot_date, faute.lot, faute.facture)))


def operateurs_of(world: Monde) -> tuple[OperateurVrai, ...]:
    """Return who sells, officine by officine."""
    sold: Counter[tuple[str, str]] = Counter()
    refused: Counter[tuple[str, str]] = Counter()
    for vente in world.ventes():
        who = (vente.officine.numero, vente.operateur)
        sold[who] += 1
        refused[who] += any(reponse.genre is Genre.REJETEE for reponse in vente.reponses)
    return tuple(
        OperateurVrai(
            officine=officine,
            operateur=each.nom,
            factures=sold[officine, each.nom],
            rejets=refused[officine, each.nom],
            fautes=each.fautes,
        )
        for officine, operateurs in world.operateurs.items()
        for each in operateurs
    )
