"""What was read, written as neutral files: for a spreadsheet, or for another program."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tiers_payant.domain import Book
from tiers_payant.errors import ColumnError, SourceError
from tiers_payant.formats import neutre
from tiers_payant.pipeline._fichiers import source_error

__all__ = ["write_csv", "write_donnees"]


def write_csv(book: Book, folder: str | Path) -> tuple[Path, ...]:
    """Write the facts of *book* as neutral CSV files, one per table that has rows, such as `factures.csv`.

    UTF-8 with a byte order mark, semicolons and decimal commas, as a French spreadsheet opens them; a text that it
    would take for a formula has an apostrophe before it, which reading takes off. Act lines and addresses have no CSV:
    a row of them needs its facture beside it, and `write_donnees` writes them. The files hold health data when the book
    does.

    Args:
        book: What to write.
        folder: Where to; made when missing. Files that have these names are replaced.

    Returns:
        The files written.

    Raises:
        SourceError: A file cannot be written.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise source_error(target, error) from error
    paths = []
    for name in neutre.csv_tables(book.tables):
        paths.append(target / f"{name}.csv")
        _write(paths[-1], partial(neutre.write_csv_table, book.tables, name))
    return tuple(paths)


def write_donnees(book: Book, path: str | Path) -> None:
    """Write the facts of *book* as one JSON document of schema `tiers-payant/donnees/1`.

    A document holds 16 MB at most, and some two million values, so that reading it takes a bounded memory: beyond some
    50 000 rows, write CSV. Nothing is written of one that would hold more.

    Raises:
        SourceError: The file cannot be written, or the document would be too large.
    """
    document = io.BytesIO()
    try:
        neutre.write_json(book.tables, document)
    except ColumnError as error:
        raise SourceError(f"{Path(path).name}: {error}") from None
    _write(Path(path), partial(_copy, document))


def _copy(document: io.BytesIO, out: BinaryIO) -> None:
    out.write(document.getbuffer())


def _write(path: Path, write: Callable[[BinaryIO], None]) -> None:
    try:
        with path.open("wb") as out:
            write(out)
    except OSError as error:
        raise source_error(path, error) from error
