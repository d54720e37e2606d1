"""Small words of French sentences: days, amounts, one or several."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

__all__ = ["counted", "enumerated", "insecable", "jour_texte", "jours_apres", "percent"]

_INSECABLES = re.compile(r"(?<=[^\s]) (?=[:;!?»](?:\s|$))|(?<=«) ")


def jour_texte(day: dt.date | None) -> str:
    """Write a day as a French reader does; `?` when it is not known."""
    return "?" if day is None else f"{day:%d/%m/%Y}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Write a number and its noun, in the singular below two.

    >>> counted(1, "virement"), counted(3, "virement")
    ('1 virement', '3 virements')
    """
    digits = f"{number:,}".replace(",", "\u00a0")
    return f"{digits} {singular if number < 2 else plural or singular + 's'}"


def percent(rate: float) -> str:
    """Write a rate in percent, without the sign.

    >>> percent(0.0251)
    '2,5'
    """
    return f"{100 * rate:.1f}".replace(".", ",")


def insecable(text: str) -> str:
    r"""Keep signs with their word, as French writes them: no line begins with a colon.

    >>> insecable("À surveiller : « taux » ?").split(" ")
    ['À', 'surveiller\xa0:', '«\xa0taux\xa0»\xa0?']
    """
    return _INSECABLES.sub("\u00a0", text)


def enumerated(words: Iterable[str]) -> str:
    """Write a list of words: `a, b et c`."""
    *first, last = words
    return f"{', '.join(first)} et {last}" if first else last


def jours_apres(days: int | None, event: str) -> str:
    """Say how many days a thing happened after *event*, or before it.

    >>> jours_apres(2, "l'annonce"), jours_apres(0, "l'annonce"), jours_apres(-1, "l'annonce")
    ("2 jours après l'annonce", "le jour de l'annonce", "1 jour avant l'annonce")
    """
    if days is None:
        return "à une date inconnue"
    if not days:
        return f"le jour de {event}"
    return f"{counted(abs(days), 'jour')} {'après' if days > 0 else 'avant'} {event}"
