"""Human decisions: what they settle, what they rule out, and what is told of those that cannot be followed."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import Any
from unittest.mock import patch

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.matching.books import books
from tests.matching.oracle import Oracle
from tests.matching.test_passes import OFFICINE, book, etats

from tiers_payant.domain import (
    Book,
    Choix,
    Comptes,
    Decision,
    Etat,
    Rapprochement,
    Tables,
    groupe_ids,
    virement_ids,
)
from tiers_payant.matching import _executeur, reconcile
from tiers_payant.reports import rapprochement_chunks

MONDAY, TUESDAY = dt.date(2026, 3, 2), dt.date(2026, 3, 3)


def decision(tables: Tables, groups: Any, lines: Any, choix: Choix = Choix.LIER, le: dt.date = MONDAY) -> Decision:
    """Build the decision about these rows."""
    names, others = groupe_ids(tables), virement_ids(tables)
    return Decision(
        choix=choix,
        groupes=tuple(names[row] for row in np.atleast_1d(groups)),
        virements=tuple(others[row] for row in np.atleast_1d(lines)),
        auteur="EXEMPLE Titulaire",
        le=le,
    )


def codes(result: Rapprochement) -> list[str]:
    return sorted(problem.code for problem in result.problems if problem.code.startswith("DECISION"))


TIED = book(groups=[{}], lines=[{}, {"date": "2026-01-12"}])
"""One transfer, two equal credits: nothing is settled alone."""


def test_an_accepted_proposal_is_settled_and_frees_its_rival():
    """
    The pair that a person accepts is paid, says so, and the other line is nobody's any more.
    """
    result = reconcile(TIED, decisions=[decision(TIED.tables, 0, 1)])
    assert [Etat.CREDITEE] == etats(result)
    assert [b"decision"] == result.liens_virements.passe.tolist()
    assert [1] == result.liens_virements.virement.tolist()
    assert 0 == len(result.propositions)
    assert "Reconnu : une personne l'a décidé." in result.explain(result.creances[0])


def test_a_refused_proposal_lets_its_rival_win():
    """
    A refused pair is no candidate and no rival: the other one is alone, and is never proposed again.
    """
    result = reconcile(TIED, decisions=[decision(TIED.tables, 0, 1, Choix.REFUSER)])
    assert [0] == result.liens_virements.virement.tolist()
    assert [b"payeur_net_periode"] == result.liens_virements.passe.tolist()


def test_a_link_undone_stays_undone():
    """
    Undoing a link is refusing its pair: nothing settles it, nothing proposes it.
    """
    given_book = book(groups=[{}], lines=[{}])
    result = reconcile(given_book, decisions=[decision(given_book.tables, 0, 0, Choix.REFUSER)])
    assert [Etat.ANNONCEE] == etats(result)
    assert 0 == len(result.liens_virements) + len(result.propositions)
    assert 1000 == result.totaux.inexplique_cents


def test_a_tie_by_hand_needs_no_payer_and_no_window():
    """
    A credit of an unknown payer, months late, is tied by hand: only its amount is judged.
    """
    given_book = book(groups=[{}], lines=[{"label": "VIREMENT DIVERS", "date": "2026-09-30"}])
    assert [Etat.ANNONCEE] == etats(reconcile(given_book))
    result = reconcile(given_book, decisions=[decision(given_book.tables, 0, 0)])
    assert [Etat.CREDITEE] == etats(result)
    assert 1000 == result.totaux.virements_cents


def test_one_decision_ties_several_transfers_to_one_credit():
    """
    What no sum may settle alone, a person may: each transfer takes its net.
    """
    given_book = book(groups=[{"du": 700}, {"du": 300}], lines=[{}])
    result = reconcile(given_book, decisions=[decision(given_book.tables, [0, 1], 0)])
    assert [Etat.CREDITEE] * 2 == etats(result)
    assert [700, 300] == result.liens_virements.cents.tolist()


def test_one_decision_ties_several_credits_to_one_transfer():
    """
    Each line brings its amount.
    """
    given_book = book(groups=[{}], lines=[{"cents": 400}, {"cents": 600}])
    result = reconcile(given_book, decisions=[decision(given_book.tables, 0, [0, 1])])
    assert [Etat.CREDITEE] == etats(result)
    assert [400, 600] == result.liens_virements.cents.tolist()


def test_a_tie_that_misses_a_cent_is_not_followed():
    """
    A person may go round windows and rivals, never round conservation: the gap is told.
    """
    given_book = book(groups=[{}], lines=[{"cents": 999}])
    result = reconcile(given_book, decisions=[decision(given_book.tables, 0, 0)])
    assert [Etat.ANNONCEE] == etats(result)
    (told,) = [problem for problem in result.problems if problem.code == "DECISION_MONTANT"]
    assert -1 == told.params["ecart_cents"]


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([(0, 0, Choix.REFUSER, MONDAY)], ["DECISION_CONTRADICTOIRE"] * 2),
        ([(0, 0, Choix.REFUSER, TUESDAY)], ["DECISION_REMPLACEE"]),
        ([(1, 0, Choix.LIER, TUESDAY)], ["DECISION_CONTRADICTOIRE"] * 2),
        ([(0, 1, Choix.LIER, TUESDAY)], ["DECISION_CONTRADICTOIRE"] * 2),
        ([([0, 1], 0, Choix.LIER, MONDAY)], ["DECISION_CONTRADICTOIRE"] * 2),
    ],
)
def test_decisions_that_contradict_each_other_are_told(others, told):
    """
    Of a tie and a refusal, the later holds; otherwise neither is followed. Both are told.
    """
    given_book = book(groups=[{}, {}], lines=[{}, {"date": "2026-01-12"}, {"date": "2026-01-13"}])
    ones = [decision(given_book.tables, 0, 0), *(decision(given_book.tables, *one) for one in others)]
    result = reconcile(given_book, decisions=ones)
    assert told == codes(result)
    assert 0 == len(result.liens_virements)


def test_a_later_tie_replaces_an_earlier_refusal():
    """
    A person may change their mind, both ways.
    """
    ones = [decision(TIED.tables, 0, 0, Choix.REFUSER), decision(TIED.tables, 0, 0, le=TUESDAY)]
    result = reconcile(TIED, decisions=ones)
    assert ["DECISION_REMPLACEE"] == codes(result)
    assert [0] == result.liens_virements.virement.tolist()


def test_what_no_file_holds_is_told():
    """
    A decision about a line that is not there is kept for the day when it comes, and told until then.
    """
    one = decision(TIED.tables, 0, 1)
    gone = attrs.evolve(TIED, tables=attrs.evolve(TIED.tables, virements=TIED.tables.virements.take(np.array([0]))))
    assert ["DECISION_INCONNUE"] == codes(reconcile(gone, decisions=[one]))


def test_a_line_worded_anew_by_the_statement_is_still_decided():
    """
    The advice of the morning and the statement of the evening word one booking in two ways: the tie outlives it.
    """
    morning = book(groups=[{}], lines=[{"label": "VIR"}])
    evening = book(groups=[{}], lines=[{"label": "VIR SEPA RECU /DE EXEMPLE"}])
    result = reconcile(evening, decisions=[decision(morning.tables, 0, 0)])
    assert [b"decision"] == result.liens_virements.passe.tolist()


def test_two_equal_lines_worded_anew_are_not_guessed():
    """
    Where two lines have the account, the day and the amount, a name that fits neither names none.
    """
    morning = book(groups=[{}], lines=[{"label": "VIR"}])
    evening = book(groups=[{}], lines=[{"label": "VIR A"}, {"label": "VIR B"}])
    assert ["DECISION_INCONNUE"] == codes(reconcile(evening, decisions=[decision(morning.tables, 0, 0)]))


def test_a_line_that_is_not_booked_is_no_money():
    """
    A pending line can be tied by nobody.
    """
    given_book = book(groups=[{}], lines=[{"statut": 1}])
    assert ["DECISION_SANS_ARGENT"] == codes(reconcile(given_book, decisions=[decision(given_book.tables, 0, 0)]))


def test_the_account_of_another_officine_is_refused():
    """
    Money on an account that is known to be another's did not pay this transfer.
    """
    given_book = book(groups=[{}], lines=[{}])
    mapped = Comptes.of(officine=["999000027"], compte=["A"])
    other = attrs.evolve(given_book, tables=attrs.evolve(given_book.tables, comptes=mapped))
    assert ["DECISION_AUTRE_OFFICINE"] == codes(reconcile(other, decisions=[decision(other.tables, 0, 0)]))
    mine = attrs.evolve(given_book, tables=attrs.evolve(other.tables, comptes=mapped.with_columns(officine=[OFFICINE])))
    assert [] == codes(reconcile(mine, decisions=[decision(mine.tables, 0, 0)]))


def test_names_outlive_a_new_line_of_the_same_day():
    """
    A new file does not rename the lines and the transfers that are there already.
    """
    more = book(groups=[{}, {"du": 500, "label": "TP-20260108-EXEMPLE-0002"}], lines=[{"cents": 1}, *[{}] * 2])
    assert virement_ids(TIED.tables)[0] in virement_ids(more.tables)
    assert groupe_ids(TIED.tables)[0] in groupe_ids(more.tables)


@st.composite
def decided_books(draw: st.DrawFn) -> tuple[Tables, list[Decision], list[tuple[int, int, Choix]]]:
    """Draw a book, and decisions of one day about its pairs."""
    tables = draw(books())
    assume(len(tables.virements))
    pairs = st.tuples(
        st.integers(0, len(tables.groupes) - 1), st.integers(0, len(tables.virements) - 1), st.sampled_from(Choix)
    )
    drawn = draw(st.lists(pairs, min_size=1, max_size=4, unique=True))
    return tables, [decision(tables, group, line, choix) for group, line, choix in drawn], drawn


def judged(tables: Tables, drawn: list[tuple[int, int, Choix]]) -> tuple[Any, Any]:
    """Say the slow way which ties and which refusals of one day are followed."""
    oracle = Oracle(tables)

    def stands(group: int, line: int) -> bool:
        owner = oracle.owner.get(oracle.virements[line]["compte"])
        return oracle.virements[line]["statut"] == 0 and owner in (None, oracle.groupes[group]["officine"])

    own = [one for one in drawn if stands(*one[:2])]
    clear = [one for one in own if not any(other[:2] == one[:2] and other[2] != one[2] for other in own)]
    ties = [one[:2] for one in clear if one[2] is Choix.LIER]
    rivals = {
        one for pair in combinations(ties, 2) for one in pair if pair[0][0] == pair[1][0] or pair[0][1] == pair[1][1]
    }
    paid = {one for one in ties if oracle.net(one[0]) == oracle.virements[one[1]]["montant_cents"]}
    return frozenset(paid - rivals), frozenset(one[:2] for one in clear if one[2] is Choix.REFUSER)


@given(decided_books())
def test_core_agrees_with_the_naive_oracle_on_decisions(drawn):
    """
    Ties come first, refusals are nobody's candidates, everything else is as ever; and the laws hold.
    """
    tables, ones, rows = drawn
    lies, refuses = judged(tables, rows)
    result = reconcile(Book(tables=tables), decisions=ones).verify()
    links = result.liens_virements
    assert Oracle(tables, lies=lies, refuses=refuses).links == set(
        zip(links.groupe.tolist(), links.virement.tolist(), strict=True)
    )
    by_hand = links.passe == b"decision"
    assert lies == set(zip(links.groupe[by_hand].tolist(), links.virement[by_hand].tolist(), strict=True))
    proposed = set(zip(result.propositions.groupe.tolist(), result.propositions.virement.tolist(), strict=True))
    assert not proposed & refuses


@given(decided_books(), st.randoms(use_true_random=False))
def test_order_of_decisions_does_not_matter(drawn, random):
    """
    The same bytes out, whatever their order, and however often one is given.
    """
    tables, ones, _ = drawn
    again = random.sample(ones * 2, len(ones) * 2)
    one, other = (reconcile(Book(tables=tables), decisions=given_ones) for given_ones in (ones, again))
    assert "".join(rapprochement_chunks(one)) == "".join(rapprochement_chunks(other))


@given(decided_books())
def test_decisions_are_followed_and_told_the_same_by_batches(drawn):
    """
    However the officines are dealt out, the same ties, the same refusals, and the same things told.
    """
    tables, ones, _ = drawn
    with ThreadPoolExecutor(2) as executor, patch.object(_executeur, "LEAST", 1):
        parted = reconcile(Book(tables=tables), decisions=ones, executor=executor)
    assert "".join(rapprochement_chunks(reconcile(Book(tables=tables), decisions=ones))) == "".join(
        rapprochement_chunks(parted)
    )
