"""What a reader gathers as it goes: rows, problems, what is kept raw; given back as one lecture, or part by part.

For readers of a vendor, which go line by line or statement by statement. The library's own decode whole columns.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tiers_payant.domain._comptes import canonical_compte
from tiers_payant.domain._genres import DEVISE
from tiers_payant.domain._lectures_lignes import FileInLines
from tiers_payant.domain._lignes_texte import Ligne
from tiers_payant.domain._lignes_trouvees import ReleveOuvert, table_of
from tiers_payant.domain._soldes import Place, check_balances, one_line
from tiers_payant.domain._source import Entree, Source
from tiers_payant.domain._specs import Lecture
from tiers_payant.domain._table import Table
from tiers_payant.domain.tables import Releves, Tables
from tiers_payant.errors import FormatError

__all__ = ["SANS_DEVISE", "LectureBuilder", "whole"]

SANS_DEVISE = "XXX"
"""What ISO 4217 calls no currency; what cannot be read as one must not pass for euros."""


class LectureBuilder(FileInLines):
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
        super().__init__(entree)
        self._format = format_name
        self.reference = reference
        self._releves: list[Place] = []
        self._records = 0

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
        return SANS_DEVISE

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
