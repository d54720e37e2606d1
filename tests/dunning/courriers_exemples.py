"""Letters to look at and to test with: everybody and everything in them is invented."""

from __future__ import annotations

import datetime as dt
import math
import struct
import zlib

from tiers_payant.domain import Adresse, Canal, Courrier, Destinataire, Entete, LigneCourrier, TypeDebiteur

__all__ = ["OFFICINE", "courrier_of", "entete_of", "insurer", "patient", "png", "professional"]

OFFICINE = "999000019"
LE = dt.date(2026, 3, 2)


def png(width: int, height: int, drawn) -> bytes:
    """A grey picture whose pixel (x, y) has the value *drawn* gives: 0 black, 255 white."""
    rows = b"".join(b"\0" + bytes(drawn(x, y) for x in range(width)) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def cross(x: int, y: int) -> int:
    """The cross of a pharmacy."""
    return 90 if (20 <= x < 40 and 2 <= y < 58) or (20 <= y < 40 and 2 <= x < 58) else 255


def stroke() -> bytes:
    """Something like a signature: loops that shrink, and a line under them."""
    inked = set()
    for step in range(9000):
        at = step / 9000
        turn = at * 44
        x = 24 + 230 * at + 13 * math.sin(turn) * (1 - at / 2)
        y = 40 + 26 * math.cos(turn) * (1 - at) ** 1.4 - 9 * at
        inked |= {(round(x + a), round(y + b)) for a in (-1, 0, 1) for b in (0, 1)}
    inked |= {(x, 74 - x // 28 + b) for x in range(60, 285) for b in (0, 1)}
    return png(300, 84, lambda x, y: 60 if (x, y) in inked else 255)


def entete_of(**changes) -> Entete:
    fields = {
        "officine": OFFICINE,
        "nom": "Pharmacie de l’Exemple",
        "adresse": Adresse(lignes=("12 place de l’Exemple",), code_postal="99990", ville="Exempleville"),
        "telephone": "09 99 99 99 99",
        "email": "contact@pharmacie-exemple.invalid",
        "horaires": "du lundi au samedi, de 9 h à 19 h",
        "mentions": (
            "Pharmacie de l’Exemple, SELARL au capital de 1 000 €, SIREN 999 999 990, RCS Exempleville",
            "Professionnel de santé n° 99 9 00001 9, TVA FR 99 999 999 990",
        ),
        "signataire": "Camille Exemple",
        "fonction": "Docteur en pharmacie, pharmacien titulaire",
        "logo": png(60, 60, cross),
        "signature": stroke(),
        "iban": "FR3599999000010000000000A15",
        "bic": "EXMPFRPPXXX",
        "moyens": ("virement", "carte ou chèque au comptoir"),
        "mediateur": "Médiateur Exemple, 1 rue du Modèle, 99990 Exempleville",
    }
    return Entete(**{**fields, **changes})


def line(rank: int, reste: int, *, part: str, regle: int = 0, jours: int = 60, **changes) -> LigneCourrier:
    day = LE - dt.timedelta(days=jours + rank % 7)
    fields = {
        "facture": f"{100_000 + 37 * rank:09d}",
        "date": day,
        "lot": f"{rank % 900:03d}",
        "lot_date": day,
        "part": part,
        "du_cents": reste + regle,
        "regle_cents": regle,
        "reste_cents": reste,
        "echeance": day + dt.timedelta(days=10),
        "retard_jours": jours - 10 + rank % 7,
    }
    return LigneCourrier(**{**fields, **changes})


def courrier_of(
    type: TypeDebiteur, lignes, modele: str, canal: Canal, destinataire: Destinataire, changes: dict[str, object]
) -> Courrier:
    fields = {
        "relance": "r7f3a91c2e5b8",
        "officine": OFFICINE,
        "type": type,
        "palier": "relance",
        "niveau": 3,
        "canal": canal,
        "modele": modele,
        "le": LE,
        "repondre_avant": LE + dt.timedelta(days=15),
        "entete": entete_of(),
        "destinataire": destinataire,
        "lignes": lignes,
        "principal_cents": sum(one.reste_cents for one in lignes),
    }
    return Courrier(**{**fields, **changes})


def patient(modele: str = "patient_relance", canal: Canal = Canal.LETTRE, **changes) -> Courrier:
    who = Destinataire(
        nom="Dominique EXEMPLE",
        civilite="Madame",
        adresse=Adresse(
            lignes=("Appartement 4", "Résidence des Exemples", "3 rue du Modèle"),
            code_postal="99990",
            ville="Exempleville",
        ),
        email="dominique@exemple.invalid",
        telephone="09 99 00 00 01",
    )
    lignes = (line(1, 1280, part="Part à votre charge"), line(2, 2345, part="Part à votre charge", regle=500))
    before = ((dt.date(2026, 1, 5), "courriel"), (dt.date(2026, 1, 26), "appel téléphonique"))
    return courrier_of(TypeDebiteur.PATIENT, lignes, modele, canal, who, {"precedents": before, **changes})


def insurer(count: int = 40, modele: str = "organisme_lettre", canal: Canal = Canal.LETTRE, **changes) -> Courrier:
    who = Destinataire(
        nom="Mutuelle d’Exemple",
        service="Service des professionnels de santé",
        adresse=Adresse(lignes=("TSA 99999",), code_postal="99998", ville="Exempleville Cedex"),
        email="ps@mutuelle-exemple.invalid",
        telephone="09 99 00 00 02",
        portail="Portail d’exemple",
    )
    lignes = tuple(
        line(
            rank,
            731 + 119 * rank % 9000,
            part="Part complémentaire",
            regle=1200 if rank % 9 == 0 else 0,
            organisme="AMC 0099999997",
        )
        for rank in range(1, count + 1)
    )
    before = ((dt.date(2026, 1, 12), "demande sur le portail"), (dt.date(2026, 1, 28), "courriel"))
    return courrier_of(TypeDebiteur.AMC, lignes, modele, canal, who, {"precedents": before, **changes})


def professional(modele: str = "professionnel_relance", canal: Canal = Canal.LETTRE, **changes) -> Courrier:
    who = Destinataire(
        nom="EHPAD Les Exemples",
        service="Comptabilité fournisseurs",
        adresse=Adresse(lignes=("8 avenue du Modèle",), code_postal="99990", ville="Exempleville"),
        email="compta@ehpad-exemple.invalid",
    )
    lignes = (
        line(1, 48_250, part="Part à votre charge", jours=95),
        line(2, 121_000, part="Part à votre charge", regle=40_000, jours=70),
        line(3, 9_999, part="Part à votre charge", jours=64),
    )
    asked = {
        "interets_cents": 386,
        "taux_interet": (
            "Intérêts au taux légal depuis la mise en demeure du 19/01/2026 (code civil, articles 1231-6 et 1344-1) : "
            "2,62 % l'an du 20/01/2026 au 02/03/2026 (CMF L313-2 ; arrêté du 15/12/2025)."
        ),
        "indemnite_cents": 12_000,
        "precedents": (
            (dt.date(2025, 12, 29), "courriel"),
            (dt.date(2026, 1, 19), "lettre recommandée avec avis de réception"),
        ),
    }
    return courrier_of(TypeDebiteur.PROFESSIONNEL, lignes, modele, canal, who, {**asked, **changes})
