"""Rows found by their key: an index made once, asked again as facts come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import key_words, row_codes

__all__ = ["Repertoire"]

Rows = npt.NDArray[np.int64]
Columns = Sequence[npt.NDArray[Any]]


@attrs.frozen(eq=False)
class Repertoire:
    """The rows of some columns, by key; numbers agree whatever their leading zeros."""

    columns: tuple[npt.NDArray[Any], ...]
    """Those of a whole table."""
    rows: Rows
    """Its rows that are indexed; what is found is a place in these."""
    words: npt.NDArray[np.uint64]
    """A word of each of them, sorted."""
    order: Rows
    """The place of each of these words; of equal words, the first place first."""

    @classmethod
    def of(cls, columns: Columns, rows: Rows | None = None) -> Repertoire:
        """Index *rows*, all of them when not given."""
        words = key_words(columns if rows is None else [column[rows] for column in columns])
        order = np.argsort(words, kind="stable")
        return cls(tuple(columns), np.arange(len(words)) if rows is None else rows, words[order], order)

    @property
    def repeats(self) -> bool:
        """Whether two rows share a word."""
        return bool((self.words[1:] == self.words[:-1]).any())

    def completed(self, columns: Columns, rows: Rows) -> Repertoire:
        """Return this index with more rows in it, where they are not; it is made anew when two rows share a word.

        Args:
            columns: The columns of a whole table; what they say of the rows of this index is what it knows of them.
            rows: Its rows to index.
        """
        there = np.zeros(len(columns[0]), dtype=np.bool_)
        there[self.rows] = True
        new = rows[~there[rows]]
        if not len(new):
            return attrs.evolve(self, columns=tuple(columns))
        more = Repertoire.of(columns, new)
        at = np.searchsorted(self.words, more.words)
        words, order = np.insert(self.words, at, more.words), np.insert(self.order, at, len(self.rows) + more.order)
        found = Repertoire(tuple(columns), np.append(self.rows, new), words, order)
        return Repertoire.of(columns, rows) if found.repeats else found

    def find(self, columns: Columns) -> Rows:
        """Return, for each row of *columns*, which stand in the same order, the first place of its key; -1 for none."""
        if not len(self.words) or not len(columns[0]):
            return np.full(len(columns[0]), -1, dtype=np.int64)
        words = key_words(columns)
        order, at = np.argsort(words), np.empty(len(words), dtype=np.int64)
        at[order] = np.searchsorted(self.words, words[order])  # neighbours are found where the last one was
        at[at == len(self.words)] = 0
        there = self.words[at] == words
        found: Rows = np.where(there, self.order[at], -1)
        return found if self._right(columns, np.flatnonzero(there), found) else self._compared(columns)

    def _right(self, columns: Columns, rows: Rows, found: Rows) -> bool:
        """Say whether the rows that share a word share their key as well."""
        same = np.ones(len(rows), dtype=np.bool_)
        for theirs, ours in zip(columns, self.columns, strict=True):
            same &= theirs[rows] == ours[self.rows[found[rows]]]
        if same.all():
            return True
        odd = rows[~same]  # leading zeros, days that are not known, or another key
        left, right = row_codes([
            [column[odd] for column in columns], [column[self.rows[found[odd]]] for column in self.columns],
        ])  # fmt: skip
        return bool((left == right).all())

    def _compared(self, columns: Columns) -> Rows:
        """Return the same, keys compared one with the other: two of them share a word."""
        left, right = row_codes([columns, [column[self.rows] for column in self.columns]])
        order = np.argsort(right, kind="stable")
        at = np.searchsorted(right[order], left)
        found = np.append(order, -1)[at]
        return np.where(np.append(right, -1)[found] == left, found, -1)
