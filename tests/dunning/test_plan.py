"""The plan of a day against a slow reading of its contract, and the laws that hold on every plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.dunning import livres_faits as faits
from tests.dunning.livres_plan import annuaires, echanges_of, levees_of, policies, results, todays
from tests.dunning.oracle import planned

from tiers_payant import dunning
from tiers_payant.domain import (
    Annuaire,
    Book,
    Contact,
    Ecarts,
    Etat,
    Factures,
    GateSpec,
    PlanRelances,
    Raison,
    RelancePolicy,
    Relances,
    RelancesCreances,
    Requalifications,
    Tables,
    TypeDebiteur,
)
from tiers_payant.domain._doublons import billed_twice
from tiers_payant.errors import GateError
from tiers_payant.matching import reconcile
from tiers_payant.rejets import deadlines


def told(plan: PlanRelances) -> tuple[set[Any], set[Any]]:
    """A plan as the oracle tells one."""
    contacts = {(one.palier.code, frozenset(one.creances), one.cents) for one in plan}
    table = plan.ecarts
    left = zip(table.creance.tolist(), table.niveau.tolist(), map(Raison, table.raison.tolist()), strict=True)
    return contacts, set(left)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    today = draw(todays)
    result, policy = draw(results(today)), draw(policies())
    return {
        "result": result,
        "echeances": deadlines(result, today=today),
        "policy": policy,
        "today": today,
        "annuaire": draw(annuaires()),
        "echanges": echanges_of(draw, result, policy, today),
        "levees": draw(levees_of(result, today)),
    }


@settings(max_examples=200, deadline=None)
@given(cases())
def test_plan_is_that_of_a_slow_reading(case):
    """
    Contacts with their claims and cents, and every step left out with its reason: as read row by row.
    """
    plan = dunning.plan(**case)
    contacts, left = told(plan)
    for reason in {one[2] for one in left}:
        event(reason.name)
    event(f"contacts: {min(len(contacts), 2)}")
    wanted, missed = planned(case.pop("result"), case.pop("echeances"), **case)
    held_by_requalification = {one for one in left if one[2] is Raison.REQUALIFICATION or one[2] is Raison.NIR_FICTIF}
    claims = {one[0] for one in held_by_requalification}
    assert {one for one in missed if one[0] not in claims} == left - held_by_requalification
    assert not claims or claims.isdisjoint(row for _, rows, _ in contacts for row in rows)
    if not claims:
        assert wanted == contacts


@settings(max_examples=50, deadline=None)
@given(cases())
def test_laws_of_a_plan(case):
    """
    No claim in two contacts; amounts add up; what is paid, replaced or told to be held is asked of nobody.
    """
    plan = dunning.plan(**case)
    claims = plan.creances.creance.tolist()
    assert sorted(set(claims)) == sorted(claims)
    assert [one.cents for one in plan] == [
        int(plan.creances.cents[plan.creances.relance == row].sum()) for row in range(len(plan))
    ]
    creances = case["result"].creances
    assert (creances.du_cents[claims] > creances.credite_cents[claims]).all()
    assert not np.isin(creances.etat[claims], (Etat.CREDITEE, Etat.RETRANSMISE, Etat.REJETEE)).any()
    stopped = plan.ecarts.creance[plan.ecarts.raison <= Raison.HORS_JOURS]
    assert set(claims).isdisjoint(stopped.tolist())
    named = [(one.officine, one.contact.id if one.contact else one.debiteur) for one in plan]
    assert sorted(set(named)) == sorted(named)
    ranked = list(zip((-plan.relances.gain_cents).tolist(), plan.relances.id.tolist(), strict=True))
    assert sorted(set(ranked)) == ranked
    assert all(one.gain_cents > 0 and one.pourquoi.endswith(".") for one in plan)


@settings(max_examples=50, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(case, random):
    """
    The same créances in another order, the same history in another order: the same contacts, in the same order.
    """
    expected = dunning.plan(**case)
    result = case["result"]
    order = list(range(len(result.creances)))
    random.shuffle(order)
    moved = permuted(result, np.array(order, dtype=np.int64))
    history = case["echanges"].take(
        np.array(random.sample(range(len(case["echanges"])), len(case["echanges"])), dtype=int)
    )
    places = np.argsort(order)
    echeances = case["echeances"]
    of = np.where(echeances.creance < 0, -1, places[echeances.creance]) if len(order) else echeances.creance
    echeances = echeances.with_columns(creance=of.astype(np.int32))
    got = dunning.plan(**{**case, "result": moved, "echanges": history, "echeances": echeances})
    assert expected.relances.id.tolist() == got.relances.id.tolist()
    names = [name for name in expected.relances.kinds() if name != "porteuse"]
    assert [expected.relances.columns()[name].tolist() for name in names] == [
        got.relances.columns()[name].tolist() for name in names
    ]
    assert sorted(expected.ecarts.raison.tolist()) == sorted(got.ecarts.raison.tolist())


def permuted(result: Any, order: Any) -> Any:
    """The same result, its créances in another order."""
    places = np.argsort(order)

    def moved(table: Any) -> Any:
        return table.with_columns(creance=places[table.creance].astype(np.int32)) if len(table) else table

    creances = result.creances.take(order)
    following = creances.remplacee_par
    if len(order):
        following = np.where(following < 0, -1, places[following]).astype(np.int32)
    return attrs.evolve(
        result,
        creances=creances.with_columns(remplacee_par=following),
        liens_reponses=moved(result.liens_reponses),
        liens_directs=moved(result.liens_directs),
        propositions_directes=moved(result.propositions_directes),
        propositions_reponses=moved(result.propositions_reponses),
        rejets_creances=places[result.rejets_creances] if len(order) else result.rejets_creances,
    )


@settings(max_examples=30, deadline=None)
@given(cases(), st.integers(0, 40))
def test_prepared_result_plans_the_next_days_as_a_fresh_one(case, later):
    """
    What is kept from one day to the next changes no plan.
    """
    ready = dunning.prepare(case["result"], case["echeances"], policy=case["policy"], annuaire=case["annuaire"])
    ready.plan(today=case["today"], echanges=case["echanges"])
    case["today"] += np.timedelta64(later, "D").astype(object)
    assert told(dunning.plan(**case)) == told(
        ready.plan(today=case["today"], echanges=case["echanges"], levees=case["levees"])
    )


def test_nothing_owed_is_an_empty_plan():
    """
    No facture, no debtor, no contact: a plan all the same.
    """
    result = reconcile(Book(tables=Tables()))
    today = dt.date(2026, 3, 2)
    plan = dunning.plan(result, deadlines(result, today=today), policy=RelancePolicy.standard(), today=today)
    assert (0, 0, 0) == (len(plan), len(plan.ecarts), len(plan.alarmes))


def test_gate_of_a_plugin_holds_its_claims():
    """
    What an officine knows and no file says is one more reason, at its place among the others.
    """
    today = dt.date(2026, 3, 2)
    result = reconcile(Book(tables=_one_facture()))
    asked: dict[str, Any] = {"policy": RelancePolicy.standard(), "today": today}
    everything = GateSpec(
        name="exemple",
        raison=Raison.SUSPENDUE,
        label="Exemple",
        hold=lambda result, day: np.ones(len(result.creances), bool),
    )
    echeances = deadlines(result, today=today)
    assert {Raison.RELEVE_ABSENT: 1} == dunning.plan(result, echeances, **asked).counts()
    assert {Raison.SUSPENDUE: 1} == dunning.plan(result, echeances, gates=[everything], **asked).counts()
    half = attrs.evolve(everything, hold=lambda result, day: np.ones(2, dtype=np.bool_))
    with pytest.raises(GateError, match="expected a yes or no for each of 1"):
        dunning.plan(result, echeances, gates=[half], **asked)


def _one_facture() -> Tables:
    return Tables(
        factures=Factures.of(
            1, officine=["999000019"], lot_date=[dt.date(2026, 1, 5)], lot=["001"], facture=["000000001"],
            date_soins=[dt.date(2026, 1, 5)], regime=["01"], caisse=["999"], centre=["0000"], paiement=["05"],
            nature_assurance=["10"], part_amo_cents=[4200],
        )
    )  # fmt: skip


def test_contact_of_a_plan_is_the_one_of_that_day():
    """
    Of two entries of one id, one after the other, the one that is right on the day of the plan.
    """
    day, policy = dt.date(2026, 3, 2), RelancePolicy.standard()
    now = Contact(id="CPAM:1", nom="EXEMPLE", type=TypeDebiteur.AMO, debiteurs=["*"], du=day)
    before = attrs.evolve(now, du=None, au=day - dt.timedelta(days=1))
    scenario = policy.scenario(TypeDebiteur.AMO)
    assert scenario is not None
    step = scenario.paliers[0]
    plan = PlanRelances(
        relances=Relances.of(1, contact=["CPAM:1"], type=["amo"], palier=[step.code], canal=[step.canal.value]),
        creances=RelancesCreances.empty(),
        ecarts=Ecarts.empty(),
        requalifications=Requalifications.empty(),
        policy=policy,
        annuaire=Annuaire(contacts=[before, now]),
        today=day,
        pourquoi=lambda row: "",
    )
    assert now is plan[0].contact
    assert before is attrs.evolve(plan, today=day - dt.timedelta(days=9))[0].contact
    assert None is attrs.evolve(plan, annuaire=Annuaire())[0].contact


def test_of_two_lots_that_bill_one_share_the_oldest_is_asked_for_wherever_its_row_stands():
    """
    A result that follows another has its new créances last, of whatever lot: a copy is one by its key, not by its row.
    """
    result, _ = faits.planned(faits.book(faits.facture(1), faits.facture(1, lot="002", lot_date="2026-01-12")))
    order = np.arange(len(result.creances))[::-1]
    moved = permuted(result, order)
    copies = billed_twice(result)
    assert 1 == np.count_nonzero(copies)
    assert copies[order].tolist() == billed_twice(moved).tolist()
