"""Facts to plan, written row by row: a facture or two, what the bank shows, what a customer paid."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tiers_payant import dunning
from tiers_payant.domain import (
    Adresse,
    Annuaire,
    Book,
    Contact,
    Part,
    PlanRelances,
    Rapprochement,
    RelancePolicy,
    Reponse,
    Statut,
    TypeDebiteur,
)
from tiers_payant.matching import reconcile
from tiers_payant.rejets import deadlines

OFFICINE, COMPTE = "999000019", "ACC1"
MONDAY = dt.date(2026, 3, 16)
NIR = "1990599999001"
CLE = f"{97 - int(NIR) % 97:02d}"
AMC = {"amc": "0099999997", "part_amo_cents": 0, "part_amc_cents": 5000, "total_cents": 5000, "paiement": "25"}
OTHER = {**AMC, "amc": "0099999989"}
PERSON = {"part_amo_cents": 0, "paiement": "00", "total_cents": 1000, "part_assure_cents": 1000}
PLACE = Adresse(lignes=("1 RUE EXEMPLE",), code_postal="99999", ville="VILLE-EXEMPLE")
STANDARD = RelancePolicy.standard()
Row = dict[str, Any]


def facture(number: int, **row: Any) -> Row:
    return {
        "officine": OFFICINE, "lot_date": "2026-01-05", "lot": "001", "facture": f"{number:09d}",
        "date_facture": "2026-01-05", "date_soins": "2026-01-05", "regime": "01", "caisse": "999", "centre": "0000",
        "amc": "", "contrat": "", "paiement": "05", "nature_assurance": "10", "exoneration": "0", "nir": NIR,
        "nir_cle": CLE, "naissance": "010190", "rang": "1", "total_cents": 2000, "part_amo_cents": 2000,
        "part_amc_cents": 0, "part_assure_cents": 0, **row,
    }  # fmt: skip


def key(number: int, **row: Any) -> Row:
    return {"officine": OFFICINE, "lot_date": "2026-01-05", "lot": "001", "facture": f"{number:09d}", **row}


def owing(number: int, client: str = "C1", cents: int = 3000) -> Row:
    return key(number, client=client, du_cents=cents)


def receipt(number: int, cents: int) -> Row:
    return key(number, date="2026-01-20", montant_cents=cents)


def line(date: str, cents: int, label: str = "VIR CPAM DE VILLE-EXEMPLE", **row: Any) -> Row:
    return {
        "compte": COMPTE, "date": date, "montant_cents": cents, "devise": "EUR", "libelle": label, "textes": label,
        "releve": 0, "statut": int(Statut.COMPTABILISE), **row,
    }  # fmt: skip


def statement(du: str = "2025-12-01", au: str = "2026-03-16", **row: Any) -> Row:
    return {"compte": COMPTE, "devise": "EUR", "du": du, "au": au, **row}


def book(*factures: Row, today: dt.date = MONDAY, releves: Any = None, virements: Any = (), **more: Any) -> Book:
    """Factures of an officine whose statement and returns are of the day: nothing is missing."""
    fresh = facture(900, lot="900", nir="1990599999002", nir_cle="", amc="0099999997", part_amo_cents=111,
                    part_amc_cents=222, total_cents=333, paiement="15")  # fmt: skip
    answers = [
        {"officine": OFFICINE, "lot_date": "2026-01-05", "lot": "900", "facture": "000000900", "part": int(part),
         "reponse": int(Reponse.PAYEE), "annonce_cents": 111 * (rank + 1),
         "amc": "0099999997" if part is Part.AMC else "", "nir": "1990599999002", "naissance": "010190", "groupe": -1,
         "retour": rank}
        for rank, part in enumerate((Part.AMO, Part.AMC))
    ]  # fmt: skip
    rows = {
        "factures": [*factures, fresh], "reponses": answers,
        "retours": [{"emetteur_type": kind, "date": str(today)} for kind in ("CP", "OC")],
        "releves": [statement(au=str(today))] if releves is None else releves, "virements": list(virements),
        "comptes": [{"officine": OFFICINE, "compte": COMPTE}], **more,
    }  # fmt: skip
    return Book.from_columns(
        {name: {one: [row.get(one) for row in table] for one in table[0]} for name, table in rows.items() if table}
    )


def who(id_: str, genre: TypeDebiteur, *debiteurs: str, **row: Any) -> Contact:
    said = {"nom": "EXEMPLE", "email": "a@example.org", "telephone": "0100000000", "adresse": PLACE, **row}
    return Contact(id=id_, type=genre, debiteurs=debiteurs, **said)


ANNUAIRE = Annuaire(
    contacts=[
        who("amo", TypeDebiteur.AMO, "AMO:*"),
        who("amc", TypeDebiteur.AMC, "AMC:*"),
        who("c1", TypeDebiteur.PATIENT, "CLIENT:C1", officine=OFFICINE),
        who("p1", TypeDebiteur.PROFESSIONNEL, "CLIENT:P1", officine=OFFICINE),
    ]
)


def planned(facts: Book, today: dt.date = MONDAY, **more: Any) -> tuple[Rapprochement, PlanRelances]:
    result = reconcile(facts)
    asked: dict[str, Any] = {"policy": STANDARD, "annuaire": ANNUAIRE, **more}
    return result, dunning.plan(result, deadlines(result, today=today), today=today, **asked)
