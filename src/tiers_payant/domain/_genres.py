"""What a cell of a text file may hold: how it is read, and what a problem says that it should have been."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import attrs

from tiers_payant.domain._cases import FIRST_DAY, LAST_DAY, day_of, text_of
from tiers_payant.domain._cents import MOST_CENTS, cents_from_french
from tiers_payant.domain._soldes import one_line

__all__ = ["CENTIMES", "CODE", "DEVISE", "JOUR", "MONTANT", "TEXTE", "Genre", "facultatif", "jours", "montants"]

_CENTS = re.compile(r"[+-]?[0-9]{1,15}")
_PART = re.compile(r"AAAA|AA|MM|JJ")
_GROUPS = {
    "AAAA": "(?P<year>[0-9]{4})",
    "AA": "(?P<year>[0-9]{2})",
    "MM": "(?P<month>[0-9]{2})",
    "JJ": "(?P<day>[0-9]{2})",
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_CENTURY = 2000
_LONGEST = 48
"""No amount is written longer."""
_SPACES = " \u00a0\u202f"


@attrs.frozen
class Genre:
    """One kind of cell.

    >>> JOUR.read("05/01/2026"), MONTANT.read("1 234,50"), CENTIMES.read("1250")
    (datetime.date(2026, 1, 5), 123450, 1250)
    """

    attendu: str
    """What it should be, in French: a problem shows it beside the shape of what was found."""
    read: Callable[[str], Any]
    """From the cell, spaces around it removed, to its value; a `ValueError`, a `LookupError` or an error of the library
    refuses it."""


def _bounded(cents: int) -> int:
    if abs(cents) > MOST_CENTS:
        raise ValueError("more cents than a row may hold")
    return cents


def _cents(text: str) -> int:
    if _CENTS.fullmatch(text) is None:
        raise ValueError("no whole number of cents")
    return _bounded(int(text))


def _currency(text: str) -> str:
    if _CURRENCY.fullmatch(text) is None:
        raise ValueError("no currency")
    return text


CODE = Genre("un code (lettres sans accent et chiffres)", text_of)
"""An identifier: 1 to 64 ASCII characters, as it stands, its zeros kept."""
TEXTE = Genre("un texte", one_line)
"""Any text, on one line."""
JOUR = Genre("une date AAAA-MM-JJ ou JJ/MM/AAAA", lru_cache(maxsize=4096)(day_of))
"""A day, from 1900 to 2200."""
MONTANT = Genre("un montant tel que 1 234,50", lambda text: _bounded(cents_from_french(text)))
"""An amount in euros as the French write it (`cents_from_french`), in cents."""
CENTIMES = Genre("un nombre entier de centimes", _cents)
"""An amount in cents, with or without a sign."""


DEVISE = Genre("une devise ISO (EUR)", _currency)
"""A currency: three capitals."""


def facultatif(genre: Genre, absent: object = None) -> Genre:
    """Return the same kind of cell, which may be empty: it is *absent* then.

    >>> facultatif(MONTANT, 0).read("")
    0
    """
    return Genre(f"{genre.attendu}, ou rien", lambda text: genre.read(text) if text else absent)


def jours(forme: str) -> Genre:
    """Return the days written in one form: `JJ/MM/AAAA`, `JJ.MM.AA`, `AAAAMMJJ`; two digits are a year of the 2000s.

    >>> jours("JJ.MM.AA").read("05.01.26")
    datetime.date(2026, 1, 5)

    Raises:
        ValueError: The form does not hold a day, a month and a year, each once.
    """
    parts = sorted(part[:2] for part in _PART.findall(forme))
    if parts != ["AA", "JJ", "MM"]:
        raise ValueError(f"{forme}: expected JJ, MM and AAAA or AA")
    pattern = re.compile(_PART.sub(lambda part: _GROUPS[part[0]], re.escape(forme)))

    @lru_cache(maxsize=4096)
    def read(text: str) -> dt.date:
        found = pattern.fullmatch(text)
        if found is None:
            raise ValueError("no such date")
        year = int(found["year"]) + (0 if len(found["year"]) == len("AAAA") else _CENTURY)
        day = dt.date(year, int(found["month"]), int(found["day"]))
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError("a day out of reach")
        return day

    return Genre(f"une date {forme}", read)


def montants(decimale: str = ",", milliers: str = " ") -> Genre:
    """Return the amounts in euros written with this decimal sign and this one between thousands, in cents.

    One or two decimals, or none; a sign before, `€` after; thousands are parted in groups of three throughout, or not
    at all. A space stands for a no-break space too.

    >>> montants(".", ",").read("-1,234.5"), montants().read("1 234,50 €")
    (-123450, 123450)

    Raises:
        ValueError: The two signs are the same.
    """
    if decimale == milliers or not decimale:
        raise ValueError("expected two different signs")
    gap = f"[{_SPACES}]" if milliers == " " else re.escape(milliers)
    grouped = rf"[0-9]{{1,3}}(?:{gap}[0-9]{{3}})+|" if milliers else ""
    pattern = re.compile(
        rf"(?P<sign>[+\-\u2212]?)[{_SPACES}]?(?P<euros>{grouped}[0-9]{{1,15}})"
        rf"(?:{re.escape(decimale)}(?P<cents>[0-9]{{1,2}}))?[{_SPACES}]?€?"
    )

    def read(text: str) -> int:
        found = pattern.fullmatch(text) if len(text) <= _LONGEST else None
        if found is None:
            raise ValueError("no such amount")
        cents = int(re.sub(r"[^0-9]", "", found["euros"]) + (found["cents"] or "").ljust(2, "0"))
        return _bounded(-cents if found["sign"] in ("-", "\u2212") else cents)

    return Genre(f"un montant tel que 1{milliers}234{decimale}50", read)
