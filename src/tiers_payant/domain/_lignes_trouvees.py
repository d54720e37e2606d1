"""Rows as a reader finds them, one by one: the lines of a statement that is open, and rows turned into columns."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np

from tiers_payant.domain._codes import Statut
from tiers_payant.domain._lignes_texte import Ligne
from tiers_payant.domain._soldes import one_line
from tiers_payant.domain._table import Table
from tiers_payant.domain.tables import Virements

__all__ = ["ReleveOuvert", "table_of"]

_ABSENTS = ("NOTPROVIDED", "NONREF")
"""What banks write where a reference is required and there is none."""


@attrs.frozen(eq=False)
class ReleveOuvert:
    """A statement while it is read: `LectureBuilder.open_releve` begins one."""

    _add: Callable[..., int]
    numero: int
    """Its row in `releves`."""
    _values: dict[str, Any] = attrs.field(repr=False)

    def solde_initial(self, cents: int, day: dt.date | None = None) -> None:
        """Note the opening balance, in hundredths of the currency, and its day."""
        self._values.update(initial_connu=True, initial_cents=cents, du=day)

    def solde_final(self, cents: int, day: dt.date | None = None) -> None:
        """Note the closing balance, in hundredths of the currency, and its day."""
        self._values.update(final_connu=True, final_cents=cents, au=day)

    def add(self, ligne: Ligne, *, textes: Mapping[str, str | None] | None = None, **values: object) -> None:
        """Add one line of the statement; it is booked, in the currency of the statement, unless told otherwise.

        Args:
            ligne: Where it stands.
            textes: Every other text of the line by its tag; those that are empty are left out.
            values: Columns of `virements`: `date`, `montant_cents`, `libelle` and what else the bank tells.
        """
        told = {name: self._values[name] for name in ("compte", "devise")}
        told |= {"statut": Statut.COMPTABILISE, "releve": self.numero}
        texts = {name: one_line(text) for name, text in values.items() if isinstance(text, str)}
        texts["textes"] = "\n".join(
            f"{tag}: {one_line(text)}" for tag, text in (textes or {}).items() if text and text not in _ABSENTS
        )
        self._add(Virements, ligne, **told | values | texts)


def table_of(table: type[Table], rows: list[dict[str, Any]]) -> Table:
    """Return rows as columns; those that no row gives hold nothing."""
    if table is Virements:
        ranks: Counter[int] = Counter()
        for row in rows:
            row.setdefault("position", ranks[row.get("releve", -1)])
            ranks[row.get("releve", -1)] += 1
    names = {name: None for row in rows for name in row}
    columns: dict[str, Any] = {name: _column(table, name, [row.get(name) for row in rows]) for name in names}
    return table.of(len(rows), **columns)


def _column(table: type[Table], name: str, values: list[Any]) -> Any:
    kind = table.kinds().get(name)
    if kind is None or kind.dtype.startswith("datetime64"):
        return values
    filled = [kind.absent if value is None else value for value in values]
    if kind.dtype != "O":
        return filled
    column = np.empty(len(filled), dtype=object)  # numpy would make an array of texts, all as wide as the longest
    column[:] = filled
    return column
