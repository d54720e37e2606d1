"""Numbers that may stand for confidential care, in columns, against the rules of one number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain import Confiance, MotifNirFictif, Nir
from tiers_payant.dunning._nirs import maybe_confidential
from tiers_payant.errors import IdentifierError

MOTIF = MotifNirFictif(masque="255555?99????", libelle="exemple", reference="exemple", confiance=Confiance.BASSE)
numbers = st.one_of(
    st.from_regex(r"\A[0-9][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}\Z"),
    st.from_regex(r"\A255555[0-9]99[0-9]{4}\Z"),
    st.text(alphabet="0123456789AB ", max_size=14),
)


def judged(nir: str, key: str) -> bool:
    """Whether one number is none of a person's."""
    try:
        number = Nir.parse(f"{nir}{key}")
    except IdentifierError:
        return True
    return len(nir) != 13 or number.is_fictif([MOTIF]) is True


@given(st.lists(st.tuples(numbers, st.sampled_from(["", "own", "01"])), min_size=1, max_size=8))
def test_columns_say_what_one_number_says(rows):
    """
    Shape, month, Corsica, key and pattern are those of `Nir`.
    """
    told = []
    for nir, key in rows:
        own = key
        if key == "own":
            try:
                own = Nir(value=nir).cle
            except IdentifierError:
                own = "01"
        told.append((nir.replace(" ", "X"), own))
    nirs, keys = (np.array([row[side] for row in told], dtype="S14") for side in (0, 1))
    assert [judged(*row) for row in told] == maybe_confidential(nirs, keys, [MOTIF]).tolist()


@pytest.mark.parametrize("nir", ["", "9999999999999", "19905999990011"])
def test_what_is_no_number_may_be_confidential(nir):
    """
    Nothing says that it is a person's.
    """
    assert maybe_confidential(np.array([nir], dtype="S14"), np.array([b""]), ()).all()
