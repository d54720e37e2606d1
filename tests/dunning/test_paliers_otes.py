"""Contacts made under an older policy: what steps that are gone say of where a claim is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.dunning.livres_faits import AMC, MONDAY, OFFICINE, book, facture, planned

from tiers_payant.domain import Canal, Echanges, Part

AMC_NAME = f"AMC:{AMC['amc']}"


def made(*contacts: tuple[str, str, Canal, bool]) -> Echanges:
    """Contacts about the facture 1: day, step, channel, formal summons or not."""
    count = len(contacts)
    days, steps, channels, formal = zip(*contacts, strict=True)
    return Echanges.of(
        count, relance=[f"r{rank}" for rank in range(count)], le=list(map(dt.date.fromisoformat, days)),
        officine=[OFFICINE] * count, debiteur=[AMC_NAME] * count, type=["amc"] * count, palier=list(steps),
        canal=list(channels), mise_en_demeure=list(formal), lot_date=[dt.date(2026, 1, 5)] * count,
        lot=["001"] * count, facture=["000000001"] * count, part=[int(Part.AMC)] * count,
    )  # fmt: skip


def next_step(history: Echanges, today: dt.date = MONDAY, **row: Any) -> list[str]:
    _, plan = planned(book(facture(1, **{**AMC, **row}), today=today), today, echanges=history)
    return [one.palier.code for one in plan]


def test_claim_whose_only_step_is_gone_goes_on_after_the_one_that_was_due():
    """
    It was asked once, when the first step was due: the second comes next, counted from that contact.
    """
    assert ["verification"] == next_step(Echanges.empty())
    assert ["reclamation"] == next_step(made(("2026-02-20", "ancien", Canal.EMAIL, False)))


def test_contact_before_the_first_step_is_due_stands_for_none():
    """
    A notice that the policy sends no more is no reminder: the first one is still to come.
    """
    assert ["verification"] == next_step(made(("2026-01-20", "avis", Canal.EMAIL, False)))


def test_two_steps_that_are_gone_stand_for_two():
    """
    Each for the one that was due on its day.
    """
    twice = made(("2026-02-05", "un", Canal.EMAIL, False), ("2026-02-23", "deux", Canal.EMAIL, False))
    assert ["appel"] == next_step(twice)


@pytest.mark.parametrize(("canal", "formal"), [(Canal.RECOMMANDE, True), (Canal.RECOUVREMENT, False)])
def test_formal_summons_and_hand_over_are_never_followed_by_less(canal, formal):
    """
    Whatever their step was called, nothing milder comes after them.
    """
    assert [] == next_step(made(("2026-02-20", "ancien", canal, formal)), part_amc_cents=90_000, total_cents=90_000)


def test_plain_contact_never_stands_for_a_formal_summons():
    """
    After four contacts by e-mail, the summons is still to be sent.
    """
    days = ("2026-02-05", "2026-02-20", "2026-03-16", "2026-04-20", "2026-05-25")
    history = made(*((day, "ancien", Canal.EMAIL, False) for day in days))
    today = dt.date(2026, 6, 30)
    assert ["mise_en_demeure"] == next_step(history, today, part_amc_cents=90_000, total_cents=90_000)
