"""Keys as integers: equal codes if and only if equal keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tiers_payant.domain._cles import facture_codes, lot_codes, mixed, row_codes, text_codes
from tiers_payant.domain.tables import Factures, Reponses

texts = st.text("0127A", max_size=4)
columns = st.lists(st.lists(texts, max_size=6), min_size=1, max_size=3)


def column(values: list[str]) -> np.ndarray:
    return np.array([value.encode() for value in values], dtype="S" if values else "S1")


def as_key(text: str) -> str:
    """A text made of digits is its number; any other, the empty one included, is itself."""
    return f"n{int(text)}" if text.isdigit() else f"t{text}"


def same_classes(codes: Sequence[int], keys: Sequence[object]) -> bool:
    """Whether rows of equal codes are exactly the rows of equal keys."""
    return len(set(zip(codes, keys, strict=True))) == len(set(codes)) == len(set(keys))


@given(columns)
@example([["7", "007"], ["07"]])
@example([["", "0"], ["00"]])
@example([["", "0", "A"], ["00", "0A"]])
@example([["A1", "0A1"]])
@example([["9" * 18, "9" * 17]])
@example([["9" * 30, "0" + "9" * 30], ["9" * 29]])
@example([[], []])
def test_text_codes_are_equal_for_equal_texts(held):
    """
    Across columns of any width: `7` and `007` are one, `A1` and `0A1` are two, an empty text is no zero.
    """
    codes = text_codes([column(values) for values in held])
    assert [len(values) for values in held] == [len(side) for side in codes]
    assert same_classes(np.concatenate(codes).tolist(), [as_key(text) for values in held for text in values])


days = st.sampled_from([None, dt.date(2026, 3, 1), dt.date(2026, 3, 2)])
keyed = st.lists(st.tuples(st.sampled_from(["", "999000001"]), days, texts, texts), max_size=8)


def table(rows, kind):
    officine, lot_date, lot, facture = ([row[place] for row in rows] for place in range(4))
    return kind.of(
        len(rows),
        officine=column(officine),
        lot_date=np.array(lot_date, dtype="datetime64[D]"),
        lot=column(lot),
        facture=column(facture),
    )


@given(keyed, keyed)
def test_facture_codes_are_equal_for_equal_keys(ours, theirs):
    """
    Officine, lot date, lot and facture number, whatever table the rows stand in; a NaT is a date like another.
    """
    codes = facture_codes([table(ours, Factures), table(theirs, Reponses)])
    keys = [(officine, day, as_key(lot), as_key(facture)) for officine, day, lot, facture in ours + theirs]
    assert same_classes(np.concatenate(codes).tolist(), keys)


@given(keyed)
def test_lot_codes_are_equal_for_equal_lots(rows):
    """
    The facture number is no part of a lot's key.
    """
    (codes,) = lot_codes([table(rows, Factures)])
    assert same_classes(codes.tolist(), [(row[0], row[1], as_key(row[2])) for row in rows])


@pytest.mark.parametrize(("left", "right"), [("", "4294967295"), ("4294967296", "0"), ("99999999999", "A")])
def test_long_facture_numbers_do_not_meet(left, right):
    """
    Numbers beyond 32 bits, and the empty one, keep codes of their own.
    """
    rows = [("999000001", None, "1", left), ("999000001", None, "1", right)]
    (codes,) = facture_codes([table(rows, Factures)])
    assert 2 == len(set(codes.tolist()))


@given(st.lists(st.lists(st.tuples(texts, st.integers(-3, 3)), max_size=6), min_size=1, max_size=3))
def test_row_codes_are_equal_for_equal_rows(sides):
    """
    Texts and integers side by side, over several sides.
    """
    codes = row_codes(
        [
            (column([text for text, _ in rows]), np.array([number for _, number in rows], dtype=np.int64))
            for rows in sides
        ]
    )
    keys = [(as_key(text), number) for rows in sides for text, number in rows]
    assert same_classes(np.concatenate(codes).tolist(), keys)


@given(st.lists(st.tuples(texts, st.integers(-2, 2)), min_size=1, max_size=8))
def test_mixed_word_is_shared_by_equal_rows(rows):
    """
    Rows equal in every column of one table have one word.
    """
    words = mixed([column([text for text, _ in rows]), np.array([number for _, number in rows])])
    assert len(set(rows)) == len(set(zip(rows, words.tolist(), strict=True)))


def test_mixed_word_tells_rows_apart():
    """
    A thousand different rows have a thousand words, order of columns included.
    """
    numbers = np.arange(1000)
    assert 1000 == len(set(mixed([numbers]).tolist()))
    assert mixed([numbers[1:], numbers[:-1]]).tolist() != mixed([numbers[:-1], numbers[1:]]).tolist()
