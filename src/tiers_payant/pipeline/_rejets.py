"""A book to the meaning of its rejects: the codes that plugins and files tell, then the words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pluggy

from tiers_payant.domain import Book, ClassementRejets
from tiers_payant.plugins.manager import build_manager, codes_rejets_of
from tiers_payant.rejets import TableCodes, classify, load_codes

__all__ = ["classify_rejets"]


def classify_rejets(
    book: Book,
    *,
    manager: pluggy.PluginManager | None = None,
    codes: TableCodes | str | Path | Iterable[str | Path] = (),
) -> ClassementRejets:
    """Say what each reject line of *book* means: its family, and what it was read from.

    Args:
        book: The facts.
        manager: The plugins to ask for reject codes; the built-in ones when not given.
        codes: CSV files of codes over those of the library and of the plugins (how-to "Classify rejects"), in order; or
            the whole table, and then nothing else is asked.

    Returns:
        One row per row of `book.tables.rejets`, in its order.

    Raises:
        SourceError: A file of codes cannot be opened.
        LayoutError: A file is no code table, each fault located; or two plugins contradict each other.
    """
    return classify(book.tables, codes if isinstance(codes, TableCodes) else _table(manager, codes))


def _table(manager: pluggy.PluginManager | None, paths: str | Path | Iterable[str | Path]) -> TableCodes:
    files = [paths] if isinstance(paths, str | Path) else list(paths)
    return load_codes(*files, extra=codes_rejets_of(manager or build_manager()))
