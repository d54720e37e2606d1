"""Code tables as CSV files: read whole or not at all, each fault with its line, its column and its name."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import attrs

from tiers_payant.domain import CodeRejet, Confiance, plain_text, printable
from tiers_payant.errors import LayoutError, Location, SourceError, shape
from tiers_payant.rejets._cellules import COLONNES, STUB, unescaped
from tiers_payant.rejets._lignes import (
    FIRST_DAY,
    LAST_DAY,
    check_resent,
    cle_of,
    code_of,
    famille_of,
    overlap,
    portee_of,
    tidy,
)

__all__ = ["parse_codes", "read_codes"]

_WANTED = ("portee", "code", "famille")
_OTHER_NAMES = {
    "organisme": "portee", "payeur": "portee", "scope": "portee", "label": "libelle", "motif": "libelle",
    "family": "famille", "debut": "du", "valid_from": "du", "fin": "au", "valid_to": "au", "confidence": "confiance",
}  # fmt: skip
_SEPARATORS = ";,\t|"
_SEP = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)
_MOST_BYTES = 8 << 20
_LISTED = 50
"""Faults that are told; more are counted."""
_DATE = re.compile(r"(?:(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d\d)/(?P<m2>\d\d)/(?P<y2>\d{4}))", re.ASCII)


class _Faults:
    """What is wrong in one file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told: list[tuple[int, int, str]] = []

    def add(self, words: str, line: int | None = None, column: int | None = None, field: str | None = None) -> None:
        at = Location(file=self._name, line=line, column=column, field=field)
        self._told.append((line or 0, column or 0, f"{at}: {words}"))

    def check(self) -> None:
        """Raise when anything was told."""
        if self._told:
            words = [text for _, _, text in sorted(self._told)]
            more = [f"{self._name}: and {len(words) - _LISTED} more"] if len(words) > _LISTED else []
            raise LayoutError("\n".join([*words[:_LISTED], *more]))


def read_codes(path: str | Path) -> tuple[CodeRejet, ...]:
    """Read the lines of one file.

    Raises:
        SourceError: It cannot be opened.
        LayoutError: It is no code table: one line per fault, each with its place. Nothing of it is kept then.
    """
    file = Path(path)
    name = printable(file.name)
    try:
        if file.exists() and not file.is_file():  # opening a pipe would wait for whoever writes to it
            raise SourceError(f"{name}: not a file")
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise SourceError(f"{name}: {getattr(error, 'strerror', None) or 'no path'}") from None
    return parse_codes(data, name)


def parse_codes(data: bytes, name: str) -> tuple[CodeRejet, ...]:
    """Read the lines of a file's content.

    Raises:
        LayoutError: As for `read_codes`.
    """
    faults = _Faults(name)
    rows = list(_rows(_decoded(data, faults), faults))
    made = [(line, row) for line, cells in rows if (row := _line(cells, line, faults, name))]
    _check_overlaps(made, faults)
    faults.check()
    return tuple(row for _, row in made)


# --- bytes to cells


@attrs.frozen
class _Cell:
    texte: str
    rang: int
    """Column, from 1."""


def _decoded(data: bytes, faults: _Faults) -> str:
    if len(data) > _MOST_BYTES:
        faults.add(f"longer than {_MOST_BYTES} bytes")
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        faults.add("expected UTF-8, got UTF-16: save it as CSV UTF-8", line=1)
    elif not data.strip():
        faults.add("empty")
    faults.check()
    lines = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            faults.add(f"expected UTF-8, got byte {line[error.start]:#04x}: save it as CSV UTF-8", line=number)
            lines.append("")
        if b"\0" in line:
            faults.add("a NUL is no text", line=number)
            lines[-1] = ""
    return "\n".join(lines)


def _rows(text: str, faults: _Faults) -> Iterator[tuple[int, Mapping[str, _Cell]]]:
    """Yield the line of each row, and its cells by column."""
    lines = text.split("\n")
    first, separator, ranks, width = _headers(lines, faults)
    reader = csv.reader((f"{line}\n" for line in lines[first:]), delimiter=separator, strict=True)
    begin = first + 1
    try:
        for cells in reader:
            line, begin = begin, first + reader.line_num + 1
            if not any(map(str.strip, cells)) or cells[0].startswith("#"):
                continue
            if len(cells) != width:
                faults.add(f"expected {width} cells, got {len(cells)}", line=line)
                continue
            yield line, {name: _Cell(cells[rank].strip(), rank + 1) for name, rank in ranks.items()}
    except csv.Error:
        faults.add("quotes that do not close, or a cell too long: what follows could not be read", line=begin)


def _headers(lines: Sequence[str], faults: _Faults) -> tuple[int, str, dict[str, int], int]:
    """Return how many lines come before the first row, the separator, the rank of each column, how many there are."""
    separators, number = _SEPARATORS, len(lines)
    for rank, line in enumerate(lines, start=1):
        bare = line.strip("\r\n")
        if told := _SEP.fullmatch(bare):
            separators = told[1] if told[1] in _SEPARATORS else separators
        elif bare.strip(_SEPARATORS + " ") and not bare.startswith("#"):
            number = rank
            break
    cut = [(sign, [_plain(cell) for cell in lines[number - 1].split(sign)]) for sign in separators]
    separator, names = max(cut, key=lambda each: len({*each[1]} & {*COLONNES, *STUB}))
    ranks: dict[str, int] = {}
    for rank, name in enumerate(names):
        if name in ranks:
            faults.add("this column stands twice", line=number, column=rank + 1, field=name)
        elif name and name not in (*COLONNES, *STUB):
            close = get_close_matches(name, COLONNES, n=1)
            hint = f"; did you mean {close[0]}?" if close else f": one of {', '.join(COLONNES)}"
            faults.add(f"no column of a code table{hint}", line=number, column=rank + 1)
        elif name:
            ranks[name] = rank
    for name in _WANTED:
        if name not in ranks:
            faults.add("this column is missing", line=number, field=name)
    faults.check()
    return number, separator, ranks, len(names)


def _plain(cell: str) -> str:
    name = plain_text(cell.strip().strip('"')).lower().replace(" ", "_")
    return _OTHER_NAMES.get(name, name)


# --- cells to lines


def _line(cells: Mapping[str, _Cell], line: int, faults: _Faults, name: str) -> CodeRejet | None:
    """Return the line that a row makes; None when it is none, which is told, or a code that waits for its family."""
    waits = "nombre" in cells and not cells["famille"].texte
    values: dict[str, Any] = {}
    for column, read in _READERS.items():
        cell = cells.get(column, _Cell("", 0))
        try:
            values[column] = read(cell.texte) if column != "famille" or not waits else None
        except LayoutError as error:
            faults.add(str(error), line=line, column=cell.rang or None, field=column)
    if waits or len(values) < len(_READERS):
        return None
    if values["du"] and values["au"] and values["au"] < values["du"]:
        faults.add("comes before du", line=line, column=cells["au"].rang, field="au")
        return None
    row = CodeRejet(**{**values, "source": values["source"] or name})
    try:
        check_resent(row)
    except LayoutError as error:
        faults.add(str(error), line=line, column=cells["famille"].rang, field="famille")
        return None
    return row


def _read_date(text: str) -> dt.date | None:
    if not text:
        return None
    found = _DATE.fullmatch(text)
    try:
        if found:
            parts = found["y"] or found["y2"], found["m"] or found["m2"], found["d"] or found["d2"]
            day = dt.date(*map(int, parts))
            if FIRST_DAY <= day <= LAST_DAY:
                return day
    except ValueError:  # a thirteenth month
        pass
    raise LayoutError(f"expected a date AAAA-MM-JJ or JJ/MM/AAAA, got '{shape(text)}'")


def _read_confiance(text: str) -> Confiance:
    try:
        return Confiance(text.upper()) if text else Confiance.BASSE
    except ValueError:
        raise LayoutError(f"expected H, M or L, got '{shape(text)}'") from None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "portee": portee_of,
    "code": lambda text: code_of(unescaped(text, code=True)),
    "libelle": lambda text: tidy(unescaped(text)),
    "famille": famille_of,
    "du": _read_date,
    "au": _read_date,
    "source": lambda text: tidy(unescaped(text)),
    "confiance": _read_confiance,
}


def _check_overlaps(made: Sequence[tuple[int, CodeRejet]], faults: _Faults) -> None:
    """Tell each line that says something of a code on a day of which another line of the file already does."""
    by_cle: dict[object, list[tuple[int, CodeRejet]]] = defaultdict(list)
    for line, row in made:
        by_cle[cle_of(row)].append((line, row))
    for rows in by_cle.values():
        ordered = sorted(rows, key=lambda each: (each[1].du or dt.date.min, each[0]))
        _, last = ordered[0]
        before = ordered[0][0]
        for line, row in ordered[1:]:
            if overlap(last, row):
                first, second = sorted((before, line))
                faults.add(f"this scope and code are in force on days of line {first} too", line=second, field="code")
            if (row.au or dt.date.max) >= (last.au or dt.date.max):
                before, last = line, row
