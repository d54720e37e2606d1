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
    "LawError",
    "LayoutError",
    "LetterError",
    "Location",
    "MoneyError",
    "PassError",
    "PluginError",
    "PolicyError",
    "Problem",
    "ProblemKind",
    "ProblemsError",
    "RelanceError",
    "SourceError",
    "TiersPayantError",
    "UnknownRuleError",
    "kind_of",
    "raised_here",
    "shape",
]

_LONGEST_SHAPE = 40
_LONGEST_NAME = 80


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


def kind_of(value: object) -> str:
    """Name the type of what a plugin raised or gave, whatever it says of itself; `?` for a name that is none of code.

    >>> kind_of(ValueError("1 85 05 Dupont"))
    'ValueError'
    """
    name: str = _TYPE_NAME(type(value))
    return name if name.isidentifier() and len(name) <= _LONGEST_NAME else "?"


_TYPE_NAME = type.__dict__["__name__"].__get__


def raised_here(error: BaseException) -> bool:
    """Tell whether the library itself raised *error*, perhaps called by a plugin: its words quote no value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = trace.tb_frame.f_globals.get("__name__", "") if trace is not None else ""
    return str(module).startswith("tiers_payant.")


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


_CODE = re.compile(r"[A-Z][A-Z0-9_]{2,63}")


@attrs.frozen(kw_only=True)
class ProblemKind:
    """What a code of problem means. The library's stand in `problemes.toml`; a reader of a vendor may bring its own.

    >>> vide = ProblemKind(
    ...     code="MON_LGO_LOT_VIDE", gravite=Gravite.AVERTISSEMENT, en="lot {lot} is empty", fr="Le lot {lot} est vide."
    ... )
    >>> Problem(code=vide.code, at=Location(file="export.txt", line=3), params={"lot": 7}, kind=vide).message_fr
    'Le lot 7 est vide.'

    Raises:
        ValueError: The code is none, or the library's own: nobody changes what a code of ours means.
    """

    code: str
    """Capitals, digits and `_`; begin it with the name of the vendor."""
    gravite: Gravite
    en: str
    """For developers and logs; gaps such as `{nombre}` are filled by the parameters of the problem."""
    fr: str
    """For the person at the counter."""
    fr_un: str = ""
    """The same of one thing alone, where `nombre` is 1; as `fr` when empty."""

    def __attrs_post_init__(self) -> None:
        if _CODE.fullmatch(self.code) is None or self.code in _catalogue():
            raise ValueError(f"{self.code} is no code, or one of the library")


@attrs.frozen
class _Entry:
    """What the library's catalogue says of one code."""

    gravite: Gravite
    en: str
    fr: str
    fr_un: str


@cache
def _catalogue() -> Mapping[str, _Entry]:
    text = resources.files("tiers_payant").joinpath("problemes.toml").read_text(encoding="utf-8")
    return {
        code: _Entry(Gravite(entry["gravite"]), entry["en"], entry["fr"], entry.get("fr_un", ""))
        for code, entry in tomllib.loads(text).items()
    }


@attrs.frozen(kw_only=True)
class Problem:
    """Something wrong in the input, told as data.

    The words of each code are in `problemes.toml`, or in the *kind* that a vendor brings; *params* fill their gaps and
    hold counts, gaps in cents, names of fields, shapes: never a value of the file.

    Raises:
        KeyError: The code is not in the catalogue, and no kind of that code says what it means.
    """

    code: str
    at: Location
    params: Mapping[str, object] = attrs.field(factory=dict, hash=False)
    kind: ProblemKind | None = attrs.field(default=None, repr=False)
    """What a vendor's own code means; None for a code of the library."""

    def __attrs_post_init__(self) -> None:
        if self.kind is None and self.code not in _catalogue():
            raise KeyError(f"{self.code} is not in problemes.toml")
        if self.kind is not None and self.kind.code != self.code:
            raise KeyError(f"{self.code} is told with the words of {self.kind.code}")

    @classmethod
    def of(cls, code: str | ProblemKind, at: Location, params: Mapping[str, object]) -> Problem:
        """Return the problem of a code of the library, or of a vendor's own kind."""
        if isinstance(code, str):
            return cls(code=code, at=at, params=params)
        return cls(code=code.code, at=at, params=params, kind=code)

    @property
    def _words(self) -> ProblemKind | _Entry:
        return self.kind or _catalogue()[self.code]

    @property
    def gravite(self) -> Gravite:
        return self._words.gravite

    @property
    def message(self) -> str:
        """What happened, in English, for developers and logs."""
        return self._words.en.format_map(self.params)

    @property
    def message_fr(self) -> str:
        """What happened, in French, for the person at the counter."""
        words = self._words
        alone = self.params.get("nombre") == 1 and words.fr_un
        return (alone or words.fr).format_map(self.params)

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
    """An export, a vendor's perhaps, that does not exist or failed; its file was not written."""


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
