"""Layouts are data: one TOML file per family of records, which proves itself when it is loaded.

A field is written as the specification prints it: first and last column, from 1, both included. Every field carries
the confidence in its position: A two sources that agree, B one source with support, C one source only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from importlib import resources
from itertools import pairwise
from typing import Any, Literal

import attrs
import cattrs

from tiers_payant.errors import LayoutError

__all__ = [
    "CONFIDENCES",
    "Action",
    "Changement",
    "Field",
    "Layout",
    "Record",
    "layout_names",
    "load_layout",
    "make_field",
    "parse_layout",
]

FieldType = Literal[
    "constante", "texte", "chiffres", "entier", "cents", "date", "signe", "cents_signes", "blanc"
]  # fmt: skip
DateFormat = Literal["AAMMJJ", "JJMMAA", ""]
Confidence = Literal["A", "B", "C"]
Action = Literal["remplace", "ajoute", "retire"]

CONFIDENCES = ("A", "B", "C")

_BLANKS: Mapping[FieldType, Callable[[Field], str]] = {
    "constante": lambda field: field.value,
    "texte": lambda field: " " * field.width,
    "chiffres": lambda field: " " * field.width,
    "blanc": lambda field: " " * field.width,
    "signe": lambda field: " ",
    "entier": lambda field: "0" * field.width,
    "cents": lambda field: "0" * field.width,
    "date": lambda field: "0" * field.width,
    "cents_signes": lambda field: "0" * (field.width - 1) + "{",
}

_CONVERTER = cattrs.Converter(forbid_extra_keys=True)


def _exactly(value: object, kind: type) -> object:
    """Take a value of TOML as it is: a number is no text, a text no number."""
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected")
    return value


for _kind in (str, int, bool):
    _CONVERTER.register_structure_hook(_kind, _exactly)

_WIDTHS = {"entier": (1, 18), "cents": (1, 18), "cents_signes": (2, 18), "date": (6, 6), "signe": (1, 1)}
"""Least and most characters of the types that are computed: 18 digits are what a signed 64-bit column holds."""
_SHORTEST, _LONGEST = 8, 4096
"""Digits are read eight characters at a time: no record may be shorter. None of these formats has one this long."""


@attrs.frozen(kw_only=True)
class Field:
    """One field of a record, at fixed columns."""

    id: str
    first: int
    last: int
    type: FieldType
    confidence: Confidence
    """Confidence in the position."""
    value: str = ""
    """The characters of a `constante`, which every record repeats."""
    format: DateFormat = ""
    enum: str = ""
    """The list of values that it takes its codes from."""
    decimals: str = ""
    """The field of the same record that says how many decimals the amount has."""
    required: bool = False
    """Whether a blank is wrong."""
    label: str = ""
    """What it is, in French."""
    note: str = ""
    source: str = ""
    """Keys of the sources of its layout, when they are not those of its record."""

    @property
    def width(self) -> int:
        return self.last - self.first + 1


@attrs.frozen(kw_only=True, eq=False)
class Record:
    """One record: its fields cover its length, without gap or overlap. Two records are equal when they are one."""

    id: str
    label: str
    length: int
    source: str
    fields: tuple[Field, ...]
    note: str = ""

    def __attrs_post_init__(self) -> None:
        names = [field.id for field in self.fields]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise LayoutError(f"record {self.id}: {', '.join(twice)} declared twice")
        if not self.fields or self.fields[0].first != 1 or self.fields[-1].last != self.length:
            raise LayoutError(f"record {self.id}: the fields do not cover columns 1 to {self.length}")
        if not _SHORTEST <= self.length <= _LONGEST:
            limit = f"shorter than {_SHORTEST}" if self.length < _SHORTEST else f"longer than {_LONGEST}"
            raise LayoutError(f"record {self.id}: {limit} characters")
        for left, right in pairwise(self.fields):
            if right.first != left.last + 1:
                found = "overlaps" if right.first <= left.last else "leaves a gap before"
                raise LayoutError(f"record {self.id}: {left.id} {found} {right.id}")
        for field in self.fields:
            self._check(field)

    def _check(self, field: Field) -> None:
        where = f"record {self.id}: {field.id}"
        if field.width < 1:
            raise LayoutError(f"{where}: ends before it starts")
        if not field.value.isascii():
            raise LayoutError(f"{where}: the constant is not ASCII")
        least, most = _WIDTHS.get(field.type, (1, self.length))
        if not least <= field.width <= most:
            raise LayoutError(f"{where}: {field.type} cannot be of {field.width} characters")
        if field.type == "constante" and len(field.value) != field.width:
            raise LayoutError(f"{where}: the constant is not {field.width} characters")
        if (field.type == "date") != bool(field.format):
            raise LayoutError(f"{where}: a date, and only a date, has a format")
        if field.decimals and field.decimals not in {other.id for other in self.fields}:
            raise LayoutError(f"{where}: no field {field.decimals} to hold its decimals")

    @cached_property
    def _by_id(self) -> Mapping[str, Field]:
        return {field.id: field for field in self.fields}

    @cached_property
    def blank(self) -> bytes:
        """The record in which nothing is said: constants, zeros for numbers and dates, spaces for texts."""
        return "".join(_BLANKS[field.type](field) for field in self.fields).encode("latin-1")

    def field(self, name: str) -> Field:
        """Return the field of that id.

        Raises:
            LayoutError: The record has none.
        """
        try:
            return self._by_id[name]
        except KeyError:
            raise LayoutError(f"record {self.id}: no field {name}") from None

    def confidence_of(self, names: Iterable[str]) -> dict[str, str]:
        """Return the confidence in each field, under the name `record.field`."""
        return {f"{self.id}.{name}": self.field(name).confidence for name in names}


@attrs.frozen(kw_only=True)
class Changement:
    """One thing that an override did to a layout."""

    fichier: str
    """File of the override."""
    action: Action
    record: str
    field: str = ""
    """Empty when the record itself is meant."""
    source: str = ""
    """What the vendor rests on, in full."""
    avant: str = ""
    """What stood there: columns, type and confidence of a field; empty when it is new."""
    apres: str = ""
    """What stands there now; empty when it was removed."""

    def __str__(self) -> str:
        """Say it as the screen does, in French."""
        what = f"{self.record}.{self.field}" if self.field else self.record
        return f"{what} {self.action} par {self.fichier}"


@attrs.frozen(kw_only=True)
class Layout:
    """A family of records, where it comes from, and its lists of values."""

    id: str
    reference: str
    version: str
    label: str
    encoding: str
    sources: Mapping[str, str]
    enums: Mapping[str, Mapping[str, str]]
    records: Mapping[str, Record]
    extra: Mapping[str, Any] = attrs.field(factory=dict)
    """What the reader of this family needs besides positions: lists of words, what enters a control sum."""
    fragments: Mapping[str, tuple[Field, ...]] = attrs.field(factory=dict)
    """Fields that records share at their start."""
    retires: Mapping[str, Record] = attrs.field(factory=dict)
    """Records that an override removed: the reader takes them for unknown."""
    changements: tuple[Changement, ...] = ()
    """What overrides did to the built-in table."""

    def __attrs_post_init__(self) -> None:
        for record in self.records.values():
            self._check_sources(record)
            for field in record.fields:
                if field.enum and field.enum not in self.enums:
                    raise LayoutError(f"{self.id}: record {record.id}: {field.id}: unknown list {field.enum}")

    @property
    def confiance_min(self) -> str:
        """The weakest confidence of all its fields."""
        grades = (field.confidence for record in self.records.values() for field in record.fields)
        return max(grades, default="")

    @property
    def surcharges(self) -> tuple[str, ...]:
        """What overrides changed, as a result that rests on it tells."""
        return tuple(map(str, self.changements))

    def record(self, code: str) -> Record:
        """Return a record, also one that an override removed: there are none of it in a file, and it has columns.

        Raises:
            LayoutError: There never was such a record.
        """
        found = self.records.get(code) or self.retires.get(code)
        if found is None:
            raise LayoutError(f"{self.id}: no record {code}")
        return found

    def _check_sources(self, record: Record) -> None:
        cited = {record.source, *(field.source for field in record.fields)}
        keys = {key.strip() for text in cited for key in text.split(",") if key.strip()}
        unknown = sorted(keys - self.sources.keys())
        if unknown or not record.source:
            raise LayoutError(f"{self.id}: record {record.id}: source {', '.join(unknown) or 'missing'}")


def layout_names() -> tuple[str, ...]:
    """Return the name of every built-in layout, in alphabetical order."""
    folder = resources.files("tiers_payant.formats").joinpath("layouts")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


@cache
def load_layout(name: str) -> Layout:
    """Load and prove the built-in layout of that name.

    Raises:
        LayoutError: There is none, or it contradicts itself.
    """
    path = resources.files("tiers_payant.formats").joinpath("layouts", f"{name}.toml")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LayoutError(f"no layout {name}") from None
    return parse_layout(text)


def parse_layout(text: str) -> Layout:
    """Read a layout from its TOML text and prove it.

    Raises:
        LayoutError: The text is no TOML, misses a key, has one too many, or contradicts itself.
    """
    try:
        data = tomllib.loads(text)
        fragments = {fragment["id"]: fragment["fields"] for fragment in data.get("fragment", [])}
        records = [_record(record, fragments) for record in data.get("record", [])]
        known = {"layout", "sources", "enums", "fragment", "record"}
        return Layout(
            **data["layout"],
            sources=data.get("sources", {}),
            enums=data.get("enums", {}),
            records=_unique(records),
            fragments={
                name: tuple(make_field(field, f"fragment {name}") for field in fields)
                for name, fields in fragments.items()
            },
            extra={key: value for key, value in data.items() if key not in known},
        )
    except tomllib.TOMLDecodeError as error:
        raise LayoutError(f"not TOML: {error}") from error
    except (KeyError, TypeError) as error:
        raise LayoutError(f"a key is missing or unknown: {error}") from error


def _record(data: Mapping[str, Any], fragments: Mapping[str, list[dict[str, Any]]]) -> Record:
    where = f"record {data.get('id', 'without id')}"
    try:
        fields = [*fragments[data["extends"]], *data["fields"]] if "extends" in data else data["fields"]
        return Record(
            **{key: value for key, value in data.items() if key not in ("extends", "fields")},
            fields=tuple(make_field(field, where) for field in fields),
        )
    except (KeyError, TypeError) as error:
        raise LayoutError(f"{where}: a key is missing or unknown: {error}") from error


def make_field(data: Any, where: str) -> Field:
    """Build a field from its table of TOML.

    Raises:
        LayoutError: A key is missing, unknown or of the wrong type; it tells *where*.
    """
    if not isinstance(data, Mapping):
        raise LayoutError(f"{where}: a field is a table of TOML")
    try:
        return _CONVERTER.structure(data, Field)
    except cattrs.BaseValidationError as error:
        named = f"{where}: {data['id']}" if "id" in data else where
        raise LayoutError(f"{named}: {'; '.join(cattrs.transform_error(error))}") from error


def _unique(records: Iterable[Record]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for record in records:
        if record.id in found:
            raise LayoutError(f"record {record.id} declared twice")
        found[record.id] = record
    return found
