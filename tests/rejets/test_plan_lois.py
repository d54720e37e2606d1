"""Laws of the plan: euros are conserved, a facture has one action a family, no order of rows or files matters."""

from __future__ import annotations

from collections import Counter
from typing import Any

import attrs
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matching.books import books
from tests.rejets.livres_actions import TODAY, classed, planned

from tiers_payant.domain import Book, Etat, Famille, PlanActions, Preuve, Rapprochement, Rejets, Tables
from tiers_payant.matching import reconcile
from tiers_payant.rejets import deadlines, plan

FAMILIES = ("IDENTITE_NIR", "AMC_CONTRAT", "PRESCRIPTEUR", "DOUBLON", "TRAITEMENT_CAISSE", "PRODUIT_TARIF", "INCONNU")


@st.composite
def refused_books(draw: st.DrawFn) -> Tables:
    """Draw a book with reject lines about its factures, and about some that it has not."""
    tables = draw(books())
    factures, retours = tables.factures, len(tables.retours)
    lines = draw(
        st.lists(
            st.tuples(
                st.integers(0, len(factures) - 1),
                st.sampled_from(FAMILIES),
                st.sampled_from(["", "O", "C"]),
                st.sampled_from(["", "ZZ1", "ZZ2"]),
                st.integers(0, retours - 1),
                st.booleans(),
            ),
            max_size=8,
        )
    )
    about = [line[0] for line in lines]
    days = np.array([np.datetime64("2026-01-08") + rank for rank in range(retours)])
    return attrs.evolve(
        tables,
        factures=factures.with_columns(prescripteur=[b"991000010"] * len(factures)),
        retours=tables.retours.with_columns(date=days),
        rejets=Rejets.of(
            len(lines),
            **{name: getattr(factures, name)[about] for name in ("officine", "lot_date", "lot")},
            facture=[b"000000999" if stranger else factures.facture[row] for row, *_, stranger in lines],
            code=[code for _, code, *_ in lines],
            part=[part for _, _, part, *_ in lines],
            acte=[acte for _, _, _, acte, _, _ in lines],
            retour=[retour for *_, retour, _ in lines],
            libelle=np.array([""] * len(lines), dtype=object),
            source=np.zeros(len(lines), dtype=np.int32),
        ),
    )


def owed(result: Rapprochement) -> dict[int, int]:
    """What each créance still owes, the slow way; what is announced and not credited yet is not asked for."""
    found = {}
    for row, one in enumerate(result.creances):
        had = max(one.credite_cents, one.annonce_cents) if one.etat is Etat.ANNONCEE else one.credite_cents
        if one.etat not in (Etat.RETRANSMISE, Etat.CREDITEE, Etat.REGLEE_COMPTOIR) and one.du_cents > had:
            found[row] = one.du_cents - had
    return found


def slow_family(result: Rapprochement, row: int) -> str | None:
    """The family of an open créance, one line at a time; None when it asks for nothing."""
    etat = result.creances[row].etat
    if etat in (Etat.TRAITEMENT_CAISSE, Etat.DIFFEREE):
        return "TRAITEMENT_CAISSE"
    about = [line for one, line in zip(result.rejets_creances, result.rejets_rangs, strict=True) if one == row]
    retours, rejets = result.tables.retours, result.tables.rejets
    last = max((retours.date[rejets.retour[line]] for line in about), default=None)
    codes = {rejets.code[line].decode() for line in about if retours.date[rejets.retour[line]] == last}
    for first in ("TRAITEMENT_CAISSE", "DOUBLON"):
        if first in codes:
            return first
    if etat is Etat.LOT_REFUSE:
        return "TECHNIQUE"
    known = sorted(codes - {"INCONNU"}, key=lambda name: Famille[name])
    if codes:
        return known[0] if known else "INCONNU"
    without = {Etat.REJETEE: "INCONNU", Etat.PARTIELLE: "ECART", Etat.ANNONCEE: "ECART", Etat.REPRISE: "INDU"}
    return without.get(etat)


def told(plan: PlanActions, result: Rapprochement) -> list[Any]:
    """The plan without row numbers, which are those of one order."""
    creances, rejets = result.creances, result.tables.rejets
    found = []
    for row, one in enumerate(plan):
        keys = [tuple(creances.row(each).values())[:5] for each in plan.creances_of(row).tolist()]
        lines = [tuple(rejets.row(each).values())[:10] for each in plan.rejets_of(row).tolist()]
        found.append((one, sorted(map(str, keys)), sorted(map(str, lines))))
    return found


@settings(max_examples=25)
@given(refused_books())
def test_plan_is_what_a_slow_reading_finds(tables):
    """
    Each open share is in one action, of the family that its lines or its state say, with all that is still owed.
    """
    result = reconcile(Book(tables=tables))
    found = planned(result)
    expected = {row: (cents, slow_family(result, row)) for row, cents in owed(result).items()}
    expected = {row: told for row, told in expected.items() if told[1] is not None}
    members = found.creances
    got = {
        creance: (cents, found[action].famille.name)
        for action, creance, cents in zip(
            members.action.tolist(), members.creance.tolist(), members.cents.tolist(), strict=True
        )
    }
    assert expected == got
    assert len(got) == len(members)


@settings(max_examples=25)
@given(refused_books())
def test_laws_hold(tables):
    """
    Euros in are euros out; one action a facture and family; every reject line is somewhere; what waits is apart.
    """
    result = reconcile(Book(tables=tables))
    found = planned(result)
    sums = np.zeros(len(found), dtype=np.int64)
    np.add.at(sums, found.creances.action, found.creances.cents)
    without = np.isin(np.arange(len(found)), found.mouvements.action)
    assert sums[~without].tolist() == found.actions.cents[~without].tolist()
    key = ("officine", "lot_date", "lot", "facture")
    factures = {
        (action, *(str(getattr(result.creances, name)[creance]) for name in key))
        for action, creance in zip(found.creances.action.tolist(), found.creances.creance.tolist(), strict=True)
    }
    lines = result.tables.rejets
    factures |= {
        (action, *(str(getattr(lines, name)[line]) for name in key))
        for action, line in zip(found.rejets.action.tolist(), found.rejets.rejet.tolist(), strict=True)
    }
    actions = Counter((found[action].famille, *facture) for action, *facture in factures)
    assert set(actions.values()) <= {1}
    assert len(result.tables.rejets) == found.rejets_clos + len(set(found.rejets.rejet.tolist()))
    assert len(found) == len(set(found.actions.id.tolist()))
    ranks = found.actions.rang.tolist()
    work = sum(rank > 0 for rank in ranks)
    assert [*range(1, work + 1), *([0] * (len(found) - work))] == ranks
    worth = [one.cents_par_minute for one in found.a_faire]
    assert sorted(worth, reverse=True) == worth
    assert {Famille.TRAITEMENT_CAISSE} >= {one.famille for one in found.en_attente}
    for one in found:
        assert one.attendu_cents <= one.cents


@settings(max_examples=20)
@given(refused_books(), st.randoms(use_true_random=False))
def test_no_order_of_rows_matters(tables, random):
    """
    Factures, reject lines and movements in any order give the same plan.
    """
    result = reconcile(Book(tables=tables))
    again = reconcile(Book(tables=shuffled(tables, random)))
    assert told(planned(result), result) == told(planned(again), again)


def shuffled(tables: Tables, random: Any) -> Tables:
    def order(name: str) -> list[int]:
        rows = list(range(len(getattr(tables, name))))
        random.shuffle(rows)
        return rows

    names = ("factures", "rejets", "mouvements")  # the order of answers in one return means something
    moved = {name: getattr(tables, name).take(np.array(order(name), dtype=np.int64)) for name in names}
    return attrs.evolve(tables, **moved)


@settings(max_examples=12)
@given(refused_books(), st.randoms(use_true_random=False))
def test_surest_evidence_speaks_whatever_the_order(tables, random):
    """
    Lines known by words and lines known by a code, in any order: the same family and the same evidence.
    """
    result = reconcile(Book(tables=tables))
    rows = list(range(len(tables.rejets)))
    random.shuffle(rows)
    again = reconcile(Book(tables=attrs.evolve(tables, rejets=tables.rejets.take(np.array(rows, dtype=np.int64)))))

    def plan_of(one: Rapprochement) -> list[Any]:
        said = classed(one)
        by_words = np.where(one.tables.rejets.acte == b"ZZ1", int(Preuve.MOTS), int(Preuve.CODE))
        said = said.with_columns(preuve=by_words.astype(np.int8))
        return told(plan(one, said, deadlines(one, today=TODAY), today=TODAY), one)

    assert plan_of(result) == plan_of(again)
