"""Situations in which a reminder would be wrong: money, copies, holes, people, plugins."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
import pytest
from tests.dunning.livres_faits import (
    AMC,
    MONDAY,
    OFFICINE,
    OTHER,
    PERSON,
    STANDARD,
    book,
    facture,
    line,
    owing,
    planned,
    receipt,
    statement,
    who,
)

from tiers_payant import dunning
from tiers_payant.domain import (
    Annuaire,
    Book,
    Cible,
    Derogation,
    GateSpec,
    JourSemaine,
    Part,
    Raison,
    Rapprochement,
    Statut,
    Suspension,
    TypeDebiteur,
    TypeSuspension,
)
from tiers_payant.errors import GateError


def asked(facts: Book, today: dt.date = MONDAY, **more: Any) -> set[tuple[int, str]]:
    """The number of each facture that somebody is asked for, and its share; facture 900 is but a witness."""
    result, plan = planned(facts, today, **more)
    rows = plan.creances.creance
    pairs = zip(result.creances.facture[rows].tolist(), result.creances.part[rows].tolist(), strict=True)
    return {(int(number), Part(part).name) for number, part in pairs} - {(900, "AMO"), (900, "AMC")}


def test_control_claims_are_asked_for():
    """What the books below change is what holds."""
    assert {(1, "AMO")} == asked(book(facture(1)))
    assert {(1, "AMC")} == asked(book(facture(1, **AMC)))
    assert {(1, "ASSURE")} == asked(book(facture(1, **PERSON), comptes_clients=[owing(1)]))


@pytest.mark.parametrize("label", ["VIR SEPA ASSURANCES EXEMPLE", "REMISE CHEQUE 123"])
def test_insurer_paid_the_exact_sum_under_a_name_nobody_knows(label):
    """A free credit of the very amount of a claim holds it, whoever sent it."""
    assert not asked(book(facture(1, **AMC), virements=[line("2026-02-10", 5000, label)]))


def test_amo_paid_both_shares_in_one_credit():
    """A credit of what both insurers owe of a facture holds both shares."""
    both = facture(1, amc="0099999997", part_amo_cents=2000, part_amc_cents=1500, total_cents=3500, paiement="15")
    assert not asked(book(both, virements=[line("2026-02-10", 3500)]))


def test_facture_sent_again_in_another_lot_is_asked_for_once():
    """Same number, insured, care day and amount in two lots: the sum is asked for once."""
    result, plan = planned(book(facture(1), facture(1, lot="002", lot_date="2026-01-12")))
    assert [b"000000001"] * 2 == [one for one in result.creances.facture.tolist() if one != b"000000900"]
    assert sum(one.cents for one in plan) <= 2000


def test_lump_paid_before_the_second_lot_covers_the_facture_sent_again():
    """Money that may pay the first lot leaves the copy alone as well."""
    again = facture(1, lot="020", lot_date="2026-02-20")
    day = dt.date(2026, 4, 20)
    assert not asked(book(facture(1), again, today=day, virements=[line("2026-01-25", 7777)]), day)


def test_missing_statement_between_equal_balances_is_a_hole():
    """A swept account ends every month at the same balance: it does not prove that no month is missing."""
    flat: dict[str, Any] = {"initial_connu": True, "initial_cents": 0, "final_connu": True, "final_cents": 0}
    releves = [statement(au="2026-01-31", **flat), statement("2026-03-02", **flat)]
    assert not asked(book(facture(1, **AMC), releves=releves))


@pytest.mark.parametrize("statut", [Statut.EN_ATTENTE, Statut.INFORMATION, Statut.COMPTABILISE])
def test_line_of_a_day_to_come_makes_no_old_extract_recent(statut):
    """A line planned for later says nothing of the days before it."""
    lines = [line("2025-12-01", -5, "X", releve=-1), line("2026-02-20", -5, "X", releve=-1)]
    coming = line("2026-04-05", -500, "PRET", releve=-1, statut=int(statut))
    assert not asked(book(facture(1, **AMC), releves=[], virements=lines))
    assert not asked(book(facture(1, **AMC), releves=[], virements=[*lines, coming]))


def test_professional_who_paid_two_of_three_factures_by_transfer():
    """A transfer of the sum of several factures holds all that the customer owes."""
    facts = book(
        *(facture(rank, **PERSON) for rank in (1, 2, 3)),
        comptes_clients=[owing(1, "P1", 10000), owing(2, "P1", 12000), owing(3, "P1", 15000)],
        virements=[line("2026-02-10", 22000, "VIR SEPA EHPAD EXEMPLE")],
    )
    assert not asked(facts)


def test_professional_is_asked_nothing_while_a_statement_is_missing():
    """It pays by transfer: statements must go back to its facture."""
    facts = book(
        facture(1, **PERSON), comptes_clients=[owing(1, "P1", 10000)], releves=[statement("2026-03-10")]
    )  # fmt: skip
    assert not asked(facts)


def test_credit_note_of_a_customer_covers_what_they_owe():
    """A customer with a credit note is asked for nothing."""
    facts = book(facture(1, **PERSON), comptes_clients=[owing(1), owing(2, cents=-3000)])
    assert not asked(facts)


@pytest.mark.parametrize("accounts", [[owing(1)], [owing(1), owing(2, cents=0)]], ids=["no account", "account of 0"])
def test_receipt_on_a_facture_without_patient_share_is_money_all_the_same(accounts):
    """Money received of somebody who owed nothing of that facture holds what they owe elsewhere."""
    facts = book(facture(1, **PERSON), facture(2), comptes_clients=accounts, encaissements=[receipt(2, 3000)])
    assert (1, "ASSURE") not in asked(facts)


def test_too_much_paid_by_the_same_person_on_another_facture():
    """Without client reference, the insured tells that it is the same person."""
    facts = book(
        facture(1, **PERSON), facture(2, **PERSON), comptes_clients=[owing(1, ""), owing(2, "", 1000)],
        encaissements=[receipt(2, 4000)],
    )  # fmt: skip
    anybody = Annuaire(contacts=[who("x", TypeDebiteur.PATIENT, "FACTURE:*", officine=OFFICINE)])
    assert not asked(facts, annuaire=anybody)


def test_credit_of_the_exact_sum_on_the_account_of_another_officine():
    """Officines of one book: the right sum on the wrong account holds the claim."""
    facts = book(
        facture(1), releves=[statement(), statement(compte="ACC2")],
        virements=[line("2026-02-10", 2000, compte="ACC2", releve=1)],
    )  # fmt: skip
    pooled = facts.tables.comptes.concat([
        facts.tables.comptes, facts.tables.comptes.with_columns(officine=[b"999000027"], compte=[b"ACC2"])
    ])  # fmt: skip
    assert not asked(attrs.evolve(facts, tables=attrs.evolve(facts.tables, comptes=pooled)))


def test_death_told_of_one_facture_holds_what_the_same_customer_owes():
    """Nobody writes to the dead for another facture."""
    dead = Suspension(
        type=TypeSuspension.DECES, cible=Cible(officine=OFFICINE, lot="001", facture="000000001"),
        du=dt.date(2026, 1, 1),
    )  # fmt: skip
    facts = book(facture(1, **PERSON), facture(2, **PERSON), comptes_clients=[owing(1), owing(2)])
    assert {(1, "ASSURE"), (2, "ASSURE")} == asked(facts)
    assert not asked(facts, suspensions=[dead])


def test_one_debtor_is_contacted_once_a_day():
    """A derogation that changes but a delay makes no second contact of the day."""
    other = Derogation(officine=OFFICINE, lot="001", facture="000000002", repos_jours=3)
    policy = attrs.evolve(STANDARD, derogations=[other])
    plan = planned(book(facture(1, **AMC), facture(2, **AMC)), policy=policy)[1]
    assert 1 == len(plan)


def test_addressee_contacted_yesterday_about_a_claim_paid_since_is_left_in_peace():
    """One operator for two AMC: what was sent about one counts for the other, even once it is paid."""
    operator = Annuaire(contacts=[who("otp", TypeDebiteur.AMC, "AMC:0099999997", "AMC:0099999989")])
    result, plan = planned(book(facture(1, **AMC)), annuaire=operator)
    history, tuesday = dunning.echanges_of(plan, result), MONDAY + dt.timedelta(days=1)
    assert not asked(
        book(facture(1, **AMC), facture(2, **OTHER), today=tuesday), tuesday, annuaire=operator, echanges=history
    )
    facts = book(facture(2, **OTHER), today=tuesday)
    assert not asked(facts, tuesday, annuaire=operator, echanges=history)


@pytest.mark.parametrize("both", [True, False])
def test_addressee_contacted_about_a_debtor_of_whom_the_book_tells_nothing(both):
    """The history alone names that debtor: the annuaire says whether who answers for it answers for another one."""
    names = ["AMC:0099999989", "AMC:0099999971"]
    one = [who("otp", TypeDebiteur.AMC, *names)]
    two = [who(f"otp{rank}", TypeDebiteur.AMC, name) for rank, name in enumerate(names)]
    annuaire = Annuaire(contacts=one if both else two)
    result, plan = planned(book(facture(1, **OTHER)), annuaire=annuaire)
    history, tuesday = dunning.echanges_of(plan, result), MONDAY + dt.timedelta(days=1)
    assert [b"AMC:0099999989"] == history.debiteur.tolist()
    facts = book(facture(2, **{**OTHER, "amc": "0099999971"}), today=tuesday)
    assert both != bool(asked(facts, tuesday, annuaire=annuaire, echanges=history))


@pytest.mark.parametrize("settled", [True, False])
def test_confidential_care_of_a_customer_without_insured_number_stops_no_plan(settled):
    """Others are planned as ever, and the confidential share is held."""
    hold = Suspension(
        type=TypeSuspension.CONFIDENTIEL, cible=Cible(officine=OFFICINE, lot="001", facture="000000001"),
        du=dt.date(2026, 1, 1),
    )  # fmt: skip
    facts = book(
        comptes_clients=[owing(1), owing(2, "P1", 10000)], encaissements=[receipt(1, 3000 if settled else 1)]
    )  # fmt: skip
    assert {(2, "ASSURE")} == asked(facts, suspensions=[hold])


def test_gate_that_leaves_the_process_is_a_gate_error():
    """A plugin's `sys.exit` is an error as any other."""

    def leave(result: Rapprochement, day: dt.date) -> Any:
        raise SystemExit(0)

    gate = GateSpec(name="exemple", raison=Raison.SUSPENDUE, label="Exemple", hold=leave)
    with pytest.raises(GateError):
        planned(book(facture(1)), gates=[gate])


def test_gate_that_does_not_know_does_not_let_go():
    """What is masked in an array is no yes or no: the gate is refused."""

    def unknown(result: Rapprochement, day: dt.date) -> Any:
        return np.ma.masked_array(np.zeros(len(result.creances), dtype=np.bool_), mask=True)

    gate = GateSpec(name="exemple", raison=Raison.SUSPENDUE, label="Exemple", hold=unknown)
    with pytest.raises(GateError):
        planned(book(facture(1)), gates=[gate])


@pytest.mark.parametrize(("days", "left"), [(15, True), (16, False)])
def test_nothing_more_is_sent_before_the_day_that_a_letter_gave_for_an_answer(days, left):
    """`reponse_jours` is 15: the next contact leaves on the sixteenth day at the earliest, whatever `repos_jours`."""
    result, plan = planned(book(facture(1, **AMC)))
    later = MONDAY + dt.timedelta(days=days)
    scenarios = [attrs.evolve(one, repos_jours=0, jours=tuple(JourSemaine)) for one in STANDARD.scenarios]
    policy = attrs.evolve(STANDARD, scenarios=scenarios, reponse_jours=15)
    history = dunning.echanges_of(plan, result)
    ecarts = planned(book(facture(1, **AMC), facture(2, **AMC), today=later), later, policy=policy, echanges=history)[1]
    assert left == (Raison.CONTACT_RECENT in ecarts.ecarts.raison.tolist())
