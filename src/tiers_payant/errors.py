"""What can go wrong, and how it is told.

Two things are kept apart. A broken *input* is a value: a `Problem`, located, with a stable code, handed back
beside what could be read. A broken *call* is an exception, and every exception of this library is a
`TiersPayantError`.

Nothing here ever holds a value read from a file, which may be health data: a problem shows the `shape` of what
was found.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

import attrs

__all__ = [
    "BatchError",
    "CalendarError",
    "CheckError",
    "ColumnError",
    "DecisionError",
    "ExportError",
    "FormatError",
    "GateError",
    "Gravite",
    "IdentifierError",
    "IndicatorError",
    "LawError",
    "LayoutError",
    "LetterError",
    "Location",
    "MoneyError",
    "PassError",
    "PluginError",
    "PolicyError",
    "Problem",
    "ProblemsError",
    "RelanceError",
    "SourceError",
    "TiersPayantError",
    "UnknownRuleError",
    "shape",
]

_LONGEST_SHAPE = 40


def shape(value: str | bytes) -> str:
    """Show what *value* looks like without saying what it is.

    Letters become `A`, digits `9`, control characters `?`; a long value is cut.

    >>> shape("1 85 05 Dupont")
    '9 99 99 AAAAAA'
    """
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    shown = re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", text[: _LONGEST_SHAPE + 1]))
    shown = re.sub(r"[^\x20-\x7e]", "?", shown)
    return shown if len(shown) <= _LONGEST_SHAPE else f"{shown[:_LONGEST_SHAPE]}..."


class Gravite(StrEnum):
    """How much a problem matters to the figures."""

    INFORMATION = "information"
    """Worth knowing; no figure is in doubt."""
    AVERTISSEMENT = "avertissement"
    """A control does not agree, or something was set aside: look at it."""
    ERREUR = "erreur"
    """Something could not be read, and is missing from the figures."""


@attrs.frozen(kw_only=True, order=True)
class Location:
    """Where something stands in a file; prints as editors click it.

    >>> str(Location(file="retour.txt", line=2, column=91, field="montant_cents"))
    'retour.txt:2:91: montant_cents'
    >>> str(Location(file="retour.txt", offset=256, column=91))
    'retour.txt@256:91'
    """

    file: str
    """Name of the file, relative to what the caller gave."""
    line: int | None = None
    """Line, or record of a file without lines, from 1."""
    offset: int | None = None
    """Byte, from 0."""
    column: int | None = None
    """First column of the field in its record, from 1, as the specification prints it."""
    field: str | None = None

    def __str__(self) -> str:
        start = self.file if self.line is not None or self.offset is None else f"{self.file}@{self.offset}"
        place = ":".join(str(part) for part in (start, self.line, self.column) if part is not None)
        return place if self.field is None else f"{place}: {self.field}"


@attrs.frozen
class _Entry:
    gravite: Gravite
    en: str
    fr: str
    fr_un: str
    """The same of one thing alone; as `fr` unless the catalogue tells it apart."""


@cache
def _catalogue() -> Mapping[str, _Entry]:
    text = resources.files("tiers_payant").joinpath("problemes.toml").read_text(encoding="utf-8")
    return {
        code: _Entry(Gravite(entry["gravite"]), entry["en"], entry["fr"], entry.get("fr_un", entry["fr"]))
        for code, entry in tomllib.loads(text).items()
    }


@attrs.frozen(kw_only=True)
class Problem:
    """Something wrong in the input, told as data.

    The words of each code are in `problemes.toml`; *params* fill their gaps and hold counts, gaps in cents, names of
    fields, shapes: never a value of the file.
    """

    code: str
    at: Location
    params: Mapping[str, object] = attrs.field(factory=dict, hash=False)

    def __attrs_post_init__(self) -> None:
        if self.code not in _catalogue():
            raise KeyError(f"{self.code} is not in problemes.toml")

    @property
    def gravite(self) -> Gravite:
        return _catalogue()[self.code].gravite

    @property
    def message(self) -> str:
        """What happened, in English, for developers and logs."""
        return _catalogue()[self.code].en.format_map(self.params)

    @property
    def message_fr(self) -> str:
        """What happened, in French, for the person at the counter."""
        words = _catalogue()[self.code]
        return (words.fr_un if self.params.get("nombre") == 1 else words.fr).format_map(self.params)

    def __str__(self) -> str:
        return f"{self.at}: {self.message}"


class TiersPayantError(Exception):
    """Root of every exception that this library raises."""


class FormatError(TiersPayantError):
    """A broken input, raised where a caller asked for an exception rather than a list of problems."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return str(self.problem)


class ProblemsError(TiersPayantError):
    """Several broken inputs at once; `problems` holds them all, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join([f"{len(self.problems)} problems in the input", *map(str, self.problems)])


class SourceError(TiersPayantError):
    """A path that does not exist, cannot be opened, or holds nothing that could be read."""


class LayoutError(TiersPayantError):
    """A table of data, ours or the user's, is wrong: a gap, an overlap, an unknown name, a row that cannot be read."""


class ColumnError(TiersPayantError):
    """Columns that do not make a table: missing, of unequal lengths, or of the wrong dtype."""


class DecisionError(TiersPayantError, ValueError):
    """A human decision that is none: an identifier missing, nobody who decided, a document of another schema."""


class PassError(TiersPayantError):
    """A pass of the matching, a vendor's perhaps, failed or did not give back what it must; it is named."""


class CheckError(TiersPayantError):
    """A check before sending, a vendor's perhaps, failed, did not give back what it must, or bears another's name."""


class ExportError(TiersPayantError):
    """An export, a vendor's perhaps, failed, or bears another's name; no file was written."""


class IndicatorError(TiersPayantError):
    """What a plugin brings as indicators are none, or two have one name; the plugin is named."""


class GateError(TiersPayantError):
    """A gate of dunning, a vendor's perhaps, failed or did not give back what it must; it is named."""


class PluginError(TiersPayantError):
    """A plugin that cannot be used: a hook that does not exist, another API level, or a fault where none is allowed."""


class LetterError(TiersPayantError):
    """A letter that must not be written, or cannot be: confidential care, an unknown field, a wrong sum."""


class RelanceError(TiersPayantError):
    """Reminders that cannot be recorded: a later day is already, another run is at work, or the history is broken."""


class MoneyError(TiersPayantError, ValueError):
    """A text that is no amount in the form that was asked for."""


class IdentifierError(TiersPayantError, ValueError):
    """A text that is no NIR, provider number, AMC number or CIP; it tells the shape, never the value."""


class PolicyError(TiersPayantError, ValueError):
    """A policy that says what cannot be: a window below zero, or of a payer that the table does not know."""


class CalendarError(TiersPayantError, ValueError):
    """A date or a territory that the calendar does not cover."""


class UnknownRuleError(TiersPayantError, KeyError):
    """No rule of law of that name, or none in force on that date."""

    def __str__(self) -> str:
        return str(self.args[0])


class LawError(TiersPayantError):
    """A law of the matching does not hold: money appeared, vanished or was used twice.

    `infractions` holds each law that was found broken, with its table, its rows and their identifiers.
    """

    def __init__(self, message: str, infractions: Iterable[object] = ()) -> None:
        self.message = message
        self.infractions = tuple(infractions)
        super().__init__(message, self.infractions)

    def __str__(self) -> str:
        return self.message


class BatchError(TiersPayantError):
    """A batch of officines could not be matched where it was sent, so nothing is concluded; it says which and why."""
