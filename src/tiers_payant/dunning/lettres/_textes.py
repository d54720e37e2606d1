"""Texts made safe for paper and for screens, whoever wrote them, and the French of sums and days."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import attrs

from tiers_payant.domain import Canal, Courrier
from tiers_payant.errors import LayoutError, LetterError

__all__ = ["CANAUX", "clean", "cleaned", "iban", "jour", "pluriel", "wrapped"]

MOST_LETTERS = 1000
"""No name, no line of an address, no mention is longer."""
_DROPPED = {"Cc", "Cf", "Cn", "Co", "Cs", "Mc", "Me", "Mn", "Sk", "So"}
"""Controls, marks that change the direction or have no width, private and unassigned characters, accents that belong
to no letter, pictures."""
_KEPT = "°©®™"
_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1f\x85\u2028\u2029]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
"""Of a contact: it names files and messages."""
_MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip

CANAUX: Mapping[Canal, str] = {
    Canal.PORTAIL: "demande sur le portail",
    Canal.EMAIL: "courriel",
    Canal.TELEPHONE: "appel téléphonique",
    Canal.LETTRE: "lettre",
    Canal.RECOMMANDE: "lettre recommandée avec avis de réception",
    Canal.RECOUVREMENT: "remise à un professionnel du recouvrement",
}
"""How a contact is told of later."""


def clean(text: str) -> str:
    r"""Return *text* on one line, composed, without what cannot be seen, turns the writing round, or is a picture.

    >>> clean("  Mme\r\n\u202eEXEMPLE\x00\u200b ")
    'Mme EXEMPLE'

    Raises:
        LetterError: It is longer than any name: a file that is none may have been read.
    """
    if len(text) > MOST_LETTERS:
        raise LetterError(f"a text of {len(text)} characters, expected {MOST_LETTERS} at most")
    told = _BREAKS.sub(" ", unicodedata.normalize("NFC", text))
    seen = "".join(one for one in told if one in _KEPT or unicodedata.category(one) not in _DROPPED)
    return re.sub(" {2,}", " ", seen).strip()


def cleaned(courrier: Courrier) -> Courrier:
    """Return the letter with each of its texts clean.

    Raises:
        LetterError: Its id is none, the name of who writes, or of whom it is for, is left empty, or a text is beyond
            measure.
    """
    if _ID.fullmatch(courrier.relance) is None:
        raise LetterError("relance: expected an id of letters, digits and dashes")
    try:
        done: Courrier = _cleaned(courrier)
    except LayoutError as error:  # an address whose town holds nothing that can be seen
        raise LetterError(f"{courrier.relance}: {error}") from None
    if not done.destinataire.nom:
        raise LetterError(f"{done.relance}: the addressee has no name that can be printed")
    if not done.entete.nom:
        raise LetterError(f"{done.relance}: the officine has no name that can be printed")
    if any(not line.facture for line in done.lignes):
        raise LetterError(f"{done.relance}: a facture has no number that can be printed")
    return done


def _cleaned(value: Any) -> Any:
    if type(value) is str:
        return clean(value)
    if isinstance(value, tuple):
        done = tuple(map(_cleaned, value))
        return tuple(one for one in done if one != "")  # a line that is left empty is no line
    if attrs.has(type(value)):
        told = {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
        return attrs.evolve(value, **{name: _cleaned(one) for name, one in told.items()})
    return value


def jour(day: dt.date) -> str:
    r"""Write a day as a letter does.

    >>> jour(dt.date(2026, 3, 1)), jour(dt.date(2026, 12, 25))
    ('1er\xa0mars\xa02026', '25\xa0décembre\xa02026')
    """
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{_MOIS[day.month - 1]}\u00a0{day.year}"


def pluriel(count: int, one: str, several: str) -> str:
    r"""Write a count with its noun.

    >>> pluriel(1, "facture", "factures"), pluriel(3, "facture", "factures")
    ('1\xa0facture', '3\xa0factures')
    """
    return f"{count:,}".replace(",", "\u00a0") + f"\u00a0{one if abs(count) < 2 else several}"


def iban(text: str) -> str:
    r"""Write an IBAN by groups of four, kept on one line.

    >>> iban("FR3599999000010000000000A15")
    'FR35\xa09999\xa09000\xa00100\xa00000\xa00000\xa0A15'
    """
    bare = re.sub(r"\s", "", text).upper()
    return "\u00a0".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def wrapped(text: str, width: int) -> list[str]:
    """Cut a line at its spaces so that none is longer; a word that is longer is cut too.

    >>> wrapped("RESIDENCE DES EXEMPLES", 12)
    ['RESIDENCE', 'DES EXEMPLES']
    """
    lines = [""]
    for word in text.split(" "):
        for piece in (word[at : at + width] for at in range(0, max(len(word), 1), width)):
            joined = f"{lines[-1]} {piece}".strip()
            if len(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(piece)
    return lines
