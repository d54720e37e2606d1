"""The judge, on cases small enough to be judged by eye."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from tiers_payant.simulation._enumerateur import (
    Demande,
    Enumerateur,
    LienReponse,
    Montant,
    Part,
    Refacturation,
    ReponseSansCle,
    unique_refacturations,
    unique_reponses,
)

DAY = dt.date(2025, 9, 10)


def on(day: int, cents: int, cle: int) -> Montant:
    return Montant(cle=cle, jour=DAY + dt.timedelta(days=day), cents=cents)


def test_one_transfer_and_one_credit_of_its_amount_is_reachable():
    """
    Nothing else has the amount: the link stands.
    """
    assert Enumerateur([on(0, 1000, 1)], [on(1, 1000, 2), on(1, 999, 3)]).is_direct(on(0, 1000, 1), on(1, 1000, 2))


@pytest.mark.parametrize(
    ("groupes", "credits"),
    [
        ([on(0, 1000, 1), on(0, 1000, 4)], [on(1, 1000, 2)]),
        ([on(0, 1000, 1), on(16, 1000, 4)], [on(15, 1000, 2)]),
        ([on(0, 1000, 1)], [on(1, 1000, 2), on(15, 1000, 3)]),
        ([on(0, 1000, 1), on(0, 1000, 4)], [on(1, 1000, 2), on(1, 1000, 3)]),
    ],
    ids=["two transfers", "a transfer announced the day after", "two credits", "two of each"],
)
def test_tie_is_not_reachable(groupes, credits):
    """
    As soon as either end has a rival, money and dates decide nothing.
    """
    assert not Enumerateur(groupes, credits).is_direct(groupes[0], credits[0])


@pytest.mark.parametrize(("day", "expected"), [(-2, False), (-1, True), (0, True), (15, True), (16, False)])
def test_window_goes_from_the_day_before_to_fifteen_days_after(day, expected):
    """
    A credit outside the window answers nothing, and is nobody's rival.
    """
    assert expected == Enumerateur([on(0, 1000, 1)], [on(day, 1000, 2)]).is_direct(on(0, 1000, 1), on(day, 1000, 2))


def test_a_later_transfer_is_no_rival_and_an_older_one_is():
    """
    The same amount a month later does not break a link; the later credit may be the older transfer's, paid late.
    """
    judge = Enumerateur([on(0, 1000, 1), on(40, 1000, 4)], [on(1, 1000, 2), on(41, 1000, 3)])
    assert judge.is_direct(on(0, 1000, 1), on(1, 1000, 2))
    assert not judge.is_direct(on(40, 1000, 4), on(41, 1000, 3))


def test_a_transfer_of_another_season_is_no_rival():
    """
    Nobody pays more than ninety days late.
    """
    judge = Enumerateur([on(0, 1000, 1), on(95, 1000, 4)], [on(96, 1000, 3)])
    assert judge.is_direct(on(95, 1000, 4), on(96, 1000, 3))


def test_transfer_paid_by_the_only_two_credits_that_add_up_is_reachable():
    """
    One sum of two, and no other explanation of any of the three.
    """
    parts = (on(1, 600, 2), on(2, 400, 3))
    assert Enumerateur([on(0, 1000, 1)], [*parts, on(1, 777, 4)]).is_eclate(on(0, 1000, 1), parts)


@pytest.mark.parametrize(
    ("more_groupes", "more_credits"),
    [
        ([], [on(3, 1000, 4)]),
        ([], [on(3, 700, 4), on(3, 300, 5)]),
        ([], [on(3, 400, 4)]),
        ([on(0, 600, 6)], []),
        ([on(0, 1100, 6)], [on(3, 700, 4)]),
        ([on(0, 250, 6), on(0, 350, 7)], []),
    ],
    ids=[
        "one credit has the whole amount",
        "two others add up",
        "a part has a twin",
        "a part is another transfer",
        "a part completes another transfer",
        "a part is two transfers",
    ],
)
def test_sum_with_an_equal_rival_is_not_reachable(more_groupes, more_credits):
    """
    Any other sum of one or two that explains one of the three breaks the link.
    """
    parts = (on(1, 600, 2), on(2, 400, 3))
    judge = Enumerateur([on(0, 1000, 1), *more_groupes], [*parts, *more_credits])
    assert not judge.is_eclate(on(0, 1000, 1), parts)


def test_two_transfers_paid_together_are_reachable_when_no_other_sum_fits():
    """
    The mirror of a transfer paid in two; a third transfer that fits as well breaks it.
    """
    parts = (on(0, 600, 1), on(0, 400, 2))
    assert Enumerateur(parts, [on(1, 1000, 3)]).is_groupe(parts, on(1, 1000, 3))
    assert not Enumerateur([*parts, on(0, 400, 4)], [on(1, 1000, 3)]).is_groupe(parts, on(1, 1000, 3))


def part(cle: int, envoi: int, refus: tuple[int, ...] = (), cents: int = 650, who: str = "A") -> Part:
    return Part(
        cle=cle,
        beneficiaire=("992000010", who, "010180", "1", "AMC"),
        soins=DAY,
        cents=cents,
        envoi=DAY + dt.timedelta(days=envoi),
        refus=tuple(DAY + dt.timedelta(days=day) for day in refus),
    )


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([part(1, 0, (3,)), part(2, 3)], {Refacturation(1, 2)}),
        ([part(1, 0, (3,)), part(2, 2)], set()),
        ([part(1, 0, (3,)), part(2, 4, cents=651)], set()),
        ([part(1, 0, (3,)), part(2, 4, who="B")], set()),
        ([part(1, 0, (3,)), part(2, 4), part(3, 5)], set()),
        ([part(1, 0, (3,)), part(2, 0, (3,)), part(3, 5)], set()),
        ([part(1, 0, (3,)), part(2, 4, (6,)), part(3, 8)], set()),
        ([part(1, 0), part(2, 4)], set()),
    ],
    ids=[
        "sent on the day of the refusal",
        "sent before the refusal",
        "another amount",
        "another beneficiary",
        "two replacements",
        "two refusals",
        "refused twice",
        "never refused",
    ],
)
def test_facture_billed_again_is_reachable_when_unique_both_ways(parts, expected):
    """
    Beneficiary, care date and amount, on the day of the refusal or later, and no rival at either end.
    """
    assert expected == unique_refacturations(parts)


def demande(cle: int, envoi: int = 0, cents: int = 650, **changed: str) -> Demande:
    said = {"who": "A", "part": "AMO", "lot": "012", "facture": "000000001", **changed}
    return Demande(
        cle=cle,
        facture_rang=cle,
        personne=("992000018", said["who"], "010180"),
        part=said["part"],
        lot=said["lot"],
        facture=said["facture"],
        cents=cents,
        envoi=DAY + dt.timedelta(days=envoi),
    )


def reponse(cle: int = 1, *, numerotee: bool, part: str = "AMO", cents: int = 650, facture: str = "") -> ReponseSansCle:
    return ReponseSansCle(
        cle=cle,
        personne=("992000018", "A", "010180"),
        part=part,
        lot="012",
        facture="000000001" if numerotee else facture,
        cents=cents,
        jour=DAY + dt.timedelta(days=5),
        numerotee=numerotee,
    )


@pytest.mark.parametrize(
    ("demandes", "reponses", "expected"),
    [
        ([demande(1), demande(2, facture="000000002")], [reponse(numerotee=True)], {LienReponse(1, 1)}),
        ([demande(1, cents=999)], [reponse(numerotee=True)], {LienReponse(1, 1)}),
        ([demande(1, who="B")], [reponse(numerotee=True)], set()),
        ([demande(1), demande(2, envoi=-50)], [reponse(numerotee=True)], set()),
        ([demande(1)], [reponse(1, numerotee=True), reponse(2, numerotee=True)], set()),
        ([demande(1), demande(2, cents=651)], [reponse(numerotee=False)], {LienReponse(1, 1)}),
        ([demande(1), demande(2, lot="013")], [reponse(numerotee=False)], set()),
        ([demande(1), demande(2, part="AMC")], [reponse(numerotee=False)], {LienReponse(1, 1)}),
        ([demande(1, envoi=6)], [reponse(numerotee=False)], set()),
        ([demande(1, envoi=-86)], [reponse(numerotee=False)], set()),
        ([demande(1)], [reponse(numerotee=False, part="")], set()),
    ],
    ids=[
        "numbers of the only facture",
        "numbers right, paid short",
        "numbers of somebody else's facture",
        "the same numbers in an older lot",
        "two answers of the same numbers",
        "the only amount",
        "two shares of the amount",
        "the amount in another share",
        "sent after the answer",
        "sent more than ninety days before",
        "no share named, no amount to go by",
    ],
)
def test_answer_without_key_is_reachable_when_unique_both_ways(demandes, reponses, expected):
    """
    Its person with the numbers, or with the amount, names one share only, for it alone.
    """
    assert expected == unique_reponses(demandes, reponses)


def test_refusal_that_names_no_share_is_about_both():
    """
    The numbers name one facture: both of its shares are reachable.
    """
    shares = [attrs.evolve(demande(1), facture_rang=9), attrs.evolve(demande(2, part="AMC"), facture_rang=9)]
    answer = reponse(numerotee=True, part="", cents=0)
    assert {LienReponse(1, 1), LienReponse(1, 2)} == unique_reponses(shares, [answer])
