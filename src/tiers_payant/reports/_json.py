"""What the JSON documents of reports share: members written as they are made, the same bytes for the same facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any

__all__ = ["Object", "array_chunks", "entry_chunks", "json_text", "read_schema"]

Object = dict[str, Any]


def json_text(value: object) -> str:
    """Return a value on one line, accents as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def array_chunks(name: str, objects: Iterable[Object]) -> Iterator[str]:
    """Yield a member that is an array, the text of each entry as soon as it is made."""
    yield f',\n"{name}": ['
    yield from entry_chunks(objects)
    yield "]"


def entry_chunks(objects: Iterable[Object]) -> Iterator[str]:
    """Yield the entries of an array, one a line."""
    separator = "\n"
    for value in objects:
        yield separator + json_text(value)
        separator = ",\n"


def read_schema(name: str) -> Object:
    """Return a JSON Schema of the library, by the name of its file."""
    path = resources.files("tiers_payant.reports").joinpath("schemas", name)
    schema: Object = json.loads(path.read_text(encoding="utf-8"))
    return schema
