"""Reading who billed what: a CSV file of the officine's software."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

from tiers_payant.domain import Operateurs, OperateursFactures
from tiers_payant.errors import LayoutError, Location, SourceError, shape

__all__ = ["COLONNES", "read_operateurs"]

COLONNES = ("officine", "lot_date", "lot", "facture", "operateur")

Row = tuple[str, ...]


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
    name = Path(path).name
    rows = csv.reader(io.StringIO(_text(Path(path))), delimiter=";")
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
    except csv.Error as error:
        raise LayoutError(f"{Location(file=name, line=rows.line_num)}: {error}") from None
    if faults:
        raise LayoutError("\n".join(faults))
    given = {} if sel is None else {"sel": sel}
    return Operateurs(lignes=_table(found), fichier=name, noms=noms, **given)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path.name}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise LayoutError(f"{path.name}: not UTF-8") from None


def _checked(row: Row, at: Location, faults: list[str]) -> dt.date | None:
    """Return the day of a row that is right; else add its fault and return None."""
    if len(row) != len(COLONNES):
        faults.append(f"{at}: expected {len(COLONNES)} cells, got {len(row)}")
        return None
    for rank, (column, cell) in enumerate(zip(COLONNES, row, strict=True)):
        if not cell or (column != "operateur" and not cell.isascii()):
            faults.append(f"{at}:{rank + 1}: {column}: expected a text, ASCII but for names, got '{shape(cell)}'")
            return None
    try:
        return _day(row[1])
    except ValueError:
        faults.append(f"{at}:2: lot_date: expected a day AAAA-MM-JJ, got '{shape(row[1])}'")
        return None


def _day(text: str) -> dt.date:
    day, slash, rest = text.partition("/")
    if not slash:
        return dt.date.fromisoformat(text)
    month, _, year = rest.partition("/")
    return dt.date(int(year), int(month), int(day))


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
