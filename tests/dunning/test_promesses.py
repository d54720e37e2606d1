"""What was promised against what was paid since: `dunning.holds` and `dunning.verdicts`."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dunning.dossiers import CAISSE, OFFICINE, cible, day, dossier, facture, owing, receipt

from tiers_payant.domain import Cible, Echeancier, Issue, Part, Promesse, Raison, Suspension, TypeSuspension
from tiers_payant.dunning._promesses import MAINTIENS, holds, verdicts

TODAY = day("2026-04-01")


def promise(to, le="2026-04-15", faite_le="2026-03-10", cents=1000):
    return Promesse(cible=to, faite_le=day(faite_le), le=day(le), cents=cents)


def pause(to, type=TypeSuspension.ACCORD, du="2026-03-10", au="2026-04-15"):
    return Suspension(type=type, cible=to, du=day(du), au=au and day(au))


def held(result, *, suspensions=(), promesses=(), echeanciers=(), today=TODAY):
    """The factures and shares held, by reason."""
    found = holds(result, suspensions, promesses, echeanciers, today)
    assert MAINTIENS == tuple(found)
    return {
        raison: {(int(result.creances.facture[row]), Part(result.creances.part[row]).name) for row in rows}
        for raison, one in found.items()
        if len(rows := np.flatnonzero(one.masque))
    }


def two_patients():
    return dossier(
        factures=[facture(1), facture(2), facture(3)],
        comptes_clients=[owing(1), owing(2), owing(3, client="C2")],
        encaissements=[receipt(1, "2026-03-20", 400)],
    )


@pytest.mark.parametrize(
    ("type", "raison"),
    [
        (TypeSuspension.CONTESTATION, Raison.CONTESTATION),
        (TypeSuspension.PIECE, Raison.PIECE_ATTENDUE),
        (TypeSuspension.DECES, Raison.DECES),
        (TypeSuspension.CONFIDENTIEL, Raison.SOINS_CONFIDENTIELS),
        (TypeSuspension.ACCORD, Raison.ACCORD),
        (TypeSuspension.AUTRE, Raison.ACCORD),
    ],
)
def test_suspension_of_a_customer(type, raison):
    """
    Everything that the customer owes is held, under the reason of its type.
    """
    to = cible(client="C1")
    assert {raison: {(1, "ASSURE"), (2, "ASSURE")}} == held(two_patients(), suspensions=[pause(to, type)])


def test_every_type_of_suspension_has_a_reason():
    """
    No type is forgotten: each holds something back.
    """
    to = cible(1)
    for each in TypeSuspension:
        assert held(two_patients(), suspensions=[pause(to, each)])


def test_suspension_of_a_facture_without_share():
    """
    A facture that is named has all its shares held, whatever zeros its number begins with.
    """
    to = cible(lot="1", facture="1", debiteur="")
    assert {Raison.ACCORD: {(1, "AMO"), (1, "ASSURE")}} == held(two_patients(), suspensions=[pause(to)])


def test_target_that_says_more():
    """
    What a target says besides must agree: the share, the day of the lot, the debtor.
    """
    result = two_patients()
    patient = cible(1, part=Part.ASSURE, lot_date=day("2026-03-02"), debiteur="CLIENT:C1")
    assert {Raison.ACCORD: {(1, "ASSURE")}} == held(result, suspensions=[pause(patient)])
    assert {} == held(result, suspensions=[pause(cible(1, lot_date=day("2026-03-03")))])
    assert {} == held(result, suspensions=[pause(cible(1, debiteur="CLIENT:C2"))])


def test_suspension_of_an_insurer():
    """
    A fund is named as créances name it; another officine's are not held.
    """
    result = two_patients()
    to = Cible(officine=OFFICINE, debiteur=CAISSE, lot="001")
    assert {Raison.ACCORD: {(1, "AMO"), (2, "AMO"), (3, "AMO")}} == held(result, suspensions=[pause(to)])
    assert {} == held(result, suspensions=[pause(Cible(officine="999000027", debiteur=CAISSE))])


def test_debtor_without_a_reference():
    """
    A patient without a reference is named by the facture, as the plan of dunning calls them.
    """
    result = dossier(factures=[facture(1)], comptes_clients=[owing(1, client="")])
    to = Cible(officine=OFFICINE, debiteur="FACTURE:2026-03-02/001/000000001")
    assert {Raison.ACCORD: {(1, "ASSURE")}} == held(result, suspensions=[pause(to)])
    assert {} == held(result, suspensions=[pause(Cible(officine=OFFICINE, debiteur="FACTURE:hier"))])
    undated = dossier(factures=[facture(1, lot_date=None)], comptes_clients=[owing(1, client="", lot_date=None)])
    to = Cible(officine=OFFICINE, debiteur="FACTURE:NaT/001/000000001")
    assert {Raison.ACCORD: {(1, "ASSURE")}} == held(undated, suspensions=[pause(to)])
    assert {} == held(result, suspensions=[pause(Cible(officine=OFFICINE, debiteur="CLIENT:"))])


@pytest.mark.parametrize(
    ("today", "expected"), [("2026-03-09", 0), ("2026-03-10", 1), ("2026-04-15", 1), ("2026-04-16", 0)]
)
def test_hold_ends_by_itself(today, expected):
    """
    From the first day to the last one, both included; then dunning resumes.
    """
    assert expected == len(held(two_patients(), suspensions=[pause(cible(1))], today=day(today)))
    assert expected == len(held(two_patients(), promesses=[promise(cible(2))], today=day(today)))


def test_last_day_told():
    """
    The latest of several last days; none for confidential care, which nothing ends.
    """
    result = two_patients()
    pauses = [
        pause(cible(1)),
        pause(cible(client="C1"), au="2026-05-01"),
        pause(cible(1), TypeSuspension.CONFIDENTIEL, au=None),
    ]
    found = holds(result, pauses, [promise(cible(3))], [], TODAY)
    row = next(row for row in range(len(result.creances)) if result.creances[row].cle[3:] == ("000000001", Part.ASSURE))
    assert np.datetime64("2026-05-01") == found[Raison.ACCORD].jusqu_au[row]
    assert found[Raison.SOINS_CONFIDENTIELS].masque[row]
    assert np.isnat(found[Raison.SOINS_CONFIDENTIELS].jusqu_au).all()
    assert {np.datetime64("2026-04-15")} == set(found[Raison.PROMESSE].jusqu_au[found[Raison.PROMESSE].masque])


@pytest.mark.parametrize(
    ("paid", "today", "expected", "cents"),
    [
        ([], "2026-04-15", Issue.EN_COURS, 0),
        ([], "2026-04-16", Issue.ROMPUE, 0),
        ([("2026-04-15", 1000)], "2026-04-16", Issue.TENUE, 1000),
        ([("2026-03-20", 1000)], "2026-04-01", Issue.TENUE, 1000),
        ([("2026-03-20", 999)], "2026-04-16", Issue.ROMPUE, 999),
        ([("2026-04-16", 1000)], "2026-04-17", Issue.ROMPUE, 0),
        ([("2026-03-09", 1000)], "2026-04-16", Issue.ROMPUE, 0),
        ([("2026-03-20", 1000), ("2026-03-25", -500)], "2026-04-16", Issue.ROMPUE, 500),
        ([("2026-03-25", -500)], "2026-04-15", Issue.EN_COURS, -500),
        ([("2026-03-10", 1000)], "2026-04-01", Issue.TENUE, 1000),
        ([("2026-04-01", 1000)], "2026-04-01", Issue.TENUE, 1000),
        ([("2026-03-20", 1000), ("", -500)], "2026-04-10", Issue.EN_COURS, 1000),
        ([("2026-03-20", 1000), ("", -500)], "2026-04-16", Issue.TENUE, 1000),
        ([("", 1000)], "2026-04-10", Issue.EN_COURS, 1000),
        ([("", 1000)], "2026-04-16", Issue.TENUE, 1000),
        ([("2026-04-20", 1000)], "2026-04-10", Issue.EN_COURS, 0),
    ],
    ids=[
        "last-day", "nothing-paid", "paid-on-the-last-day", "paid-early", "a-cent-short", "paid-late",
        "paid-before-it-was-made", "taken-back", "taken-back-before-its-day", "paid-the-day-it-was-made", "paid-today",
        "perhaps-taken-back-holds-on", "perhaps-taken-back-breaks-nothing", "unknown-day-holds-on",
        "unknown-day-counts-for-the-debtor", "paid-after-today",
    ],
)  # fmt: skip
def test_promise_against_receipts(paid, today, expected, cents):
    """
    Kept when all of it was paid from the day it was made to its last day; a broken one is told with what is missing.
    """
    result = dossier(
        factures=[facture(1)], comptes_clients=[owing(1)],
        encaissements=[receipt(1, date, amount) for date, amount in paid],
    )  # fmt: skip
    (suivi,) = verdicts(result, [promise(cible(client="C1"))], [], day(today))
    assert (expected, cents) == (suivi.issue, suivi.paye_cents)
    assert (expected is Issue.EN_COURS) == bool(held(result, promesses=[suivi.engagement], today=day(today)))
    assert (1000 - cents if expected is Issue.ROMPUE else 0) == suivi.manque_cents
    assert "C1" not in repr(suivi) + suivi.phrase


def test_promise_about_nothing():
    """
    A reference that no claim bears is told as such, never as a broken promise; one made tomorrow is not known yet.
    """
    result = two_patients()
    suivis = verdicts(result, [promise(cible(9)), promise(cible(1), faite_le="2026-04-02")], [], day("2026-04-01"))
    assert [Issue.SANS_OBJET] == [suivi.issue for suivi in suivis]
    assert "aucune facture" in suivis[0].phrase


def test_promise_of_a_customer_who_comes_back():
    """
    What a customer buys after the promise is not in it.
    """
    result = dossier(
        factures=[facture(1), facture(2, date_facture="2026-03-20", lot_date="2026-03-20")],
        comptes_clients=[owing(1), owing(2, lot_date="2026-03-20")],
        encaissements=[receipt(2, "2026-03-20", 1000, lot_date="2026-03-20")],
    )
    assert {Raison.PROMESSE: {(1, "ASSURE")}} == held(result, promesses=[promise(cible(client="C1"))])
    (suivi,) = verdicts(result, [promise(cible(client="C1"))], [], TODAY)
    assert (1, 0) == (suivi.creances, suivi.paye_cents)


def test_promise_made_the_day_of_the_facture():
    """
    What is billed that day is in it; what an account without a sum says of another customer is not.
    """
    result = dossier(factures=[facture(1)], comptes_clients=[owing(1), owing(1, client="C2", cents=0)])
    made = {"faite_le": "2026-03-02"}
    assert {Raison.PROMESSE: {(1, "ASSURE")}} == held(result, promesses=[promise(cible(client="C1"), **made)])
    assert {} == held(result, promesses=[promise(cible(client="C1"), faite_le="2026-03-01")])
    assert {} == held(result, promesses=[promise(cible(client="C2"), **made)])


def test_promise_of_an_insurer():
    """
    An insurer pays through the bank, on the booking day of its line.
    """

    def book(booked):
        return dossier(
            factures=[facture(1)],
            retours=[{"emetteur_type": "CP", "emetteur": "999", "empreinte": "exemple", "date": "2026-03-12"}],
            groupes=[{"officine": OFFICINE, "date": "2026-03-12", "retour": 0}],
            reponses=[{"officine": OFFICINE, "lot_date": "2026-03-02", "lot": "001", "facture": "000000001", "part": 1,
                       "reponse": 1, "annonce_cents": 2000, "groupe": 0, "retour": 0}],
            virements=[{"compte": "A", "date": booked, "montant_cents": 2000, "libelle": "CPAM DE VILLE-EXEMPLE",
                        "devise": "EUR"}],
        )  # fmt: skip

    to = Cible(officine=OFFICINE, debiteur=CAISSE)
    issues = [
        verdicts(book(booked), [promise(to, le="2026-03-14", cents=2000)], [], TODAY)[0].issue
        for booked in ("2026-03-13", "2026-03-16")
    ]
    assert [Issue.TENUE, Issue.ROMPUE] == issues


def plan_of(to, cents=900, jours=("2026-04-01", "2026-05-01", "2026-06-01")):
    return Echeancier.split(to, cents, tuple(map(day, jours)), accorde_le=day("2026-03-10"))


@pytest.mark.parametrize(
    ("paid", "today", "expected", "until"),
    [
        ([], "2026-04-01", Issue.EN_COURS, "2026-04-01"),
        ([], "2026-04-02", Issue.ROMPUE, "2026-05-01"),
        ([("2026-04-01", 300)], "2026-04-02", Issue.EN_COURS, "2026-05-01"),
        ([("2026-04-01", 299)], "2026-04-02", Issue.ROMPUE, "2026-05-01"),
        ([("2026-03-15", 600)], "2026-05-02", Issue.EN_COURS, "2026-06-01"),
        ([("2026-04-10", 300)], "2026-04-12", Issue.EN_COURS, "2026-05-01"),
        ([("2026-03-15", 900)], "2026-03-20", Issue.TENUE, None),
        ([("2026-03-01", 900)], "2026-04-02", Issue.ROMPUE, "2026-05-01"),
    ],
    ids=["the-day-itself", "missed", "paid", "a-cent-short", "paid-ahead", "caught-up", "all-paid", "paid-before"],
)
def test_instalments_against_receipts(paid, today, expected, until):
    """
    A plan holds while what was due before today has been paid, and ends when all of it is.
    """
    result = dossier(
        factures=[facture(1)], comptes_clients=[owing(1)],
        encaissements=[receipt(1, date, amount) for date, amount in paid],
    )  # fmt: skip
    plan = plan_of(cible(1, part=Part.ASSURE))
    (suivi,) = verdicts(result, [], [plan], day(today))
    assert (expected, until and day(until)) == (suivi.issue, suivi.prochain)
    assert (expected is Issue.EN_COURS) == bool(held(result, echeanciers=[plan], today=day(today)))


# --- any words, any receipts, against a slow reading of the promise

days = st.dates(day("2026-03-01"), day("2026-04-30"))
cibles = st.sampled_from(
    [cible(1), cible(2, part=Part.ASSURE), cible(client="C1"), cible(client="C2"), cible(client="C9"),
     Cible(officine=OFFICINE, debiteur=CAISSE), Cible(officine="999000027", debiteur="CLIENT:C1"),
     Cible(officine=OFFICINE, debiteur="FACTURE:2026-03-02/001/000000003")]
)  # fmt: skip


@st.composite
def promises(draw):
    first = draw(days)
    last = first + dt.timedelta(days=draw(st.integers(0, 30)))
    return Promesse(cible=draw(cibles), faite_le=first, le=last, cents=draw(st.sampled_from([1, 500, 1000, 2000])))


@st.composite
def pauses(draw):
    first = draw(days)
    last = first + dt.timedelta(days=draw(st.integers(0, 30)))
    return Suspension(type=draw(st.sampled_from(TypeSuspension)), cible=draw(cibles), du=first, au=last)


receipts = st.lists(
    st.builds(receipt, st.sampled_from([1, 2, 3]), days.map(str) | st.just(""), st.sampled_from([-500, 1, 500, 1000])),
    max_size=6,
)


def names(result, row, to):
    """Whether a target names a claim, read one by one."""
    creance, clients = result.creances[row], {1: "C1", 2: "C1", 3: ""}
    number = int(creance.facture)
    called = {creance.debiteur, f"CLIENT:{clients[number]}", f"FACTURE:2026-03-02/001/{creance.facture}"}
    if creance.part is not Part.ASSURE:
        called = {creance.debiteur}
    return (
        creance.officine == to.officine
        and (not to.debiteur or to.debiteur in called)
        and (not to.facture or int(to.facture) == number)
        and to.part in (None, creance.part)
    )


def sure(row, promise, today):
    """Whether a receipt counts against what holds: dated in the promise, or taken back on a day not known."""
    if not row["date"]:
        return row["montant_cents"] < 0
    return promise.faite_le <= day(row["date"]) <= min(today, promise.le)


@settings(max_examples=60)
@given(st.lists(promises(), max_size=4), st.lists(pauses(), max_size=4), receipts, days)
def test_any_holds_against_a_naive_reading(promesses, suspensions, paid, today):
    """
    Claim by claim and word by word, read slowly, the same claims are held for the same reasons.
    """
    result = dossier(
        factures=[facture(1), facture(2), facture(3)],
        comptes_clients=[owing(1), owing(2), owing(3, client="")],
        encaissements=paid,
    )
    rows = range(len(result.creances))
    expected: dict[Raison, set[int]] = {raison: set() for raison in MAINTIENS}
    for one in suspensions:
        if one.du <= today <= one.au:
            raison = {"autre": "ACCORD", "piece": "PIECE_ATTENDUE", "confidentiel": "SOINS_CONFIDENTIELS"}.get(
                one.type, one.type.name
            )
            expected[Raison[raison]] |= {row for row in rows if names(result, row, one.cible)}
    for one in promesses:
        late = not (one.cible.facture or "FACTURE:" in one.cible.debiteur) and one.faite_le < day("2026-03-02")
        mine = set() if late else {row for row in rows if names(result, row, one.cible)}
        about = {int(result.creances.facture[row]) for row in mine if result.creances.part[row] == Part.ASSURE}
        surely = sum(row["montant_cents"] for row in paid if int(row["facture"]) in about and sure(row, one, today))
        if one.faite_le <= today <= one.le and surely < one.cents:
            expected[Raison.PROMESSE] |= mine
    found = holds(result, suspensions, promesses, [], today)
    assert expected == {raison: set(np.flatnonzero(each.masque).tolist()) for raison, each in found.items()}
    again = holds(result, suspensions[::-1], promesses[::-1], [], today)
    assert all(np.array_equal(found[raison].jusqu_au, again[raison].jusqu_au, equal_nan=True) for raison in MAINTIENS)
