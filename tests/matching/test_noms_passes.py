"""Passes given by a caller: what is none is refused by name, before anything is matched."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.matching.test_passes import book

from tiers_payant.domain import PassSpec
from tiers_payant.errors import PassError
from tiers_payant.matching import PASSES, REPONSES, SANS_RETOUR, SOMMES, reconcile

GIVEN: dict[str, Any] = {"reponses": REPONSES, "passes": PASSES, "sommes": SOMMES, "sans_retour": SANS_RETOUR}


def matched(**given: Any) -> None:
    reconcile(book(groups=[{}], lines=[{}]), **given)


@pytest.mark.parametrize("argument", GIVEN)
def test_what_is_no_pass_is_refused_by_its_place(argument):
    """
    Nothing, or a pass of another kind: the error says which of those given it is.
    """
    with pytest.raises(PassError, match=rf"{argument}\[1\]: expected \w+, got NoneType"):
        matched(**{argument: [GIVEN[argument][0], None]})
    other = PASSES[0] if argument != "passes" else SOMMES[0]
    with pytest.raises(PassError, match=rf"{argument}\[0\]: .* called '{other.name}'"):
        matched(**{argument: [other]})
    with pytest.raises(PassError, match=f"{argument}: expected passes, got int"):
        matched(**{argument: 3})


@pytest.mark.parametrize("argument", GIVEN)
@pytest.mark.parametrize("wrong", [3, None, ""])
def test_a_pass_without_a_name_or_a_sentence_is_not_made(argument, wrong):
    """
    A name is written on links and a sentence is shown: both are texts.
    """
    own = GIVEN[argument][0]
    with pytest.raises(PassError, match=f"pass {wrong!r}: name: expected a text"):
        attrs.evolve(own, name=wrong)
    with pytest.raises(PassError, match=f"pass '{own.name}': label: expected a text, got {wrong!r}"):
        attrs.evolve(own, label=wrong)


def test_two_passes_of_one_name_are_refused():
    """
    A link would not say which of them made it: the error tells where both were given, even as two kinds.
    """
    with pytest.raises(PassError, match=r"pass libelle_virement: two of one name, passes\[0\] and passes\[2\]"):
        matched(passes=[PASSES[0], PASSES[1], PASSES[0]])
    with pytest.raises(PassError, match=r"pass libelle_virement: two of one name, passes\[0\] and sommes\[0\]"):
        matched(sommes=[attrs.evolve(SOMMES[0], name=PASSES[0].name)])


def test_a_name_that_the_library_writes_is_refused():
    """
    A vendor's pass is not taken for what a person decided.
    """
    given = PassSpec(name="decision", label="exemple", keeps=PASSES[0].keeps, in_period=True)
    with pytest.raises(PassError, match="pass decision: two of one name, the library's own and"):
        matched(passes=[given])
