"""One contact a day for one addressee, whatever derogations make of its claims."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from tests.dunning.livres_faits import AMC, ANNUAIRE, MONDAY, OFFICINE, OTHER, STANDARD, book, facture, planned
from tests.dunning.test_paliers_otes import made

from tiers_payant.domain import Annuaire, Canal, Derogation, PlanRelances, Raison, RelancePolicy, TypeDebiteur
from tiers_payant.domain import Echanges as Histoire

PLUS = {**AMC, "part_amc_cents": 9000, "total_cents": 9000}
TO_ONE: dict[str, Any] = {"officine": OFFICINE, "lot": "001", "facture": "000000001"}


def of(plan: PlanRelances) -> list[tuple[str, tuple[int, ...], int]]:
    return [(one.palier.code, one.creances, one.cents) for one in plan]


def with_derogation(**changes: Any) -> RelancePolicy:
    return attrs.evolve(STANDARD, derogations=[Derogation(**TO_ONE, **changes)])


def test_claims_of_two_rules_at_one_step_are_one_contact():
    """
    A derogation about the least amount of one facture is no reason to write twice: the oldest carries both.
    """
    _, plan = planned(book(facture(1, **AMC), facture(2, **PLUS)), policy=with_derogation(montant_min_cents=100))
    assert [("verification", (0, 1), 14000)] == of(plan)
    assert 0 == plan[0].porteuse


def test_claims_of_two_rules_at_two_steps_make_the_most_advanced_alone():
    """
    The other waits as after any contact, and says so.
    """
    policy = with_derogation(paliers=("lettre",))
    _, plan = planned(book(facture(1, **AMC), facture(2, **PLUS)), dt.date(2026, 3, 16), policy=policy)
    assert [("lettre", (0,), 5000)] == of(plan)
    (left,) = list(plan.ecarts)
    assert (1, "verification", Raison.CONTACT_RECENT) == (left.creance, left.palier, left.raison)
    assert MONDAY + dt.timedelta(days=15) == left.jusqu_au


def test_operator_of_two_kinds_of_insurers_is_asked_once():
    """
    One addressee for an AMO and for an AMC: the scenarios differ, the letter-box does not.
    """
    both = [attrs.evolve(one, debiteurs=("AMC:*", "AMO:*")) for one in ANNUAIRE if one.type is TypeDebiteur.AMC]
    _, plan = planned(book(facture(1, **AMC), facture(2), facture(3, **OTHER)), annuaire=Annuaire(contacts=both))
    assert [("verification", (0, 2), 10000)] == of(plan)
    assert [Raison.CONTACT_RECENT] == [one.raison for one in plan.ecarts]


def test_what_waits_is_asked_for_once_the_rest_is_over():
    """
    The contact of the first day is in the history: nothing more until its answer is due, then the other claim goes.
    """
    policy = with_derogation(paliers=("lettre",))
    history: Histoire = made(("2026-03-16", "lettre", Canal.LETTRE, False))
    for later, expected in ((10, []), (16, [("verification", (1,), 9000)])):
        today = MONDAY + dt.timedelta(days=later)
        _, plan = planned(
            book(facture(1, **AMC), facture(2, **PLUS), today=today), today, policy=policy, echanges=history
        )
        assert expected == of(plan)
