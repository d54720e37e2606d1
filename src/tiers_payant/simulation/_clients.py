"""Patients who leave their share owing: who, how much, when they pay, where they live. All choices, all invented."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from ._jours import next_open
from ._monde import AMC, AMO, CompteOuvert, Domicile, Fichier, Lot, Officine, Patient, Recu, Vente

__all__ = ["deliver_accounts", "open_accounts"]

_LAISSEES = 0.25
"""Patient shares that are not paid when the medicine is handed over."""
_LEAST_CENTS = 100
_SANS_COMPTE = 0.1
"""Of the patients, those who have no account of their own: each of their factures stands alone."""
_LOGES = 0.7
"""Of the patients, those of whom lots tell where they live."""
_DEMENAGES = 0.1
"""Of these, those who move house on the way."""
_MOEURS = (("vite", 45), ("en_deux_fois", 20), ("tard", 20), ("jamais", 15))
"""How patients pay, and how many do so."""
_VOIES = (("RUE", "DES EXEMPLES"), ("AV", "DE L EXEMPLE"), ("PL", "DU MODELE"), ("CHE", "DE NULLE PART"))

Personne = tuple[str, str, str]


def open_accounts(rng: random.Random, rank: int, lots: Sequence[Lot], coupure: dt.date) -> list[CompteOuvert]:
    """Return the shares left owing to the officine of that *rank*; the factures concerned may tell an address.

    A facture that corrects a refused one opens none: the patient paid, or owes, for the first.
    """
    sold = [vente for lot in lots for vente in lot.ventes if vente.remplace is None]
    people = list(dict.fromkeys(_person(vente.patient) for vente in sold))
    clients = {who: "" if rng.random() < _SANS_COMPTE else f"C{rank + 1:03}{n:05}" for n, who in enumerate(people, 1)}
    homes = {who: _homes(rng) for who in people}
    comptes = []
    for vente in sold:
        who = _person(vente.patient)
        if homes[who]:
            vente.domicile = rng.choice(homes[who])
        owed = _owed(vente)
        if owed >= _LEAST_CENTS and rng.random() < _LAISSEES:
            recus = _receipts(rng, owed, vente.date_facture)
            seen = tuple(recu for recu in recus if recu.date <= coupure)
            comptes.append(CompteOuvert(vente=vente, client=clients[who], du_cents=owed, recus=seen))
    return comptes


def deliver_accounts(officine: Officine, comptes: Sequence[CompteOuvert]) -> list[Fichier]:
    """Return the neutral files of the accounts and of the receipts of one officine; none when there is nothing."""
    folder = f"officine-{officine.numero}/clients"
    paid = [compte for compte in comptes if compte.recus]
    files = [Fichier(chemin=f"{folder}/comptes_clients.csv", comptes=list(comptes))] if comptes else []
    return [*files, *([Fichier(chemin=f"{folder}/encaissements.csv", recus=paid)] if paid else [])]


def _person(patient: Patient) -> Personne:
    return patient.nir, patient.naissance, patient.rang


def _owed(vente: Vente) -> int:
    """Return what no insurer is asked for: cents."""
    billed = vente.parts()
    return vente.total - sum(vente.montant(part) for part in (AMO, AMC) if part in billed)


def _homes(rng: random.Random) -> tuple[Domicile, ...]:
    if rng.random() >= _LOGES:
        return ()
    return tuple(_home(rng) for _ in range(2 if rng.random() < _DEMENAGES else 1))


def _home(rng: random.Random) -> Domicile:
    kind, street = rng.choice(_VOIES)
    return Domicile(
        numero=f"{rng.randrange(1, 200):04}", type_voie=kind, voie=street, code_postal="99999", ville="VILLE EXEMPLE"
    )


def _receipts(rng: random.Random, owed: int, since: dt.date) -> tuple[Recu, ...]:
    """Return what the patient pays, and when: soon, in two parts, late, or never."""
    manner = rng.choices([name for name, _ in _MOEURS], [weight for _, weight in _MOEURS])[0]
    if manner == "jamais":
        return ()
    if manner == "en_deux_fois":
        first = max(1, owed * rng.randrange(20, 80) // 100)
        early, late = rng.randrange(1, 40), rng.randrange(40, 120)
        return _recu(since, early, first), _recu(since, late, owed - first)
    wait = rng.randrange(1, 20) if manner == "vite" else rng.randrange(30, 120)
    return (_recu(since, wait, owed),)


def _recu(since: dt.date, days: int, cents: int) -> Recu:
    return Recu(date=next_open(since + dt.timedelta(days=days)), cents=cents)
