"""Accreditation numbers on disk: a CSV file, since no file of the exchanges holds them."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from tiers_payant.domain import Accreditations, read_bytes
from tiers_payant.errors import ColumnError, Location, shape

__all__ = ["read_accreditations"]

_COLUMNS = ("officine", "lot_date", "lot", "facture", "accreditation")
_LONGEST = 64
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FRENCH = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


def read_accreditations(path: str | Path) -> Accreditations:
    """Read which accreditation number an AMC gave for which facture.

    A CSV file in UTF-8, semicolons between, with the headers `officine;lot_date;lot;facture;accreditation` in any
    order: the key of the neutral files, and the number. Days are `2026-01-05` or `05/01/2026`; other columns are left
    out.

    Raises:
        SourceError: The file cannot be read.
        LayoutError: It is too long to be a table.
        ColumnError: It is no such table, or a line holds something else; the file, the line and the column are told.
    """
    file = Path(path)
    try:
        text = read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ColumnError(f"{file.name}: not UTF-8") from None
    rows = list(_rows(text, file.name))
    columns = {name: np.array([row[rank] for row in rows], dtype="S") for rank, name in enumerate(_COLUMNS)}
    days = np.array([row[1] for row in rows], dtype="datetime64[D]")
    return Accreditations.of(
        len(rows),
        officine=columns["officine"],
        lot_date=days,
        lot=columns["lot"],
        facture=columns["facture"],
        numero=columns["accreditation"],
    )


def _rows(text: str, name: str) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each line that is not blank, in the order of `_COLUMNS`, days as ISO writes them."""
    lines = csv.reader(text.splitlines(), delimiter=";", strict=True)
    try:
        headers = [header.strip().lower() for header in next(lines, [])]
        missing = [column for column in _COLUMNS if headers.count(column) != 1]
        if missing:
            raise ColumnError(f"{Location(file=name, line=1)}: expected one column {missing[0]}")
        places = [headers.index(column) for column in _COLUMNS]
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield tuple(
                    _cell(
                        cells[place] if place < len(cells) else "",
                        Location(file=name, line=lines.line_num, field=column),
                    )
                    for place, column in zip(places, _COLUMNS, strict=True)
                )
    except csv.Error:
        raise ColumnError(f"{Location(file=name, line=lines.line_num)}: expected a line of CSV") from None


def _cell(text: str, at: Location) -> str:
    cell = text.strip()
    if at.field == "lot_date":
        return _day(cell, at)
    if not cell or len(cell) > _LONGEST or not cell.isascii() or not cell.isprintable():
        raise ColumnError(f"{at}: expected 1 to {_LONGEST} ASCII characters, got '{shape(cell)}'")
    return cell


def _day(cell: str, at: Location) -> str:
    french = _FRENCH.fullmatch(cell)
    day = f"{french[3]}-{french[2]}-{french[1]}" if french else cell
    with suppress(ValueError):
        if _ISO.fullmatch(day):
            return dt.date.fromisoformat(day).isoformat()
    raise ColumnError(f"{at}: expected a day such as 2026-01-05, got '{shape(cell)}'")
