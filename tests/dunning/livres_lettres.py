"""A book full of what must never be in a letter, and plans made by hand on it, right or forged."""

from __future__ import annotations

import datetime as dt

import numpy as np
from tests.dunning.courriers_exemples import LE, OFFICINE

import tiers_payant as tp
from tiers_payant.domain import (
    Adresse,
    Annuaire,
    Contact,
    Ecarts,
    PlanRelances,
    RelancePolicy,
    Relances,
    RelancesCreances,
    Requalifications,
    TypeDebiteur,
)

__all__ = ["ANNUAIRE", "CANARIS", "CLIENT", "NIR", "book", "plan_of", "result_of"]

NIR, CLE = "1550899999001", "47"
CLIENT = "CANARICLIENT77"
CANARIS = {
    "nir": NIR,
    "exoneration": "CANARIEXO",
    "prescripteur": "991234567",
    "naissance": "550817",
    "acte": "CANARIACTE",
    "rejet": "CANARIREJET",
    "libelle": "CANARILIBELLE MEDICAMENT",
    "client": CLIENT,
}
"""What each field of the book holds and no letter may show."""

LOT_DATE = "2025-12-15"
_KEY = {"officine": [OFFICINE], "lot_date": [LOT_DATE], "lot": ["001"], "facture": ["000000101"]}

ANNUAIRE = Annuaire(
    contacts=(
        Contact(
            id="patient-1",
            nom="Dominique EXEMPLE",
            type=TypeDebiteur.PATIENT,
            debiteurs=(f"CLIENT:{CLIENT}",),
            civilite="Madame",
            adresse=Adresse(lignes=("3 rue du Modèle",), code_postal="99990", ville="Exempleville"),
            telephone="09 99 00 00 01",
            email="dominique@exemple.invalid",
        ),
        Contact(
            id="amc-1",
            nom="Mutuelle d’Exemple",
            type=TypeDebiteur.AMC,
            debiteurs=("AMC:*",),
            adresse=Adresse(lignes=("TSA 99999",), code_postal="99998", ville="Exempleville Cedex"),
            telephone="09 99 00 00 02",
            email="ps@mutuelle-exemple.invalid",
        ),
    )
)


def book(**facture) -> tp.Book:
    """One facture of two shares, its lines, its reject, and what the patient owes."""
    columns = {
        **_KEY,
        "date_facture": [LOT_DATE],
        "paiement": ["25"],
        "amc": ["0099999997"],
        "regime": ["01"],
        "caisse": ["999"],
        "centre": ["0000"],
        "exoneration": [CANARIS["exoneration"]],
        "nir": [NIR],
        "nir_cle": [CLE],
        "naissance": [CANARIS["naissance"]],
        "prescripteur": [CANARIS["prescripteur"]],
        "total_cents": [6000],
        "part_amc_cents": [4200],
        "part_assure_cents": [1800],
        **{name: [value] for name, value in facture.items()},
    }
    return tp.Book.from_columns(
        {
            "factures": columns,
            "lignes": {"facture_rang": [0], "acte": [CANARIS["acte"]], "depense_cents": [6000]},
            "rejets": {**_KEY, "code": [CANARIS["rejet"]], "libelle": [CANARIS["libelle"]], "acte": [CANARIS["acte"]]},
            "comptes_clients": {**_KEY, "client": [CLIENT], "du_cents": [1800]},
        }
    )


def result_of(**facture) -> tp.Rapprochement:
    return tp.reconcile(book(**facture))


def plan_of(result, *contacts, today: dt.date = LE, annuaire: Annuaire = ANNUAIRE, **columns) -> PlanRelances:
    """A plan of contacts: (kind, step, contact, rows of créances) each, in that order."""
    policy = RelancePolicy.standard()
    rows = [row for *_, owed in contacts for row in owed]
    sums = [sum(result.creances[row].reste_cents for row in owed) for *_, owed in contacts]
    scenarios = {scenario.debiteur: scenario for scenario in policy.scenarios}
    paliers = [scenarios[kind].palier(step) for kind, step, *_ in contacts]
    table = {
        "id": [f"r{rank:04d}abcdef" for rank in range(len(contacts))],
        "officine": [result.creances[owed[0]].officine for *_, owed in contacts],
        "debiteur": [result.creances[owed[0]].debiteur for *_, owed in contacts],
        "contact": [contact for *_, contact, _ in contacts],
        "type": [str(kind) for kind, *_ in contacts],
        "palier": [palier.code for palier in paliers],
        "niveau": [1] * len(contacts),
        "canal": [str(palier.canal) for palier in paliers],
        "porteuse": [owed[0] for *_, owed in contacts],
        "creances": [len(owed) for *_, owed in contacts],
        "cents": sums,
    }
    return PlanRelances(
        relances=Relances.of(**{**table, **columns}),
        creances=RelancesCreances.of(
            relance=[rank for rank, (*_, owed) in enumerate(contacts) for _ in owed],
            creance=rows,
            cents=[result.creances[row].reste_cents for row in rows],
            echeance=np.array([LE - dt.timedelta(days=40)] * len(rows), dtype="datetime64[D]"),
            retard=[40] * len(rows),
        ),
        ecarts=Ecarts.empty(),
        requalifications=Requalifications.empty(),
        policy=policy,
        annuaire=annuaire,
        today=today,
        pourquoi=lambda row: "",
    )
