"""What was concluded of several parts together, and what of it concerns each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Rapprochement, Tables, counted_once, groupe_ids, net_cents, virement_ids
from tiers_payant.matching._morceaux import Morceau
from tiers_payant.matching._totaux_parts import totals_by_part

__all__ = ["Bilan", "balanced"]

Rows = npt.NDArray[np.int64]

_LINKS = ("liens_virements", "liens_directs", "propositions", "propositions_directes")
_TOLD = ("creances", "groupes", "virements", *_LINKS)
"""What a step compares."""


@attrs.frozen(eq=False, repr=False)
class Bilan:
    """A result over several parts, and the part of each of its rows."""

    morceau: Morceau
    """The rows that it was concluded from, as read."""
    result: Rapprochement
    parts: Mapping[str, Rows]
    """For créances, links, proposals and each table, the part of each row."""
    ordres: Mapping[str, tuple[Rows, Rows]]
    """The rows of each part one after the other, and where each part begins; made at once, not at the first step."""
    totaux: Rows
    """Totals of each part, as `totals_by_part` gives them."""
    uniques: frozenset[str]
    """Tables that hold nothing twice."""
    groupe_ids: list[str]
    virement_ids: list[str]

    @cached_property
    def net_cents(self) -> Rows:
        """The net of each group."""
        return net_cents(self.result.tables)

    def place(self, name: str, part: int) -> slice | Rows:
        """Return the rows of a part, as a slice when they stand together: columns are then seen, not copied."""
        rows = self.rows(name, part)
        together = not len(rows) or int(rows[-1] - rows[0]) == len(rows) - 1
        return rows if not together else slice(int(rows[0]), int(rows[-1]) + 1) if len(rows) else slice(0)

    def rows(self, name: str, part: int) -> Rows:
        """Return the rows of a part, ascending."""
        order, bounds = self.ordres[name]
        return order[bounds[part] : bounds[part + 1]]


def balanced(
    morceau: Morceau, tables: Tables, uniques: frozenset[str], run: Callable[[Tables], Rapprochement]
) -> Bilan:
    """Count once what several deliveries tell, and conclude.

    Args:
        morceau: The rows as read.
        tables: The same, as `Morceau.tables` makes them.
        uniques: Tables that are known to hold nothing twice.
        run: How tables are reconciled.
    """
    once, _ = counted_once(tables, uniques)
    result = run(once)
    parts = {name: _parts_of(morceau, name, table.columns().get("octet")) for name, table in once.each()}
    parts["creances"] = _parts_of_creances(result, parts)
    for name in _LINKS:
        parts[name] = parts["virements"][getattr(result, name).virement]
    return Bilan(
        morceau,
        result,
        parts,
        {name: _ordered(parts[name], len(morceau)) for name in _TOLD},
        totals_by_part(result, parts, len(morceau)),
        frozenset(name for name, table in once.each() if len(table) == len(getattr(tables, name))),
        groupe_ids(once),
        virement_ids(once),
    )


def _ordered(labels: Rows, count: int) -> tuple[Rows, Rows]:
    order = np.argsort(labels, kind="stable")
    return order, np.searchsorted(labels[order], np.arange(count + 1))


def _parts_of(morceau: Morceau, name: str, ranks: npt.NDArray[Any] | None) -> Rows:
    """Return the part of the rows of a table that were counted; *ranks* are theirs among those read."""
    if name not in morceau.bornes:
        return np.empty(0, dtype=np.int64)
    edges = morceau.bornes[name]
    if ranks is None:
        return np.repeat(np.arange(len(morceau)), np.diff(edges))
    return np.searchsorted(edges[1:], ranks, side="right")


def _parts_of_creances(result: Rapprochement, parts: Mapping[str, Rows]) -> Rows:
    """Return the part of each créance: that of its facture, or of the client account that alone tells of it."""
    creances = result.creances
    found = np.empty(len(creances), dtype=np.int64)
    billed = creances.facture_rang >= 0
    found[billed] = parts["factures"][creances.facture_rang[billed]]
    lone = np.flatnonzero(~billed)
    if len(lone):
        accounts = result.tables.comptes_clients.officine.tolist()
        home = dict(zip(accounts, parts["comptes_clients"].tolist(), strict=True))
        found[lone] = [home[officine] for officine in creances.officine[lone].tolist()]
    return found
