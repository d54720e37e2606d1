"""Columns of a code table in a CSV file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tiers_payant.domain import printable, write_rows
from tiers_payant.errors import SourceError

__all__ = ["COLONNES", "STUB", "write_table"]

COLONNES = ("portee", "code", "libelle", "famille", "du", "au", "source", "confiance")
STUB = ("nombre", "montant", "indice", "exemple")
"""What a list of unknown codes tells beside; only whether `nombre` is told is read."""


def write_table(path: str | Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table to a file.

    Raises:
        SourceError: It cannot be written.
    """
    file = Path(path)
    try:
        with file.open("wb") as out:
            write_rows(out, columns, rows)
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise SourceError(f"{printable(file.name)}: {getattr(error, 'strerror', None) or 'no path'}") from None
