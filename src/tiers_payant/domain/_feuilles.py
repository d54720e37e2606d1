"""Small tables that people keep in a spreadsheet, as CSV files: read whole or not at all, each fault located.

The neutral files, of any size, have a reader of their own in `formats`; this one is for what a person writes, or what
the officine's software lists: codes, operators, accreditation numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import attrs

from tiers_payant.domain._cases import Reader
from tiers_payant.domain._donnees import MOST_BYTES, read_bytes
from tiers_payant.domain._payeurs import plain_text
from tiers_payant.domain._source import printable
from tiers_payant.errors import LayoutError, Location

__all__ = ["Faults", "Feuille", "Row"]

_SEPARATORS = ";,\t|"
_SEP = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)
"""Line by which a spreadsheet is told the separator."""
_LISTED = 50
"""Faults that are told; more are counted."""


class Faults:
    """What is wrong in one file, gathered so that all of it is told at once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told: list[tuple[int, int, str]] = []

    def add(self, words: str, line: int | None = None, column: int | None = None, field: str | None = None) -> None:
        """Note a fault; *line* and *column* count from 1."""
        at = Location(file=self._name, line=line, column=column, field=field)
        self._told.append((line or 0, column or 0, f"{at}: {words}"))

    def check(self) -> None:
        """Do nothing when nothing was noted.

        Raises:
            LayoutError: One line per fault, in the order of the file.
        """
        if self._told:
            words = [text for _, _, text in sorted(self._told)]
            more = [f"{self._name}: and {len(words) - _LISTED} more"] if len(words) > _LISTED else []
            raise LayoutError("\n".join([*words[:_LISTED], *more]))


@attrs.frozen
class Row:
    """One row."""

    line: int
    """From 1."""
    values: dict[str, Any]
    """By column, as its reader gives them."""
    ranks: Mapping[str, int]
    """Where each column that is there stands, from 0."""

    def fault(self, faults: Faults, column: str, words: str) -> None:
        """Note a fault of one of its cells."""
        rank = self.ranks.get(column)
        faults.add(words, line=self.line, column=None if rank is None else rank + 1, field=column)


@attrs.frozen(kw_only=True)
class Feuille:
    """What one kind of table holds: its columns, in any order, under headers that may have capitals and accents.

    UTF-8, with or without a byte order mark; semicolons, commas, tabs or bars; blank lines, lines that begin with `#`
    and a line `sep=;` are passed over.
    """

    nom: str
    """What errors call it: `code table`."""
    lecteurs: Mapping[str, Reader]
    """How the cells of each column are read; an empty text where an optional column is not there."""
    voulues: tuple[str, ...]
    """The columns that must be there."""
    autres_noms: Mapping[str, str] = attrs.field(factory=dict)
    """Other headers of a column: each with its name."""
    passees: tuple[str, ...] = ()
    """Columns known and not read."""
    fermee: bool = False
    """Whether any other column is a fault, and not left out: where columns are optional, one misspelt would be lost."""
    octets: int = MOST_BYTES
    """How long its files may be."""

    def read(self, path: str | Path) -> tuple[bytes, str]:
        """Return the content of a file, and the name that errors give it.

        Raises:
            SourceError: It cannot be opened, or is no file.
            LayoutError: It is too long to be such a table.
        """
        return read_bytes(Path(path), self.octets), printable(Path(path).name)

    def rows(self, data: bytes, faults: Faults) -> Iterator[Row]:
        """Yield each row whose cells could all be read; the faults of the others are noted.

        Raises:
            LayoutError: It is no such table: nothing of it can be read.
        """
        lines = self._decoded(data, faults).split("\n")
        first, separator, ranks, width = self._headers(lines, faults)
        for line, cells in _cut(lines, first, separator, faults):
            if cells[0].startswith("#") or not any(map(str.strip, cells)):
                continue
            # A cell too many is a separator in a text: what follows it stands in the wrong column.
            if not max(ranks.values()) < len(cells) <= width:
                faults.add(f"expected {width} cells, got {len(cells)}", line=line)
                continue
            row = Row(line, {}, ranks)
            for column, read in self.lecteurs.items():
                try:
                    row.values[column] = read(cells[ranks[column]].strip() if column in ranks else "")
                except LayoutError as error:
                    row.fault(faults, column, str(error))
            if len(row.values) == len(self.lecteurs):
                yield row

    def _decoded(self, data: bytes, faults: Faults) -> str:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
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

    def _headers(self, lines: Sequence[str], faults: Faults) -> tuple[int, str, dict[str, int], int]:
        """Return how many lines come before the rows, the separator, the rank of each column, how many there are."""
        number, separators = _find_headers(lines)
        cut = [(sign, [self._plain(cell) for cell in lines[number - 1].split(sign)]) for sign in separators]
        separator, names = max(cut, key=lambda each: len({*each[1]} & self._known))
        ranks: dict[str, int] = {}
        for rank, name in enumerate(names):
            if name in ranks:
                faults.add("this column stands twice", line=number, column=rank + 1, field=name)
            elif name in self._known:
                ranks[name] = rank
            elif name and self.fermee:
                close = get_close_matches(name, self.lecteurs, n=1)
                hint = f"; did you mean {close[0]}?" if close else f": one of {', '.join(self.lecteurs)}"
                faults.add(f"no column of a {self.nom}{hint}", line=number, column=rank + 1)
        for name in self.voulues:
            if name not in ranks:
                faults.add("this column is missing", line=number, field=name)
        faults.check()
        return number, separator, ranks, len(names)

    def _plain(self, cell: str) -> str:
        name = plain_text(cell.strip().strip('"')).lower().replace(" ", "_")
        return self.autres_noms.get(name, name)

    @property
    def _known(self) -> frozenset[str]:
        return frozenset((*self.lecteurs, *self.passees))


def _find_headers(lines: Sequence[str]) -> tuple[int, str]:
    """Return the line of the headers, from 1, and the separators that may part them; the last line when none is."""
    separators = _SEPARATORS
    for number, line in enumerate(lines, start=1):
        bare = line.strip("\r\n")
        if told := _SEP.fullmatch(bare):
            separators = told[1] if told[1] in _SEPARATORS else separators
        elif bare.strip(_SEPARATORS + " ") and not bare.startswith("#"):
            return number, separators
    return len(lines), separators


def _cut(lines: Sequence[str], first: int, separator: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield the line where each row begins, and its cells; a quoted cell may hold several lines."""
    reader = csv.reader((f"{line}\n" for line in lines[first:]), delimiter=separator, strict=True)
    begin = first + 1
    try:
        for cells in reader:
            line, begin = begin, first + reader.line_num + 1
            if cells:
                yield line, cells
    except csv.Error:
        faults.add("quotes that do not close, or a cell too long: what follows could not be read", line=begin)
