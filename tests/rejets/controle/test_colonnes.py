"""Columns of text asked without a loop, against the same question put to one text."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rejets.controle.lots import lots

from tiers_payant.domain import Nir
from tiers_payant.errors import IdentifierError
from tiers_payant.rejets.controle import _colonnes as colonnes
from tiers_payant.rejets.controle import _nir as nir

TEXTS = st.lists(
    st.text("01 9A\0²", max_size=12).map(lambda text: text.encode("latin-1").rstrip(b"\0")), min_size=1, max_size=6
)


@given(TEXTS)
@settings(max_examples=60)
def test_columns_answer_as_texts_do(texts):
    """
    Blank, digits of two widths, one of a few codes.
    """
    column = np.array(texts, dtype="S12")
    known = {b"01", b"A", b"99999999"}
    assert [not text.strip(b"0 \0") for text in texts] == colonnes.blank(column).tolist()
    assert [bool(re.fullmatch(b"[019]{2}|[019]{9}", text)) for text in texts] == colonnes.digits(column, 2, 9).tolist()
    assert [text in known for text in texts] == colonnes.one_of(column, known).tolist()
    assert [False] * len(texts) == colonnes.one_of(column, set()).tolist()


def test_a_long_text_that_begins_as_a_code_is_none():
    """
    Even after the bytes that pad a short code.
    """
    column = np.array([b"01\0\0\0\0\0\0A", b"01"])
    assert [False, True] == colonnes.one_of(column, {b"01"}).tolist()


@pytest.mark.parametrize("first", "12345678")
def test_every_month_of_a_nir_is_taken_as_the_object_takes_it(first):
    """
    00 to 99, permanent, waiting and provisional numbers.
    """
    texts = [f"{first}55{month:02}99999001" for month in range(100)]
    assert [is_nir(text) for text in texts] == nir.has_month(np.array(texts, dtype="S")).tolist()


def is_nir(text: str) -> bool:
    try:
        Nir.parse(text)
    except IdentifierError:
        return False
    return True


def test_columns_of_nothing():
    """
    No rows, no answers.
    """
    empty = lots().factures.take(np.zeros(0, dtype=np.int64)).nir
    for answer in (colonnes.blank(empty), colonnes.digits(empty, 2), colonnes.one_of(empty, {b"1"}), nir.keys(empty)):
        assert 0 == len(answer)
