"""A result that follows another is planned as if it were prepared alone; so is a history that goes on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.dunning.livres_faits import MONDAY, OTHER, STANDARD, book, facture, who
from tests.dunning.livres_plan import annuaires, echanges_of, policies, results, todays

from tiers_payant import dunning
from tiers_payant.domain import (
    Annuaire,
    Book,
    Creances,
    Echanges,
    Etat,
    PlanRelances,
    Raison,
    Rapprochement,
    RelancePolicy,
    Tables,
    TypeDebiteur,
)
from tiers_payant.dunning import _repertoire
from tiers_payant.matching import reconcile
from tiers_payant.rejets import deadlines

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # two books are in one case

TABLES = ("relances", "creances", "ecarts", "requalifications", "alarmes")


def tables_of(plan: PlanRelances) -> dict[str, Any]:
    """Every byte of every column of a plan, and its sentences."""
    told: dict[str, Any] = {
        f"{name}.{column}": (values.dtype.str, values.tobytes())
        for name in TABLES
        for column, values in getattr(plan, name).columns().items()
    }
    return {**told, "pourquoi": [plan.pourquoi(row) for row in range(len(plan))]}


@st.composite
def changes(draw: st.DrawFn, result: Rapprochement) -> Rapprochement:
    """Draw a result that follows another: claims paid, refused, owed again or new, accounts that change hands."""
    creances = result.creances
    length = len(creances)
    rows = draw(st.lists(st.integers(0, length - 1), max_size=4, unique=True)) if length else []
    paid, etat, due = creances.credite_cents.copy(), creances.etat.copy(), creances.du_cents.copy()
    for row in rows:
        change = draw(st.sampled_from(["paid", "part", "refused", "again", "amount"]))
        event(change)
        paid[row] = {"paid": due[row], "part": due[row] // 2, "again": 0}.get(change, paid[row])
        etat[row] = {"paid": Etat.CREDITEE, "refused": Etat.REJETEE, "again": Etat.NON_REPONDUE}.get(change, etat[row])
        due[row] += 100 * (change == "amount")
    creances = creances.with_columns(credite_cents=paid, etat=etat, du_cents=due)
    if length and draw(st.booleans()):
        creances = Creances.concat([creances, _more(draw, creances)])
        event("new claims")
    tables, accounts = result.tables, result.tables.comptes_clients
    if len(accounts) and draw(st.booleans()):
        clients = draw(st.lists(st.sampled_from(["C1", "C3", ""]), min_size=len(accounts), max_size=len(accounts)))
        accounts = accounts.with_columns(client=np.array(clients, dtype="S2"))
        tables = attrs.evolve(tables, comptes_clients=accounts)
        event("accounts")
    lines = draw(
        st.sampled_from(
            [tables.virements, tables.virements.with_columns(montant_cents=-tables.virements.montant_cents)]
        )
    )
    return attrs.evolve(result, creances=creances, tables=attrs.evolve(tables, virements=lines))


def _more(draw: st.DrawFn, creances: Creances) -> Creances:
    """Some claims again, of other factures, often of the number of one there is but in another lot."""
    rows = draw(st.lists(st.integers(0, len(creances) - 1), min_size=1, max_size=3, unique=True))
    some = creances.take(np.array(rows))
    lots = draw(st.lists(st.sampled_from(["777", "0777", "A77"]), min_size=len(some), max_size=len(some)))
    debtors = draw(st.sampled_from([some.debiteur, np.full(len(some), b"AMC:0099999998")]))
    return some.with_columns(lot=np.array(lots, dtype="S"), debiteur=debtors)


@st.composite
def days(draw: st.DrawFn) -> dict[str, Any]:
    """Draw two results and their histories, on two days."""
    today = draw(todays)
    result, policy = draw(results(today)), draw(policies())
    later = draw(results(today)) if draw(st.integers(0, 4)) == 0 else draw(changes(result))
    then = today + dt.timedelta(days=draw(st.sampled_from([0, 1, 1, 10])))
    sent = echanges_of(draw, result, policy, today)
    more = Echanges.concat([sent, echanges_of(draw, later, policy, then)])
    return {
        "result": result, "later": later, "policy": policy, "today": today, "then": then, "annuaire": draw(annuaires()),
        "sent": sent, "more": draw(st.sampled_from([sent, more, dunning.join_echanges(more), sent.take(np.arange(0))])),
    }  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(days())
def test_result_that_follows_another_is_planned_as_a_fresh_one(case):
    """
    Every column of every table, byte for byte, whatever changed, and whatever was sent between.
    """
    echeances = deadlines(case["result"], today=case["today"])
    after = deadlines(case["later"], today=case["then"])
    shared = {"policy": case["policy"], "annuaire": case["annuaire"]}
    ready = dunning.prepare(case["result"], echeances, **shared)
    first = ready.plan(today=case["today"], echanges=case["sent"])
    followed = ready.follow(case["later"], after).plan(today=case["then"], echanges=case["more"])
    event(f"contacts: {min(len(followed), 2)}")
    fresh = dunning.plan(case["later"], after, today=case["then"], echanges=case["more"], **shared)
    assert tables_of(fresh) == tables_of(followed)
    assert tables_of(first) == tables_of(ready.plan(today=case["today"], echanges=case["sent"]))


@settings(max_examples=100, deadline=None)
@given(days(), st.data())
def test_history_that_goes_on_is_read_as_a_whole_one(case, data):
    """
    Contacts committed day after day give what all of them at once give.
    """
    echeances = deadlines(case["result"], today=case["today"])
    ready = dunning.prepare(case["result"], echeances, policy=case["policy"], annuaire=case["annuaire"])
    history, day = case["sent"], case["today"]
    for _ in range(3):
        plan = ready.plan(today=day, echanges=history)
        fresh = dunning.plan(
            case["result"], echeances, policy=case["policy"], annuaire=case["annuaire"], today=day, echanges=history
        )  # fmt: skip
        assert tables_of(fresh) == tables_of(plan)
        history = dunning.join_echanges(history, dunning.echanges_of(plan, case["result"]))
        day += dt.timedelta(days=data.draw(st.sampled_from([0, 1, 9])))


@pytest.mark.parametrize("paid", [True, False])
def test_contact_about_a_claim_paid_since_paces_the_result_that_follows(paid):
    """
    One operator for two AMC: the one that was asked owes nothing any more, and the other one is left in peace.
    """
    operator = Annuaire(contacts=[who("otp", TypeDebiteur.AMC, "AMC:0099999*")])
    tuesday = MONDAY + dt.timedelta(days=1)
    result = reconcile(book(facture(1, **OTHER), facture(2, **{**OTHER, "amc": "0099999971"}), today=tuesday))
    echeances = deadlines(result, today=tuesday)
    shared: dict[str, Any] = {"policy": STANDARD, "annuaire": operator}
    plan = dunning.plan(result, echeances, today=MONDAY, **shared)
    sent = dunning.echanges_of(plan, result)
    sent = sent.take(sent.facture == b"000000001")
    asked = result.creances.debiteur == b"AMC:0099999989"
    table = result.creances.with_columns(
        etat=np.where(asked & paid, Etat.CREDITEE, result.creances.etat).astype(np.int8),
        credite_cents=np.where(asked & paid, result.creances.du_cents, result.creances.credite_cents),
    )
    later = attrs.evolve(result, creances=table)
    ready = dunning.prepare(result, echeances, **shared)
    ready.plan(today=MONDAY, echanges=sent)
    followed = ready.follow(later, echeances).plan(today=tuesday, echanges=sent)
    assert [b"AMC:0099999989"] == sent.debiteur.tolist() == result.creances.debiteur[asked].tolist()
    assert {Raison.CONTACT_RECENT} == set(map(Raison, followed.ecarts.raison.tolist()))
    assert tables_of(dunning.plan(later, echeances, today=tuesday, echanges=sent, **shared)) == tables_of(followed)


def test_words_shared_by_two_keys_are_told_apart(monkeypatch):
    """
    Where two keys share a word, keys themselves are compared.
    """
    monkeypatch.setattr(_repertoire, "key_words", lambda columns: np.zeros(len(columns[0]), dtype=np.uint64))
    ours = [np.array(["7", "A7", "08"], dtype="S2"), np.array([1, 1, 2])]
    theirs = [np.array(["A7", "007", "8", "8", "9"], dtype="S3"), np.array([1, 1, 2, 1, 9])]
    assert [1, 0, 2, -1, -1] == _repertoire.Repertoire.of(ours).find(theirs).tolist()


_texts = st.lists(st.text("0127A", max_size=3) | st.just("9" * 19) | st.just("0" + "9" * 19), max_size=6)


@given(_texts, _texts)
def test_rows_are_found_by_their_key(ours, theirs):
    """
    The first row of the same text; texts made of digits are the same whatever their leading zeros.
    """

    def spelled(text: str) -> str:
        return str(int(text)) if text.isdigit() else text

    names = [spelled(text) for text in ours]
    wanted = [names.index(spelled(text)) if spelled(text) in names else -1 for text in theirs]
    index = _repertoire.Repertoire.of([np.array(ours, dtype="S")])
    assert wanted == index.find([np.array(theirs, dtype="S")]).tolist()


def test_nothing_sent_nothing_owed_follows_nothing():
    """
    An empty result follows an empty one.
    """
    result = reconcile(Book(tables=Tables()))
    echeances = deadlines(result, today=dt.date(2026, 3, 2))
    ready = dunning.prepare(result, echeances, policy=RelancePolicy.standard())
    ready.plan(today=dt.date(2026, 3, 2))
    assert 0 == len(ready.follow(result, echeances).plan(today=dt.date(2026, 3, 3)))
