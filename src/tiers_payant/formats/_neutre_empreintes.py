"""Fingerprints of the returns that neutral rows make: the same rows, in any order, whatever zeros lead their codes."""

from __future__ import annotations

import hashlib
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Table, Tables, with_empreintes

__all__ = ["ranked", "with_prints"]

Ints = npt.NDArray[np.int64]
Column = npt.NDArray[Any]

_CODES = ("officine", "lot", "facture")
"""Columns of the keys, which are compared as numbers when they are: lot `1` is lot `001`."""


def ranked(name: str, column: Column) -> Ints:
    """Return numbers that order the values of the column *name*, the same whatever other values it holds."""
    if column.dtype.kind not in "SO":
        return column.astype(np.int64)
    known = np.unique(_plain(column) if name in _CODES else column, return_inverse=True)
    return known[1].astype(np.int64)


def with_prints(tables: Tables) -> Tables:
    """Return the same tables, in which each return has a fingerprint: of what it says, and of which transfer pays what.

    The rows of one return must stand together, in an order that does not depend on that of the file.
    """
    if not len(tables.retours):
        return tables
    names = ("groupes", "reponses", "rejets", "mouvements")
    plain: dict[str, Any] = {name: _with_plain_codes(getattr(tables, name)) for name in names}
    prints = with_empreintes(attrs.evolve(tables, **plain)).retours.empreinte
    edges = np.arange(len(tables.retours) + 1)
    firsts = np.searchsorted(tables.groupes.retour, edges[:-1])
    paid = [_cut(table, edges, firsts) for table in (tables.reponses, tables.mouvements)]
    whole = [hashlib.sha256(b"|".join(said)).hexdigest().encode() for said in zip(prints.tolist(), *paid, strict=True)]
    return attrs.evolve(tables, retours=tables.retours.with_columns(empreinte=whole))


def _with_plain_codes(table: Table) -> Table:
    held = table.kinds()
    return table.with_columns(**{name: _plain(getattr(table, name)) for name in _CODES if name in held})


def _plain(column: Column) -> Column:
    """Return texts without the zeros that lead a number."""
    if not len(column):
        return column
    numbers = np.char.isdigit(column) & (column.astype("S1") == b"0")
    if not numbers.any():
        return column
    plain = column.copy()
    bare = np.char.lstrip(column[numbers], b"0")
    plain[numbers] = np.where(bare == b"", b"0", bare)
    return plain


def _cut(table: Any, edges: Ints, firsts: Ints) -> list[bytes]:
    """Return, for each return, the rank in it of the transfer of each of its rows, -1 for none."""
    places = np.searchsorted(table.retour, edges)
    ranks = np.where(table.groupe < 0, -1, table.groupe - firsts[table.retour]).astype("<i4")
    return [ranks[begin:end].tobytes() for begin, end in zip(places[:-1].tolist(), places[1:].tolist(), strict=True)]
