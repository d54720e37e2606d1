"""Two periods compared: what really changed is said, and chance is not taken for change."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiers_payant.domain import Audit, Axe, Changement, Famille, Statistiques
from tiers_payant.rejets import audit

Z_BONFERRONI_2 = 2.2414027
"""Normal quantile of 1 - 0.05 / 4: two comparisons."""


def period(*cells: tuple[Axe, str, int, int]) -> Statistiques:
    """Build statistics from axis, value, factures sent and refused; 10 euros each."""
    values = np.empty(len(cells), dtype=object)
    values[:] = [value for _, value, _, _ in cells]
    return Statistiques.of(
        len(cells),
        axe=np.array([int(axe) for axe, *_ in cells], dtype=np.int8),
        valeur=values,
        envoyees=[sent for *_, sent, _ in cells],
        refusees=[refused for *_, refused in cells],
        envoyes_cents=[1000 * sent for *_, sent, _ in cells],
        refuses_cents=[1000 * refused for *_, refused in cells],
    )


def whole(sent: int, refused: int) -> Statistiques:
    return period((Axe.ENSEMBLE, "tous", sent, refused))


def changes(found: Audit) -> dict[str, Changement]:
    return {one.valeur: one.changement for one in found}


def test_published_difference_is_a_change():
    """
    48 of 80, then 56 of 70: +0.20, from 0.0524 to 0.3339 (Newcombe 1998, table II, method 10).
    """
    (one,) = audit(whole(80, 48), whole(70, 56))
    assert Changement.HAUSSE == one.changement
    assert (0.2, 0.0524, 0.3339) == tuple(round(value, 4) for value in (one.ecart, *one.intervalle))
    assert "A vraiment changé : +20,0 points (de 5,2 à 33,4)." == one.phrase


def test_other_way_round_is_a_fall():
    """
    The same, the periods exchanged.
    """
    (one,) = audit(whole(70, 56), whole(80, 48))
    assert (Changement.BAISSE, "A vraiment changé : -20,0 points (de -33,4 à -5,2).") == (one.changement, one.phrase)


@pytest.mark.parametrize(("before", "after"), [((60, 2), (60, 3)), ((400, 8), (400, 8)), ((5, 0), (5, 2))])
def test_chance_is_not_a_change(before, after):
    """
    Interval around 0: nothing is claimed.
    """
    (one,) = audit(whole(*before), whole(*after))
    assert (Changement.INDECIS, False) == (one.changement, one.a_surveiller)
    assert one.phrase.startswith("Rien de prouvé")


def test_one_among_many_is_only_to_be_watched():
    """
    A difference that would count alone does not among forty: it is told, and not called a change.
    """
    payers = [(Axe.PAYEUR, f"AMC:{rank:08d}", 300, 9) for rank in range(39)]
    before, after = (Axe.PAYEUR, "AMC:99999997", 300, 9), (Axe.PAYEUR, "AMC:99999997", 300, 22)
    alone = audit(period(before), period(after))
    assert Changement.HAUSSE == alone[0].changement
    among = audit(period(before, *payers), period(after, *payers))
    assert 40 == among.comparaisons
    one = next(one for one in among if one.valeur == "AMC:99999997")
    assert (Changement.INDECIS, True) == (one.changement, one.a_surveiller)
    assert one.phrase.startswith("À surveiller")


@settings(max_examples=60)
@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_verdict_is_that_of_a_slow_computation(n, m, data):
    """
    Wilson's bounds by solving their equation, Newcombe's square and add, Bonferroni over two comparisons.
    """
    x, y = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    same = (Axe.PAYEUR, "AMC:00000001", 100, 5)
    found = audit(period((Axe.PAYEUR, "X", n, x), same), period((Axe.PAYEUR, "X", m, y), same))
    assert 2 == found.comparaisons
    (l1, u1), (l2, u2) = solved(x, n, Z_BONFERRONI_2), solved(y, m, Z_BONFERRONI_2)
    rise = y / m - x / n
    low = rise - np.hypot(y / m - l2, u1 - x / n)
    high = rise + np.hypot(u2 - y / m, x / n - l1)
    if min(abs(low), abs(high)) > 1e-6:
        expected = Changement.HAUSSE if low > 0 else Changement.BAISSE if high < 0 else Changement.INDECIS
        assert expected == changes(found)["X"]


def solved(cas: int, sur: int, z: float) -> tuple[float, float]:
    """The two p where (rate - p)² = z² p (1 - p) / n: roots of a polynomial."""
    rate, k = cas / sur, z * z / sur
    low, high = sorted(np.roots([1 + k, -(2 * rate + k), rate * rate]).real)
    return max(float(low), 0.0), min(float(high), 1.0)


def test_audits_of_nothing_seldom_claim_a_change():
    """
    Two hundred audits of ten payers whose rates never change: five in a hundred at most claim something.
    """
    drawn = random.Random(5)

    def month() -> Statistiques:
        cells = [(Axe.PAYEUR, str(rank), 200, sum(drawn.random() < 0.05 for _ in range(200))) for rank in range(10)]
        return period(*cells)

    wrong = sum(set(changes(audit(month(), month())).values()) != {Changement.INDECIS} for _ in range(200))
    assert wrong <= 16  # a binomial of 200 and 0.05 exceeds it once in forty


def test_families_come_and_go():
    """
    A family that one period has not refused none of all that it sent.
    """
    before = period((Axe.ENSEMBLE, "tous", 900, 40), (Axe.FAMILLE, "AMC_CONTRAT", 900, 40))
    after = period((Axe.ENSEMBLE, "tous", 800, 30), (Axe.FAMILLE, "PRESCRIPTEUR", 800, 30))
    found = {one.valeur: one for one in audit(before, after) if one.axe is Axe.FAMILLE}
    gone, come = found["AMC_CONTRAT"], found["PRESCRIPTEUR"]
    assert (True, False, 800, 0) == (gone.disparue, gone.apparue, gone.apres_envoyees, gone.apres_refusees)
    assert (False, True, 900, 0) == (come.disparue, come.apparue, come.avant_envoyees, come.avant_refusees)
    assert {Changement.BAISSE, Changement.HAUSSE} == {gone.changement, come.changement}
    assert Famille.AMC_CONTRAT.name == gone.valeur


def test_payer_of_one_period_is_not_compared():
    """
    Nothing was sent to it before: there is no rate to compare with, and no comparison to correct for.
    """
    found = audit(period((Axe.PAYEUR, "A", 50, 2)), period((Axe.PAYEUR, "B", 50, 2)))
    assert {Changement.INCOMPARABLE} == set(changes(found).values())
    assert 0 == found.comparaisons
    assert "pas de comparaison" in found[0].phrase


def test_months_are_not_compared():
    """
    Those of two periods are not the same.
    """
    cells = ((Axe.MOIS, "2026-01", 50, 2), (Axe.ENSEMBLE, "tous", 50, 2))
    assert {"tous"} == set(changes(audit(period(*cells), period(*cells))))


def test_real_changes_come_first():
    """
    Then the largest euros.
    """
    before = period((Axe.PAYEUR, "A", 1000, 100), (Axe.PAYEUR, "B", 1000, 10), (Axe.PAYEUR, "C", 1000, 20))
    after = period((Axe.PAYEUR, "A", 1000, 101), (Axe.PAYEUR, "B", 1000, 90), (Axe.PAYEUR, "C", 1000, 20))
    assert ["B", "A", "C"] == [one.valeur for one in audit(before, after)]


def test_few_factures_are_marked():
    """
    As statistics are: fewer than thirty in either period.
    """
    assert audit(whole(29, 1), whole(300, 1))[0].petit
    assert not audit(whole(30, 1), whole(300, 1))[0].petit


def test_value_that_holds_everything_is_not_compared_twice():
    """
    The only officine, the only form of number: the whole says the same, and a comparison more would cost.
    """
    first = period((Axe.ENSEMBLE, "tous", 80, 48), (Axe.PRESCRIPTEUR, "numero_9", 80, 48))
    then = period((Axe.ENSEMBLE, "tous", 70, 56), (Axe.PRESCRIPTEUR, "numero_9", 70, 56))
    found = audit(first, then)
    assert (["tous"], 1) == ([one.valeur for one in found], found.comparaisons)


def test_unanswered_factures_prove_nothing():
    """
    Ten of 200 refused before; after, 2 of the 40 answered of 400 sent: the same rate, and answers are missing.
    """
    (one,) = audit(whole(200, 10), mute(whole(400, 2), 360))
    assert (Changement.INDECIS, 0.0, True) == (one.changement, round(one.ecart, 9), one.incomplete)
    assert (200, 40) == one.repondues


def test_period_without_any_answer_is_not_compared():
    """
    Returns forgotten, or not there yet: no rate fell to 0.
    """
    (one,) = audit(whole(200, 10), mute(whole(300, 0), 300))
    assert (Changement.INCOMPARABLE, "Aucune réponse lue dans l'une des périodes : pas de comparaison.") == (
        one.changement,
        one.phrase,
    )


def test_family_of_one_period_alone_keeps_what_was_not_answered():
    """
    It refused none of what was answered.
    """
    after = mute(period((Axe.ENSEMBLE, "tous", 300, 0)), 100)
    before = period((Axe.ENSEMBLE, "tous", 300, 9), (Axe.FAMILLE, Famille.DOUBLON.name, 300, 9))
    after = Statistiques.concat([after, mute(period((Axe.FAMILLE, Famille.INDU.name, 300, 1)), 100)])
    found = {one.valeur: one for one in audit(before, after)}
    assert (300, 200) == found[Famille.DOUBLON.name].repondues


def mute(table: Statistiques, without: int) -> Statistiques:
    """The same, of which so many factures had no answer."""
    return table.with_columns(sans_reponse=[without] * len(table))
