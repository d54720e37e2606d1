"""The laws of the matching, on adversarial books."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.books import books
from tests.matching.oracle import Oracle, rows
from tests.matching.test_passes import book

from tiers_payant.domain import Book, EtatVirement, Part, Tables
from tiers_payant.errors import ColumnError, LawError
from tiers_payant.matching import _candidats, _propositions, reconcile
from tiers_payant.reports import rapprochement_chunks

_POINTERS = {"retours": ("groupes.retour", "reponses.retour", "mouvements.retour"),
             "groupes": ("reponses.groupe", "mouvements.groupe")}  # fmt: skip


def verdicts(tables: Tables) -> dict[Any, Any]:
    result = reconcile(Book(tables=tables))
    return {
        (c.officine, c.lot_date, c.lot, c.facture, c.part): (c.du_cents, c.annonce_cents, c.credite_cents, c.etat)
        for c in result.creances
    }


def document(tables: Tables) -> str:
    return "".join(rapprochement_chunks(reconcile(Book(tables=tables))))


@given(books())
def test_core_agrees_with_the_naive_oracle(tables: Tables):
    """
    Amounts and states are those of quadratic loops over plain rows.
    """
    assert Oracle(tables).verdicts() == verdicts(tables)


@given(books())
def test_links_are_those_of_the_oracle(tables: Tables):
    """
    A group and a bank line are tied exactly where the oracle ties them.
    """
    links = reconcile(Book(tables=tables)).liens_virements
    assert Oracle(tables).links == set(zip(links.groupe.tolist(), links.virement.tolist(), strict=True))


@given(books())
def test_no_bound_on_candidates_makes_a_link(tables: Tables):
    """
    However few candidates may be drawn or listed, only pairs that the oracle ties are tied, and the balance holds.
    """
    with patch.object(_candidats, "CROWD", 1), patch.object(_propositions, "LISTED", 1):
        links = reconcile(Book(tables=tables)).verify().liens_virements
    assert Oracle(tables).links >= set(zip(links.groupe.tolist(), links.virement.tolist(), strict=True))


@given(books())
def test_every_cent_of_the_bank_is_in_one_bucket(tables: Tables):
    """
    Explained, moved, unassigned, proposed and unexplained cents add up to the in-scope bank lines.
    """
    result = reconcile(Book(tables=tables))
    in_scope = result.etats_virements != EtatVirement.HORS_PERIMETRE
    assert int(tables.virements.montant_cents[in_scope].sum()) == result.totaux.virements_cents
    assert 0 == result.totaux.ecart_cents


@given(books())
def test_money_credited_was_on_the_bank(tables: Tables):
    """
    What créances, movements and unassigned cents received is what the settled bank lines hold.
    """
    result = reconcile(Book(tables=tables))
    totals, paid = result.totaux, tables.virements.montant_cents[np.unique(result.liens_virements.virement)]
    assert int(paid.sum()) == totals.credite_cents + totals.mouvements_cents + totals.non_ventile_cents


@given(books())
def test_no_cent_is_consumed_twice(tables: Tables):
    """
    What links take of a bank line is its amount, and no group is tied twice to one line.
    """
    links = reconcile(Book(tables=tables)).liens_virements
    ends = list(zip(links.groupe.tolist(), links.virement.tolist(), strict=True))
    assert sorted(set(ends)) == sorted(ends)
    taken = np.zeros(len(tables.virements), dtype=np.int64)
    np.add.at(taken, links.virement, links.cents)
    settled = np.unique(links.virement)
    assert tables.virements.montant_cents[settled].tolist() == taken[settled].tolist()


@given(books(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(tables: Tables, random: Any):
    """
    Whatever the order of the rows of every table, the document has the same bytes.

    Answers of one return keep their order: it is part of what the return says.
    """
    assert document(tables) == document(_shuffled(tables, random))


def _shuffled(tables: Tables, random: Any) -> Tables:
    changed: dict[str, Any] = {}
    places: dict[str, Any] = {}
    for name in ("retours", "factures", "virements", "comptes", "mouvements"):
        table = getattr(tables, name)
        order = np.array(random.sample(range(len(table)), len(table)), dtype=np.int64)
        changed[name] = table.take(order)
        places[name] = np.argsort(order).astype(np.int32)
    for pointer in _POINTERS["retours"]:
        name, column = pointer.split(".")
        table = changed.get(name, getattr(tables, name))
        changed[name] = (
            table.with_columns(**{column: places["retours"][getattr(table, column)]}) if len(table) else table
        )
    return attrs.evolve(tables, **changed)


@given(books())
def test_proposals_never_count_as_paid(tables: Tables):
    """
    A proposed bank line pays no créance, and a settled one is not proposed.
    """
    result = reconcile(Book(tables=tables))
    assert not set(result.propositions.virement.tolist()) & set(result.liens_virements.virement.tolist())
    assert not set(result.propositions.groupe.tolist()) & set(result.liens_virements.groupe.tolist())


@given(books())
def test_a_proposal_names_its_rivals(tables: Tables):
    """
    Whatever is tied with a proposal is told beside it: a tie has at least one rival.
    """
    proposals = reconcile(Book(tables=tables)).propositions
    for row in rows(proposals):
        same = [other for other in rows(proposals) if other["virement"] == row["virement"]]
        assert len({other["groupe"] for other in same}) - 1 <= len(row["rivaux"].split())
        assert row["rivaux"] or row["motif"] != "AMBIGU" or len(same) == 1


@given(books())
def test_announced_amounts_are_those_of_the_answers_placed(tables: Tables):
    """
    An answer's cents go to its créances, or to nobody: they are never changed on the way.
    """
    result = reconcile(Book(tables=tables))
    links = result.liens_reponses
    by_answer = np.zeros(len(tables.reponses), dtype=np.int64)
    np.add.at(by_answer, links.reponse, links.cents)
    placed = np.unique(links.reponse)
    assert tables.reponses.annonce_cents[placed].tolist() == by_answer[placed].tolist()
    insurers = result.creances.part != Part.ASSURE
    assert int(links.cents.sum()) == int(result.creances.annonce_cents[insurers].sum())


def test_verify_names_a_broken_balance():
    """
    A result from which a cent was taken does not pass as right.
    """
    result = reconcile(Book(tables=Tables()))
    wrong = attrs.evolve(result, totaux=attrs.evolve(result.totaux, virements_cents=1))
    with pytest.raises(LawError, match=r"BALANCE: .*: 1 cents apart"):
        wrong.verify()


@pytest.mark.parametrize(
    ("what", "change"),
    [
        (
            "CREDIT",
            lambda r: {"creances": r.creances.with_columns(credite_cents=r.creances.credite_cents + 1)},
        ),
        ("VIREMENT_REPARTI", lambda r: {"liens_virements": r.liens_virements.with_columns(cents=[999])}),
        ("LIEN_REPETE", lambda r: {"liens_virements": type(r.liens_virements).concat([r.liens_virements] * 2)}),
        ("ANNONCE", lambda r: {"liens_reponses": r.liens_reponses.take(np.array([], dtype=np.int64))}),
    ],
)
def test_verify_recomputes_from_the_rows(what, change):
    """
    A result whose rows were changed under its totals does not pass as right; it says where.
    """
    result = reconcile(book(groups=[{}], lines=[{}]))
    with pytest.raises(LawError, match=what):
        attrs.evolve(result, **change(result)).verify()


def test_explain_finds_a_creance_of_a_selection():
    """
    A créance of a part of the table is explained as itself, not as the row of the same rank.
    """
    result = reconcile(book(groups=[{}, {"du": 700}], lines=[{}]))
    second = result.creances.take(np.array([1]))[0]
    assert result.explain(result.creances[1]) == result.explain(second)
    assert "7,00" in result.explain(second)
    other = reconcile(book(groups=[{}], lines=[]))
    with pytest.raises(ColumnError):
        other.explain(second)
