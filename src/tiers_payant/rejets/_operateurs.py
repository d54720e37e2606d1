"""Reading who billed what: a CSV file of the officine's software."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path

from tiers_payant.domain import Operateurs, OperateursFactures, printable, read_bytes
from tiers_payant.errors import LayoutError, Location, shape

__all__ = ["COLONNES", "read_operateurs"]

COLONNES = ("officine", "lot_date", "lot", "facture", "operateur")

Row = tuple[str, ...]

_LONGEST = 100
"""Characters of a cell."""
_LISTED = 50
"""Faults that are told; more are counted."""
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FRENCH = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


def read_operateurs(path: str | Path, *, sel: bytes | None = None, noms: bool = False) -> Operateurs:
    """Read a CSV file of the columns `COLONNES`: UTF-8, semicolons, days as AAAA-MM-JJ or JJ/MM/AAAA.

    Args:
        path: The file.
        sel: The salt of the pseudonyms: keep it, and they are the same next month. Drawn anew when None.
        noms: Whether names are shown as they are.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: It is no such table, a row is wrong, or one facture has two operators; one line per fault, with its
            place and the shape of what was found.
    """
    name = printable(Path(path).name)
    rows = csv.reader(io.StringIO(_text(Path(path), name), newline=None), delimiter=";", strict=True)
    faults: list[str] = []
    found: list[tuple[int, Row, dt.date]] = []
    try:
        headers = [cell.strip().lower() for cell in next(rows, [])]
        if headers != list(COLONNES):
            raise LayoutError(f"{Location(file=name, line=1)}: expected the headers {';'.join(COLONNES)}")
        for cells in rows:
            if any(cell.strip() for cell in cells):
                at = Location(file=name, line=rows.line_num)
                row = tuple(cell.strip() for cell in cells)
                day = _checked(row, at, faults)
                if day is not None:
                    found.append((rows.line_num, row, day))
    except csv.Error:
        at = Location(file=name, line=rows.line_num)
        raise LayoutError(f"{at}: quotes that do not close, or a cell too long") from None
    if faults:
        more = [f"{name}: and {len(faults) - _LISTED} more"] if len(faults) > _LISTED else []
        raise LayoutError("\n".join([*faults[:_LISTED], *more]))
    given = {} if sel is None else {"sel": sel}
    return Operateurs(lignes=_table(found), fichier=name, noms=noms, **given)


def _text(path: Path, name: str) -> str:
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LayoutError(f"{name}: not UTF-8") from None


def _checked(row: Row, at: Location, faults: list[str]) -> dt.date | None:
    """Return the day of a row that is right; else add its fault and return None."""
    if len(row) != len(COLONNES):
        faults.append(f"{at}: expected {len(COLONNES)} cells, got {len(row)}")
        return None
    for rank, (column, cell) in enumerate(zip(COLONNES, row, strict=True)):
        if not 0 < len(cell) <= _LONGEST or not cell.isprintable() or (column != "operateur" and not cell.isascii()):
            faults.append(f"{at}:{rank + 1}: {column}: expected a text, ASCII but for names, got '{shape(cell)}'")
            return None
    try:
        return _day(row[1])
    except ValueError:
        faults.append(f"{at}:2: lot_date: expected a day AAAA-MM-JJ, got '{shape(row[1])}'")
        return None


def _day(text: str) -> dt.date:
    french = _FRENCH.fullmatch(text)
    if not french and not _ISO.fullmatch(text):
        raise ValueError("no day")
    return dt.date.fromisoformat(f"{french[3]}-{french[2]}-{french[1]}" if french else text)


def _table(found: list[tuple[int, Row, dt.date]]) -> OperateursFactures:
    return OperateursFactures.of(
        len(found),
        officine=[row[0] for _, row, _ in found],
        lot_date=[day for _, _, day in found],
        lot=[row[2] for _, row, _ in found],
        facture=[row[3] for _, row, _ in found],
        operateur=[row[4] for _, row, _ in found],
        ligne=[line for line, _, _ in found],
    )
