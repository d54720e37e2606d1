"""What a reader gathers as it goes: rows, problems, what is kept raw; given back as one lecture, or part by part.

For readers of a vendor, which go line by line or statement by statement. The library's own decode whole columns.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tiers_payant.domain._comptes import canonical_compte
from tiers_payant.domain._genres import DEVISE
from tiers_payant.domain._lignes_texte import ENCODINGS, LONGEST_LINE, Ligne, RawLine, csv_rows, joined, raw_lines
from tiers_payant.domain._lignes_trouvees import ReleveOuvert, table_of
from tiers_payant.domain._problemes import ProblemLog
from tiers_payant.domain._soldes import Place, check_balances, one_line
from tiers_payant.domain._source import Entree, Source
from tiers_payant.domain._specs import Lecture
from tiers_payant.domain._table import Table
from tiers_payant.domain.tables import Bruts, Releves, Tables
from tiers_payant.errors import FormatError, Location, Problem, ProblemKind, shape

__all__ = ["LectureBuilder", "whole"]

MOST_LINES_OF_RECORD = 60
"""Lines that one record may take: what follows a broken one is not taken with it."""
_NO_CURRENCY = "XXX"
"""What ISO 4217 calls no currency."""
_NAMES = {"utf-8": "UTF-8", "cp1252": "Windows-1252", "latin-1": "Latin-1"}


class LectureBuilder:
    r"""Gathers what a reader finds in one file; `take` gives it as a lecture, with its source.

    Each row knows where it stands, and points to its file; the balances of statements are checked. What is wrong with
    a line is told inside `reading`, and the line is kept raw: nothing of the file vanishes.

    >>> from tiers_payant.domain import CENTIMES, CODE, Factures, JOUR
    >>> genres = {"officine": CODE, "lot_date": JOUR, "lot": CODE, "facture": CODE, "part_amo_cents": CENTIMES}
    >>> book = LectureBuilder(Entree(nom="e.txt", contenu=b"999000019|2026-01-05|001|000000001|12\n9|?\n"), "exemple")
    >>> for line in book.lines():
    ...     with book.reading(line):
    ...         _ = book.add(Factures, line, paiement="05", **line.read(genres, "|"))
    >>> lecture = book.take()
    >>> lecture.tables, str(lecture.problems[0])
    (<Tables of 1 sources: factures=1, bruts=1>, 'e.txt:2: expected 5 cells, got 2: the line is kept raw')
    """

    def __init__(self, entree: Entree, format_name: str, *, reference: str = "") -> None:
        """Begin.

        Args:
            entree: The file.
            format_name: Name of the `FormatSpec`.
            reference: Norm, version or profile that the file follows.
        """
        self._entree = entree
        self._format = format_name
        self.reference = reference
        self._log = ProblemLog(entree.nom)
        self._rows: dict[type[Table], list[dict[str, Any]]] = {}
        self._releves: list[Place] = []
        self._first = 0
        self._place = 0
        self._records = 0

    @property
    def octets(self) -> int:
        """Bytes gone over by `lines` since the last `take`: how large the part has become."""
        return self._place - self._first

    # --- the file, line by line

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

    @contextmanager
    def reading(self, ligne: Ligne) -> Iterator[None]:
        """Read one line, or the lines of one row: what a `FormatError` says of it is told, and it is kept raw.

        The rows that it gave before it failed are taken back.
        """
        before, releves = {table: len(rows) for table, rows in self._rows.items()}, len(self._releves)
        self._records += 1
        try:
            yield
        except FormatError as error:
            for table, rows in self._rows.items():
                del rows[before.get(table, 0) :]
            del self._releves[releves:]
            self._log.add_problem(error.problem)
            self.keep(ligne)

    # --- what is found

    def add(self, table: type[Table], ligne: Ligne | None = None, /, **values: object) -> int:
        """Add one row; return its number, for the columns of other tables that point to it (until the next `take`).

        Columns not given hold nothing. `source` is the file, and `octet` where *ligne* stands.
        """
        rows, kinds = self._rows.setdefault(table, []), table.kinds()
        place = {"source": 0} if "source" in kinds else {}
        if ligne is not None and "octet" in kinds:
            place["octet"] = ligne.octet
        rows.append(place | values)
        return len(rows) - 1

    def open_releve(
        self, ligne: Ligne, *, compte: str = "", devise: str = "EUR", identifiant: str = "", avis: bool = False
    ) -> ReleveOuvert:
        """Begin a bank statement.

        Args:
            ligne: Where it begins.
            compte: As the file writes it; a statement that names none is told.
            devise: ISO currency of the account; what is none is told, and does not pass for euros (`XXX`).
            identifiant: The bank's identifier of the statement.
            avis: Whether it is an advice, which a statement of the same day outranks.
        """
        if not compte:
            self.tell("RELEVE_SANS_COMPTE", ligne)
        shown = one_line(compte)
        number = self.add(
            Releves,
            ligne,
            compte=canonical_compte(shown).encode("ascii", "replace"),
            compte_affiche=shown,
            devise=self._devise(ligne, devise),
            identifiant=one_line(identifiant),
            avis=avis,
        )
        self._releves.append(Place(line=ligne.numero, offset=ligne.octet))
        return ReleveOuvert(self.add, number, self._rows[Releves][number])

    def _devise(self, ligne: Ligne, text: str) -> str:
        try:
            return str(ligne.cell(text, DEVISE, field="devise"))
        except FormatError as error:
            self._log.add_problem(error.problem)
        return _NO_CURRENCY

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

    # --- what is given back

    def take(self) -> Lecture:
        """Return all that was gathered since the last time, and begin the next part.

        Raises:
            ColumnError: A value that was added cannot be one of its column: a defect of the reader.
        """
        names = {table: name for name, table in Tables.kinds().items()}
        tables: dict[str, Any] = {names[table]: table_of(table, rows) for table, rows in self._rows.items()}
        source = Source(
            nom=self._entree.nom,
            format=self._format,
            reference=self.reference,
            octets=self.octets,
            enregistrements=self._records,
        )
        found = Tables(sources=(source,), **tables)
        check_balances(found.releves, found.virements, self._releves, self._log)
        self._rows, self._releves, self._first, self._records = {}, [], self._place, 0
        return Lecture(found, self._log.take())


def whole(read_parts: Callable[[Entree, int], Iterator[Lecture]]) -> Callable[[Entree], Lecture]:
    """Make the `read` of a format from its `read_parts`: all the file is one part.

    A generator that takes from its `LectureBuilder` whenever `octets` is reached, and at the end, is both.
    """

    def read(entree: Entree) -> Lecture:
        (lecture,) = read_parts(entree, sys.maxsize)
        return lecture

    return read
