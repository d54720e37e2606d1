"""States that simulated pharmacies do not reach, and lateness."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tiers_payant.domain import Book, Etat, Part, late
from tiers_payant.matching import reconcile

KEY = {"officine": ["999000019"], "lot_date": ["2026-01-05"], "lot": ["001"]}
FACTURE = {**KEY, "facture": ["000000001"]}


def book(**tables: Any) -> Book:
    facture = {**FACTURE, "paiement": ["15"], "part_amo_cents": [650], "part_amc_cents": [350], "amc": ["0099999997"]}
    return Book.from_columns({"factures": facture, **tables})


def etats(given: Book) -> list[Etat]:
    return [creance.etat for creance in reconcile(given).creances]


def test_a_negative_acknowledgement_refuses_the_lot():
    """
    Every share of the lot is refused, until somebody answers.
    """
    arl = {**KEY, "date": ["2026-01-06"], "positif": [False]}
    assert [Etat.LOT_REFUSE, Etat.LOT_REFUSE] == etats(book(arls=arl))


@pytest.mark.parametrize(
    ("first", "second", "etat"), [(False, True, Etat.NON_REPONDUE), (True, False, Etat.LOT_REFUSE)]
)
def test_the_latest_acknowledgement_counts(first, second, etat):
    """
    A lot sent again and accepted is no longer refused; the order of rows does not matter.
    """
    both = {name: value * 2 for name, value in KEY.items()}
    in_order = {**both, "date": ["2026-01-06", "2026-01-07"], "positif": [first, second]}
    reversed_ = {**both, "date": ["2026-01-07", "2026-01-06"], "positif": [second, first]}
    assert [etat, etat] == etats(book(arls=in_order)) == etats(book(arls=reversed_))


def test_another_lot_is_not_refused():
    """
    A refusal is about its lot only.
    """
    arl = {**KEY, "lot": ["002"], "date": ["2026-01-06"], "positif": [False]}
    assert [Etat.NON_REPONDUE, Etat.NON_REPONDUE] == etats(book(arls=arl))


def test_an_answer_outweighs_a_refused_lot():
    """
    An insurer that answered did receive the lot.
    """
    given = book(
        arls={**KEY, "date": ["2026-01-06"], "positif": [False]},
        retours={"emetteur_type": ["CP"], "empreinte": ["exemple"], "date": ["2026-01-08"]},
        reponses={**FACTURE, "part": [1], "reponse": [3], "retour": [0]},
    )
    assert [Etat.DIFFEREE, Etat.LOT_REFUSE] == etats(given)


def test_a_lot_refused_and_sent_again_is_one_claim():
    """
    The shares of the refused lot are replaced by those of the new one, and counted once.
    """
    both = {"officine": ["999000019"] * 2, "lot_date": ["2026-01-05", "2026-01-07"], "lot": ["001", "002"]}
    given = Book.from_columns(
        {
            "factures": {
                **both, "facture": ["000000001", "000000002"], "paiement": ["05", "05"], "part_amo_cents": [650, 650],
                "nir": ["1999999999999"] * 2, "naissance": ["010199"] * 2, "date_soins": ["2026-01-05"] * 2,
            },
            "arls": {**KEY, "date": ["2026-01-06"], "positif": [False]},
        }
    )  # fmt: skip
    result = reconcile(given)
    assert [Etat.RETRANSMISE, Etat.NON_REPONDUE] == [creance.etat for creance in result.creances]
    assert 650 == result.totaux.du_cents


def test_a_patient_share_is_owed_only_if_the_accounts_say_so():
    """
    Without a client account it is presumed paid over the counter: no créance.
    """
    assert [Part.AMO, Part.AMC] == [creance.part for creance in reconcile(book()).creances]
    account = {**FACTURE, "du_cents": [200]}
    result = reconcile(book(comptes_clients=account))
    assert (Part.ASSURE, 200, Etat.NON_REPONDUE) == (
        result.creances[2].part, result.creances[2].du_cents, result.creances[2].etat,
    )  # fmt: skip
    assert 1000 == result.totaux.du_cents


@pytest.mark.parametrize(
    ("received", "etat"), [([50], Etat.PARTIELLE), ([150, 50], Etat.CREDITEE), ([300], Etat.CREDITEE)]
)
def test_receipts_settle_a_patient_share(received, etat):
    """
    What came in over the counter is credited, and stays out of the bank's balance.
    """
    receipts = {name: value * len(received) for name, value in FACTURE.items()}
    given = book(comptes_clients={**FACTURE, "du_cents": [200]}, encaissements={**receipts, "montant_cents": received})
    result = reconcile(given)
    assert (etat, sum(received)) == (result.creances[2].etat, result.creances[2].credite_cents)
    assert 0 == result.totaux.credite_cents == result.totaux.virements_cents


def test_client_accounts_count_once_in_any_order():
    """
    Told twice for one facture, an account counts once, for the larger amount; receipts find it all the same.
    """
    twice = {name: value * 2 for name, value in FACTURE.items()}
    for due in ([200, 150], [150, 200]):
        given = book(comptes_clients={**twice, "du_cents": due}, encaissements={**FACTURE, "montant_cents": [50]})
        patients = [creance for creance in reconcile(given).creances if creance.part is Part.ASSURE]
        assert [(200, 50)] == [(creance.du_cents, creance.credite_cents) for creance in patients]


@pytest.mark.parametrize(("today", "expected"), [(dt.date(2026, 1, 14), 0), (dt.date(2026, 1, 15), 2)])
def test_late_is_told_after_the_seventh_open_day(today, expected):
    """
    Lot of Monday 5 January 2026: the seventh jour ouvré is Wednesday 14.
    """
    assert expected == int(late(reconcile(book()).creances, today).sum())


@pytest.mark.parametrize("lot_date", ["1999-01-05", "2069-01-05"])
def test_a_lot_of_a_day_that_no_calendar_covers_is_not_judged(lot_date):
    """
    A date misread in one lot does not take the whole answer away.
    """
    given = Book.from_columns(
        {"factures": {**FACTURE, "lot_date": [lot_date], "paiement": ["05"], "part_amo_cents": [650]}}
    )
    assert [False] == late(reconcile(given).creances, dt.date(2026, 3, 2)).tolist()


def test_what_is_settled_or_refused_is_never_late():
    """
    A reject has another clock.
    """
    given = book(arls={**KEY, "date": ["2026-01-06"], "positif": [False]})
    assert 0 == int(late(reconcile(given).creances, dt.date(2027, 1, 1)).sum())


def test_the_day_asked_changes_no_state():
    """
    Lateness is told beside the state.
    """
    result = reconcile(book())
    before = list(result.creances)
    late(result.creances, dt.date(2030, 1, 1))
    assert before == list(result.creances)


def test_what_is_no_payment_code_is_told_by_its_shape():
    """
    A column filled with the wrong field may hold anything: its text stays out of the problems.
    """
    given = Book.from_columns({"factures": {**FACTURE, "paiement": ["EXEMPLE 12"]}})
    assert ["AAAAAAA 99"] == [problem.params["code"] for problem in reconcile(given).problems]
