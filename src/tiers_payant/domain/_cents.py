"""Money: an `int` of euro cents, and one parser per textual form.

No parser guesses which form it is given. The French form refuses a point and the decimal form refuses a comma, so
that neither `"12,50"` nor `"12.50"` is ever read as 1250 euros. Amounts longer than 18 digits are refused: every
amount accepted here fits a signed 64-bit column.
"""

from __future__ import annotations

import re

from tiers_payant.errors import MoneyError, shape

__all__ = ["MOST_CENTS", "cents_from_decimal", "cents_from_digits", "cents_from_french", "format_cents"]

MOST_CENTS = 10**14 - 1
"""Largest amount of one row, either way: a thousand billion euros, as CFONB can write it. Ninety thousand of them add
up within 64 bits, where a sum that does not fit would change without a word."""

_NBSP = "\u00a0"
_NARROW_NBSP = "\u202f"
_SPACES = f" {_NBSP}{_NARROW_NBSP}"
_LONGEST = 48
"""No amount is written longer; beyond it a text is not even looked at."""
_MOST_DIGITS = 18

_FRENCH = re.compile(
    rf"(?P<sign>[+\-\u2212]?)"
    rf"(?P<euros>[0-9]+|[0-9]{{1,3}}(?P<gap>[{_SPACES}])[0-9]{{3}}(?:(?P=gap)[0-9]{{3}})*)"
    rf"(?:,(?P<cents>[0-9]{{2}}))?"
    rf"(?:[{_SPACES}]?€)?"
)
_DECIMAL = re.compile(r"(?P<sign>[+-]?)(?P<euros>[0-9]*)(?:\.(?P<cents>[0-9]{0,2})0{0,3})?")
_DIGITS = re.compile(r"[0-9]+")


def cents_from_french(text: str) -> int:
    """Read an amount in euros as the French write it.

    Decimal comma followed by exactly two digits, or no comma at all (`"12"` is twelve euros): `"12,5"` is refused,
    since nothing says that a digit was not lost. Thousands may be parted by one kind of space (plain, no-break or
    narrow no-break), and then in groups of three throughout. A leading sign and a trailing `€` are accepted, and so
    are spaces around. A point is always refused.

    >>> cents_from_french("1 234,50"), cents_from_french("-12,50 €"), cents_from_french("12")
    (123450, -1250, 1200)
    >>> cents_from_french("12.50")
    Traceback (most recent call last):
    tiers_payant.errors.MoneyError: expected an amount such as '1 234,50', got '99.99'

    Raises:
        MoneyError: The text is in no such form.
    """
    found = _match(_FRENCH, text.strip(_SPACES))
    if found is None:
        raise _refusal("an amount such as '1 234,50'", text)
    return _cents(found["sign"], re.sub(f"[{_SPACES}]", "", found["euros"]), found["cents"] or "", text)


def cents_from_decimal(text: str) -> int:
    """Read an amount in euros with a decimal point, as XML writes it (`xs:decimal`).

    Up to five decimals, as ISO 20022 allows, provided that those after the second are zeros: nothing is ever rounded.
    No thousands separator. A comma is always refused.

    >>> cents_from_decimal("1234.50"), cents_from_decimal("1234.5"), cents_from_decimal("-0.01000")
    (123450, 123450, -1)
    >>> cents_from_decimal("12,50")
    Traceback (most recent call last):
    tiers_payant.errors.MoneyError: expected an amount such as '1234.50', got '99,99'

    Raises:
        MoneyError: The text is in no such form, or is worth a fraction of a cent.
    """
    found = _match(_DECIMAL, text.strip(" \t\r\n"))
    if found is None or not (found["euros"] or found["cents"]):
        raise _refusal("an amount such as '1234.50'", text)
    return _cents(found["sign"], found["euros"], found["cents"] or "", text)


def cents_from_digits(text: str) -> int:
    """Read an unsigned amount in cents, digits only, as fixed-width records write it (the decimals are implied).

    The sign stands in another field of such a record, and a blank field means what its layout says: neither is
    accepted here.

    >>> cents_from_digits("0001250")
    1250

    Raises:
        MoneyError: Something else than 1 to 18 ASCII digits.
    """
    if _match(_DIGITS, text) is None or len(text) > _MOST_DIGITS:
        raise _refusal("1 to 18 digits", text)
    return int(text)


def format_cents(cents: int) -> str:
    r"""Write an amount for a French reader, with no-break spaces; `cents_from_french` reads it back.

    >>> format_cents(1250), format_cents(-123456789)
    ('12,50\xa0€', '-1\xa0234\xa0567,89\xa0€')
    """
    euros, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{euros:,}".replace(",", _NBSP) + f",{rest:02d}{_NBSP}€"


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return pattern.fullmatch(text) if len(text) <= _LONGEST else None


def _cents(sign: str, euros: str, decimals: str, text: str) -> int:
    digits = euros + decimals.ljust(2, "0")
    if len(digits) > _MOST_DIGITS:
        raise _refusal("at most 18 digits", text)
    return -int(digits) if sign in ("-", "\u2212") else int(digits)


def _refusal(expected: str, text: str) -> MoneyError:
    return MoneyError(f"expected {expected}, got '{shape(text)}'")
