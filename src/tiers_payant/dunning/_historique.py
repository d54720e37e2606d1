"""A book as it was known on a past day: nothing that is dated later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Book, Releves, Table, Tables
from tiers_payant.dunning._jours import Jours

__all__ = ["Historique"]

Mask = npt.NDArray[np.bool_]

_DATED = {
    "lots": "date_fichier", "factures": "lot_date", "arls": "date", "retours": "date", "releves": "du",
    "virements": "date", "comptes_clients": "lot_date", "encaissements": "date",
}  # fmt: skip
"""The column that says when the rows of each table came to be known; the others point to these, or are always known."""


class Historique:
    """A whole book, cut day by day.

    What has no date is known from the first day on. A bank statement is known up to the day: as if the bank gave its
    lines every evening.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._days = {name: _days(getattr(book.tables, name), column) for name, column in _DATED.items()}
        self._first = _first_days(book.tables, self._days)

    def known_on(self, day: dt.date) -> Book:
        """Return what was known in the evening of *day*."""
        today = np.datetime64(day, "D")
        tables = self._book.tables.keep({name: _until(days, today) for name, days in self._days.items()})
        problems = [one for one in self._book.problems if not self._first.get(one.at.file, today) > today]
        return Book(tables=attrs.evolve(tables, releves=_open(tables, today)), problems=tuple(problems))

    def growth(self, day: dt.date) -> tuple[int, ...]:
        """Return numbers that are those of another day only if nothing came in between but the date itself."""
        today = np.datetime64(day, "D")
        return tuple(int(_until(days, today).sum()) for days in self._days.values())


def _days(table: Table, column: str) -> Jours:
    days: Jours = getattr(table, column)
    if column == "date_fichier":  # a lot told by a neutral file has the day of the lot alone
        days = np.where(np.isnat(days), getattr(table, "lot_date"), days)  # noqa: B009  # of `Lots` only
    return days


def _until(days: Jours, today: np.datetime64) -> Mask:
    known: Mask = ~(days > today)
    return known


def _first_days(tables: Tables, days: Mapping[str, Jours]) -> dict[str, np.datetime64]:
    """Return the first day of each file that holds dated rows."""
    first = np.full(len(tables.sources), np.datetime64("NaT", "D"))
    for name, column in days.items():
        sources = getattr(getattr(tables, name), "source", None)
        if sources is not None:
            inside = np.flatnonzero(sources >= 0)
            np.fmin.at(first, sources[inside], column[inside])
    return {source.nom: day for source, day in zip(tables.sources, first, strict=True) if not np.isnat(day)}


def _open(tables: Tables, today: np.datetime64) -> Releves:
    """Return the statements, those that go on after *today* cut there: what closes them is not known yet."""
    releves = tables.releves
    later = releves.au > today
    return releves.with_columns(
        au=np.where(later, today, releves.au),
        final_connu=releves.final_connu & ~later,
        final_cents=np.where(later, 0, releves.final_cents),
    )
