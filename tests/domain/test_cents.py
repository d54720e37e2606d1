"""Money is read exactly, or refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers_payant.domain._cents import cents_from_decimal, cents_from_digits, cents_from_french, format_cents
from tiers_payant.errors import MoneyError

CENTS = st.integers(-(10**18) + 1, 10**18 - 1)
PARSERS = (cents_from_french, cents_from_decimal, cents_from_digits)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,50", 1250),
        ("12", 1200),
        ("0,07", 7),
        ("-12,50", -1250),
        ("\u221212,50", -1250),
        ("+12,50", 1250),
        ("1 234,50", 123450),
        ("1\u00a0234\u00a0567,89", 123456789),
        ("1\u202f234,50\u202f€", 123450),
        ("1234,50€", 123450),
        ("  12,50 ", 1250),
        ("007,00", 700),
    ],
)
def test_french_amount(text: str, cents: int) -> None:
    """
    A decimal comma, an optional sign, thousands parted by one kind of space, an optional euro sign.
    """
    assert cents == cents_from_french(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ",", "€", "-", "12,5", "12,", ",50", "12,500", "12.50", "1.234,50", "1,234.50", "12,50,00"),
        *("1 23,50", "12 3456,00", "1234 567,00", "1 234\u00a0567,00", "1  234,00", "- 12,50", "12,50-", "--1,00"),
        *("1'234,50", "12e3", "0x12", "NaN", "\u0661\u0662", "\u00b2", "12,50 EUR", "1\n234,00", "9" * 17, "9" * 5000),
    ],
)
def test_french_refuses_what_it_does_not_know(text: str) -> None:
    """
    One decimal, a point, thousands not in threes or of mixed spaces, digits of another script: all refused.
    """
    with pytest.raises(MoneyError):
        cents_from_french(text)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1234.50", 123450),
        ("1234.5", 123450),
        ("1234", 123400),
        ("1234.50000", 123450),
        ("0.01", 1),
        (".5", 50),
        ("5.", 500),
        ("-12.50", -1250),
        ("\n 12.50\t", 1250),
    ],
)
def test_decimal_amount(text: str, cents: int) -> None:
    """
    The lexical space of `xs:decimal`, white space around it included.
    """
    assert cents == cents_from_decimal(text)


@pytest.mark.parametrize(
    "text",
    ["", ".", "-", "+.", "12,50", "1,234.50", "1 234.50", "12.505", "12.500001", "12.500000", "1e3", "INF", "9" * 17],
)
def test_decimal_refuses_what_it_does_not_know(text: str) -> None:
    """
    A comma, a thousands separator, an exponent, a fraction of a cent, a sixth decimal: all refused.
    """
    with pytest.raises(MoneyError):
        cents_from_decimal(text)


@pytest.mark.parametrize(("text", "cents"), [("0001250", 1250), ("0", 0), ("9" * 18, 10**18 - 1)])
def test_digits_amount(text: str, cents: int) -> None:
    """
    Digits are cents.
    """
    assert cents == cents_from_digits(text)


@pytest.mark.parametrize("text", ["", " 1250", "12.50", "12,50", "-1250", "+1", "\u00b2", "\u0661", "9" * 19, "1_000"])
def test_digits_refuses_what_it_does_not_know(text: str) -> None:
    """
    Blanks, signs and separators belong to the layout, not to the number.
    """
    with pytest.raises(MoneyError):
        cents_from_digits(text)


@given(CENTS)
def test_formatted_amount_reads_back(cents: int) -> None:
    """
    What is shown to the pharmacist is the amount, to the cent.
    """
    assert cents == cents_from_french(format_cents(cents))


@given(CENTS)
def test_decimal_text_of_any_amount_reads_back(cents: int) -> None:
    """
    No amount is lost between cents and their decimal text.
    """
    assert cents == cents_from_decimal(str(Decimal(cents).scaleb(-2).quantize(Decimal("0.01"))))


@given(st.integers(0, 10**15), st.integers(0, 99), st.sampled_from(",."))
def test_comma_and_point_are_never_taken_for_each_other(euros: int, cents: int, mark: str) -> None:
    """
    Of the French and the decimal reading exactly one accepts, and it reads the amount; never a hundred times it.
    """
    text = f"{euros}{mark}{cents:02d}"
    reads, refuses = (cents_from_french, cents_from_decimal) if mark == "," else (cents_from_decimal, cents_from_french)
    assert euros * 100 + cents == reads(text)
    with pytest.raises(MoneyError):
        refuses(text)


@given(
    st.text(alphabet="0123456789,.+-\u2212€eE_ \u00a0\u202f\n\u0661\u00b2NaN", max_size=60), st.sampled_from(PARSERS)
)
def test_junk_gives_an_amount_or_a_money_error(text: str, parse: Callable[[str], int]) -> None:
    """
    Nothing but `MoneyError` comes out, and what is accepted fits a 64-bit column.
    """
    try:
        cents = parse(text)
    except MoneyError:
        return
    assert abs(cents) < 2**63


def test_refusal_shows_the_shape() -> None:
    """
    The message holds no digit of the amount.
    """
    with pytest.raises(MoneyError, match=r"got '99\.99'") as caught:
        cents_from_french("48.75")
    assert "48" not in str(caught.value)
