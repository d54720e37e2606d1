"""The level tree of a NOÉMIE return, read from the file: under which facture, lot, transfer and payee each entity is.

Columns 4 and 5 of an entity say its level; those of a 990, the level that it closes. A scope opened by an entity ends
at the next entity of the same number, at an entity of the tree of a strictly lower level, or at a 990 that closes its
level or a lower one. Several numbers may share one level (sesamviewer prints 02 for 040, 070, 071 and 081), and nothing
here knows which level an entity should have (formats-amo 1.4).
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from tiers_payant.formats._noemie_entites import CLOSE, Entites, Rows, levels_of
from tiers_payant.formats._noemie_tetes import UNREADABLE, Small

__all__ = ["ANNONCE_071", "FACTURE_100", "FACTURE_102", "JOURNEE_070", "LOT_080", "NODES", "PAYE_040", "Arbre"]

Noeuds = npt.NDArray[np.int32]
Opened = TypeVar("Opened", npt.NDArray[np.int32], npt.NDArray[np.int64])

PAYE_040, JOURNEE_070, ANNONCE_071, LOT_080, FACTURE_100, FACTURE_102 = 40, 70, 71, 80, 100, 102
NODES = (20, PAYE_040, JOURNEE_070, ANNONCE_071, LOT_080, 81, FACTURE_100, FACTURE_102)
"""The entities that others stand under."""

_NOTHING = 32_000
"""The level down to which an entity that closes nothing closes."""


class Arbre:
    """The entities that open or close scopes, its `noeuds`, and what is open after each of them."""

    def __init__(self, entites: Entites) -> None:
        kinds = np.zeros(1001, dtype=np.bool_)
        kinds[[*NODES, CLOSE]] = True
        inner = kinds[entites.numeros]
        self.rows: Rows = np.flatnonzero(inner)
        """Row of each noeud among the entities."""
        self.numeros: Small = entites.numeros[self.rows]
        self.niveaux: Small = entites.niveaux[self.rows]
        self.ferme: npt.NDArray[np.bool_] = self.numeros == CLOSE
        self.dernier: npt.NDArray[np.int32] = np.cumsum(inner, dtype=np.int32) - 1
        """For each entity, the last noeud at or before it; -1 when there is none."""
        self.retours: npt.NDArray[np.int32] = entites.retours[self.rows]
        self.premier: Noeuds = _first_of_run(self.retours)
        """For each noeud, the first noeud of the same return."""
        self._limits = self._closing_levels()
        self._closures: dict[int, Noeuds] = {}
        self._opened: dict[int, Noeuds] = {}
        self._of: dict[int, Noeuds] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def _closing_levels(self) -> Small:
        """Every scope of a level above this one ends at the noeud."""
        limits = np.where(self.ferme, self.niveaux - 1, self.niveaux).astype(np.int16)
        limits[self.niveaux == UNREADABLE] = _NOTHING
        return limits

    def of(self, numero: int) -> Noeuds:
        """Return the noeuds of that number."""
        if numero not in self._of:
            self._of[numero] = np.flatnonzero(self.numeros == numero).astype(np.int32)
        return self._of[numero]

    def opening(self, level: int) -> Noeuds:
        """Return the noeuds of that level that are no 990."""
        return np.flatnonzero((self.niveaux == level) & ~self.ferme).astype(np.int32)

    def closure(self, level: int) -> Noeuds:
        """For each noeud, the last one at or before it that ends scopes of *level*; -1 when there is none."""
        if level not in self._closures:
            self._closures[level] = last_where(self._limits < level)
        return self._closures[level]

    def open_of(self, numero: int) -> Noeuds:
        """For each noeud, the noeud of that number whose scope is open after it; -1 when there is none."""
        if numero not in self._opened:
            self._opened[numero] = self._open_of(numero)
        return self._opened[numero]

    def _open_of(self, numero: int) -> Noeuds:
        mine = self.of(numero)
        if not len(mine):
            return np.full(len(self), -1, dtype=np.int32)
        opened = last_of(mine, len(self))
        ended = opened < self.premier
        levels = self.niveaux[mine]
        for level in levels_of(levels):
            at_level = self.closure(level) > opened
            if (levels != level).any():
                at_level &= self.niveaux[opened] == level  # where nothing is open, `ended` says so already
            ended |= at_level
        opened[ended] = -1
        return opened

    def at(self, opened: Opened, rows: Rows) -> Opened:
        """Return what is open at these *rows* of entities, from what is open after each noeud; -1 for nothing."""
        last = self.dernier[rows]
        if not len(opened):
            return np.full(len(rows), -1, dtype=opened.dtype)
        found: Opened = opened[last]
        found[last < 0] = -1
        return found


def last_where(mask: npt.NDArray[np.bool_]) -> Noeuds:
    """For each place, the last one at or before it where *mask* is true; -1 when there is none."""
    return last_of(np.flatnonzero(mask), len(mask))


def last_of(places: npt.NDArray[np.integer[Any]], length: int) -> Noeuds:
    """For each of *length* places, the last of *places*, which rise, at or before it; -1 when there is none."""
    marked = np.full(length, -1, dtype=np.int32)
    marked[places] = places
    return np.maximum.accumulate(marked) if length else marked


def _first_of_run(values: npt.NDArray[np.int32]) -> Noeuds:
    """For each place of runs of equal values, where its run begins."""
    begins = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    return np.repeat(begins.astype(np.int32), np.diff(begins, append=len(values)))
