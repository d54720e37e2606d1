"""Tables to neutral rows, then to CSV or JSON: the mirror of `_neutre_assemblage`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Table, Tables, escaped, write_rows
from tiers_payant.errors import ColumnError
from tiers_payant.formats._neutre_assemblage import is_told
from tiers_payant.formats._neutre_json import LARGEST, MOST_VALUES, count_values
from tiers_payant.formats._neutre_schema import SCHEMA, Champ, TableNeutre, neutral_tables, words_written

__all__ = ["csv_tables", "write_csv_table", "write_json"]

Column = npt.NDArray[Any]

_BLOCK = 1 << 14
"""Rows written at a time: what bounds the memory of a writer."""

_POINTED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "lot_rang": ("lots", {"destinataire": "destinataire", "nom_officine": "nom_officine"}),
    "facture_rang": ("factures", {name: name for name in ("officine", "lot_date", "lot", "facture")}),
    "releve": ("releves", {"releve": "identifiant", "avis": "avis"}),
    "groupe": (
        "groupes",
        {
            "virement_date": "date", "virement_libelle": "libelle_1", "virement_libelle_2": "libelle_2",
            "virement_organisme": "organisme", "virement_part": "part",
        },
    ),
    "retour": (
        "retours",
        {
            "retour_date": "date", "retour_reference": "reference", "emetteur_type": "emetteur_type",
            "emetteur": "emetteur",
        },
    ),
}  # fmt: skip
"""For each pointer of a table: where it points, and the neutral columns that are found there."""

_PRINT = 12
"""Characters of a return's fingerprint that name it: enough to tell a pharmacy's returns apart."""


def csv_tables(tables: Tables) -> tuple[str, ...]:
    """Return the neutral tables that a CSV can hold and that have rows in *tables*."""
    return tuple(name for name, table in neutral_tables().items() if table.csv and len(getattr(tables, name)))


def write_csv_table(tables: Tables, name: str, out: BinaryIO) -> None:
    """Write one table: UTF-8 with a byte order mark, semicolons, decimal commas, as a French spreadsheet opens it.

    A text that a spreadsheet would take for a formula has an apostrophe before it, which the reader takes off.

    Raises:
        KeyError: *name* is no neutral table that a CSV can hold.
    """
    table = neutral_tables()[name]
    if not table.csv:
        raise KeyError(name)
    view = _View(tables)
    champs = view.told(table)
    rows = (
        cells
        for block in view.blocks(table)
        for cells in zip(
            *(list(map(_CSV[champ.genre], view.values(table, champ, block))) for champ in champs), strict=True
        )
    )
    write_rows(out, [champ.nom for champ in champs], rows)


def write_json(tables: Tables, out: BinaryIO) -> None:
    """Write every table that has rows as one document; what is absent in a row has no key.

    Raises:
        ColumnError: The document would be refused when read: more than `LARGEST` bytes, or `MOST_VALUES` values. It is
            written in part.
    """
    size = values = 0
    for text in _document(tables):
        size, values = size + len(text), values + count_values(text)
        if size > LARGEST or values > MOST_VALUES:
            raise ColumnError(
                f"a JSON document holds {LARGEST >> 20} MB and {MOST_VALUES} values at most: write CSV files"
            )
        out.write(text)


def _document(tables: Tables) -> Iterator[bytes]:
    view = _View(tables)
    yield f'{{"schema": {json.dumps(SCHEMA)}'.encode()
    for name, table in neutral_tables().items():
        if len(getattr(tables, name)):
            yield f',\n"{name}": ['.encode()
            separator = "\n"
            for row in _objects(view, table):
                yield f"{separator}{json.dumps(row, ensure_ascii=False)}".encode("utf-8", "replace")
                separator = ",\n"
            yield b"\n]"
    yield b"\n}\n"


def _objects(view: _View, table: TableNeutre) -> Iterator[dict[str, Any]]:
    champs = view.told(table)
    for rows in view.blocks(table):
        columns = [map(_JSON[champ.genre], view.values(table, champ, rows)) for champ in champs]
        for values in zip(*columns, strict=True):
            yield {
                champ.colonne: value
                for champ, value in zip(champs, values, strict=True)
                if value is not None or champ.requis
            }


class _View:
    """Tables, seen as neutral rows."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._retours = _names_of_retours(tables)
        self._groupes = _names_of_groupes(tables)

    def blocks(self, table: TableNeutre) -> Iterable[slice]:
        length = len(getattr(self._tables, table.nom))
        return (slice(begin, min(begin + _BLOCK, length)) for begin in range(0, length, _BLOCK))

    def told(self, table: TableNeutre) -> list[Champ]:
        """Return the columns that say something, and those that must be there."""
        every = slice(None)
        return [champ for champ in table.champs if champ.requis or is_told(self._column(table, champ, every)).any()]

    def values(self, table: TableNeutre, champ: Champ, rows: slice) -> list[Any]:
        """Return the values of a column as plain Python; words for the values of a list."""
        column = self._column(table, champ, rows)
        if champ.genre != "liste":
            return (
                [value.decode("latin-1") for value in column.tolist()] if column.dtype.kind == "S" else column.tolist()
            )
        words = words_written(champ.words)
        return [words.get(value, "") for value in column.tolist()]

    def _column(self, table: TableNeutre, champ: Champ, rows: slice) -> Column:
        held: Table = getattr(self._tables, table.nom)
        kinds = held.kinds()
        for pointer, (target, names) in _POINTED.items():
            if pointer in kinds and champ.nom in names:
                return _followed(getattr(self._tables, target), names[champ.nom], getattr(held, pointer)[rows])
        if champ.nom in ("retour", "virement"):
            named, pointer = (self._retours, "retour") if champ.nom == "retour" else (self._groupes, "groupe")
            return _pick(named, getattr(held, pointer)[rows], b"")
        if champ.colonne not in kinds:
            return np.full(len(held), "", dtype=object)[rows]
        column: Column = getattr(held, champ.colonne)[rows]
        return column


def _followed(target: Table, name: str, rows: npt.NDArray[np.int32]) -> Column:
    return _pick(getattr(target, name), rows, target.kinds()[name].absent)


def _pick(column: Column, rows: npt.NDArray[np.int32], absent: Any) -> Column:
    if not len(column):
        return np.full(len(rows), absent, dtype=column.dtype)
    picked: Column = np.where(rows >= 0, column[rows], np.array(absent, dtype=column.dtype))
    return picked


def _names_of_retours(tables: Tables) -> Column:
    """Name each return: as the neutral file that told it, else by its fingerprint."""
    names = [
        told if told and reference == "" else mark[:_PRINT] or f"R{row}".encode()
        for row, (told, mark, reference) in enumerate(
            zip(tables.retours.fichier.tolist(), tables.retours.empreinte.tolist(), _references(tables), strict=True)
        )
    ]
    return np.array(names or [b""], dtype="S")[: len(names)]


def _references(tables: Tables) -> list[str]:
    """Return, for each return, what tells it from one of a neutral file: empty for these."""
    references = ["" if source.reference == SCHEMA else "natif" for source in tables.sources]
    return [references[source] if source >= 0 else "natif" for source in tables.retours.source.tolist()]


def _names_of_groupes(tables: Tables) -> Column:
    """Name each announced transfer: as its file does, else by its rank in its return, from 1."""
    counts: dict[int, int] = {}
    names = []
    for retour, told in zip(tables.groupes.retour.tolist(), tables.groupes.identifiant.tolist(), strict=True):
        counts[retour] = counts.get(retour, 0) + 1
        names.append(told or str(counts[retour]).encode())
    return np.array(names or [b""], dtype="S")[: len(names)]


# --- values


def _euros(cents: int) -> str:
    euros, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{euros},{rest:02d}"


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _or_none(value: Any) -> Any:
    return value or None


def _same(value: Any) -> Any:
    return value


_CSV: Mapping[str, Callable[[Any], Any]] = {
    "texte": escaped,
    "libelle": escaped,
    "date": _day,
    "cents": _euros,
    "liste": _same,
    "ouinon": lambda value: "oui" if value else "non",
    "codes": escaped,
}
_JSON: Mapping[str, Callable[[Any], Any]] = {
    "texte": _or_none,
    "libelle": _or_none,
    "date": _day,
    "cents": _same,
    "entier": _same,
    "liste": _or_none,
    "ouinon": _same,
    "codes": lambda value: value.split() or None,
}
