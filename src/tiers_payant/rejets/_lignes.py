"""One line of a code table: what its texts may be, and how scopes and codes compare."""

from __future__ import annotations

import datetime as dt
import re
from difflib import get_close_matches

import attrs

from tiers_payant.domain import AMC_SENDERS, FIRST_DAY, JAMAIS_RENVOYEES, LAST_DAY, CodeRejet, Famille, plain_text
from tiers_payant.errors import LayoutError, shape

__all__ = [
    "Cle",
    "check_line",
    "check_resent",
    "cle_of",
    "code_of",
    "famille_of",
    "number_of",
    "overlap",
    "portee_of",
    "tidy",
]

Cle = tuple[str, str]
"""Scope and code, as they compare."""

_DEJA_PAYEES = frozenset({"2900005"})
"""Codes of the AMO that say that a facture is paid already (MÉMO): sending it again is what they refuse."""
_PORTEE = re.compile(r"\*|AMO|AMC|[A-Z]{2}(?::[0-9A-Z]{1,14})?")
_CODE = re.compile(r"[!-~]{1,64}")
_LEFT_OUT = str.maketrans("", "", " -\u00a0\u202f\u2010\u2011\u2013")


def code_of(text: str) -> str:
    """Return a code without its spaces and hyphens; nothing else of it changes: it is opaque.

    Raises:
        LayoutError: It is no code.
    """
    code = text.translate(_LEFT_OUT)
    if not _CODE.fullmatch(code) or code == "*":
        raise LayoutError(f"expected a code of 1 to 64 ASCII signs, got '{shape(text)}'")
    return code


def portee_of(text: str) -> str:
    """Return a scope: `*`, `AMO`, `AMC`, a kind of sender (`CP`), or a kind and a number (`CP:01991`).

    Raises:
        LayoutError: It is none of them.
    """
    portee = text.upper().replace(" ", "")
    if not _PORTEE.fullmatch(portee):
        raise LayoutError(f"expected *, AMO, AMC, or a kind of sender such as CP or CP:01991, got '{shape(text)}'")
    return portee


def famille_of(text: str) -> Famille:
    """Return the family of that name, whatever its case, accents and signs.

    Raises:
        LayoutError: There is none, or it is `INCONNU`, which classifies nothing; the nearest name is suggested.
    """
    name = plain_text(text).replace(" ", "_")
    famille = Famille.__members__.get(name)
    if famille:
        return famille
    names = [known.name for known in Famille if known]
    close = get_close_matches(name, names, n=1)
    hint = f"; did you mean {close[0]}?" if close else f": one of {', '.join(names)}"
    raise LayoutError(f"expected a family, got '{shape(text)}'{hint}")


def tidy(text: str) -> str:
    """Return a text on one line, fit for a file."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def number_of(text: str) -> str:
    """Return the number of a sender as it compares: one file pads it, another does not."""
    return text.lstrip("0") or text


def cle_of(line: CodeRejet) -> Cle:
    """Return the scope and the code of a line, as they compare."""
    kind, colon, number = line.portee.partition(":")
    return f"{kind}{colon}{number_of(number)}", line.code


def check_line(line: CodeRejet) -> CodeRejet:
    """Return a line that a program made, its texts as those of a file are.

    Raises:
        LayoutError: It is no line of a code table.
    """
    given: object = line  # what a plugin brings may be anything
    if not isinstance(given, CodeRejet):
        raise LayoutError(f"expected CodeRejet, got {type(given).__name__}")
    days: list[object] = [line.du, line.au]
    texts: list[object] = [line.portee, line.code, line.libelle, line.source]
    if not all(isinstance(text, str) for text in texts) or not all(day is None or type(day) is dt.date for day in days):
        raise LayoutError("expected texts and dates, got something else")
    famille: object = line.famille
    if not isinstance(famille, Famille) or not famille:
        raise LayoutError("expected a family, and not INCONNU, which classifies nothing")
    if any(day is not None and not FIRST_DAY <= day <= LAST_DAY for day in (line.du, line.au)):
        raise LayoutError(f"expected days from {FIRST_DAY} to {LAST_DAY}; leave out a day that is not known")
    checked = attrs.evolve(
        line,
        portee=portee_of(line.portee),
        code=code_of(line.code),
        libelle=tidy(line.libelle),
        source=tidy(line.source),
    )
    check_resent(checked)
    return checked


def check_resent(line: CodeRejet) -> None:
    """Refuse to classify what an AMO says is paid already as something to be sent again.

    Raises:
        LayoutError: The family of the line does not forbid it.
    """
    kind = line.portee.partition(":")[0]
    of_amc = kind == "AMC" or kind.encode() in AMC_SENDERS
    if line.code in _DEJA_PAYEES and line.famille not in JAMAIS_RENVOYEES and not of_amc:
        names = " or ".join(famille.name for famille in sorted(JAMAIS_RENVOYEES))
        raise LayoutError(f"{line.code} is never sent again: {names}, whoever classifies it")


def overlap(one: CodeRejet, other: CodeRejet) -> bool:
    """Tell whether there is a day on which both are in force."""
    first = max(one.du or dt.date.min, other.du or dt.date.min)
    return first <= min(one.au or dt.date.max, other.au or dt.date.max)
