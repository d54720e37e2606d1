"""A file gone over line by line: its lines, rows or records in order, and what is wrong with them told and kept raw."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tiers_payant.domain._lignes_texte import ENCODINGS, LONGEST_LINE, Ligne, RawLine, csv_rows, joined, raw_lines
from tiers_payant.domain._problemes import ProblemLog
from tiers_payant.domain._source import Entree
from tiers_payant.domain._table import Table
from tiers_payant.domain.tables import Bruts
from tiers_payant.errors import Location, Problem, ProblemKind, shape

__all__ = ["FileInLines"]

MOST_LINES_OF_RECORD = 60
"""Lines that one record may take: what follows a broken one is not taken with it."""
_NAMES = {"utf-8": "UTF-8", "cp1252": "Windows-1252", "latin-1": "Latin-1"}


class FileInLines:
    """The part of `LectureBuilder` that goes over the file."""

    def __init__(self, entree: Entree) -> None:
        self._entree = entree
        self._log = ProblemLog(entree.nom)
        self._rows: dict[type[Table], list[dict[str, Any]]] = {}
        self._first = 0
        self._place = 0

    @property
    def octets(self) -> int:
        """Bytes gone over by `lines` since the last `take`: how large the part has become."""
        return self._place - self._first

    def lines(self, *encodings: str) -> Iterator[Ligne]:
        """Yield the lines that hold something; those that cannot be decoded are told, and kept raw.

        Args:
            encodings: Tried in order on each line; UTF-8 then Windows-1252 when none is given.

        Raises:
            SourceError: The file cannot be opened.
        """
        allowed = encodings or ENCODINGS
        supposed: Counter[str] = Counter()
        with self._entree.flux() as stream:
            for raw in raw_lines(stream):
                self._place = raw.octet + len(raw.brut)
                text, name = raw.decoded(allowed)
                if text is None:
                    self._refuse(raw, allowed)
                elif text.strip(" \t\r\n\0\x1a"):
                    supposed[name] += name != allowed[0]
                    yield raw.ligne(self._entree.nom, text)
        for name, count in supposed.items():
            if count:
                self._log.add("ENCODAGE_SUPPOSE", encodage=_NAMES.get(name, name), nombre=count)
        if not self._place:
            self._log.add("FICHIER_VIDE")

    def rows(self, separator: str, *encodings: str) -> Iterator[tuple[Ligne, list[str]]]:
        """Yield the rows of a CSV file with their cells, as `lines` yields its lines; what has wrong quotes is told.

        A quoted cell may hold several lines. The cells are given as they stand: `Ligne.cell` reads one.

        Raises:
            SourceError: The file cannot be opened.
        """
        for line, cells in csv_rows(self.lines(*encodings), separator):
            if cells is None:
                self.tell("GUILLEMETS", line)
                self.keep(line)
            else:
                yield line, cells

    def records(self, begins: re.Pattern[str], *encodings: str) -> Iterator[Ligne]:
        """Yield the records of a file whose records take several lines: each begins at a line that *begins* matches.

        A line before the first record, or beyond `MOST_LINES_OF_RECORD` lines of one, is told and kept raw.

        Raises:
            SourceError: The file cannot be opened.
        """
        record: list[Ligne] = []
        for line in self.lines(*encodings):
            if begins.match(line.texte):
                if record:
                    yield joined(record)
                record = [line]
            elif 0 < len(record) < MOST_LINES_OF_RECORD:
                record.append(line)
            else:
                self.tell("ENREGISTREMENT_INCONNU", line, code="??")
                self.keep(line)
        if record:
            yield joined(record)

    def _refuse(self, raw: RawLine, encodings: tuple[str, ...]) -> None:
        if raw.entiere:
            expected = "un texte en " + " ou ".join(_NAMES.get(name, name) for name in encodings)
            self._log.add("VALEUR_ATTENDUE", line=raw.numero, offset=raw.octet, attendu=expected, forme=shape(raw.brut))
        else:
            self._log.add("LIGNE_DEMESUREE", line=raw.numero, offset=raw.octet, limite=LONGEST_LINE)
        self._keep(raw.brut, raw.octet)

    def keep(self, ligne: Ligne, code: str = "") -> None:
        """Keep a line raw, as a record called *code*: read by nobody, and not lost."""
        self._keep(ligne.brut, ligne.octet, code)

    def _keep(self, brut: bytes, octet: int, code: str = "") -> None:
        self._rows.setdefault(Bruts, []).append({"code": code, "contenu": brut.decode("latin-1"), "octet": octet})

    def tell(
        self, code: str | ProblemKind, ligne: Ligne | None = None, /, *, field: str | None = None, **params: object
    ) -> None:
        """Tell a problem: of one line, or of the whole file.

        Args:
            code: A code of `problemes.toml`, or the vendor's own.
            ligne: Where.
            field: Which column.
            params: What fills its words: counts, gaps, shapes; never a value of the file.
        """
        line, offset = (ligne.numero, ligne.octet) if ligne else (None, None)
        at = Location(file=self._entree.nom, line=line, offset=offset, field=field)
        self._log.add_problem(Problem.of(code, at, params))
