"""Who pays behind a bank line's text: a dated, many-to-many table; a platform is not the insurer that owes."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

import attrs

from tiers_payant.domain._donnees import read_builtin, structure

__all__ = ["Payeur", "Payeurs", "load_payeurs", "plain_text"]

_NEVER = re.compile(r"(?!)")
_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}


def plain_text(text: str) -> str:
    """Return *text* in capitals, without accents, each run of other signs as one space.

    >>> plain_text("Virement  reçu C.P.A.M. d'Exemple")
    'VIREMENT RECU C P A M D EXEMPLE'
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return " ".join(plain.upper().translate(_SIGNS).split())


@attrs.frozen(kw_only=True)
class Payeur:
    """One payer as bank lines name it."""

    id: str
    nom: str
    textes: tuple[str, ...]
    """How its name begins on bank lines, as `plain_text` leaves it."""
    emetteurs: frozenset[str]
    """Kinds of sender of the returns that it pays."""
    du: dt.date | None = None
    """First day on which it pays under that name, where the source gives one; told, not judged by."""
    au: dt.date | None = None
    """Last day."""
    confiance: str
    """A two sources that agree, B one with support, C one alone."""
    source: str


@attrs.frozen(kw_only=True)
class Payeurs:
    """Every payer known; the longest text that fits a bank line names its payer."""

    payeurs: tuple[Payeur, ...]
    _pattern: re.Pattern[str] = attrs.field(init=False, repr=False, eq=False)
    _by_text: dict[str, Payeur] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        by_text = {text: payeur for payeur in self.payeurs for text in payeur.textes}
        longest_first = sorted(by_text, key=lambda text: (-len(text), text))
        anyone = re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + ")") if by_text else _NEVER
        object.__setattr__(self, "_by_text", by_text)
        object.__setattr__(self, "_pattern", anyone)

    def named_in(self, text: str) -> Payeur | None:
        """Return the payer that *text*, as `plain_text` leaves it, names first; None when it names none."""
        found = self._pattern.search(text)
        return self._by_text[found.group()] if found else None

    def with_payeurs(self, more: Iterable[Payeur]) -> Payeurs:
        """Return a table in which *more* replace the payers of the same id and complete the others."""
        by_id = {payeur.id: payeur for payeur in (*self.payeurs, *more)}
        return Payeurs(payeurs=tuple(by_id.values()))


@attrs.frozen(kw_only=True)
class _Table:
    sources: dict[str, str]
    payeur: tuple[Payeur, ...]


@cache
def load_payeurs() -> Payeurs:
    """Load the payers that the library knows."""
    return Payeurs(payeurs=structure(read_builtin("payeurs.toml"), _Table, "payeurs.toml").payeur)
