"""Letters to render: everybody and everything in them is invented, and some of it is hostile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from tiers_payant.domain import Adresse, Canal, Courrier, Destinataire, Entete, LigneCourrier, ModeleSpec, TypeDebiteur
from tiers_payant.plugins.conformance._cases import CANARIES

__all__ = ["HOSTILE", "courrier_for", "hostile"]

LE = dt.date(2026, 3, 2)
_NOM = CANARIES["nom"].decode()

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "{% for x in (1,) %}49{% endfor %}",
    "Ligne\nautre\r\nBcc: x@exemple.invalid",
    "\u202eELPMEXE\u202c",
    "EX\u200bEM\u200dPLE\ufeff",
    "EXEMPLE\x00NUL",
    "=HYPERLINK(1)",
    "#{ 7 * 7 } $x^2$ *gras* @ref <etiquette>",
    "X" * 200,
    "D’EXEMPLE & FILS « Le Modèle »",
)
"""Names that somebody else wrote: one is shown as text, or the letter is refused."""


def courrier_for(modele: ModeleSpec, kind: TypeDebiteur, canal: Canal = Canal.LETTRE) -> Courrier:
    """Return a letter of several claims whose addressee bears the canary, for a template and a kind of debtor."""
    lignes = tuple(_ligne(rank, kind) for rank in range(1, 4))
    return Courrier(
        relance="r7f3a91c2e5b8", officine="999000019", type=kind, palier="relance", niveau=2, canal=canal,
        modele=modele.name, le=LE, repondre_avant=LE + dt.timedelta(days=15), entete=_entete(),
        destinataire=Destinataire(
            nom=f"{_NOM} EXEMPLE", civilite="Madame" if kind is TypeDebiteur.PATIENT else "",
            adresse=Adresse(lignes=("3 rue du Modèle",), code_postal="99990", ville="Exempleville"),
            email="destinataire@exemple.invalid", telephone="09 99 00 00 01", portail="Portail d’exemple",
        ),
        lignes=lignes, principal_cents=sum(ligne.reste_cents for ligne in lignes),
        precedents=((dt.date(2026, 1, 5), "courriel"),),
    )  # fmt: skip


def hostile(courrier: Courrier) -> Iterator[tuple[str, Courrier]]:
    """Yield the letter with each hostile text in the name of its addressee, or in what the letterhead says."""
    for text in HOSTILE:
        yield text, attrs.evolve(courrier, destinataire=attrs.evolve(courrier.destinataire, nom=text, civilite=""))
        yield text, attrs.evolve(courrier, entete=attrs.evolve(courrier.entete, mentions=(text,), horaires=text))


def _ligne(rank: int, kind: TypeDebiteur) -> LigneCourrier:
    regle = 500 if rank == 2 else 0
    reste = 61_117 + 1_013 * rank
    insurer = kind in (TypeDebiteur.AMO, TypeDebiteur.AMC)
    day = LE - dt.timedelta(days=60 + rank)
    return LigneCourrier(
        facture=f"{100_000 + rank:09d}", date=day, lot=f"{rank:03d}", lot_date=day,
        part="Part complémentaire" if insurer else "Part à votre charge", du_cents=reste + regle, regle_cents=regle,
        reste_cents=reste, echeance=day + dt.timedelta(days=10), retard_jours=50 + rank,
        organisme="AMC 0099999997" if insurer else "",
    )  # fmt: skip


def _entete() -> Entete:
    return Entete(
        officine="999000019", nom="Pharmacie de l’Exemple",
        adresse=Adresse(lignes=("12 place de l’Exemple",), code_postal="99990", ville="Exempleville"),
        telephone="09 99 99 99 99", email="contact@pharmacie-exemple.invalid", horaires="du lundi au samedi",
        mentions=("Pharmacie de l’Exemple, SIREN 999 999 990",), signataire="Camille Exemple",
        fonction="Pharmacien titulaire", iban="FR3599999000010000000000A15", bic="EXMPFRPPXXX",
        moyens=("virement",), mediateur="Médiateur Exemple, 1 rue du Modèle, 99990 Exempleville",
    )  # fmt: skip
