"""Policies replayed over the past: only what was known then, and nobody reminded wrongly, by a truth made apart."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cache

import attrs
import numpy as np
import pytest

import tiers_payant as tp
from tiers_payant.domain import (
    Adresse,
    Annuaire,
    Book,
    Contact,
    Echanges,
    Part,
    RelancePolicy,
    TypeDebiteur,
)
from tiers_payant.dunning import Historique, Recul, Rejeu, judged
from tiers_payant.errors import RelanceError
from tiers_payant.pipeline._simulation_relances import replayed
from tiers_payant.simulation import Monde, Verite, make_world, truth_of
from tiers_payant.simulation._lectures import lectures_of

HOME = Adresse(lignes=("1 RUE EXEMPLE",), code_postal="99999", ville="VILLE EXEMPLE")
EVERYBODY = Annuaire(
    contacts=tuple(
        Contact(
            id=f"{kind}-exemple", nom="EXEMPLE", type=kind, debiteurs=(f"{name}:*",), adresse=HOME,
            email="exemple@exemple.example", telephone="0199000000", portail="exemple.example",
        )
        for name, kind in (("AMO", TypeDebiteur.AMO), ("AMC", TypeDebiteur.AMC))
    )
)  # fmt: skip
SEEDS = (11, 12, 13, 14)
Key = tuple[object, ...]


@cache
def world(seed: int) -> Monde:
    return make_world(factures=700, mois=3, seed=seed, comptes_clients=True)


@cache
def book(seed: int) -> Book:
    return Book.from_lectures(lectures_of(world(seed)))


@cache
def rejeu(seed: int) -> Rejeu:
    """The standard policy, every fourth day of the last two months."""
    end = world(seed).coupure
    days = [end - dt.timedelta(days=back) for back in range(72, -1, -4)]
    return replayed(RelancePolicy.standard(), book(seed), days=days, annuaire=EVERYBODY, options={})[0]


def wrong(truth: Verite, echanges: Echanges) -> list[tuple[Key, dt.date]]:
    """Every claim that somebody was reminded of on a day on which, in truth, less was owed; slow and plain."""
    due: dict[Key, int] = {tuple(one.cle): one.du_cents for one in truth.creances}
    paid: dict[Key, list[tuple[dt.date, int]]] = defaultdict(list)
    for line in truth.lignes:
        for cle, cents in line.membres:
            paid[tuple(cle)].append((line.date, cents))
    for patient in truth.patients:
        due[tuple(patient.cle)] = patient.du_cents
        paid[tuple(patient.cle)] += patient.recus
    again: dict[Key, dt.date] = {tuple(one.ancienne): one.nouvelle.lot_date for one in truth.refacturations}
    found: list[tuple[Key, dt.date]] = []
    for row in range(len(echanges)):
        one = echanges.row(row)
        key = (one["officine"], one["lot_date"], one["lot"], one["facture"], Part(one["part"]).name)
        owed = due[key] - sum(cents for day, cents in paid[key] if day <= one["le"])
        if owed < one["cents"] or again.get(key, dt.date.max) <= one["le"]:
            found.append((key, one["le"]))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_reminded_wrongly(seed):
    """
    By the truth of the simulator: not one claim that was paid, billed again, or owed for less on that day.
    """
    assert [] == wrong(truth_of(world(seed)), rejeu(seed).echanges)


def test_somebody_is_reminded():
    """
    Or the test above would hold of a policy that does nothing: insurers and patients are, in several ways.
    """
    sent = Echanges.concat([rejeu(seed).echanges for seed in SEEDS])
    assert {b"patient"} < set(sent.type.tolist())
    assert len(set(sent.canal.tolist())) > 1
    assert len(set(sent.relance.tolist())) > 12


def test_judge_sees_a_wrong_letter():
    """
    A claim that the truth shows as paid, reminded of after that, is told: by the test, and by the library.
    """
    truth, result = truth_of(world(11)), tp.reconcile(book(11))
    row = next(row for row, one in enumerate(result.creances) if one.etat is tp.Etat.CREDITEE and one.part is Part.AMO)
    claim = result.creances.take(np.array([row]))
    day = world(11).coupure
    sent = Echanges.of(
        1, relance=["r"], le=[np.datetime64(day, "D")], type=["amo"], palier=["lettre"], canal=["lettre"],
        officine=claim.officine, lot_date=claim.lot_date, lot=claim.lot, facture=claim.facture, part=claim.part,
        cents=claim.du_cents,
    )  # fmt: skip
    assert 1 == len(wrong(truth, sent))
    recul = Recul.of(result, tp.deadlines(result, today=day))
    bilan = judged(Rejeu(policy=RelancePolicy.standard(), echanges=sent), recul, day, day)
    assert [("PAYEE", 0)] == [(one.pourquoi, one.du_cents) for one in bilan.fausses]
    early = judged(
        Rejeu(policy=RelancePolicy.standard(), echanges=sent.with_columns(le=claim.lot_date)), recul, day, day
    )
    assert () == early.fausses


def test_what_a_replay_says_of_itself():
    """
    Sums of contacts, and no wrong letter by what the whole history shows.
    """
    end = world(12).coupure
    (bilan,) = tp.simulate_relances(
        RelancePolicy.standard(), book(12), du=end - dt.timedelta(days=20), au=end, pas_jours=7, annuaire=EVERYBODY
    )
    assert (3, ()) == (bilan.jours, bilan.fausses)
    assert bilan.contacts == sum(bilan.canaux.values()) > 0
    assert bilan.creances > 0
    assert bilan.cout_cents > 0
    assert 0 <= bilan.recouvre_cents + bilan.avance_cents <= bilan.reclame_cents
    assert bilan.age_median_jours is not None
    assert bilan.age_median_jours > 0


def test_policies_are_compared_over_the_same_days():
    """
    One that waits longer reminds of less; their order is that of the answer.
    """
    standard = RelancePolicy.standard()
    nobody = attrs.evolve(standard, nom="personne", releve_max_jours_ouvres=0, gain_min_cents=10**9)
    end = world(12).coupure
    bilans = tp.simulate_relances(
        [nobody, standard], book(12), du=end - dt.timedelta(days=7), au=end, pas_jours=3, annuaire=EVERYBODY
    )
    assert ["personne", "standard"] == [one.politique for one in bilans]
    assert 0 == bilans[0].contacts < bilans[1].contacts
    assert (0, 0, None) == (bilans[0].reclame_cents, bilans[0].avance_jours, bilans[0].age_median_jours)


def test_debtor_is_not_reminded_again_before_its_rest():
    """
    Contacts of a replay are its own history: a second one waits.
    """
    sent = Echanges.concat([rejeu(seed).echanges for seed in SEEDS])
    days: dict[bytes, set[dt.date]] = defaultdict(set)
    for debtor, day in zip(sent.debiteur.tolist(), sent.le.tolist(), strict=True):
        days[debtor].add(day)
    gaps = [(b - a).days for told in days.values() for a, b in zip(sorted(told), sorted(told)[1:], strict=False)]
    assert gaps
    assert min(gaps) >= 7


@pytest.mark.parametrize("back", [0, 17, 45])
def test_nothing_later_is_known(back):
    """
    Of a book cut on a day, no row is dated after it, and the statements end there.
    """
    day = world(11).coupure - dt.timedelta(days=back)
    tables = Historique(book(11)).known_on(day).tables
    columns = [
        tables.lots.lot_date, tables.factures.lot_date, tables.retours.date, tables.virements.date,
        tables.comptes_clients.lot_date, tables.encaissements.date, tables.releves.au,
    ]  # fmt: skip
    assert all((column <= np.datetime64(day, "D")).all() for column in columns)
    assert all(len(column) for column in columns)


def test_book_of_the_last_day_is_the_whole_book():
    """
    Nothing is lost by cutting after the end.
    """
    whole = book(11)
    cut = Historique(whole).known_on(world(11).coupure)
    assert {name: len(table) for name, table in whole.tables.each()} == {
        name: len(table) for name, table in cut.tables.each()
    }
    assert whole.problems == cut.problems


def test_statement_that_goes_on_is_open():
    """
    What closes it is not known on a day inside.
    """
    releves = book(11).tables.releves
    day = (releves.au[0] - 2).astype(object)
    cut = Historique(book(11)).known_on(day).tables.releves
    assert (day, False, 0) == (cut.au[0].astype(object), bool(cut.final_connu[0]), int(cut.final_cents[0]))


def test_day_without_news_changes_nothing_but_the_date():
    """
    Growth is what decides whether a day is reconciled again.
    """
    known = Historique(book(11))
    days = [world(11).coupure - dt.timedelta(days=back) for back in range(14)]
    sundays = [day for day in days if day.weekday() == 6]
    assert sundays
    assert all(known.growth(day) == known.growth(day - dt.timedelta(days=1)) for day in sundays)
    assert known.growth(days[0]) != known.growth(days[-1])


@pytest.mark.parametrize(("shift", "pas_jours"), [(-1, 1), (1, 0)])
def test_days_the_wrong_way_round(shift, pas_jours):
    """
    A step below a day, or an end before the beginning.
    """
    day = world(11).coupure
    with pytest.raises(RelanceError):
        tp.simulate_relances(
            RelancePolicy.standard(), book(11), du=day, au=day + dt.timedelta(days=shift), pas_jours=pas_jours
        )


def test_weekly_steps_fall_on_open_days():
    """
    Seven days from a Sunday to the next would remind nobody.
    """
    end = world(12).coupure
    sunday = end - dt.timedelta(days=end.weekday() + 8)
    (bilan,) = tp.simulate_relances(
        RelancePolicy.standard(), book(12), du=sunday, au=end, pas_jours=7, annuaire=EVERYBODY
    )
    assert bilan.contacts > 0
