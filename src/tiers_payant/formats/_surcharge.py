"""One override file: which files of which format it is for, and what it removes, replaces and adds there.

[layout]
id = "noemie"                 # the built-in layout to correct
reference = "578"             # only files of these references; all of them when left out
version = "02"                # only this version of them
valid_from = 2026-01-01       # only files dated in these days, both included
valid_to = 2026-12-31

[sources]
CDC = "the text that the vendor holds"

[[replace]]                   # what is said replaces what the built-in table says, the rest stays
record = "198"
source = "CDC"
confidence = "A"
fields = [{ id = "etat", note = "what the text says of it" }]

[[add]]                       # fields of a record, or a whole record when there is none of that id
[[remove]]                    # fields by id, or a whole record when no field is named
[enums.DETTE]                 # values of a list, added or replaced; a list that is new
[listes.DETTE]                # its source and confidence
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import attrs

from tiers_payant.errors import LayoutError
from tiers_payant.formats._layout import CONFIDENCES, Action

__all__ = ["Operation", "Surcharge", "parse_surcharge"]

_RECORD = re.compile(r"[0-9A-Za-z_]{1,20}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,59}")
_HELD = 256
"""Override files kept understood: more than any vendor has."""

_TOP: Mapping[str, type] = {
    "layout": dict, "sources": dict, "enums": dict, "listes": dict, "replace": list, "add": list, "remove": list,
}  # fmt: skip
_LAYOUT: Mapping[str, type] = {"id": str, "reference": str, "version": str, "valid_from": dt.date, "valid_to": dt.date}
_CHANGE: Mapping[str, type] = {
    "record": str, "source": str, "confidence": str, "label": str, "note": str, "length": int, "fields": list,
}  # fmt: skip
_LISTE: Mapping[str, type] = {"source": str, "confidence": str, "label": str, "note": str, "open": bool}
_KEYS: Mapping[str, Mapping[str, type]] = {
    "replace": _CHANGE,
    "add": {**_CHANGE, "extends": str},
    "remove": {"record": str, "source": str, "fields": list},
}
_ACTIONS: Mapping[str, Action] = {"remove": "retire", "replace": "remplace", "add": "ajoute"}
"""The tables of a file, in the order in which they are done."""


@attrs.frozen(kw_only=True)
class Operation:
    """One table of an override: what is done to a record, or to some of its fields."""

    fichier: str
    action: Action
    record: str
    sources: tuple[str, ...]
    """Keys of the sources that it rests on, as the merged layout names them."""
    source: str
    """The same, in full."""
    fields: tuple[Mapping[str, Any], ...] = attrs.field(default=(), eq=False)
    """For each field, what is said of it; only its `id` when it is removed."""
    said: Mapping[str, Any] = attrs.field(factory=dict, eq=False)
    """What is said of the record: `label`, `length`, `note`, `extends`."""


@attrs.frozen(kw_only=True, eq=False)
class Surcharge:
    """What one file says."""

    fichier: str
    layout: str
    references: tuple[str, ...]
    version: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    sources: Mapping[str, str]
    enums: Mapping[str, Mapping[str, str]]
    listes: Mapping[str, Mapping[str, Any]]
    """For each of the lists, its `source` and `confidence`, and what else is said of it."""
    operations: tuple[Operation, ...]

    @property
    def rang(self) -> int:
        """How narrowly it is meant: the narrower comes after, and has the last word."""
        return bool(self.references) + bool(self.version)

    @property
    def is_dated(self) -> bool:
        """Whether it is for some days only."""
        return self.valid_from is not None or self.valid_to is not None

    def applies(self, reference: str, version: str, jour: dt.date | None) -> bool:
        """Tell whether it is for a file of this reference and version, dated *jour*; not when that cannot be known."""
        if self.references and reference not in self.references:
            return False
        if self.version and version != self.version:
            return False
        if not self.is_dated:
            return True
        return jour is not None and (self.valid_from or dt.date.min) <= jour <= (self.valid_to or dt.date.max)


_LONGEST_LINE = 2000
"""Characters. A key of a hundred thousand parts would keep the parser busy for a minute."""


@lru_cache(maxsize=_HELD)
def parse_surcharge(fichier: str, texte: str) -> Surcharge:
    """Understand one file, without looking at the layout that it corrects.

    Raises:
        LayoutError: The text is no TOML, or no override; the file, and the record when there is one, are told.
    """
    if any(len(line) > _LONGEST_LINE for line in texte.splitlines()):
        raise LayoutError(f"{fichier}: a line of more than {_LONGEST_LINE} characters")
    try:
        data = tomllib.loads(texte)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise LayoutError(f"{fichier}: not TOML: {reason}") from None
    top = _taken(data, fichier, _TOP, needed=("layout",))
    head = _taken(top["layout"], f"{fichier}: [layout]", _LAYOUT, needed=("id",))
    sources = _texts(top.get("sources", {}), f"{fichier}: [sources]")
    surcharge = Surcharge(
        fichier=fichier,
        layout=head["id"],
        references=tuple(part.strip() for part in head.get("reference", "").split(",") if part.strip()),
        version=head.get("version", "").strip(),
        valid_from=head.get("valid_from"),
        valid_to=head.get("valid_to"),
        sources={_own(fichier, key): text for key, text in sources.items()},
        enums={name: _texts(values, f"{fichier}: [enums.{name}]") for name, values in top.get("enums", {}).items()},
        listes={name: _liste(name, said, fichier, sources) for name, said in top.get("listes", {}).items()},
        operations=tuple(_operation(fichier, name, table, sources) for name in _ACTIONS for table in top.get(name, [])),
    )
    _check(surcharge)
    return surcharge


def _check(surcharge: Surcharge) -> None:
    if surcharge.version and not surcharge.references:
        raise LayoutError(f"{surcharge.fichier}: a version is the version of a reference, and none is given")
    if (surcharge.valid_from or dt.date.min) > (surcharge.valid_to or dt.date.max):
        raise LayoutError(f"{surcharge.fichier}: valid_to is before valid_from")
    if not surcharge.operations and not surcharge.enums:
        raise LayoutError(f"{surcharge.fichier}: nothing is replaced, added or removed")
    alone = sorted(surcharge.enums.keys() ^ surcharge.listes.keys())
    if alone:
        raise LayoutError(
            f"{surcharge.fichier}: list {alone[0][:60]!r}: [enums] says its values, [listes] their source"
        )


def _operation(fichier: str, name: str, table: object, sources: Mapping[str, str]) -> Operation:
    keys = _taken(table, f"{fichier}: [[{name}]]", _KEYS[name], needed=("record", "source"))
    code = keys["record"]
    where = f"{fichier}: record {code}"
    if not _RECORD.fullmatch(code):
        raise LayoutError(f"{fichier}: [[{name}]]: a record is named by letters and digits")
    cited = _cited(keys["source"], where, sources)
    fields = tuple(_field(field, where, name, keys.get("confidence")) for field in keys.get("fields", []))
    for said in fields:
        if "source" in said:
            said["source"] = ", ".join(_own(fichier, key) for key in _cited(said["source"], where, sources))
    if name != "remove" and not fields and not keys.keys() & {"label", "length", "note"}:
        raise LayoutError(f"{where}: nothing is said of it")
    return Operation(
        fichier=fichier,
        action=_ACTIONS[name],
        record=code,
        sources=tuple(_own(fichier, key) for key in cited),
        source="; ".join(sources[key] for key in cited),
        fields=fields,
        said={key: keys[key] for key in ("label", "length", "note", "extends") if key in keys},
    )


def _cited(text: object, where: str, sources: Mapping[str, str]) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip()) if isinstance(text, str) else ()
    missing = [key for key in keys if key not in sources]
    if missing or not keys:
        raise LayoutError(f"{where}: source {', '.join(missing) or 'missing'}: each override states its own")
    return keys


def _field(data: object, where: str, name: str, confidence: str | None) -> dict[str, Any]:
    """Return what is said of a field, its confidence included: a position is nothing without it."""
    said = {"id": data} if name == "remove" else data
    if not isinstance(said, dict) or not isinstance(said.get("id"), str):
        raise LayoutError(f"{where}: fields are {'names' if name == 'remove' else 'tables with an id'}")
    if not _FIELD.fullmatch(said["id"]):
        raise LayoutError(f"{where}: a field is named by small letters, digits and _, not {said['id'][:60]!r}")
    if name == "remove":
        return said
    grade = said.get("confidence", confidence)
    if grade not in CONFIDENCES:
        raise LayoutError(f"{where}: {said['id']}: confidence is A, B or C, and is to be stated")
    return {**said, "confidence": grade}


def _own(fichier: str, key: str) -> str:
    """Name a source apart from those of the built-in table and of other files: two vendors may both write CDC."""
    return f"{key}@{fichier.replace(',', '_')}"


def _liste(name: str, data: object, fichier: str, sources: Mapping[str, str]) -> Mapping[str, Any]:
    where = f"{fichier}: [listes.{name}]"
    said = _taken(data, where, _LISTE, needed=("source", "confidence"))
    if said["confidence"] not in CONFIDENCES:
        raise LayoutError(f"{where}: confidence is A, B or C")
    cited = ", ".join(_own(fichier, key) for key in _cited(said["source"], where, sources))
    return {**said, "source": cited}


def _texts(data: object, where: str) -> Mapping[str, str]:
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise LayoutError(f"{where}: a table of texts is expected")
    return data


def _taken(data: object, where: str, known: Mapping[str, type], needed: Collection[str]) -> Mapping[str, Any]:
    """Return a table of TOML whose keys and types are those known."""
    if not isinstance(data, dict):
        raise LayoutError(f"{where}: a table is expected")
    unknown = sorted(data.keys() - known.keys())
    missing = [key for key in needed if key not in data]
    if unknown or missing:
        raise LayoutError(f"{where}: {', '.join(unknown or missing)} {'unknown' if unknown else 'missing'}")
    for key, value in data.items():
        if type(value) is not known[key]:
            raise LayoutError(f"{where}: {key}: a TOML {_TOML_NAMES[known[key]]} is expected")
    return data


_TOML_NAMES = {dict: "table", list: "array", str: "string", int: "integer", bool: "boolean", dt.date: "date"}
