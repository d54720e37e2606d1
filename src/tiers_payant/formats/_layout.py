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

__all__ = ["Field", "Layout", "Record", "load_layout", "parse_layout"]

FieldType = Literal[
    "constante", "texte", "chiffres", "entier", "cents", "date", "signe", "cents_signes", "blanc"
]  # fmt: skip
DateFormat = Literal["AAMMJJ", "JJMMAA", ""]
Confidence = Literal["A", "B", "C"]

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

_WIDTHS = {"entier": (1, 18), "cents": (1, 18), "cents_signes": (2, 18), "date": (6, 6), "signe": (1, 1)}
"""Least and most characters of the types that are computed: 18 digits are what a signed 64-bit column holds."""
_SHORTEST = 8
"""Digits are read eight characters at a time: no record may be shorter."""


@attrs.frozen(kw_only=True)
class Field:
    """One field of a record, at fixed columns."""

    id: str
    first: int
    last: int
    type: FieldType
    confidence: Confidence
    value: str = ""
    format: DateFormat = ""
    enum: str = ""
    decimals: str = ""
    required: bool = False
    label: str = ""
    note: str = ""
    source: str = ""

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
        if self.length < _SHORTEST:
            raise LayoutError(f"record {self.id}: shorter than {_SHORTEST} characters")
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

    def __attrs_post_init__(self) -> None:
        for record in self.records.values():
            self._check_sources(record)
            for field in record.fields:
                if field.enum and field.enum not in self.enums:
                    raise LayoutError(f"{self.id}: record {record.id}: {field.id}: unknown list {field.enum}")

    def _check_sources(self, record: Record) -> None:
        cited = {record.source, *(field.source for field in record.fields)}
        keys = {key.strip() for text in cited for key in text.split(",") if key.strip()}
        unknown = sorted(keys - self.sources.keys())
        if unknown or not record.source:
            raise LayoutError(f"{self.id}: record {record.id}: source {', '.join(unknown) or 'missing'}")


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
            fields=tuple(_CONVERTER.structure(field, Field) for field in fields),
        )
    except cattrs.BaseValidationError as error:
        raise LayoutError(f"{where}: {'; '.join(cattrs.transform_error(error))}") from error
    except (KeyError, TypeError) as error:
        raise LayoutError(f"{where}: a key is missing or unknown: {error}") from error


def _unique(records: Iterable[Record]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for record in records:
        if record.id in found:
            raise LayoutError(f"record {record.id} declared twice")
        found[record.id] = record
    return found
