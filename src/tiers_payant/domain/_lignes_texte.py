"""The lines of a text file, for readers that go line by line: where each stands, and what its cells hold."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO

import attrs

from tiers_payant.domain._genres import Genre
from tiers_payant.domain._source import Entree
from tiers_payant.errors import FormatError, Location, Problem, ProblemKind, TiersPayantError, shape

__all__ = ["ENCODINGS", "LONGEST_LINE", "Ligne", "RawLine", "csv_rows", "joined", "raw_lines", "read_lines"]

ENCODINGS = ("utf-8", "cp1252")
"""What a text file is taken for unless its reader says otherwise, line by line."""

LONGEST_LINE = 1 << 16
"""Bytes of the longest line that is one of a text file."""
MOST_LINES = 10
"""Lines that one quoted cell may hold."""
_BLOCK = 1 << 16
"""Bytes read at a time: what is held beside the rows is a few times that."""
_BOM = b"\xef\xbb\xbf"


_REFUSALS = (LookupError, ValueError, TiersPayantError)
"""What the reader of a cell may raise."""


@attrs.frozen(kw_only=True)
class Ligne:
    """One line of a text file, or several that make one row."""

    fichier: str
    numero: int
    """From 1."""
    octet: int
    """Byte where it starts, from 0."""
    texte: str = attrs.field(repr=shape)
    """Without its end of line."""
    brut: bytes = attrs.field(repr=False)
    """As the file holds it."""

    def read(self, genres: Mapping[str, Genre], separator: str) -> dict[str, Any]:
        """Cut the line at each *separator* and read its cells: what they hold, by the names of *genres*, in order.

        Raises:
            FormatError: There are more cells, or fewer, than *genres*; or one cannot be read.
        """
        cells = self.texte.split(separator)
        if len(cells) != len(genres):
            raise self.fault("CELLULES_NOMBRE", attendu=len(genres), forme=len(cells))
        try:
            return {name: genre.read(text.strip()) for text, (name, genre) in zip(cells, genres.items(), strict=True)}
        except _REFUSALS:
            pass  # cell by cell, to tell which
        return {
            name: self.cell(text, genre, column=column, field=name)
            for column, (text, (name, genre)) in enumerate(zip(cells, genres.items(), strict=True), start=1)
        }

    def cell(self, text: str, genre: Genre, *, column: int | None = None, field: str | None = None) -> Any:
        """Return what one cell holds.

        Args:
            text: The cell.
            genre: What it should be.
            column: Its rank in the line, from 1.
            field: Its name.

        Raises:
            FormatError: It cannot be read; the problem shows its shape alone.
        """
        try:
            return genre.read(text.strip())
        except _REFUSALS:
            pass
        # Raised outside: what refused the cell may quote it.
        raise self.fault("VALEUR_ATTENDUE", column=column, field=field, attendu=genre.attendu, forme=shape(text))

    def fault(
        self, code: str | ProblemKind, /, *, column: int | None = None, field: str | None = None, **params: object
    ) -> FormatError:
        """Return an exception that tells what is wrong here, to be raised inside `LectureBuilder.reading`."""
        at = Location(file=self.fichier, line=self.numero, offset=self.octet, column=column, field=field)
        return FormatError(Problem.of(code, at, params))


def joined(lines: Sequence[Ligne]) -> Ligne:
    """Return lines that follow one another as one: it stands where the first does."""
    if len(lines) == 1:
        return lines[0]
    return attrs.evolve(
        lines[0], texte="\n".join(line.texte for line in lines), brut=b"".join(line.brut for line in lines)
    )


def csv_rows(lines: Iterator[Ligne], separator: str) -> Iterator[tuple[Ligne, list[str] | None]]:
    """Yield the rows of a CSV file, their cells cut and their quotes removed; None for a line whose quotes are wrong.

    A quoted cell may hold several lines, `MOST_LINES` at most: a quote that stands alone never takes the rest with it.
    """
    waiting: deque[Ligne] = deque()
    while waiting or (waiting := deque(islice(lines, 1))):
        row, cells = [waiting[0]], _cells(waiting[0].texte, separator)
        while cells is None and len(row) < MOST_LINES:
            if len(row) == len(waiting):
                waiting.extend(islice(lines, 1))
            if len(row) == len(waiting):
                break
            row.append(waiting[len(row)])
            cells = _cells(joined(row).texte, separator)
        for _ in row if cells else row[:1]:
            waiting.popleft()
        yield (joined(row), cells) if cells else (row[0], None)


def _cells(text: str, separator: str) -> list[str] | None:
    """Return the cells of a row; None when its quotes are not closed, or not doubled inside a cell."""
    if '"' not in text:
        return text.split(separator)
    try:
        return next(csv.reader([f"{line}\n" for line in text.split("\n")], delimiter=separator, strict=True))
    except csv.Error:
        return None


@attrs.frozen
class RawLine:
    """A line, or a piece of one that is too long, before anything is known of its encoding."""

    numero: int
    octet: int
    brut: bytes
    """With its end of line."""
    entiere: bool
    """Whether it is all of a line that is not too long."""

    def decoded(self, encodings: Sequence[str]) -> tuple[str | None, str]:
        """Return its text, and the encoding that it is in; None when it is in none of them, or not whole."""
        for name in encodings if self.entiere else ():
            try:
                return self.brut.decode(name), name
            except UnicodeDecodeError:
                continue
        return None, ""

    def ligne(self, fichier: str, text: str) -> Ligne:
        return Ligne(fichier=fichier, numero=self.numero, octet=self.octet, texte=text.rstrip("\r\n"), brut=self.brut)


def read_lines(entree: Entree, *encodings: str) -> Iterator[Ligne]:
    """Yield the lines of a file that hold something, in memory that does not grow with it.

    For a second look at a file, beside its reader: lines that are too long, or in none of *encodings* (UTF-8 then
    Windows-1252, unless told otherwise), are passed over. `LectureBuilder.lines` tells them.

    Raises:
        SourceError: The file cannot be opened.
    """
    with entree.flux() as stream:
        for raw in raw_lines(stream):
            text = raw.decoded(encodings or ENCODINGS)[0]
            if text is not None:
                yield raw.ligne(entree.nom, text)


def raw_lines(stream: BinaryIO) -> Iterator[RawLine]:
    """Yield every line; one longer than `LONGEST_LINE` may come in several pieces, none of them whole."""
    block = stream.read(_BLOCK)
    number, octet, rest, long = 1, 0, b"", False
    if block.startswith(_BOM):
        octet, block = len(_BOM), block[len(_BOM) :]
    while block:
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield RawLine(number, octet, line + b"\n", not long and len(line) <= LONGEST_LINE)
            number, octet, long = number + 1, octet + len(line) + 1, False
        if len(rest) > LONGEST_LINE:
            yield RawLine(number, octet, rest, entiere=False)
            octet, rest, long = octet + len(rest), b"", True
        block = stream.read(_BLOCK)
    if rest:
        yield RawLine(number, octet, rest, not long)
