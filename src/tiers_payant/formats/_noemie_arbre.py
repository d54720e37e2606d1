"""The level tree of a NOÉMIE return, read from the file: under which facture, lot, transfer and payee each entity is.

Columns 4 and 5 of an entity say its level; those of a 990, the level that it closes. A scope opened by an entity ends
at the next entity of the same number, at an entity of the tree of a strictly lower level, or at a 990 that closes its
level or a lower one. Several numbers may share one level (sesamviewer prints 02 for 040, 070, 071 and 081), and nothing
here knows which level an entity should have (formats-amo 1.4).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.formats._noemie_entites import CLOSE, UNREADABLE, Entites, Rows, Small, levels_of

__all__ = ["ANNONCE_071", "FACTURE_100", "FACTURE_102", "JOURNEE_070", "LOT_080", "NODES", "PAYE_040", "Arbre"]

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
        retours = entites.retours[self.rows]
        self.premier: Rows = np.searchsorted(retours, retours, side="left")
        """For each noeud, the first noeud of the same return."""
        self._limits = self._closing_levels()
        self._closures: dict[int, Rows] = {}
        self._opened: dict[int, Rows] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def _closing_levels(self) -> Small:
        """Every scope of a level above this one ends at the noeud."""
        limits = np.where(self.ferme, self.niveaux - 1, self.niveaux).astype(np.int16)
        limits[self.niveaux == UNREADABLE] = _NOTHING
        return limits

    def closure(self, level: int) -> Rows:
        """For each noeud, the last one at or before it that ends scopes of *level*; -1 when there is none."""
        if level not in self._closures:
            self._closures[level] = last_where(self._limits < level)
        return self._closures[level]

    def open_of(self, numero: int) -> Rows:
        """For each noeud, the noeud of that number whose scope is open after it; -1 when there is none."""
        if numero not in self._opened:
            self._opened[numero] = self._open_of(numero)
        return self._opened[numero]

    def _open_of(self, numero: int) -> Rows:
        opened = last_where(self.numeros == numero)
        ended = opened < self.premier
        for level in levels_of(self.niveaux[self.numeros == numero]):
            at_level = (opened >= 0) & (self.niveaux[opened] == level)
            ended |= at_level & (self.closure(level) > opened)
        return np.where(ended, -1, opened)

    def at(self, opened: Rows, rows: Rows) -> Rows:
        """Return what is open, as noeuds, at these *rows* of entities, from what is open after each noeud."""
        last = self.dernier[rows]
        return np.where(last < 0, -1, opened[last]) if len(opened) else np.full(len(rows), -1, dtype=np.int64)


def last_where(mask: npt.NDArray[np.bool_]) -> Rows:
    """For each place, the last one at or before it where *mask* is true; -1 when there is none."""
    return np.maximum.accumulate(np.where(mask, np.arange(len(mask)), -1)) if len(mask) else np.empty(0, np.int64)
