"""Wrong contacts that simulated months once showed, each mended: the smallest book of each."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from tiers_payant import dunning
from tiers_payant.domain import Annuaire, Book, Contact, PlanRelances, Raison, RelancePolicy, TypeDebiteur
from tiers_payant.pipeline import reconcile
from tiers_payant.rejets import deadlines

OFFICINE, NIR = "999000019", "1850599999001"
ANNUAIRE = Annuaire(
    contacts=[
        Contact(
            id=nature, nom="EXEMPLE", type=TypeDebiteur(nature), debiteurs=(f"{nature.upper()}:*",), email="e@ex.fr"
        )
        for nature in ("amo", "amc")
    ]
)  # fmt: skip
POLICY = attrs.evolve(RelancePolicy.standard(), retour_max_jours_ouvres=60)
INSURED = {
    "regime": ["01"],
    "caisse": ["999"],
    "centre": ["0000"],
    "nir": [NIR],
    "naissance": ["120585"],
    "rang": ["1"],
}


def planned(today: str, columns: dict[str, Any]) -> tuple[PlanRelances, set[Raison]]:
    """The plan of a book whose one account is told whole, and why claims are in no contact."""
    bank = {
        "releves": {"compte": ["A"], "devise": ["EUR"], "du": ["2025-07-01"], "au": [today]},
        "comptes": {"officine": [OFFICINE], "compte": ["A"]},
    }
    result, day = reconcile(Book.from_columns({**bank, **columns})), dt.date.fromisoformat(today)
    plan = dunning.plan(result, deadlines(result, today=day), policy=POLICY, today=day, annuaire=ANNUAIRE)
    return plan, {Raison(code) for code in plan.ecarts.raison.tolist()}


def shares(lots: list[tuple[str, str, str]], **amounts: Any) -> dict[str, Any]:
    """One facture in each of these lots, of one insured: day, lot and number."""
    days, numbers, factures = (list(column) for column in zip(*lots, strict=True))
    key = {"officine": [OFFICINE] * len(lots), "lot_date": days, "lot": numbers, "facture": factures}
    insured = {name: column * len(lots) for name, column in INSURED.items()}
    same = {name: [value] * len(lots) for name, value in amounts.items()}
    return {
        "factures": {
            **key,
            **insured,
            **same,
            "date_soins": [days[0]] * len(lots),
            "date_facture": [days[0]] * len(lots),
        },
        "lots": {name: key[name] for name in ("officine", "lot_date", "lot")} | {"date_fichier": days},
    }


@pytest.mark.parametrize("cents", [239, 539])
def test_money_booked_on_the_day_of_the_lot_may_pay_it(cents):
    """
    Friday the lot and the money, Monday the return that announces it: nothing says that the one is not the other.
    """
    friday, monday = "2025-08-22", "2025-08-25"
    key = {"officine": [OFFICINE], "lot_date": [friday], "lot": ["084"], "facture": ["000004943"]}
    plan, why = planned("2025-10-13", {
        **shares([(friday, "084", "000004943")], paiement="25", amc="0099200004", part_amc_cents=239),
        "retours": {"emetteur_type": ["OC"], "empreinte": ["exemple"], "date": [monday]},
        "groupes": {"officine": [OFFICINE], "date": [monday], "retour": [0]},
        "reponses": {**key, "part": [2], "reponse": [1], "annonce_cents": [239], "groupe": [0], "retour": [0]},
        "virements": {
            "releve": [0], "compte": ["A"], "date": [friday], "montant_cents": [cents], "devise": ["EUR"],
            "libelle": ["VIR SEPA CETIP CETIP TP-20250825-SP SANTE-999000019-0000000473-0001-"],
        },
    })  # fmt: skip
    assert (0, {Raison.RETOUR_ABSENT}) == (len(plan), why)


@pytest.mark.parametrize("lot_date", [None, "2025-07-23"])
def test_a_refusal_that_lost_its_key_may_be_of_a_share_billed_again(lot_date):
    """
    An insured was refused one facture, and billed another of the same amount since: that one alone is asked for.
    """
    plan, why = planned("2025-08-26", {
        **shares([("2025-07-22", "718", "000007161"), ("2025-08-04", "730", "000007300")], paiement="05",
                 part_amo_cents=2652),
        "retours": {"emetteur_type": ["CP"], "empreinte": ["exemple"], "date": ["2025-07-23"]},
        "reponses": {
            "officine": [OFFICINE], "lot_date": [lot_date], "lot": ["718"], "facture": ["000007161"], "part": [0],
            "reponse": [2], "annonce_cents": [0], "nir": [NIR], "naissance": ["120585"], "retour": [0],
        },
    })  # fmt: skip
    assert ([1], {Raison.REPONSE_NON_RATTACHEE}) == (plan.creances.creance.tolist(), why)
