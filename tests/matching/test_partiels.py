"""Partial transfers: the label of one announced transfer, and less than its net."""

from __future__ import annotations

import json
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.oracle import Oracle
from tests.matching.test_passes import LABEL, etats
from tests.matching.test_sommes import array, document, ends, owned

from tiers_payant.domain import Book, Etat, EtatVirement, Rapprochement, Ventilations
from tiers_payant.errors import LawError
from tiers_payant.matching import MatchPolicy, reconcile
from tiers_payant.reports import rapprochement_chunks

OTHER = "TP-20260108-EXEMPLE-0002"
LONGER = f"{LABEL}2"
VIREMENT = f"CPAM DE VILLE-EXEMPLE {LABEL}"

some_lines = st.lists(
    st.fixed_dictionaries(
        {
            "cents": st.sampled_from([41_237, 68_756, 104_320, 27_519, 90_602, 131_839, 200_000]),
            "label": st.sampled_from(
                [VIREMENT, VIREMENT, f"CPAM {OTHER} RC", f"CPAM {LONGER}", f"CPAM {LABEL} {OTHER}", "CPAM DE VILLE"]
            ),
            "date": st.sampled_from(["2026-01-09", "2026-01-12", "2026-02-20"]),
            "compte": st.sampled_from(["A", "A", "B"]),
        }
    ),
    max_size=2,
)
some_amounts = st.lists(st.sampled_from([41_237, 27_519, 63_083, 63_083, -27_519, 0]), min_size=1, max_size=4)
some_moves = st.lists(st.sampled_from([-41_237, 9_000]).map(lambda cents: {"cents": cents}), max_size=1)


def gathered(amounts: list[list[int]], labels: list[str], **rows: Any) -> Book:
    """Build a book where each announced transfer pays several factures; account A is the officine's."""
    given_book = owned(groups=[{"du": cents} for some in amounts for cents in some], **rows)
    tables = given_book.tables
    sizes = [len(some) for some in amounts]
    groupes = tables.groupes.take(np.arange(len(amounts)))
    return Book(
        tables=attrs.evolve(
            tables,
            groupes=groupes.with_columns(libelle_1=np.array(labels, dtype=object)),
            reponses=tables.reponses.with_columns(groupe=np.repeat(np.arange(len(amounts), dtype=np.int32), sizes)),
        )
    )


def alone(cents: int, amounts: tuple[int, ...] = (41_237, 27_519, 63_083), **line: Any) -> Book:
    return gathered([list(amounts)], [LABEL], lines=[{"cents": cents, "label": VIREMENT, **line}])


@st.composite
def partial_books(draw: st.DrawFn) -> Book:
    """Draw transfers, labelled or not, the credits that pay them in part or in two, and some that bear any label."""
    amounts = draw(st.lists(some_amounts, min_size=1, max_size=3))
    labels = draw(st.permutations([LABEL, OTHER, ""]))[: len(amounts)]
    lines = draw(some_lines)
    for some, label in zip(amounts, labels, strict=True):
        for cents in draw(st.sampled_from([[], [sum(some[:1])], [sum(some[1:])], [sum(some[:1]), sum(some[1:])]])):
            lines.append({"cents": cents or 41, "label": f"CPAM DE VILLE-EXEMPLE {label}"})
    return gathered(amounts, labels, lines=lines, moves=draw(some_moves))


def test_parts_that_nothing_else_makes_are_credited():
    """
    The credit holds two of three factures to the cent: they are paid, the third is not, and the line is all told.
    """
    result = reconcile(alone(41_237 + 27_519)).verify()
    assert [Etat.CREDITEE, Etat.CREDITEE, Etat.ANNONCEE] == etats(result)
    assert [EtatVirement.EXPLIQUE] == result.etats_virements.tolist()
    assert [0, 1] == result.ventilations.reponse.tolist()
    assert 41_237 + 27_519 == result.totaux.credite_cents == result.totaux.virements_cents


def test_cents_that_no_part_makes_are_tied_and_untold():
    """
    All of the line is the group's, nobody knows for which factures: they stay announced.
    """
    result = reconcile(alone(100_000)).verify()
    assert [Etat.ANNONCEE] * 3 == etats(result)
    assert {"ANNONCE_NON_VENTILEE"} == {creance.motif for creance in result.creances}
    assert [EtatVirement.PARTIEL] == result.etats_virements.tolist()
    assert (0, 100_000, 0) == attrs.astuple(
        result.totaux, filter=attrs.filters.include("credite_cents", "non_ventile_cents", "inexplique_cents")
    )


@pytest.mark.parametrize(
    ("why", "amounts", "cents"),
    [
        ("two choices make it", (41_237, 41_237, 63_083), 41_237),
        ("one more choice, of one alone", (41_237, 27_519, 68_756), 68_756),
        ("too small to be no accident", (41, 27, 63), 68),
        ("too many parts", tuple(range(30_000, 31_100, 50)), 30_000),
    ],
)
def test_parts_that_may_be_chance_are_not_told(why, amounts, cents):
    """
    What could be another choice, or an accident, credits no facture; the line stays the group's.
    """
    result = reconcile(alone(cents, amounts)).verify()
    assert {Etat.ANNONCEE} == set(etats(result))
    assert [EtatVirement.PARTIEL] == result.etats_virements.tolist()


def test_a_withholding_may_be_among_the_parts():
    """
    A movement that the choice takes in is moved, and pays no facture.
    """
    moves = [{"cents": -9_000}]
    line = {"cents": 41_237 + 27_519 - 9_000, "label": VIREMENT}
    given_book = gathered([[41_237, 27_519, 63_083]], [LABEL], lines=[line], moves=moves)
    result = reconcile(given_book, policy=MatchPolicy(accidents_max=0.001)).verify()
    assert [Etat.CREDITEE, Etat.CREDITEE, Etat.ANNONCEE] == etats(result)
    assert (-9_000, 41_237 + 27_519) == (result.totaux.mouvements_cents, result.totaux.credite_cents)


@pytest.mark.parametrize(
    ("why", "line", "state"),
    [
        ("more than the net", {"cents": 140_000}, EtatVirement.PROPOSE),
        ("after the period", {"cents": 100_000, "date": "2026-02-20"}, EtatVirement.PROPOSE),
        ("an account of nobody", {"cents": 100_000, "compte": "B"}, EtatVirement.INEXPLIQUE),
        ("a longer number", {"cents": 100_000, "label": f"CPAM {LONGER}"}, EtatVirement.INEXPLIQUE),
        ("another payer", {"cents": 100_000, "label": f"CETIP {LABEL}"}, EtatVirement.INEXPLIQUE),
        ("no label", {"cents": 100_000, "label": "CPAM DE VILLE-EXEMPLE"}, EtatVirement.INEXPLIQUE),
        ("taken back", {"cents": -100_000}, EtatVirement.INEXPLIQUE),
    ],
)
def test_what_is_not_surely_a_part_of_one_transfer_is_not_tied(why, line, state):
    """
    Each condition is one that the tie needs.
    """
    result = reconcile(alone(**{"cents": 0, **line})).verify()
    assert [state] == result.etats_virements.tolist()
    assert [Etat.ANNONCEE] * 3 == etats(result)
    assert 0 == len(result.liens_virements)


def test_a_label_in_two_texts_is_wanted_whole():
    """
    The first text of a label that is cut stands in every transfer of the day: alone it tells none of them.
    """
    for second, state in (("", EtatVirement.INEXPLIQUE), ("0001", EtatVirement.PARTIEL)):
        given_book = alone(100_000)
        groupes = given_book.tables.groupes.with_columns(
            libelle_1=np.array([LABEL[:-4]], dtype=object), libelle_2=np.array([second], dtype=object)
        )
        result = reconcile(Book(tables=attrs.evolve(given_book.tables, groupes=groupes)))
        assert [state] == result.etats_virements.tolist()


def test_all_that_bears_the_label_makes_the_net():
    """
    Two small credits of one label, whose sum alone would prove nothing, pay the transfer.
    """
    lines = [{"cents": cents, "label": VIREMENT} for cents in (40, 302)]
    result = reconcile(gathered([[242, 100]], [LABEL], lines=lines)).verify()
    assert [Etat.CREDITEE] * 2 == etats(result)
    assert {"libelle_eclate"} == {passe for *_, passe in ends(result)}


@pytest.mark.parametrize(
    "more",
    [{"cents": 7, "label": VIREMENT}, {"cents": 7, "label": f"{VIREMENT} {OTHER}"}],
)
def test_one_credit_of_the_label_more_settles_nothing(more):
    """
    Nothing is chosen among the lines that bear a label.
    """
    lines = [{"cents": cents, "label": VIREMENT} for cents in (40, 302)]
    result = reconcile(gathered([[242, 100], [5_000]], [LABEL, OTHER], lines=[*lines, more])).verify()
    assert "libelle_eclate" not in {passe for *_, passe in ends(result)}


def test_a_credit_of_two_labels_settles_neither():
    """
    It may be a part of either.
    """
    lines = [{"cents": 40, "label": VIREMENT}, {"cents": 302, "label": f"{VIREMENT} {OTHER}"}]
    result = reconcile(gathered([[242, 100], [5_000]], [LABEL, OTHER], lines=lines)).verify()
    assert "libelle_eclate" not in {passe for *_, passe in ends(result)}


def test_a_label_printed_twice_is_whole():
    """
    Some banks glue the reference to itself.
    """
    result = reconcile(alone(100_000, label=f"VIR CPAM {LABEL}{LABEL.replace('-', '')}"))
    assert [EtatVirement.PARTIEL] == result.etats_virements.tolist()


def test_two_lines_of_one_label_are_not_chosen_between():
    """
    Neither is settled, both are proposed with the other as rival.
    """
    lines = [{"cents": cents, "label": VIREMENT} for cents in (100_000, 20_000)]
    result = reconcile(gathered([[41_237, 27_519, 63_083]], [LABEL], lines=lines)).verify()
    assert [EtatVirement.PROPOSE] * 2 == result.etats_virements.tolist()
    assert {b"MONTANT_INFERIEUR"} == set(result.propositions.motif.tolist())
    assert all(len(rivaux.split()) == 1 for rivaux in result.propositions.rivaux.tolist())


def test_a_sum_that_could_explain_the_line_is_a_rival():
    """
    Two other transfers make the amount of the credit: too much by accident to settle, enough to doubt the label.
    """
    line = {"cents": 200, "label": VIREMENT}
    given_book = gathered([[400], [120], [80]], [LABEL, "", ""], lines=[line])
    assert [EtatVirement.PROPOSE] == reconcile(given_book).etats_virements.tolist()
    without = gathered([[400]], [LABEL], lines=[line])
    assert [EtatVirement.PARTIEL] == reconcile(without).etats_virements.tolist()


def test_the_document_shows_the_line_only_where_it_pays():
    """
    The factures told to be paid name the line, the others do not; all of the line is affecté.
    """
    found = json.loads("".join(rapprochement_chunks(reconcile(alone(41_237 + 27_519)))))
    assert [1, 1, 0] == [len(creance["virements"]) for creance in found["creances"]]
    assert 0 == found["virements"][0]["reste_cents"]
    untold = json.loads("".join(rapprochement_chunks(reconcile(alone(100_000)))))
    assert [0, 0, 0] == [len(creance["virements"]) for creance in untold["creances"]]
    assert ("partiel", 0) == (untold["virements"][0]["etat"], untold["virements"][0]["reste_cents"])


def test_a_partial_transfer_is_said():
    """
    The explanation and the summary tell of money that came without saying for what.
    """
    result = reconcile(alone(100_000))
    told = str(result.explain(result.creances[0])).replace("\xa0", " ")
    assert "payé en partie, 1 000,00 € sur 1 318,39 €" in told.replace("\u202f", " ")
    assert "Ce qu'il paie n'est pas dit" in told
    assert "partiels, à ventiler" in result.summary()


def _changed(result: Rapprochement, **columns: Any) -> Ventilations:
    return result.ventilations.with_columns(**columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"reponse": [0, 0]},
        {"reponse": [0, -1]},
        {"cents": [41_237, 27_518]},
        {"reponse": [0, 2]},
        {"virement": [0, 1]},
        {"groupe": [0, 1]},
    ],
)
def test_verify_sees_parts_that_cannot_be(columns):
    """
    Each part is one answer of its group, once, to the cent, paid by the line of the group.
    """
    lines = [{"cents": 41_237 + 27_519, "label": VIREMENT}, {"cents": 9_000, "label": f"CPAM {OTHER}"}]
    result = reconcile(gathered([[41_237, 27_519, 63_083], [9_000]], [LABEL, OTHER], lines=lines)).verify()
    with pytest.raises(LawError, match="VENTILATION"):
        attrs.evolve(
            result, ventilations=_changed(result, **{name: array(values) for name, values in columns.items()})
        ).verify()


def test_verify_sees_a_short_line_that_is_called_explained():
    """
    Money that nobody allocated is never `explique`.
    """
    result = reconcile(alone(100_000))
    told = np.array([EtatVirement.EXPLIQUE], dtype=np.int8)
    with pytest.raises(LawError, match=r"ETAT_VIREMENT.*partiel"):
        attrs.evolve(result, etats_virements=told).verify()


@given(partial_books())
def test_partial_transfers_are_those_of_the_oracle(given_book: Book):
    """
    The same links, parts and states as trying every pair and every choice; and the laws hold.
    """
    policy = MatchPolicy(accidents_max=0.001)
    oracle = Oracle(given_book.tables, policy.accidents_max)
    result = reconcile(given_book, policy=policy).verify()
    assert oracle.links == {(group, line) for group, line, _, _ in ends(result)}
    parts = result.ventilations
    told = {("reponse", number) for number in parts.reponse.tolist() if number >= 0}
    told |= {("mouvement", number) for number in parts.mouvement.tolist() if number >= 0}
    assert {part for found in oracle.parts.values() for part in found} == told
    assert oracle.verdicts() == {
        (c.officine, c.lot_date, c.lot, c.facture, c.part): (c.du_cents, c.annonce_cents, c.credite_cents, c.etat)
        for c in result.creances
    }


@given(partial_books(), st.randoms(use_true_random=False))
def test_order_of_lines_and_movements_does_not_matter(given_book: Book, random: Any):
    """
    The same bytes out.
    """
    tables = given_book.tables
    lines = array(random.sample(range(len(tables.virements)), len(tables.virements)))
    assert document(tables) == document(attrs.evolve(tables, virements=tables.virements.take(lines)))
