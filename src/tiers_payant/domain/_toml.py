"""Writing TOML: one text for one value, keys in the order given, a comment before the first use of each key."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["to_toml"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_WIDTH = 116

Comments = Mapping[str, Mapping[str, str]]


def to_toml(data: Mapping[str, Any], comments: Comments | None = None) -> str:
    """Write plain values: texts, integers, booleans, dates, lists of them, tables, and lists of tables.

    What is None is left out. A table of plain values stands on one line; a list of tables has a header for each.

    >>> print(to_toml({"nom": "a", "paliers": [{"code": "b"}]}), end="")
    nom = "a"
    <BLANKLINE>
    [[paliers]]
    code = "b"

    Args:
        comments: For each list of tables, by its dotted name, and for the top, by an empty one: the words of its keys.
    """
    return "\n".join(_lines(data, "", comments or {}, set())).lstrip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: str, comments: Comments, seen: set[tuple[str, str]]) -> Iterator[str]:
    told = {key: value for key, value in table.items() if value is not None}
    lists = {key: value for key, value in told.items() if _is_tables(value)}
    for key, value in told.items():
        if key in lists:
            continue
        yield from _said(path, key, comments, seen)
        yield f"{_key(key)} = {_value(value)}"
    for key, rows in lists.items():
        inner = f"{path}.{key}" if path else key
        for row in rows:
            yield ""
            yield from _said(path, key, comments, seen)
            yield f"[[{'.'.join(map(_key, inner.split('.')))}]]"
            yield from _lines(row, inner, comments, seen)


def _said(path: str, key: str, comments: Comments, seen: set[tuple[str, str]]) -> Iterator[str]:
    if (path, key) not in seen:
        seen.add((path, key))
        yield from (f"# {line}" for line in _wrapped(comments.get(path, {}).get(key, "")))


def _is_tables(value: object) -> bool:
    return isinstance(value, Sequence) and bool(value) and not isinstance(value, str) and isinstance(value[0], Mapping)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items() if each is not None)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def _text(text: str) -> str:
    escaped = _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04X}" if found[0] not in '"\\' else f"\\{found[0]}", text)
    return f'"{escaped}"'


def _wrapped(text: str) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + len(word) < _WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
