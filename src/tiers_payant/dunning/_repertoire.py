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
    words: npt.NDArray[np.uint64]
    """A word of each row, sorted."""
    order: Rows
    """The row of each of them; of equal words, the first row first."""

    @classmethod
    def of(cls, columns: Columns) -> Repertoire:
        """Index these rows."""
        words = key_words(columns)
        order = np.argsort(words, kind="stable")
        return cls(tuple(columns), words[order], order)

    @property
    def repeats(self) -> bool:
        """Whether two rows share a word."""
        return bool((self.words[1:] == self.words[:-1]).any())

    def after(self, kept: Rows, columns: Columns) -> Repertoire:
        """Return the index of other rows, of which some were here, in the same order.

        Args:
            kept: For each of *columns*' rows, the row of this index that it was; -1 for none.
            columns: The columns of all of them.
        """
        new = np.flatnonzero(kept < 0)
        places = np.full(len(self.order), -1, dtype=np.int64)
        old = np.flatnonzero(kept >= 0)
        places[kept[old]] = old
        order = places[self.order]
        words, order = self.words[order >= 0], order[order >= 0]
        if len(new):
            more = Repertoire.of([column[new] for column in columns])
            at = np.searchsorted(words, more.words)
            words, order = np.insert(words, at, more.words), np.insert(order, at, new[more.order])
        found = Repertoire(tuple(columns), words, order)
        return Repertoire.of(columns) if found.repeats else found

    def find(self, columns: Columns) -> Rows:
        """Return, for each row of *columns*, which stand in the same order, the first row of its key; -1 for none."""
        if not len(self.words) or not len(columns[0]):
            return np.full(len(columns[0]), -1, dtype=np.int64)
        words = key_words(columns)
        at = np.searchsorted(self.words, words)
        at[at == len(self.words)] = 0
        there = self.words[at] == words
        found: Rows = np.where(there, self.order[at], -1)
        return found if self._right(columns, np.flatnonzero(there), found) else self._compared(columns)

    def _right(self, columns: Columns, rows: Rows, found: Rows) -> bool:
        """Say whether the rows that share a word share their key as well."""
        same = np.ones(len(rows), dtype=np.bool_)
        for theirs, ours in zip(columns, self.columns, strict=True):
            same &= theirs[rows] == ours[found[rows]]
        if same.all():
            return True
        odd = rows[~same]  # leading zeros, days that are not known, or another key
        left, right = row_codes([
            [column[odd] for column in columns], [column[found[odd]] for column in self.columns],
        ])  # fmt: skip
        return bool((left == right).all())

    def _compared(self, columns: Columns) -> Rows:
        """Return the same, keys compared one with the other: two of them share a word."""
        left, right = row_codes([columns, self.columns])
        order = np.argsort(right, kind="stable")
        at = np.searchsorted(right[order], left)
        found = np.append(order, -1)[at]
        return np.where(np.append(right, -1)[found] == left, found, -1)
