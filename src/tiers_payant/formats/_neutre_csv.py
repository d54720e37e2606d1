"""One neutral table in a CSV file: its headers, then its rows by blocks of columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, BinaryIO

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import MOST_LISTED, Bruts, Entree, Lecture, ProblemLog, Source, Tables, unescaped
from tiers_payant.errors import shape
from tiers_payant.formats._neutre_assemblage import Rows, assemble
from tiers_payant.formats._neutre_cellules import Cells, Waste, cut, cut_line
from tiers_payant.formats._neutre_flux import LONGEST_LINE, Bloc, Flux, LongueLigne
from tiers_payant.formats._neutre_schema import SCHEMA, Champ, Entete, plain_name, recognise
from tiers_payant.formats._neutre_valeurs import ambiguous_amount, read_column

__all__ = ["FORMAT", "find_headers", "read_csv"]

Ints = npt.NDArray[np.int64]

FORMAT = "neutre-csv"

_SEPARATORS = ";,\t|"
_DIRECTIVE = re.compile(r"#\s*tiers-payant\s*:\s*(.*)")
_SEP = re.compile(r"\"?sep=(.)\"?[\r\n]*", re.IGNORECASE)
"""Line by which a spreadsheet is told the separator."""
_MOST_COMMENTS = 20
"""Lines that begin with `#` looked over before the headers."""
_LONGEST_HEADERS = 1 << 16


@attrs.frozen
class Debut:
    """How a CSV file begins."""

    found: Sequence[Entete]
    """The table, once known: one; none, or several, when it is not."""
    separator: str = ";"
    lines: int = 0
    """Lines to skip before the first row."""
    named: bool = False
    """Whether the file names its table."""


def find_headers(lines: Sequence[str]) -> Debut:
    """Find the headers among the first lines of a file, and what separates them."""
    table, separators = "", _SEPARATORS
    for number, line in enumerate(lines[: _MOST_COMMENTS + 1]):
        if announced := _SEP.fullmatch(line):
            separators = announced[1] if announced[1] in _SEPARATORS else separators
            continue
        bare = line.strip().strip(_SEPARATORS)  # a spreadsheet adds empty cells to a comment
        if bare.startswith("#"):
            told = _DIRECTIVE.match(bare)
            table = plain_name(told[1]) if told else table
        elif bare and len(line) <= _LONGEST_HEADERS:
            best = max((_cut(line, sign, table) for sign in separators), key=_known)
            return attrs.evolve(best, lines=number + 1, named=table != "")
        elif bare:
            break
    return Debut(())


def _cut(line: str, separator: str, table: str) -> Debut:
    return Debut(recognise(cut_line(line.strip("\r\n"), separator), table), separator)


def _known(debut: Debut) -> int:
    return max((len(entete.champs) for entete in debut.found), default=-1)


def read_csv(entree: Entree) -> Lecture:
    """Read one table; a row that cannot be read whole is told and kept raw.

    Raises:
        SourceError: The file cannot be opened.
    """
    log = ProblemLog(entree.nom)
    with entree.flux() as stream:
        reading = _Reading(log)
        size = reading.read(stream)
    tables = reading.tables()
    source = Source(nom=entree.nom, format=FORMAT, reference=SCHEMA, octets=size, enregistrements=reading.records)
    return Lecture(attrs.evolve(tables, sources=(source,), bruts=reading.bruts()), log.problems())


class _Reading:
    """A file while it is read."""

    def __init__(self, log: ProblemLog) -> None:
        self.log = log
        self.records = 0
        self._entete: Entete | None = None
        self._width = 0
        self._separator = ";"
        self._columns: dict[str, list[npt.NDArray[Any]]] = {}
        self._octets: list[npt.NDArray[np.int64]] = []
        self._raw: list[tuple[int, list[bytes]]] = []
        self._raw_end = 0

    def read(self, stream: BinaryIO) -> int:
        """Read the whole of *stream*; return its size."""
        flux = Flux(stream)
        carried: Bloc | None = None
        for piece in flux:
            if isinstance(piece, LongueLigne):
                carried = self._take(carried, last=True) if carried else None
                self._take_long(piece)
                continue
            bloc = carried.joined(piece) if carried else piece
            if self._entete is None:
                rest = self._take_headers(bloc)
                if rest is None:
                    break
                bloc = rest
            carried = self._take(bloc, last=False)
        if carried:
            self._take(carried, last=True)
        if self._entete is None and not len(self.log):
            self.log.add("TABLE_NON_RECONNUE", line=1)
        for name, count in flux.supposed.items():
            self.log.add("ENCODAGE_SUPPOSE", encodage=name, nombre=count)
        return stream.seek(0, 2)

    def tables(self) -> Tables:
        """Return what was read, without its source."""
        octets = np.concatenate([*self._octets, np.empty(0, dtype=np.int64)])
        if self._entete is None or not len(octets):
            return Tables()
        columns = {name: np.concatenate(parts) for name, parts in self._columns.items()}
        return assemble({self._entete.table.nom: Rows(len(octets), octets, columns)})

    def bruts(self) -> Bruts:
        """Return what was not, lines that follow one another as one."""
        code = self._entete.table.nom.encode() if self._entete else b"csv"
        return Bruts.of(
            len(self._raw),
            code=[code] * len(self._raw),
            contenu=_objects([b"".join(parts).decode("latin-1") for _, parts in self._raw]),
            source=[0] * len(self._raw),
            octet=[octet for octet, _ in self._raw],
        )

    def _take_headers(self, bloc: Bloc) -> Bloc | None:
        """Find the headers; return the lines below them, None when the file is no table."""
        lines = bloc.texte.split(b"\n", _MOST_COMMENTS + 1)[: _MOST_COMMENTS + 1]
        debut = find_headers([line.decode("utf-8", "replace") for line in lines])
        if len(debut.found) != 1:
            names = ", ".join(entete.table.nom for entete in debut.found)
            self.log.add("TABLE_AMBIGUE" if names else "TABLE_NON_RECONNUE", line=1, tables=names)
            return None
        (entete,) = debut.found
        for name in entete.absentes:
            self.log.add("COLONNE_ABSENTE", line=debut.lines, field=name, table=entete.table.nom)
        for name in entete.repetes:
            self.log.add("COLONNE_REPETEE", line=debut.lines, field=name, table=entete.table.nom)
        if entete.absentes or entete.repetes:
            return None
        if unknown := entete.inconnues:
            ranks = ", ".join(map(str, unknown[:20]))
            self.log.add(
                "COLONNES_INCONNUES", line=debut.lines, table=entete.table.nom, nombre=len(unknown), rangs=ranks
            )
        self._entete, self._separator, self._width = entete, debut.separator, entete.largeur
        return bloc.after(debut.lines)

    def _take_long(self, line: LongueLigne) -> None:
        self.log.add("LIGNE_DEMESUREE", line=line.ligne, offset=line.octet, limite=LONGEST_LINE)
        self._keep_raw(line.octet, line.contenu, line.ligne, line.ligne + 1)

    def _take(self, bloc: Bloc, *, last: bool) -> Bloc | None:
        """Read the rows of a block; return its end when it goes on in the next."""
        if self._entete is None or not bloc.texte:
            return None
        cells, waste, rest = cut(bloc, self._separator, self._entete.largeur, last=last)
        wrong = np.zeros(len(cells), dtype=np.bool_)
        columns = {
            champ.colonne: self._column(bloc, cells, rank, champ, wrong, en_cents=rank in self._entete.en_cents)
            for rank, champ in self._entete.champs.items()
        }
        for name, column in columns.items():
            self._columns.setdefault(name, []).append(column[~wrong])
        self._octets.append(bloc.octets[cells.lignes[~wrong]])
        self.records += len(cells) + len(waste.debuts)
        self._tell_waste(bloc, waste)
        self._keep_waste(
            bloc, np.concatenate([waste.debuts, cells.lignes[wrong]]), np.concatenate([waste.fins, cells.fins[wrong]])
        )
        return rest

    def _column(
        self, bloc: Bloc, cells: Cells, rank: int, champ: Champ, wrong: npt.NDArray[np.bool_], *, en_cents: bool
    ) -> npt.NDArray[Any]:
        """Read a column; the rows where it cannot be are told, and added to *wrong*."""
        if champ.genre in ("libelle", "codes"):
            return _objects([unescaped(text) for text in cells.texts(rank)])
        texts, odd = cells.codes(rank)
        values = read_column(champ, texts, odd, en_cents=en_cents)
        bad = np.flatnonzero(values.wrong)
        if len(bad):
            self._tell_values(bloc, cells, rank, bad, champ, values.attendu)
            wrong |= values.wrong
        return values.column

    def _tell_values(self, bloc: Bloc, cells: Cells, rank: int, rows: Ints, champ: Champ, attendu: str) -> None:
        found = [cells.text(rank, row) for row in rows[:MOST_LISTED].tolist()]
        doubtful = np.zeros(len(rows), dtype=np.bool_)
        if champ.genre == "cents":
            doubtful[: len(found)] = [ambiguous_amount(text) for text in found]
        for code, mine in (("MONTANT_AMBIGU", doubtful), ("VALEUR_ATTENDUE", ~doubtful)):
            lines = cells.lignes[rows[mine]]
            shapes = [shape(text) for text, own in zip(found, mine.tolist(), strict=False) if own]
            self.log.add_rows(
                code, bloc.octets[lines].tolist(), shapes, lines=(lines + bloc.ligne).tolist(),
                column=rank + 1, field=champ.nom, attendu=attendu,
            )  # fmt: skip

    def _tell_waste(self, bloc: Bloc, waste: Waste) -> None:
        quotes = waste.cellules < 0
        for code, mine in (("GUILLEMETS", quotes), ("CELLULES_NOMBRE", ~quotes)):
            lines = waste.debuts[mine]
            self.log.add_rows(
                code, bloc.octets[lines].tolist(), map(str, waste.cellules[mine].tolist()),
                lines=(lines + bloc.ligne).tolist(), attendu=self._width,
            )  # fmt: skip

    def _keep_waste(self, bloc: Bloc, debuts: Ints, fins: Ints) -> None:
        """Keep raw the lines from each of *debuts* to before each of *fins*."""
        if not len(debuts):
            return
        feeds = np.flatnonzero(np.frombuffer(bloc.texte, dtype=np.uint8) == ord("\n")) + 1
        places = np.append(0, feeds)
        depth = np.zeros(len(places), dtype=np.int64)
        np.add.at(depth, debuts, 1)
        np.add.at(depth, fins, -1)
        edges = np.flatnonzero(np.diff(np.cumsum(depth) > 0, prepend=False, append=False))
        for begin, end in edges.reshape(-1, 2).tolist():
            raw = bloc.texte[places[begin] : places[end]]
            self._keep_raw(int(bloc.octets[begin]), raw, bloc.ligne + begin, bloc.ligne + end)

    def _keep_raw(self, octet: int, raw: bytes, begin: int, end: int) -> None:
        """Keep lines raw; those that follow the last ones kept make one record with them."""
        if begin == self._raw_end:
            self._raw[-1][1].append(raw)
        else:
            self._raw.append((octet, [raw]))
        self._raw_end = end


def _objects(texts: list[str]) -> npt.NDArray[np.object_]:
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    return column
