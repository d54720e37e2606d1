"""Neutral CSV and JSON: every table for a script, or for software without B2.

A CSV file holds one table, known by its headers; a JSON document any of them, under their names. The columns, their
synonyms and what they mean are in `neutre.toml` and in the reference.
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from tiers_payant.domain import FormatSpec, Tables
from tiers_payant.errors import ColumnError
from tiers_payant.formats._neutre_cellules import WIDEST
from tiers_payant.formats._neutre_csv import find_headers, read_csv
from tiers_payant.formats._neutre_ecriture import csv_tables, write_csv_table, write_json
from tiers_payant.formats._neutre_flux import Flux, LongueLigne
from tiers_payant.formats._neutre_json import read_json, sniff_json
from tiers_payant.formats._neutre_schema import SCHEMA, Champ, TableNeutre, neutral_tables

__all__ = [
    "NEUTRE_CSV",
    "NEUTRE_JSON",
    "SCHEMA",
    "csv_tables",
    "donnees_schema",
    "neutral_tables",
    "read_csv",
    "read_json",
    "sniff_csv",
    "sniff_json",
    "write_csv",
    "write_csv_table",
    "write_json",
]


def sniff_csv(head: bytes) -> float:
    """Tell how surely *head* opens a neutral CSV: 1 when it names its table, 0.9 when its headers do, else 0."""
    flux = Flux(io.BytesIO(head))
    first = next(iter(flux), None)
    if first is None or isinstance(first, LongueLigne):
        return 0.0
    debut = find_headers(first.texte.decode("utf-8", "replace").split("\n"))
    if not debut.found:
        return 0.0
    return 1.0 if debut.named else 0.9


def write_csv(tables: Tables, out: BinaryIO) -> None:
    """Write the only neutral table that has rows; the headers of `factures` when none has.

    Raises:
        ColumnError: Several have: one CSV holds one table, `write_csv_table` writes the one that it is told.
    """
    names = csv_tables(tables) or ("factures",)
    if len(names) > 1:
        raise ColumnError(f"one CSV holds one table, not {', '.join(names)}")
    write_csv_table(tables, names[0], out)


def donnees_schema() -> dict[str, Any]:
    """Return the JSON Schema of the JSON document, made from the table of columns; it is the one that is shipped."""
    tables = {
        name: {"type": "array", "description": table.sens, "items": _rows(table)}
        for name, table in neutral_tables().items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "type": "object",
        "required": ["schema"],
        "properties": {"schema": {"const": SCHEMA}, **tables},
    }


def _rows(table: TableNeutre) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [champ.colonne for champ in table.champs if champ.rempli],
        "properties": {champ.colonne: _value(champ) for champ in table.champs},
    }


def _value(champ: Champ) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "texte": {"type": "string", "maxLength": WIDEST, "pattern": "^[ -~]*$"},
        "libelle": {"type": "string"},
        "date": {"type": "string", "format": "date"},
        "cents": {"type": "integer", "minimum": -champ.most, "maximum": champ.most},
        "entier": {"type": "integer", "minimum": -champ.most, "maximum": champ.most},
        "ouinon": {"type": "boolean"},
        "codes": {"type": "array", "items": {"type": "string"}},
        "liste": {"enum": list(champ.words)} if champ.liste else {},
    }
    said = kinds[champ.genre]
    if not champ.rempli:
        said = {"enum": [*said["enum"], None]} if "enum" in said else {**said, "type": [said["type"], "null"]}
    return {"description": champ.sens, **said}


NEUTRE_CSV = FormatSpec(name="neutre-csv", label="Table neutre (CSV)", sniff=sniff_csv, read=read_csv, write=write_csv)
"""One neutral table in a CSV file."""

NEUTRE_JSON = FormatSpec(
    name="neutre-json", label="Tables neutres (JSON)", sniff=sniff_json, read=read_json, write=write_json
)
"""Any neutral tables in a JSON document."""
