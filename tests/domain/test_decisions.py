"""Human decisions as values and as JSON."""

from __future__ import annotations

import datetime as dt
import json

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain import Choix, Decision, decisions_from_json, decisions_to_json
from tiers_payant.errors import DecisionError

NAMES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3, unique=True)
DAY = dt.date(2026, 3, 2)


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    several = draw(NAMES)
    one = [draw(st.text(min_size=1, max_size=8))]
    sides = draw(st.sampled_from([(several, one), (one, several)]))
    choix = draw(st.sampled_from(list(Choix))) if len(several) == 1 else Choix.LIER
    return Decision(
        choix=choix,
        groupes=sides[0],
        virements=sides[1],
        auteur=draw(st.text(min_size=1).filter(str.strip)),
        le=draw(st.dates()),
        motif=draw(st.text()),
    )


@given(st.lists(decisions(), max_size=4), st.randoms(use_true_random=False))
def test_decisions_come_back_from_json(given_ones, random):
    """
    What is written is read again, and their order changes no byte.
    """
    text = decisions_to_json(given_ones)
    shuffled = random.sample(given_ones, len(given_ones))
    assert text == decisions_to_json(shuffled)
    assert set(given_ones) == set(decisions_from_json(text))


RIGHT = {"choix": "lier", "groupes": ["g"], "virements": ["v"], "auteur": "EXEMPLE", "le": "2026-03-02"}


@pytest.mark.parametrize(
    "change",
    [
        {"choix": "hesiter"},
        {"groupes": []},
        {"groupes": 3},
        {"groupes": ["g", "g"]},
        {"groupes": [1]},
        {"groupes": ["g", "h"], "virements": ["v", "w"]},
        {"choix": "refuser", "groupes": ["g", "h"]},
        {"auteur": " "},
        {"auteur": None},
        {"le": "2 mars"},
        {"le": None},
        {"motif": 3},
        {"inconnu": 1},
    ],
)
def test_what_is_no_decision_is_told_by_its_rank(change):
    """
    A document with one bad row is refused whole: a decision is never dropped in silence.
    """
    rows = [RIGHT, {**RIGHT, **change}]
    text = json.dumps({"schema": "tiers-payant/decisions/1", "decisions": rows})
    with pytest.raises(DecisionError, match=r"^decision 2: "):
        decisions_from_json(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "autre/1", "decisions": []}', "[" * 100_000])
def test_another_document_is_no_list_of_decisions(text):
    """
    Only the schema of decisions is read.
    """
    with pytest.raises(DecisionError):
        decisions_from_json(text)


def test_a_moment_is_no_day():
    """
    A decision bears a day: two of one day are equally late.
    """
    right = Decision(choix=Choix.LIER, groupes="g", virements="v", auteur="EXEMPLE", le=DAY)
    with pytest.raises(DecisionError):
        attrs.evolve(right, le=dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
