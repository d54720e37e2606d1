"""Rows that break a law, named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import Sujet
from tiers_payant.domain._infractions import Infraction
from tiers_payant.domain._reperes import Repere, repere_id
from tiers_payant.domain._table import Entiers

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["at", "gaps"]

_NAMED = 5
_SUJETS = {
    "creances": Sujet.CREANCE, "reponses": Sujet.REPONSE, "groupes": Sujet.GROUPE, "virements": Sujet.VIREMENT,
}  # fmt: skip


def at(
    result: Rapprochement,
    loi: str,
    table: str,
    rows: npt.NDArray[np.integer[Any]],
    *,
    cents: int = 0,
    detail: str = "",
) -> Iterator[Infraction]:
    """Yield the breach of a law at these rows of a table; nothing when there is none."""
    if not len(rows):
        return
    places = tuple(int(row) for row in np.unique(rows))
    sujet = _SUJETS.get(table)
    names = [] if sujet is None else [repere_id(result, Repere(sujet=sujet, rang=row)) for row in places[:_NAMED]]
    yield Infraction(
        loi=loi, table=table, rangs=places, identifiants=tuple(names), ecart_cents=cents, detail=detail
    )  # fmt: skip


def gaps(result: Rapprochement, loi: str, table: str, cents: Entiers) -> Iterator[Infraction]:
    """Yield the breach of a law where *cents*, one per row of a table, are not zero."""
    rows = np.flatnonzero(cents)
    yield from at(result, loi, table, rows, cents=int(cents[rows[0]]) if len(rows) else 0)
