"""One bank account, one text: what makes the statements of two formats meet.

A CAMT file gives an IBAN, a CFONB file a bank, a branch and an account. A French IBAN holds all three: the 21
characters between its check digits and its RIB key (ISO 13616, registry entries for France and Monaco).
"""

from __future__ import annotations

import re

__all__ = ["canonical_compte", "compte_of_rib", "is_iban"]

_FRENCH_IBAN = re.compile(r"(?:FR|MC)[0-9]{2}([0-9]{10}[0-9A-Z]{11})[0-9]{2}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{4,30}")
_RIB = re.compile(r"[0-9]{5}/[0-9]{5}/[0-9A-Z]{11}")


def canonical_compte(text: str) -> str:
    """Return the account as every format can say it.

    A French or Monegasque IBAN, and `bank/branch/account` as this library prints a CFONB account, become the 21
    characters of bank, branch and account; another IBAN loses its spaces; anything else is kept as it is. Check
    digits are not verified: a statement is about the account it names, well typed or not.

    >>> canonical_compte("FR76 9999 9000 0100 0000 0000 A97")
    '99999000010000000000A'
    >>> canonical_compte("99999/00001/0000000000A")
    '99999000010000000000A'
    >>> canonical_compte("GB29 EXMP 6016 1331 9268 19"), canonical_compte("compte 12")
    ('GB29EXMP60161331926819', 'compte 12')
    """
    bare = text.strip()
    joined = re.sub(r"\s", "", bare).upper()
    french = _FRENCH_IBAN.fullmatch(joined)
    if french:
        return french[1]
    if _RIB.fullmatch(joined):
        return joined.replace("/", "")
    return joined if _IBAN.fullmatch(joined) else bare


def compte_of_rib(banque: str, guichet: str, compte: str) -> str:
    """Return the 21 characters of a French account from its three parts, each filled with zeros on the left.

    >>> compte_of_rib("99999", "00001", "1234")
    '999990000100000001234'
    """
    return (banque.zfill(5) + guichet.zfill(5) + compte.zfill(11)).upper()


def is_iban(text: str) -> bool:
    """Tell whether *text*, spaces left out, has the shape of an IBAN (ISO 13616): two letters, two digits, the rest.

    >>> is_iban("FR76 9999 9000 0100 0000 0000 A97"), is_iban("99999/00001/0000000000A")
    (True, False)
    """
    return _IBAN.fullmatch(re.sub(r"\s", "", text)) is not None
