"""From a book to letters, through the plan that `dunning.plan` makes."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.dunning.courriers_exemples import OFFICINE, entete_of
from tests.dunning.livres_lettres import ANNUAIRE, CLE, CLIENT, NIR

import tiers_payant as tp
from tiers_payant import dunning, rejets
from tiers_payant.domain import Annuaire, PlanRelances, RelancePolicy, TypeDebiteur
from tiers_payant.dunning.lettres import courriers, render_lettres
from tiers_payant.dunning.lettres._faits import _organisme

TODAY = dt.date(2026, 3, 2)
COUNT = 12
ENTETES = {OFFICINE: entete_of()}


@pytest.fixture(scope="module")
def result() -> tp.Rapprochement:
    """Twelve factures that the AMO has not paid, three of which the patient has not either."""
    key = {
        "officine": [OFFICINE] * COUNT,
        "lot_date": [f"2025-11-{3 + rank:02d}" for rank in range(COUNT)],
        "lot": [f"{1 + rank:03d}" for rank in range(COUNT)],
        "facture": [f"{101 + rank:09d}" for rank in range(COUNT)],
    }
    same = {"regime": "01", "caisse": "999", "centre": "0000", "paiement": "05", "nir": NIR, "nir_cle": CLE,
            "nature_assurance": "10"}  # fmt: skip
    return tp.reconcile(
        tp.Book.from_columns(
            {
                "factures": {
                    **key, **{name: [value] * COUNT for name, value in same.items()},
                    "date_facture": key["lot_date"], "date_soins": key["lot_date"],
                    "total_cents": [6000 + rank for rank in range(COUNT)],
                    "part_amo_cents": [4200 + rank for rank in range(COUNT)], "part_assure_cents": [1800] * COUNT,
                },
                "comptes_clients": {
                    **{name: values[:3] for name, values in key.items()},
                    "client": [CLIENT] * 3, "du_cents": [1800] * 3,
                },
                "reponses": {
                    **{name: values[-1:] for name, values in key.items()},
                    "part": [1], "reponse": [0], "annonce_cents": [0], "groupe": [0], "retour": [0],
                },
                "groupes": {"officine": [OFFICINE], "date": ["2026-02-27"], "retour": [0]},
                "retours": {"emetteur_type": ["CP"], "emetteur": ["01999"], "date": ["2026-02-27"], "empreinte": ["e"]},
                "comptes": {"officine": [OFFICINE], "compte": ["A"]},
                "releves": {"compte": ["A"], "du": ["2025-10-01"], "au": ["2026-03-02"]},
                "virements": {"compte": ["A"], "date": ["2026-03-02"], "montant_cents": [-1250],
                              "libelle": ["PRLV EXEMPLE"], "releve": [0]},
            }
        )
    )  # fmt: skip


def planned(result: tp.Rapprochement) -> PlanRelances:
    caisse = attrs.evolve(ANNUAIRE.contacts[1], id="amo-1", type=TypeDebiteur.AMO, debiteurs=("AMO:*",))
    policy = attrs.evolve(RelancePolicy.standard(), retour_max_jours_ouvres=60)
    plan = dunning.plan(
        result,
        rejets.deadlines(result, today=TODAY),
        policy=policy,
        today=TODAY,
        annuaire=Annuaire(contacts=(ANNUAIRE.contacts[0], caisse)),
    )

    def redaction(asked: PlanRelances):
        return render_lettres(courriers(result, asked, ENTETES), pdf=False)

    return attrs.evolve(plan, redaction=redaction)


def test_every_contact_of_a_plan_has_its_letter(result):
    """
    In the order of the plan, with its claims and its cents; the plan itself gives the letters.
    """
    plan = planned(result)
    assert {"amo", "patient"} == {str(one.type) for one in plan}
    told = list(courriers(result, plan, ENTETES))
    assert [one.id for one in plan] == [one.relance for one in told] == [one.relance for one in plan.lettres()]
    assert [one.total_cents for one in plan] == [one.total_cents for one in told]
    assert [len(one.creances) for one in plan] == [len(one.lignes) for one in told]


def test_letters_are_the_same_whatever_the_run(result):
    """
    Same facts, same bytes.
    """
    first, second = ([dict(one.fichiers) for one in planned(result).lettres()] for _ in range(2))
    assert first
    assert first == second


@pytest.mark.parametrize(
    ("debiteur", "expected"),
    [
        ("AMC:0099999997", "AMC 0099999997"),
        ("AMO:01-999-0000", "régime 01, caisse 999, centre 0000"),
        ("AMO:01-999", "régime 01, caisse 999"),
        ("CLIENT:C1", ""),
        ("ASSURE", ""),
    ],
)
def test_insurer_is_named_as_it_knows_itself(debiteur, expected):
    """
    By the parts of its number; a customer is not.
    """
    assert expected == _organisme(debiteur)
