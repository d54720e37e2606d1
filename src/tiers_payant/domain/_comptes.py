"""One bank account, one text: what makes the statements of two formats meet.

A CAMT file gives an IBAN, a CFONB file a bank, a branch and an account. A French IBAN holds all three: the 21
characters between its check digits and its RIB key (ISO 13616, registry entries for France and Monaco).
"""

from __future__ import annotations

import re

__all__ = ["canonical_compte", "compte_of_rib", "has_iban_key", "is_iban"]

_FRENCH_IBAN = re.compile(r"(?:FR|MC)[0-9]{2}([0-9]{10}[0-9A-Z]{11})[0-9]{2}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{4,30}")
_PARTED_RIB = re.compile(r"([0-9]{5})[\s./_-]+([0-9]{5})[\s./_-]+([0-9A-Z]{11})(?:[\s./_-]+[0-9]{2})?")
_RIB_AND_KEY = re.compile(r"([0-9]{5})([0-9]{5})([0-9A-Z]{11})([0-9]{2})")
_PREFIX = re.compile(r"^(?:(?:IBAN|RIB)\b\s*:?|IBAN(?=[A-Z]{2}[0-9]{2}))")
_SEPARATORS = re.compile(r"[\s./_-]")
_DIGITS_OF_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
"""What a letter of an account counts for in the RIB key (A and J are 1, S is 2)."""


def canonical_compte(text: str) -> str:
    """Return the account as every format can say it.

    A French or Monegasque IBAN, a RIB with its key, and `bank/branch/account` as this library prints a CFONB account,
    become the 21 characters of bank, branch and account, however they are parted; another IBAN loses its spaces;
    both lose the word `IBAN` before them; anything else is kept as it is. Check digits are not verified: a statement
    is about the account it names, well typed or not. But 23 characters that nothing parts are a RIB when their key is
    that of one.

    >>> canonical_compte("FR76 9999 9000 0100 0000 0000 A97")
    '99999000010000000000A'
    >>> canonical_compte("99999/00001/0000000000A")
    '99999000010000000000A'
    >>> canonical_compte("99999 00001 0000000000A 97"), canonical_compte("99999000010000000000A15")
    ('99999000010000000000A', '99999000010000000000A')
    >>> canonical_compte("GB29 EXMP 6016 1331 9268 19"), canonical_compte("compte 12")
    ('GB29EXMP60161331926819', 'compte 12')
    """
    bare = text.strip()
    upper = _PREFIX.sub("", bare.upper()).strip()
    joined = _SEPARATORS.sub("", upper)
    french = _FRENCH_IBAN.fullmatch(joined)
    if french:
        return french[1]
    spaceless = re.sub(r"\s", "", upper)
    parted = _PARTED_RIB.fullmatch(upper) or _PARTED_RIB.fullmatch(spaceless)
    if parted:
        return "".join(parted.groups())
    if _is_rib(joined):
        return joined[:21]
    return spaceless if _IBAN.fullmatch(spaceless) else bare


def _is_rib(text: str) -> bool:
    """Tell whether *text* is a bank, a branch, an account and the key that goes with them (French RIB, modulo 97)."""
    found = _RIB_AND_KEY.fullmatch(text)
    if not found:
        return False
    bank, branch, account, key = (int(part.translate(_DIGITS_OF_LETTERS)) for part in found.groups())
    return key == 97 - (89 * bank + 15 * branch + 3 * account) % 97


def compte_of_rib(banque: str, guichet: str, compte: str) -> str:
    """Return the 21 characters of a French account from its three parts, each filled with zeros on the left.

    >>> compte_of_rib("99999", "00001", "1234")
    '999990000100000001234'
    """
    return (banque.zfill(5) + guichet.zfill(5) + compte.zfill(11)).upper()


def is_iban(text: str) -> bool:
    """Tell whether *text*, spaces left out, has the shape of an IBAN (ISO 13616): two letters, two digits, the rest.

    >>> is_iban("FR35 9999 9000 0100 0000 0000 A15"), is_iban("99999/00001/0000000000A")
    (True, False)
    """
    return _IBAN.fullmatch(re.sub(r"\s", "", text)) is not None


def has_iban_key(text: str) -> bool:
    """Tell whether *text*, spaces left out, is an IBAN whose check digits hold (ISO 7064, modulo 97).

    >>> has_iban_key("FR35 9999 9000 0100 0000 0000 A15"), has_iban_key("FR35 9999 9000 0100 0000 0000 A51")
    (True, False)
    """
    from stdnum.iso7064 import mod_97_10  # here: stdnum takes longer to import than all the domain

    bare = re.sub(r"\s", "", text)
    return is_iban(bare) and bool(mod_97_10.is_valid(bare[4:] + bare[:4]))
