"""What a bank prints of a transfer: the payer's name cut, the reference wrapped in the bank's own words."""

from __future__ import annotations

import datetime as dt
import random

from ._monde import Officine, Payeur

__all__ = ["divers", "libelle_virement", "make_reference", "nom_coupe"]

_COUPES = (24, 35, 27, 32)
"""Where each bank cuts the payer's name (24 to 35 characters)."""

_TRONQUE = 26

# Wordings of four banks, after a public corpus of labels.
_STYLES = (
    "VIR SEPA {nom} {reference}",
    "{nom} {reference} VIREMENT EN VOTRE FAVEUR",
    "VIREMENT SEPA RECU FRM {nom} EID {suite} RNF {reference}",
    "VIR RECU {suite}S DE: {nom} MOTIF: {reference}",
)

# Label, interbank code, least and most cents, chance on an open day: nothing to do with third-party payment.
_DIVERS = (
    ("REMISE CB EXEMPLE {suite}", "05", 21000, 98000, 1.0),
    ("REMISE CHEQUES EXEMPLE {suite}", "02", 900, 16000, 0.3),
    ("PRLV SEPA REPARTITEUR EXEMPLE {suite}", "B1", -900000, -60000, 0.25),
    ("PRLV SEPA ELECTRICITE EXEMPLE {suite}", "B1", -42000, -9000, 0.04),
    ("VIR LOYER SCI EXEMPLE", "06", -240000, -240000, 0.045),
    ("VIR SEPA M EXEMPLE SOLDE COMPTE CLIENT", "05", 450, 9000, 0.08),
    ("FRAIS TENUE DE COMPTE", "62", -2450, -2450, 0.045),
)


def make_reference(payeur: Payeur, officine: Officine, day: dt.date, numero: int, rng: random.Random) -> str:
    """Return what the payer writes on its transfer.

    A caisse writes twelve digits that open with the year and the day of the year, the others the block
    `TP-<date>-<payer>-<provider>-<payment>-<rank>-` seen in public labels (the meaning of its parts is inferred).
    """
    if payeur.obligatoire and not payeur.separe:
        return f"{day:%y%j}{rng.randrange(10**7):07}"
    return f"TP-{day:%Y%m%d}-{payeur.marque}-{officine.numero}-{numero:010}-0001-"


def nom_coupe(payeur: Payeur, officine: Officine) -> str:
    """Return the payer's name as this bank cuts it."""
    nom = f"{payeur.nom} {payeur.nom}" if payeur.code == "cetip" else payeur.nom
    return nom[: _COUPES[officine.style]].rstrip()


def libelle_virement(
    payeur: Payeur, officine: Officine, reference: str, rng: random.Random, *, tronque: bool = False
) -> str:
    """Return the label of a transfer at this officine's bank; *tronque* cuts its reference."""
    return _STYLES[officine.style].format(
        nom=nom_coupe(payeur, officine),
        reference=reference[:_TRONQUE] if tronque else reference,
        suite=f"{rng.randrange(10**10):010}",
    )


def divers(rng: random.Random) -> list[tuple[str, str, int]]:
    """Return the label, interbank code and signed cents of the day's lines that concern no insurer."""
    return [
        (label.format(suite=f"{rng.randrange(10**6):06}"), code, rng.randrange(low, high + 1))
        for label, code, low, high, chance in _DIVERS
        if rng.random() < chance
    ]
