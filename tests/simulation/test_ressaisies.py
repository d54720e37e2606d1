"""Answers that lost their key, transfers paid short, announcements below zero, and crowds of equal transfers."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from tiers_payant.simulation import Monde, Ressaisie, Taux, Verite, make_world, measure_pool, truth_of

ONE_SHARE_EACH = 1.6


@cache
def world() -> Monde:
    taux = Taux(
        dates_ressaisies=0.05,
        numeros_ressaisis=0.05,
        numeros_permutes=0.05,
        reprises=0.05,
        nets_negatifs=0.5,
        virements_partiels=0.1,
    )
    return make_world(officines=2, factures=2000, mois=2, seed=8, taux=taux)


@cache
def truth() -> Verite:
    return truth_of(world())


def test_each_way_to_lose_a_key_occurs():
    """
    The date alone, absent or another; the number, absent or the insurer's own; two digits swapped.
    """
    lost = truth().liens_reponses
    forms = {(link.ecrit.perdu, link.ecrit.lot_date is None, link.ecrit.facture == "") for link in lost}
    assert {
        (Ressaisie.DATE, False, False),
        (Ressaisie.DATE, True, False),
        (Ressaisie.NUMERO, False, False),
        (Ressaisie.NUMERO, False, True),
        (Ressaisie.NUMERO, True, False),
        (Ressaisie.NUMERO, True, True),
        (Ressaisie.PERMUTATION, False, False),
    } == forms


def test_key_lost_is_never_the_key():
    """
    What is written is not what was billed; the lot number alone is kept.
    """
    for link in truth().liens_reponses:
        assert link.creance.lot == link.ecrit.lot
        assert (link.creance.lot_date, link.creance.facture) != (link.ecrit.lot_date, link.ecrit.facture)


def test_two_factures_of_one_return_never_bear_one_key():
    """
    A return tells of each facture in a place of its own.
    """
    for retour in world().retours:
        holders: dict[object, int] = {}
        for each in retour.reponses:
            lot, cle = each.vente.lot, each.cle
            assert lot is not None
            own = (lot.date, lot.numero, each.vente.numero)
            written = own if cle is None else (cle.lot_date, cle.lot, cle.facture)
            assert id(each.vente) == holders.setdefault(written, id(each.vente))


def test_some_swapped_numbers_are_those_of_another_facture():
    """
    The trap that an exact key alone falls into: a key that is right, of somebody else's facture.
    """
    keys = {creance.cle[:4] for creance in truth().creances}
    lost = [link for link in truth().liens_reponses if link.ecrit.perdu is Ressaisie.PERMUTATION]
    hits = [
        link
        for link in lost
        if (link.creance.officine, link.ecrit.lot_date, link.ecrit.lot, link.ecrit.facture) in keys
    ]
    assert 0 < len(hits) < len(lost)


def test_creance_says_that_an_answer_lost_its_key():
    """
    The créances told apart are those of the links.
    """
    assert {link.creance for link in truth().liens_reponses} == {c.cle for c in truth().creances if c.cle_perdue}


def test_most_answers_without_key_are_reachable_and_some_are_not():
    """
    Person and numbers, or person and amount, decide most of them.
    """
    reachable = Counter(link.reachable for link in truth().liens_reponses)
    assert 0 < reachable[False] < 0.4 * reachable[True]


def test_transfer_paid_short_is_one_line_of_less_than_announced():
    """
    The cents of the link are those of the line, and amounts alone never decide it.
    """
    net = {groupe.id: groupe.net_cents for groupe in truth().groupes}
    short = [link for link in truth().liens if link.genre == "partiel"]
    assert short
    assert [] == [link for link in short if not 0 < link.cents < net[link.groupe] or link.reachable]


def test_creance_of_a_transfer_paid_short_says_so():
    """
    Whatever was left out or withheld: nobody can tell which members are paid.
    """
    short = {link.ligne for link in truth().liens if link.genre == "partiel"}
    members = {cle for ligne in truth().lignes if ligne.id in short for cle, _ in ligne.membres}
    assert members
    assert members <= {creance.cle for creance in truth().creances if creance.groupe_incomplet}


def test_announcement_below_zero_is_paid_by_a_debit():
    """
    It asks back what was paid; the debit is reachable when amount and date name it alone.
    """
    net = {groupe.id: groupe.net_cents for groupe in truth().groupes}
    debits = [link for link in truth().liens if link.genre == "debit"]
    assert {True, False} == {link.reachable for link in debits}
    assert [] == [link for link in debits if link.cents >= 0 or net[link.groupe] != link.cents]


def test_bank_lines_still_add_up():
    """
    Short payments and debits included.
    """
    totaux = truth().totaux()
    assert totaux["virements_cents"] == totaux["credite_cents"] + totaux["mouvements_cents"]


@pytest.mark.parametrize(
    ("low", "high", "prix", "factures"), [(4, 7, 12, 2500), (8, 13, 6, 2700), (17, 25, 3, 2900), (43, 60, 1, 2450)]
)
def test_few_prices_and_small_transfers_make_a_crowd(low, high, prix, factures):
    """
    About 5, 10, 20 and 50 equal transfers of one payer open at once, measured on what happened.
    """
    taux = Taux(prix_distincts=prix, virements_par_facture=ONE_SHARE_EACH)
    assert low <= measure_pool(make_world(factures=factures, seed=21, taux=taux)) <= high


def test_ordinary_months_are_no_crowd():
    """
    Hardly ever two equal transfers open at once; without any transfer there is nothing to count.
    """
    assert 1.0 <= measure_pool(make_world(factures=1000, seed=21)) < 1.1
    assert 0.0 == measure_pool(make_world(factures=0))
