"""How often factures are refused: counts against a slow count, intervals against published and independent figures."""

from __future__ import annotations

from collections import defaultdict
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rejets.livres_actions import book, classed, refused
from tests.rejets.test_plan_lois import refused_books

from tiers_payant.domain import (
    NON_CONNU,
    Axe,
    Book,
    Etat,
    Famille,
    Operateurs,
    OperateursFactures,
    Part,
    Rapprochement,
    Reponse,
    difference,
    wilson,
)
from tiers_payant.matching import reconcile
from tiers_payant.rejets import AXES, statistics
from tiers_payant.rejets._produits import shared_out

counts = st.integers(0, 400).flatmap(lambda sur: st.tuples(st.integers(0, sur), st.just(sur)))


class TestIntervals:
    @pytest.mark.parametrize(
        ("cas", "sur", "bas", "haut"),
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
    )
    def test_wilson_is_the_published_one(self, cas, sur, bas, haut):
        """
        Newcombe, Stat. Med. 17 (1998) 857-872, table I, method 3 (score without continuity correction).
        """
        assert (bas, haut) == tuple(round(bound, 4) for bound in wilson(cas, sur))

    @pytest.mark.parametrize(
        ("apres", "avant", "ecart", "bas", "haut"),
        [
            ((56, 70), (48, 80), 0.2, 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.6, 0.1705, 0.8090),
            ((5, 56), (0, 29), 0.0893, -0.0381, 0.1926),
            ((0, 10), (0, 20), 0.0, -0.1611, 0.2775),
            ((10, 10), (0, 20), 1.0, 0.6791, 1.0),
        ],
    )
    def test_newcombe_is_the_published_one(self, apres, avant, ecart, bas, haut):
        """
        Newcombe, Stat. Med. 17 (1998) 873-890, table II, method 10 (score, hybrid).
        """
        assert (ecart, bas, haut) == tuple(round(value, 4) for value in difference(avant, apres))

    @settings(max_examples=60)
    @given(counts, st.sampled_from([0.8, 0.95, 0.999]))
    def test_wilson_holds_the_rates_that_a_score_test_does_not_refuse(self, count, level):
        """
        The bounds are where |rate - p| is z standard errors of p: searched by halving, without the formula.
        """
        cas, sur = count
        low, high = wilson(cas, sur, level)
        if not sur:
            assert (0.0, 1.0) == (low, high)
            return
        z = _quantile(0.5 + level / 2)

        def refused_at(p: float) -> bool:
            return bool(abs(cas / sur - p) > z * np.sqrt(p * (1 - p) / sur))

        assert _edge(refused_at, 0.0, cas / sur) == pytest.approx(low, abs=1e-7)
        assert _edge(refused_at, 1.0, cas / sur) == pytest.approx(high, abs=1e-7)

    @settings(max_examples=60)
    @given(counts, counts)
    def test_difference_turns_round_with_its_periods(self, one, other):
        """
        What rises from one period to another falls from the other to the one, by as much.
        """
        rise, low, high = difference(one, other)
        fall, below, above = difference(other, one)
        assert (rise, low, high) == pytest.approx((-fall, -above, -below))
        assert -1 <= low <= rise <= high <= 1

    def test_interval_holds_the_truth_about_as_often_as_it_says(self):
        """
        Exact coverage, by the binomial law, for 60 factures and rates from 1 % to 20 %: near 95 % on the mean.
        """
        rates = np.linspace(0.01, 0.2, 39)
        bounds = [wilson(k, 60) for k in range(61)]
        held = [
            sum(comb(60, k) * p**k * (1 - p) ** (60 - k) for k, (low, high) in enumerate(bounds) if low <= p <= high)
            for p in rates
        ]
        assert 0.94 < float(np.mean(held)) < 0.97


def _edge(refused_at, end: float, rate: float) -> float:
    """The last p, from the rate towards *end*, that is not refused."""
    if not refused_at(end):
        return end
    inside, outside = rate, end
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if refused_at(middle) else (middle, outside)
    return inside


def _quantile(probability: float) -> float:
    """The normal quantile, by halving over a sum of the density: no library."""
    grid = np.linspace(-8, 8, 320_001)
    area = np.cumsum(np.exp(-(grid**2) / 2)) * (grid[1] - grid[0]) / np.sqrt(2 * np.pi)
    return float(np.interp(probability, area, grid + (grid[1] - grid[0]) / 2))


def slow(result: Rapprochement, axe: Axe) -> dict[str, tuple[int, int, int, int]]:
    """Factures sent and refused, euros sent and refused, by value: one share at a time."""
    said = classed(result)
    sent: dict[str, set[object]] = defaultdict(set)
    lost: dict[str, set[object]] = defaultdict(set)
    cents: dict[str, int] = defaultdict(int)
    lost_cents: dict[str, int] = defaultdict(int)
    answers = defaultdict(set)
    for row, answer in zip(result.liens_reponses.creance, result.liens_reponses.reponse, strict=True):
        answers[int(row)].add(int(result.tables.reponses.reponse[answer]))
    for row, one in enumerate(result.creances):
        if one.part is Part.ASSURE:
            continue
        lines = [line for about, line in zip(result.rejets_creances, result.rejets_rangs, strict=True) if about == row]
        days = [result.tables.retours.date[result.tables.rejets.retour[line]] for line in lines]
        codes = {Famille(int(said.famille[line])) for line, day in zip(lines, days, strict=True) if day == max(days)}
        no = one.etat is Etat.LOT_REFUSE or Reponse.REJETEE in answers[row]
        no = no or (bool(lines) and one.annonce_cents < one.du_cents)
        if Famille.TRAITEMENT_CAISSE in codes and one.annonce_cents < one.du_cents and one.etat is not Etat.LOT_REFUSE:
            no = False
        value = {Axe.ENSEMBLE: "tous", Axe.PAYEUR: one.debiteur, Axe.OFFICINE: one.officine}[axe]
        facture = (one.officine, one.lot_date, one.lot, one.facture)
        sent[value].add(facture)
        cents[value] += one.du_cents
        if no:
            lost[value].add(facture)
            lost_cents[value] += one.du_cents
    return {value: (len(sent[value]), len(lost[value]), cents[value], lost_cents[value]) for value in sent}


@settings(max_examples=15)
@given(refused_books(), st.sampled_from([Axe.ENSEMBLE, Axe.PAYEUR, Axe.OFFICINE]))
def test_counts_are_those_of_a_slow_count(tables, axe):
    """
    A facture counts once in a cell, whatever its shares; euros are those of the shares.
    """
    result = reconcile(Book(tables=tables))
    got = {
        cell.valeur: (cell.envoyees, cell.refusees, cell.envoyes_cents, cell.refuses_cents)
        for cell in statistics(result, classed(result), par=[axe])
    }
    assert slow(result, axe) == got


@settings(max_examples=15)
@given(refused_books())
def test_axes_agree_on_the_euros(tables):
    """
    Each axis that shares out what was sent shares out all of it; a rate lies in its interval.
    """
    result = reconcile(Book(tables=tables))
    table = statistics(result, classed(result), par=[*AXES, Axe.OFFICINE])
    whole = table.par(Axe.ENSEMBLE)
    for axe in (Axe.PAYEUR, Axe.OFFICINE, Axe.MOIS, Axe.PRESCRIPTEUR, *([Axe.PRODUIT] if len(tables.lignes) else [])):
        cells = table.par(axe)
        for name in ("envoyes_cents", "refuses_cents"):
            assert int(getattr(whole, name).sum()) == int(getattr(cells, name).sum())
    assert int(whole.refuses_cents.sum()) == int(table.par(Axe.FAMILLE).refuses_cents.sum())
    for cell in table:
        low, high = cell.intervalle
        assert cell.envoyees >= cell.repondues >= cell.refusees
        assert (cell.taux is None) == (cell.repondues == 0)
        assert cell.taux is None or low <= cell.taux <= high


def test_traitement_caisse_is_no_refusal():
    """
    The insurer re-processes it by itself: it came back, and is not refused.
    """
    waits = {"de": 0, "reponse": int(Reponse.TRAITEMENT_CAISSE)}
    result = reconcile(book([{}], [waits], [{"de": 0, "code": "TRAITEMENT_CAISSE"}]))
    (cell,) = statistics(result, classed(result), par=[Axe.ENSEMBLE])
    assert (1, 0) == (cell.envoyees, cell.refusees)


def test_line_about_a_share_paid_in_full_is_no_refusal():
    """
    A signal: all of it is announced.
    """
    paid = {"de": 0, "reponse": int(Reponse.PAYEE), "annonce_cents": 1000}
    result = reconcile(book([{}], [paid], [{"de": 0, "code": "IDENTITE_NIR"}]))
    (cell,) = statistics(result, classed(result), par=[Axe.ENSEMBLE])
    assert (1, 0) == (cell.envoyees, cell.refusees)


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("991000010", "numero_9"),
        ("2A1000010", "numero_9"),
        ("10199999999", "rpps_11"),
        ("000000000", "non_renseigne"),
        ("", "non_renseigne"),
        ("99100001", NON_CONNU),
        ("99100001X", NON_CONNU),
    ],
)
def test_prescribers_are_told_by_the_form_of_their_number(number, value):
    """
    Nine digits may be a practitioner or an establishment: no more is said than the form says.
    """
    result = reconcile(refused({"de": 0, "code": "PRESCRIPTEUR"}, factures=[{"prescripteur": number}]))
    (cell,) = statistics(result, classed(result), par=[Axe.PRESCRIPTEUR])
    assert value == cell.valeur


def test_products_count_a_facture_in_each_kind_it_holds():
    """
    Two boxes and a fee: one facture of medicines, one of fees; its share of 10 euros is shared out as the lines ask.
    """
    lignes = {
        "facture_rang": [0, 0, 0, 1], "acte": ["PH7", "PH4", "HDR", "ZZ9"], "montant_amo_cents": [500, 300, 51, 700],
        "montant_amc_cents": [0, 100, 0, 0],
    }  # fmt: skip
    result = reconcile(book([{}, {}], [{"de": 0}], [{"de": 0, "code": "PRODUIT_TARIF"}], lignes=lignes))
    cells = statistics(result, classed(result), par=[Axe.PRODUIT])
    assert [("medicaments", 1, 1, 940), ("honoraires", 1, 1, 60), ("autres", 1, 0, 1000)] == [
        (cell.valeur, cell.envoyees, cell.refusees, cell.envoyes_cents) for cell in cells
    ]


def test_months_are_those_of_factures():
    """
    The month of the facture, not of its lot; without a day, that of the lot.
    """
    factures: list[dict[str, Any]] = [{"date_facture": "2025-12-31"}, {"date_facture": None}, {}]
    result = reconcile(book(factures))
    cells = statistics(result, classed(result), par=[Axe.MOIS])
    assert [("2026-01", 2), ("2025-12", 1)] == sorted(((cell.valeur, cell.envoyees) for cell in cells), reverse=True)
    assert "01/2026" in {cell.libelle for cell in cells}


def test_operators_are_an_axis_when_they_are_known():
    """
    Factures of nobody known are told as such.
    """
    lignes = OperateursFactures.of(
        officine=["999000019"], lot_date=["2026-01-05"], lot=["1"], facture=["000000101"],
        operateur=np.array(["CAMILLE EXEMPLE"], dtype=object),
    )  # fmt: skip
    result = reconcile(refused({"de": 0, "code": "PRESCRIPTEUR"}, factures=[{}, {}]))
    operateurs = Operateurs(lignes=lignes, sel=b"exemple")
    cells = statistics(result, classed(result), par=[], operateurs=operateurs).par(Axe.OPERATEUR)
    assert {(operateurs.pseudonyme("CAMILLE EXEMPLE"), 1, 1), (NON_CONNU, 1, 1)} == {
        (cell.valeur, cell.envoyees, cell.refusees) for cell in cells
    }


def test_few_factures_are_marked():
    """
    Twenty-nine are few, thirty are not: a choice, which the page of the command tells.
    """
    for sent, few in ((29, True), (30, False)):
        result = reconcile(book([{}] * sent, [{"de": rank, "reponse": int(Reponse.PAYEE)} for rank in range(sent)]))
        (cell,) = statistics(result, classed(result), par=[Axe.ENSEMBLE])
        assert few is cell.petit


def test_factures_without_an_answer_are_outside_rates():
    """
    Paid, refused, deferred, processed again: answered. The fifth says nothing, and is counted apart.
    """
    said = (Reponse.PAYEE, Reponse.REJETEE, Reponse.DIFFEREE, Reponse.TRAITEMENT_CAISSE)
    answers = [{"de": rank, "reponse": int(one)} for rank, one in enumerate(said)]
    result = reconcile(book([{}] * 5, answers))
    for cell in statistics(result, classed(result), par=[Axe.ENSEMBLE, Axe.FAMILLE, Axe.MOIS]):
        assert (5, 1, 4, 1, 0.25) == (cell.envoyees, cell.sans_reponse, cell.repondues, cell.refusees, cell.taux)
        assert cell.incomplete


def test_refused_lot_and_line_alone_are_answers():
    """
    A reject line that no answer goes with says something of its facture.
    """
    result = reconcile(book([{}, {}], None, [{"de": 0, "code": "PRESCRIPTEUR"}]))
    (cell,) = statistics(result, classed(result), par=[Axe.ENSEMBLE])
    assert (2, 1, 1) == (cell.envoyees, cell.sans_reponse, cell.refusees)


def test_nothing_answered_has_no_rate():
    """
    Lots alone: no rate, not a rate of 0.
    """
    result = reconcile(book([{}] * 40))
    (cell,) = statistics(result, classed(result), par=[Axe.ENSEMBLE])
    assert (40, None, (0.0, 1.0)) == (cell.sans_reponse, cell.taux, cell.intervalle)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-500, 10**7), st.lists(st.integers(-5, 10**6), min_size=1, max_size=5)), max_size=8)
)
def test_share_is_shared_out_to_the_cent(shares):
    """
    Nothing is lost, each kind is within a cent of its due, kinds of one weight alone take the whole.
    """
    cents = np.array([amount for amount, _ in shares], dtype=np.int64)
    rows = np.array([rank for rank, (_, weights) in enumerate(shares) for _ in weights], dtype=np.int64)
    found = shared_out(cents, rows, np.array([each for _, weights in shares for each in weights], dtype=np.int64))
    for rank, (amount, weights) in enumerate(shares):
        got = found[rows == rank].tolist()
        kept = [max(each, 0) for each in weights]
        kept = kept if sum(kept) else [1] * len(kept)
        assert amount == sum(got)
        assert [] == [1 for one, each in zip(got, kept, strict=True) if abs(one - amount * each / sum(kept)) > 1]


def test_refused_share_alone_is_counted_among_products():
    """
    The AMC refuses 3 euros of a facture of 10: medicines and fees lose 3 euros, not 10.
    """
    lignes = {
        "facture_rang": [0, 0], "acte": ["PH7", "HDR"],
        "montant_amo_cents": [600, 100], "montant_amc_cents": [200, 100],
    }  # fmt: skip
    both = {"paiement": "15", "amc": "99999997", "part_amo_cents": 700, "part_amc_cents": 300}
    result = reconcile(book([both], [{"de": 0, "part": int(Part.AMC)}], lignes=lignes))
    table = statistics(result, classed(result), par=[Axe.ENSEMBLE, Axe.PRODUIT])
    assert {"tous": 300, "medicaments": 200, "honoraires": 100} == {cell.valeur: cell.refuses_cents for cell in table}
    assert {1} == {cell.refusees for cell in table}


def test_facture_without_lines_is_of_no_known_product():
    """
    Its euros are told, so that the axis holds all that was sent.
    """
    lignes = {"facture_rang": [0], "acte": ["PH7"], "montant_amo_cents": [1000]}
    result = reconcile(book([{}, {}], lignes=lignes))
    cells = statistics(result, classed(result), par=[Axe.PRODUIT])
    assert {"medicaments": 1000, NON_CONNU: 1000} == {cell.valeur: cell.envoyes_cents for cell in cells}
