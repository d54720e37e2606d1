"""Neutral tables in one JSON document: names are exact, amounts are whole cents, dates are ISO."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Bruts, Entree, Lecture, ProblemLog, Source
from tiers_payant.errors import shape
from tiers_payant.formats._neutre_assemblage import Rows, assemble
from tiers_payant.formats._neutre_cellules import WIDEST
from tiers_payant.formats._neutre_schema import SCHEMA, Champ, TableNeutre, neutral_tables
from tiers_payant.formats._neutre_valeurs import filled_with_zeros

__all__ = ["FORMAT", "LARGEST", "MOST_VALUES", "count_values", "read_json", "sniff_json"]

Object = dict[str, Any]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FORMAT = "neutre-json"
LARGEST = 1 << 24
"""Bytes of the largest document: it is held whole in memory, several times over. CSV has no such bound."""
MOST_VALUES = 1 << 21
"""Commas and opening brackets of the densest document: each may cost a hundred bytes once parsed. With `LARGEST`, they
keep a document, whatever it holds, to some 400 MB of memory.
"""

_MENTION = re.compile(rb'"schema"\s*:\s*"%s"' % re.escape(SCHEMA).encode())
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_TEXT = 1 << 17
_WRONG = object()
"""Stands for a cell that cannot be read."""


def sniff_json(head: bytes) -> float:
    """Tell how surely *head* opens such a document: 1 when it is JSON that names the schema, else 0."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return 1.0 if text.startswith(b"{") and _MENTION.search(text) else 0.0


def read_json(entree: Entree) -> Lecture:
    """Read the tables of a document; a row that cannot be read whole is told, by its rank, and kept raw.

    Raises:
        SourceError: The file cannot be opened.
    """
    log = ProblemLog(entree.nom)
    with entree.flux() as stream:
        content = stream.read(LARGEST + 1)
    document = _load(content, log)
    parts = {name: _Part(table, document, log) for name, table in neutral_tables().items() if name in document}
    _tell_unknown(document, log)
    tables = assemble({name: part.rows for name, part in parts.items()})
    lost = int((tables.lignes.facture_rang < 0).sum()) if len(tables.lignes) else 0
    lost += 0 if len(tables.factures) or "lignes" not in parts else parts["lignes"].rows.length
    if lost:
        log.add("LIGNES_SANS_FACTURE", field="lignes", nombre=lost)
    if "adresses" in parts and (lost := parts["adresses"].rows.length - len(tables.adresses)):
        log.add("ADRESSES_ECARTEES", field="adresses", nombre=lost)
    raw = [(name, text) for name, part in parts.items() for text in part.raw]
    bruts = Bruts.of(
        len(raw),
        code=[name.encode() for name, _ in raw],
        contenu=np.array([text for _, text in raw], dtype=object),
        source=[0] * len(raw),
    )
    source = Source(
        nom=entree.nom, format=FORMAT, reference=SCHEMA, octets=len(content),
        enregistrements=sum(part.read for part in parts.values()),
    )  # fmt: skip
    return Lecture(attrs.evolve(tables, sources=(source,), bruts=bruts), log.problems())


def count_values(content: bytes) -> int:
    """Count at least the values of a JSON text, without parsing it: commas and opening brackets, in texts too."""
    return sum(map(content.count, (b",", b"{", b"[")))


def _load(content: bytes, log: ProblemLog) -> Object:
    """Return the document; empty when it is none."""
    if len(content) > LARGEST:
        log.add("FICHIER_DEMESURE", limite=LARGEST >> 20)
        return {}
    if count_values(content) > MOST_VALUES:
        log.add("DOCUMENT_TROP_DENSE", limite=MOST_VALUES)
        return {}
    repeated = 0

    def unique(pairs: list[tuple[str, Any]]) -> Object:
        nonlocal repeated
        made = dict(pairs)
        repeated += len(made) != len(pairs)
        return made

    try:
        document = json.loads(content.decode("utf-8-sig"), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        # The words of the exception may quote the file.
        log.add("FICHIER_ILLISIBLE", offset=0, raison=type(error).__name__)
        return {}
    if repeated:
        log.add("CLE_REPETEE", nombre=repeated)
    if isinstance(document, dict) and document.get("schema") == SCHEMA:
        return document
    log.add("VALEUR_ATTENDUE", field="schema", attendu=f"un objet de schéma {SCHEMA}", forme=type(document).__name__)
    return {}


def _tell_unknown(document: Object, log: ProblemLog) -> None:
    unknown = document.keys() - neutral_tables().keys() - {"schema"}
    if unknown:
        log.add("CLES_INCONNUES", table="donnees", nombre=len(unknown))


class _Part:
    """One table of a document."""

    def __init__(self, table: TableNeutre, document: Object, log: ProblemLog) -> None:
        self._table, self._log = table, log
        self.raw: list[str] = []
        """Rows that could not be read; those that follow one another as one."""
        given = document[table.nom]
        if not isinstance(given, list):
            log.add("VALEUR_ATTENDUE", field=table.nom, attendu="une liste", forme=type(given).__name__)
            given = []
        self.read = len(given)
        ranks = np.array([rank for rank, row in enumerate(given) if isinstance(row, dict)], dtype=np.int64)
        lost = np.ones(len(given), dtype=np.bool_)
        lost[ranks] = False
        self._tell(np.flatnonzero(lost), table.nom, "un objet", given)
        objects = [given[rank] for rank in ranks.tolist()]
        wrong = np.zeros(len(objects), dtype=np.bool_)
        columns = self._columns(objects, ranks, wrong)
        lost[ranks[wrong]] = True
        self._keep_raw(given, lost)
        self.rows = Rows(len(objects), np.zeros(len(objects), dtype=np.int64), columns).take(np.flatnonzero(~wrong))

    def _columns(self, objects: Sequence[Object], ranks: Ints, wrong: Mask) -> dict[str, npt.NDArray[Any]]:
        """Return the columns that the rows have, and those that they must have; rows without them become *wrong*."""
        names: set[str] = set().union(*objects)
        known = {champ.colonne for champ in self._table.champs}
        if unknown := len(names - known):
            self._log.add("CLES_INCONNUES", field=self._table.nom, table=self._table.nom, nombre=unknown)
        return {
            champ.colonne: self._column(champ, objects, ranks, wrong)
            for champ in self._table.champs
            if champ.requis or champ.colonne in names
        }

    def _column(self, champ: Champ, objects: Sequence[Object], ranks: Ints, wrong: Mask) -> npt.NDArray[Any]:
        found = [row.get(champ.colonne) for row in objects]
        values = list(map(_Cells(champ), found))
        bad = np.array([value is _WRONG for value in values], dtype=np.bool_)
        rows = np.flatnonzero(bad)
        field = f"{self._table.nom}.{champ.colonne}"
        self._tell(rows, field, _ATTENDUS[champ.genre], found, ranks)
        wrong |= bad
        for row in rows.tolist():
            values[row] = None
        return _array(champ, values)

    def _tell(self, rows: Ints, field: str, attendu: str, values: Sequence[object], ranks: Ints | None = None) -> None:
        lines = (rows if ranks is None else ranks[rows]) + 1
        shapes = (_shape(values[row]) for row in rows.tolist())
        self._log.add_rows(
            "VALEUR_ATTENDUE", [0] * len(rows), shapes, lines=lines.tolist(), field=field, attendu=attendu
        )

    def _keep_raw(self, given: Sequence[object], lost: Mask) -> None:
        edges = np.flatnonzero(np.diff(lost, prepend=False, append=False))
        for begin, end in edges.reshape(-1, 2).tolist():
            self.raw.append(_written(given[begin:end]))


def _shape(value: object) -> str:
    return shape(value) if isinstance(value, str) else type(value).__name__


def _written(rows: Sequence[object]) -> str:
    """Return rows as JSON; when one is too deep to be written, what kind each is."""
    try:
        return json.dumps(rows)
    except RecursionError:
        return json.dumps([type(row).__name__ for row in rows])


# --- values: what a cell means, or None when it is none


class _Cells:
    """Reads the cells of a column: None when empty, `_WRONG` when they mean nothing."""

    def __init__(self, champ: Champ) -> None:
        self._empty = _WRONG if champ.rempli else None
        self._convert = _convert(champ)
        self._known: dict[str, Any] = {}

    def __call__(self, value: object) -> Any:
        if isinstance(value, str):
            if value not in self._known:
                self._known[value] = self._read(value)
            return self._known[value]
        return self._read(value)

    def _read(self, value: object) -> Any:
        if value is None or value == "":
            return self._empty
        found = self._convert(value)
        return _WRONG if found is None else found


def _text(value: object) -> bytes | None:
    if not isinstance(value, str) or not (value.isascii() and value.isprintable() and len(value) <= WIDEST):
        return None
    return value.strip().encode() or None


def _free_text(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair
        return None
    return value


def _date(value: object) -> np.datetime64 | None:
    if not isinstance(value, str) or not _ISO.fullmatch(value):  # Python also takes weeks
        return None
    try:
        return np.datetime64(dt.date.fromisoformat(value), "D")
    except ValueError:
        return None


def _codes(value: object) -> str | None:
    if not isinstance(value, list):
        return None
    codes = [code.decode() for each in value if (code := _text(each)) is not None]
    return " ".join(codes) if len(codes) == len(value) else None


def _convert(champ: Champ) -> Callable[[Any], Any]:
    if champ.genre in ("cents", "entier"):
        most = champ.most
        # A float is refused, even a whole one, and so is `true`, which Python takes for 1.
        return lambda value: value if type(value) is int and -most <= value <= most else None
    if champ.genre == "liste":
        words: Mapping[str, int] = champ.words
        return lambda value: words.get(value) if isinstance(value, str) else None
    return _CONVERTERS[champ.genre]


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    "texte": _text,
    "libelle": _free_text,
    "date": _date,
    "codes": _codes,
    "ouinon": lambda value: value if isinstance(value, bool) else None,
}
_ATTENDUS = {
    "texte": "un texte (lettres sans accent et chiffres)",
    "libelle": "un texte",
    "date": "une date AAAA-MM-JJ",
    "cents": "un nombre entier de centimes",
    "entier": "un nombre entier",
    "liste": "un mot de la liste",
    "ouinon": "true ou false",
    "codes": "une liste de codes",
}
_ABSENT: Mapping[str, tuple[object, Any]] = {
    "texte": (b"", "S"),
    "libelle": ("", object),
    "date": (np.datetime64("NaT"), "datetime64[D]"),
    "cents": (0, np.int64),
    "entier": (0, np.int64),
    "liste": (0, np.int8),
    "ouinon": (False, np.bool_),
    "codes": ("", object),
}


def _array(champ: Champ, values: list[Any]) -> npt.NDArray[Any]:
    absent, dtype = _ABSENT[champ.genre]
    filled = [absent if value is None else value for value in values]
    column: npt.NDArray[Any] = np.array(filled or [absent], dtype=dtype)[: len(values)]
    return filled_with_zeros(column, champ.largeur) if champ.genre == "texte" else column
