"""Partition by officine: parts that no link, rival or limit crosses, so that each may be matched alone.

Two officines stand in one part when a chain of these ties them:

* one of them claims a bank account that the other claims too;
* rows of both stand in one return, or a row of one points to a row of the other;
* a bank line on an account that not exactly one officine claims may be any officine's: it ties every officine that has
  an announced transfer of its amount, net or before movements, whatever the dates, because the limit on candidates is
  judged on all transfers of one amount.

Officines are compared as keys are: `7` and `007` are one. A row whose officine is not told goes with the return or the
transfer that it points to; as long as no facture lacks its officine, it concerns no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Table, Tables, gross_cents, net_cents, row_codes
from tiers_payant.matching._composantes import components, distinct_pairs
from tiers_payant.matching._groupes import owners

__all__ = ["Partie", "parts_of", "split"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_BILLED = ("lots", "factures", "arls", "comptes_clients", "encaissements")
_AUTONOMOUS = "mouvements"
"""Nothing is looked up by their officine: they always go with the transfer or the return that they point to."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Partie:
    """Some of the rows of every table, in the order of the whole; they point to one another, and to the same sources.

    `rangs` gives, for each table, the rows of the whole that `tables` holds, ascending.
    """

    tables: Tables
    rangs: Mapping[str, Rows]

    def __repr__(self) -> str:
        return f"<Partie of {self.rows} rows>"

    @property
    def rows(self) -> int:
        """How many rows it holds, all tables together."""
        return sum(map(len, self.rangs.values()))


def split(tables: Tables, most: int | None = None) -> list[Partie]:
    """Cut *tables* into parts that may be matched apart; every row is in exactly one.

    Rows that concern no officine (accounts of nobody with nothing of their amounts, records kept raw) make one more
    part, the last. The time is that of a few passes over the rows, however many parts there are.

    Args:
        tables: The facts.
        most: At most that many parts, of about as many rows each, at least 1; one for each set of officines tied
            together when not given.
    """
    part_of, count = parts_of(tables)
    if most is not None and most < count:
        sizes = np.sum([np.bincount(rows, minlength=count) for rows in part_of.values()], axis=0)
        joined = _balanced(sizes, most)
        part_of, count = {name: joined[rows] for name, rows in part_of.items()}, int(joined[-1]) + 1
    return _cut(tables, part_of, count)


# --- which row is in which part


@attrs.frozen(eq=False)
class _Noeuds:
    """What ties rows together, numbered side by side: officines, bank accounts, returns, amounts; then nobody."""

    officines: dict[str, Rows]
    """For each table that has the column, the officine of each row."""
    comptes: dict[str, Rows]
    blank: int
    """The officine that is not told."""
    retours: int
    """Number of the first return."""
    montants: int
    """Number of the first amount."""


def parts_of(tables: Tables) -> tuple[dict[str, Rows], int]:
    """Return the part of each row of each table, and how many parts there are."""
    nodes = _nodes(tables)
    homes = _homes(tables, nodes)
    edges = [
        *_pointed(tables, homes),
        (nodes.officines["comptes"], nodes.comptes["comptes"], tables.comptes.officine != b""),
    ]
    amounts, shared = _shared_amounts(tables)
    edges += _by_amount(tables, homes, nodes, amounts, shared)
    nobody = nodes.montants + len(amounts)
    pairs = distinct_pairs([(left[kept], right[kept]) for left, right, kept in edges])
    label = components(pairs, nobody + 1)
    peopled = np.zeros(nobody + 1, dtype=np.bool_)
    for name, codes in nodes.officines.items():
        peopled[label[codes[homes[name] == codes]]] = True
    number = np.cumsum(peopled) - 1
    number[~peopled] = number[-1] + 1
    part_of = {name: number[label[home]] for name, home in homes.items()}  # -1, for nowhere, is the last: nobody
    return part_of, 1 + max((int(parts.max()) for parts in part_of.values() if len(parts)), default=0)


def _nodes(tables: Tables) -> _Noeuds:
    by_officine = [name for name, table in tables.each() if "officine" in table.kinds()]
    by_compte = [name for name, table in tables.each() if "compte" in table.kinds()]
    *officines, blank = row_codes([*((getattr(tables, name).officine,) for name in by_officine), (np.array([b""]),)])
    comptes = row_codes([(getattr(tables, name).compte,) for name in by_compte])
    first = 1 + max(int(codes.max()) for codes in (*officines, blank) if len(codes))
    retours = first + 1 + max((int(codes.max()) for codes in comptes if len(codes)), default=-1)
    return _Noeuds(
        officines=dict(zip(by_officine, officines, strict=True)),
        comptes={name: codes + first for name, codes in zip(by_compte, comptes, strict=True)},
        blank=int(blank[0]),
        retours=retours,
        montants=retours + len(tables.retours),
    )


def _homes(tables: Tables, nodes: _Noeuds) -> dict[str, Rows]:
    """Return where each row stands: its account, else its officine, else what it points to; -1 for nowhere."""
    homes: dict[str, Rows] = {"retours": nodes.retours + np.arange(len(tables.retours), dtype=np.int64)}
    anonymous = any((nodes.officines[name] == nodes.blank).any() for name in _BILLED)
    waiting = [name for name in tables.kinds() if name != "retours"]
    while waiting:  # a table waits for those that it points to
        for name in waiting:
            table = getattr(tables, name)
            pointers = {column: kind.vers for column, kind in table.kinds().items() if kind.vers not in ("", "sources")}
            if set(pointers.values()) <= homes.keys():
                homes[name] = _home(nodes, name, table, pointers, homes, anonymous)
        waiting = [name for name in waiting if name not in homes]
    return homes


def _home(
    nodes: _Noeuds, name: str, table: Table, pointers: Mapping[str, str], homes: Mapping[str, Rows], anonymous: bool
) -> Rows:
    if name in nodes.comptes:
        return nodes.comptes[name]
    if name not in nodes.officines:
        return _first_pointed(table, pointers, homes)
    own = nodes.officines[name]
    follows = (own == nodes.blank) & (not anonymous) | (name == _AUTONOMOUS)
    if not follows.any():
        return own
    pointed = _first_pointed(table, pointers, homes)
    return np.where(follows & (pointed >= 0), pointed, own)


def _first_pointed(table: Table, pointers: Mapping[str, str], homes: Mapping[str, Rows]) -> Rows:
    """Return where the first row that each row points to stands, -1 when it points to none."""
    found = np.full(len(table), -1, dtype=np.int64)
    for column, held in pointers.items():
        rows = getattr(table, column)
        if len(homes[held]):
            found = np.where((found < 0) & (rows >= 0), homes[held][rows], found)
    return found


def _pointed(tables: Tables, homes: Mapping[str, Rows]) -> list[tuple[Rows, Rows, Mask]]:
    """Tie every row to the rows that it points to."""
    edges = []
    for name, table in tables.each():
        for column, kind in table.kinds().items():
            if kind.vers not in ("", "sources") and len(homes[kind.vers]):
                rows = getattr(table, column)
                there = homes[kind.vers][rows]
                edges.append((homes[name], there, (rows >= 0) & (homes[name] >= 0) & (there >= 0)))
    return edges


def _shared_amounts(tables: Tables) -> tuple[Rows, Mask]:
    """Return the amounts of the bank lines that may be any officine's, sorted, and which lines these are."""
    lines = tables.virements
    owned = [compte for compte, officine in owners(tables).items() if officine]
    shared = ~np.isin(lines.compte, np.array(owned, dtype="S")) if owned else np.ones(len(lines), dtype=np.bool_)
    shared &= lines.montant_cents != 0
    return np.unique(lines.montant_cents[shared]), shared


def _by_amount(
    tables: Tables, homes: Mapping[str, Rows], nodes: _Noeuds, amounts: Rows, shared: Mask
) -> list[tuple[Rows, Rows, Mask]]:
    """Tie each bank line of nobody to its amount, and to that each announced transfer that is as much."""
    if not len(amounts):
        return []
    told = [
        (homes["virements"], tables.virements.montant_cents, shared),
        *(
            (homes["groupes"], cents, np.ones(len(cents), np.bool_))
            for cents in (net_cents(tables), gross_cents(tables))
        ),
    ]
    edges = []
    for home, cents, kept in told:
        places = np.searchsorted(amounts, cents)
        places[places == len(amounts)] = 0
        edges.append((home, nodes.montants + places, kept & (amounts[places] == cents)))
    return edges


# --- the parts themselves


def _balanced(sizes: Rows, most: int) -> Rows:
    """Put neighbours together, at most *most* times, with about as many rows each; return where each part goes."""
    ends = np.cumsum(sizes)
    shares = (ends - sizes / 2) * most / ends[-1]
    _, together = np.unique(np.minimum(shares.astype(np.int64), most - 1), return_inverse=True)
    return together


def _cut(tables: Tables, part_of: Mapping[str, Rows], count: int) -> list[Partie]:
    orders = {name: _grouped(parts, count) for name, parts in part_of.items()}
    bounds = {name: np.append(0, np.cumsum(np.bincount(parts, minlength=count))) for name, parts in part_of.items()}
    places = {name: _places(orders[name], bounds[name]) for name in orders}
    whole = {name: _repointed(table, places) for name, table in tables.each()}
    return [
        _partie(tables, whole, {name: orders[name][bounds[name][part] : bounds[name][part + 1]] for name in orders})
        for part in range(count)
    ]


def _grouped(parts: Rows, count: int) -> Rows:
    """Return the rows part by part, in order within each."""
    if (parts[1:] >= parts[:-1]).all():
        return np.arange(len(parts), dtype=np.int64)
    small = parts.astype(np.int16) if count <= np.iinfo(np.int16).max else parts  # numpy counts these, and sorts others
    return np.argsort(small, kind="stable")


def _places(order: Rows, bounds: Rows) -> npt.NDArray[np.int32]:
    """Return the place of each row in its part."""
    places = np.empty(len(order), dtype=np.int32)
    places[order] = np.arange(len(order)) - np.repeat(bounds[:-1], np.diff(bounds))
    return places


def _repointed(table: Table, places: Mapping[str, npt.NDArray[np.int32]]) -> Table:
    pointers: dict[str, Any] = {
        name: np.where(getattr(table, name) < 0, getattr(table, name), places[kind.vers][getattr(table, name)])
        for name, kind in table.kinds().items()
        if kind.vers not in ("", "sources") and len(places[kind.vers])
    }
    return table.with_columns(**pointers) if pointers else table


def _partie(tables: Tables, whole: Mapping[str, Table], rangs: Mapping[str, Rows]) -> Partie:
    held: dict[str, Any] = {name: whole[name].take(_as_slice(rows)) for name, rows in rangs.items()}
    return Partie(tables=attrs.evolve(tables, **held), rangs=rangs)


def _as_slice(rows: Rows) -> Any:
    """Return rows that stand together as a slice: their columns are then views, not copies."""
    if not len(rows):
        return slice(0)
    together = int(rows[-1] - rows[0]) == len(rows) - 1
    return slice(int(rows[0]), int(rows[-1]) + 1) if together else rows
