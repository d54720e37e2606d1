from __future__ import annotations

import pytest

from tiers_payant.domain import canonical_compte

COMPTE = "99999000010000000000A"


@pytest.mark.parametrize(
    "text",
    [
        "FR7699999000010000000000A97",
        "fr76 9999 9000 0100 0000 0000 a97",
        "FR76-9999-9000-0100-0000-0000-A97",
        "IBAN FR76 9999 9000 0100 0000 0000 A97",
        "IBAN : FR7699999000010000000000A97",
        "IBANFR7699999000010000000000A97",
        "99999/00001/0000000000A",
        "99999 00001 0000000000A",
        "99999 00001 0000000000A 97",
        "99999-00001-0000000000A-97",
        "99999/00001/0000000000A/97",
        "RIB : 99999 00001 0000000000A 15",
        "99999000010000000000A15",
    ],
)
def test_one_account_in_every_writing(text):
    """
    IBAN or RIB, with its key or without, however it is parted: one account.
    """
    assert COMPTE == canonical_compte(text)


@pytest.mark.parametrize("text", ["99999000010000000000A16", "FR76.9999.9000", "compte 12", "IBAN", "512-000-77"])
def test_text_that_is_no_account_for_sure(text):
    """
    It is kept as it is: 23 characters with the key of another account are not a RIB.
    """
    assert text == canonical_compte(text)


def test_foreign_iban():
    """
    It loses its spaces and the word before it.
    """
    assert "GB29EXMP60161331926819" == canonical_compte("IBAN GB29 EXMP 6016 1331 9268 19")


def test_key_of_letters():
    """
    Letters count by the table of the RIB: this account is the example of ISO 13616 for France.
    """
    assert "20041010050500013M026" == canonical_compte("20041010050500013M02606")
