"""Who pays behind a bank line's text: a dated, many-to-many table; a platform is not the insurer that owes."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import attrs

from tiers_payant.domain._donnees import read_builtin, read_path, structure
from tiers_payant.errors import LayoutError

__all__ = ["Payeur", "Payeurs", "load_payeurs", "plain_text", "read_payeurs"]

_NEVER = re.compile(r"(?!)")
_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}
_CUT_FIELD, _CUT_NAME = 24, 8
"""A field this long may have been cut by the bank, which cuts names to 24-35 characters (public corpus of 2018); and
fewer characters of a name, at its end, name nobody."""
_TEXT = re.compile(r"[A-Z0-9]+(?: [A-Z0-9]+)*")


def plain_text(text: str) -> str:
    """Return *text* in capitals, without accents, each run of other signs as one space.

    >>> plain_text("Virement  reçu C.P.A.M. d'Exemple")
    'VIREMENT RECU C P A M D EXEMPLE'
    """
    if not text:
        return ""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return " ".join(plain.upper().translate(_SIGNS).split())


def _texts(payeur: object, field: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    wrong = [text for text in value if not _TEXT.fullmatch(text)]
    if wrong:
        raise LayoutError(f"textes: expected capitals and digits, single spaces between, got {wrong[0]!r}")


def _named(payeur: object, field: attrs.Attribute[Any], value: str) -> None:
    if not value:
        raise LayoutError(f"{field.name}: expected a text")


def _graded(payeur: object, field: attrs.Attribute[Any], value: str) -> None:
    if value not in ("A", "B", "C"):
        raise LayoutError(f"confiance: expected A, B or C, got {value!r}")


@attrs.frozen(kw_only=True)
class Payeur:
    """One payer as bank lines name it. The same id may stand in several entries, one for each time or name.

    Raises:
        LayoutError: A text is not as `plain_text` leaves it, or the days are the wrong way round; the field is told.
    """

    id: str = attrs.field(validator=_named)
    nom: str
    textes: tuple[str, ...] = attrs.field(validator=_texts)
    """How its name begins on bank lines, as `plain_text` leaves it."""
    emetteurs: frozenset[str]
    """Kinds of sender of the returns that it pays."""
    du: dt.date | None = None
    """First booking day on which that text names it; None when it always did."""
    au: dt.date | None = None
    """Last day; None when it still does."""
    confiance: str = attrs.field(default="C", validator=_graded)
    """A two sources that agree, B one with support, C one alone."""
    source: str = ""

    def __attrs_post_init__(self) -> None:
        if self.du and self.au and self.au < self.du:
            raise LayoutError(f"au: {self.au} is before {self.du}")

    def holds_on(self, day: dt.date) -> bool:
        """Say whether its texts name it on *day*."""
        return (self.du or dt.date.min) <= day <= (self.au or dt.date.max)


@attrs.frozen(eq=False)
class _Index:
    """The texts of the payers that hold at one time."""

    by_text: dict[str, Payeur]
    pattern: re.Pattern[str]
    texts: list[str]

    @classmethod
    def of(cls, payeurs: Iterable[Payeur]) -> _Index:
        by_text = {text: payeur for payeur in payeurs for text in payeur.textes}
        longest_first = sorted(by_text, key=lambda text: (-len(text), text))
        anyone = re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + ")") if by_text else _NEVER
        return cls(by_text, anyone, sorted(by_text))

    def named_in(self, text: str) -> Payeur | None:
        found = self.pattern.search(text)
        if len(text) < _CUT_FIELD:
            return self.by_text[found.group()] if found else None
        if found:
            # A short name may begin a longer one that the bank cut: as long as a cut name is, it says more.
            rest = text[found.start() :]
            longer = self._cut(rest) if len(rest) >= _CUT_FIELD else None
            return longer or self.by_text[found.group()]
        tails = (text[word.start() :] for word in re.finditer(r"\S+", text))
        return next((cut for tail in tails if len(tail) >= _CUT_NAME and (cut := self._cut(tail))), None)

    def _cut(self, tail: str) -> Payeur | None:
        """Return the one payer whose text begins with *tail* and goes on."""
        first = bisect_right(self.texts, tail)
        last = bisect_left(self.texts, f"{tail}\x7f")
        payeurs = {self.by_text[text].id: self.by_text[text] for text in self.texts[first:last]}
        return next(iter(payeurs.values())) if len(payeurs) == 1 else None


@attrs.frozen(kw_only=True)
class Payeurs:
    """Every payer known; the longest text that fits a bank line names its payer.

    Raises:
        LayoutError: One text names two payers on the same day.
    """

    payeurs: tuple[Payeur, ...]
    _days: tuple[dt.date, ...] = attrs.field(init=False, repr=False, eq=False)
    _indexes: tuple[_Index, ...] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        _check_texts(self.payeurs)
        firsts = {payeur.du for payeur in self.payeurs if payeur.du}
        afters = {payeur.au + dt.timedelta(days=1) for payeur in self.payeurs if payeur.au and payeur.au < dt.date.max}
        days = tuple(sorted(firsts | afters))
        held = ([one for one in self.payeurs if one.holds_on(day)] for day in (dt.date.min, *days))
        object.__setattr__(self, "_days", days)
        object.__setattr__(self, "_indexes", tuple(_Index.of(payeurs) for payeurs in held))

    def named_in(self, text: str, day: dt.date | None = None) -> Payeur | None:
        """Return the payer that a field names first; None when it names none.

        A field of 24 characters or more may have been cut by the bank. What is left of a name at its end, eight
        characters at least, names the payer when it begins the names of no other.

        Args:
            text: The field, as `plain_text` leaves it.
            day: When the line was booked: who did not pay under that name on that day is not named. None for today's
                names, those without a last day.
        """
        return self._indexes[bisect_right(self._days, day or dt.date.max)].named_in(text)

    def with_payeurs(self, more: Iterable[Payeur]) -> Payeurs:
        """Return a table in which *more* replace the entries of the same ids and complete the others.

        A text that *more* claim is theirs alone: it is taken away from the other entries that it named until then.

        Raises:
            LayoutError: Two of *more* claim one text on the same day.
        """
        added = tuple(more)
        ids, taken = {payeur.id for payeur in added}, {text for payeur in added for text in payeur.textes}
        kept = [
            attrs.evolve(payeur, textes=tuple(text for text in payeur.textes if text not in taken))
            for payeur in self.payeurs
            if payeur.id not in ids
        ]
        return Payeurs(payeurs=(*kept, *added))


def _meet(one: Payeur, other: Payeur) -> bool:
    """Say whether there is a day on which both hold."""
    first = max(one.du or dt.date.min, other.du or dt.date.min)
    return first <= min(one.au or dt.date.max, other.au or dt.date.max)


def _check_texts(payeurs: tuple[Payeur, ...]) -> None:
    by_text: dict[str, list[Payeur]] = {}
    for payeur in payeurs:
        for text in dict.fromkeys(payeur.textes):
            by_text.setdefault(text, []).append(payeur)
    for text, named in by_text.items():
        for one, other in combinations(named, 2):
            if _meet(one, other):
                ids = " and ".join(sorted((one.id, other.id)))
                raise LayoutError(f"textes: {text!r} names two payers on the same day, {ids}")


@attrs.frozen(kw_only=True)
class _Table:
    payeur: tuple[Payeur, ...]
    sources: dict[str, str] = attrs.field(factory=dict)


def read_payeurs(path: str | Path) -> tuple[Payeur, ...]:
    """Read the payers of a TOML file: tables `[[payeur]]` with the fields of `Payeur`, and `[sources]` when wanted.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: It is no TOML, or an entry is no payer; the file, the entry (from 0) and the field are told.
    """
    file = Path(path)
    return structure(read_path(file), _Table, file.name).payeur


def load_payeurs(extra: str | Path | Iterable[str | Path] = ()) -> Payeurs:
    """Load the payers that the library knows, completed and replaced by those of *extra*.

    Args:
        extra: TOML files as for `read_payeurs`; in no order, since two that claim one text contradict each other.

    Raises:
        SourceError: A file cannot be opened.
        LayoutError: A file holds no payers, or two entries claim one text on the same day.
    """
    files = [extra] if isinstance(extra, str | Path) else list(extra)
    more = [payeur for file in files for payeur in read_payeurs(file)]
    return _builtin().with_payeurs(more) if more else _builtin()


@cache
def _builtin() -> Payeurs:
    return Payeurs(payeurs=structure(read_builtin("payeurs.toml"), _Table, "payeurs.toml").payeur)
