"""Which debts a payment settles: code civil 1342-10, each rule apart, then any debts against a slow reading."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dunning.dossiers import day

from tiers_payant.dunning._imputation import Dette, allocate
from tiers_payant.errors import PolicyError

TODAY = day("2026-03-02")


def debt(cle, cents=1000, nee="2026-01-05", due="2026-01-05", **more):
    return Dette(cle=cle, principal_cents=cents, nee_le=day(nee), echeance=due and day(due), **more)


def paid(cents, *dettes, **more):
    made = allocate(cents, dettes, today=TODAY, **more)
    return {cle: part.total_cents for cle, part in made.parts.items()}


def test_choice_of_the_debtor():
    """
    The debtor says which debt it pays (code civil 1342-10, first paragraph); the law rules what is left.
    """
    old, new, late = debt("A"), debt("B", nee="2026-02-01", due="2026-02-01"), debt("C", due="2026-05-01")
    assert {"A": 200, "B": 0, "C": 1000} == paid(1200, old, new, late, choix=["C"])
    assert {"A": 0, "B": 500, "C": 1000} == paid(1500, old, new, late, choix=["C", "B"])


def test_debts_that_are_due_first():
    """
    Due debts come first, even younger ones (1342-10, second paragraph); on its day a debt is due.
    """
    assert {"A": 0, "B": 700} == paid(700, debt("A", due="2026-03-03"), debt("B", nee="2026-03-02", due="2026-03-02"))
    assert {"A": 0, "B": 700} == paid(700, debt("A", due=None), debt("B", nee="2026-03-02", due="2026-03-02"))


def test_debts_that_bear_interest_first():
    """
    Among due debts, those that the debtor has most interest in paying.
    """
    assert {"A": 0, "B": 700} == paid(700, debt("A"), debt("B", nee="2026-02-01", porte_interets=True))


def test_oldest_first():
    """
    At equal interest, the oldest; a debt born on a day that is not known comes last.
    """
    assert {"A": 700, "B": 0} == paid(700, debt("A"), debt("B", nee="2026-01-06"))
    unknown = attrs.evolve(debt("A"), nee_le=None)
    assert {"A": 0, "B": 700} == paid(700, unknown, debt("B", nee="2026-01-06"))


def test_in_proportion():
    """
    All things equal, in proportion, to the cent: the odd ones to the largest remainders, then to the first keys.
    """
    assert {"A": 250, "B": 750} == paid(1000, debt("A", 500), debt("B", 1500))
    assert {"C": 33, "A": 34, "B": 33} == paid(100, debt("C"), debt("A"), debt("B"))
    assert {"A": 1, "B": 1} == paid(2, debt("A", 1), debt("B", 2))


@pytest.mark.parametrize(("before", "expected"), [(False, (600, 0)), (True, (500, 100))])
def test_interest_and_principal(before, expected):
    """
    Whether interest is paid before the principal is said by the caller: no text that was read does.
    """
    made = allocate(600, [debt("A", interets_cents=100)], today=TODAY, interets_avant=before)
    assert expected == (made.parts["A"].principal_cents, made.parts["A"].interets_cents)


def test_surplus():
    """
    What no debt takes is left over, and told.
    """
    made = allocate(1500, [debt("A", interets_cents=100)], today=TODAY)
    assert (1100, 400) == (made.parts["A"].total_cents, made.surplus_cents)
    assert 5 == allocate(5, [debt("A", 0)], today=TODAY).surplus_cents


@pytest.mark.parametrize(
    "broken",
    [
        lambda: allocate(-1, [debt("A")], today=TODAY),
        lambda: allocate(1, [debt("A"), debt("A")], today=TODAY),
        lambda: allocate(1, [debt("A")], today=TODAY, choix=["B"]),
        lambda: allocate(1, [debt("A")], today=TODAY, choix=["A", "A"]),
        lambda: debt("A", -1),
    ],
    ids=["negative", "two-of-one-key", "no-such-debt", "chosen-twice", "negative-debt"],
)
def test_what_cannot_be(broken):
    """
    A payment that makes no sense is refused, without the key of a debt in the words.
    """
    with pytest.raises(PolicyError) as refused:
        broken()
    assert "'A'" not in str(refused.value)


def test_key_of_a_debt_is_not_shown():
    """
    A key may hold the reference of a person.
    """
    assert "CLIENT" not in repr(debt("CLIENT:1")) + repr(allocate(1, [debt("CLIENT:1")], today=TODAY))


days = st.dates(day("2026-01-01"), day("2026-04-30"))
debts = st.lists(
    st.builds(
        Dette,
        cle=st.text("ABCDEFGH", min_size=1, max_size=2),
        principal_cents=st.integers(0, 50),
        interets_cents=st.integers(0, 5),
        nee_le=st.sampled_from([day("2026-01-05"), day("2026-02-05"), None]),
        echeance=st.sampled_from([day("2026-01-05"), day("2026-03-02"), day("2026-04-02"), None]),
        porte_interets=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda dette: dette.cle,
)


def slowly(cents, dettes, chosen):
    """The law read debt after debt, exact parts as fractions, then the odd cents one by one."""
    left, given_to = cents, {}
    order = [[dette] for cle in chosen for dette in dettes if dette.cle == cle]
    rest = [dette for dette in dettes if dette.cle not in chosen]
    for due in (True, False):
        for bears in (True, False):
            like = [
                dette for dette in rest
                if (dette.echeance is not None and dette.echeance <= TODAY) == due and dette.porte_interets == bears
            ]  # fmt: skip
            births = sorted({dette.nee_le or dt.date.max for dette in like})
            order += [[dette for dette in like if (dette.nee_le or dt.date.max) == born] for born in births]
    for group in order:
        owed = sum(dette.total_cents for dette in group)
        pot = min(left, owed)
        exact = {dette.cle: Fraction(pot * dette.total_cents, owed or 1) for dette in group}
        parts = {cle: int(share) for cle, share in exact.items()}
        while sum(parts.values()) < pot:
            most = max(exact[cle] - parts[cle] for cle in parts)
            parts[min(cle for cle in parts if exact[cle] - parts[cle] == most)] += 1
        given_to.update(parts)
        left -= pot
    return given_to, left


@given(st.integers(0, 300), debts, st.randoms())
def test_any_payment_against_a_slow_reading(cents, dettes, random):
    """
    Cents are conserved, no debt is paid more than it is owed, the order of debts changes nothing.
    """
    chosen = random.sample([dette.cle for dette in dettes], k=random.randint(0, min(2, len(dettes))))
    made = allocate(cents, dettes, today=TODAY, choix=chosen)
    assert slowly(cents, dettes, chosen) == (
        {cle: part.total_cents for cle, part in made.parts.items()}, made.surplus_cents
    )  # fmt: skip
    assert cents == made.surplus_cents + sum(part.total_cents for part in made.parts.values())
    assert [dette.cle for dette in dettes] == list(made.parts)
    for dette in dettes:
        assert 0 <= made.parts[dette.cle].principal_cents <= dette.principal_cents
        assert 0 <= made.parts[dette.cle].interets_cents <= dette.interets_cents
    shuffled = random.sample(dettes, k=len(dettes))
    assert dict(made.parts) == dict(allocate(cents, shuffled, today=TODAY, choix=chosen).parts)
