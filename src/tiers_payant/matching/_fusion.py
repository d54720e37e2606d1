"""What the parts of a partition conclude, put together: the very result of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Creances, Part, Rapprochement, Table, Tables, Totaux, row_codes
from tiers_payant.matching._canonique import NUMBERS, in_order
from tiers_payant.matching._partition import Partie
from tiers_payant.matching._renvois import inverse, mapped

__all__ = ["merge"]

Rows = npt.NDArray[np.int64]
Maps = Sequence[Mapping[str, Rows]]
"""For each part, and for each table that a row may point to, the row of the whole that each row of the part is."""


def merge(tables: Tables, parts: Sequence[Partie], results: Sequence[Rapprochement]) -> Rapprochement:
    """Put the results of *parts* together: the very result of *tables* matched whole, array by array.

    Args:
        tables: The whole.
        parts: What `split` made of it.
        results: What each part concluded, in the same order; their own `tables` are not looked at.
    """
    starts = np.cumsum([0, *(len(result.creances) for result in results)])
    creances = Creances.concat([result.creances for result in results])
    order = _creance_order(tables, creances)
    places = inverse(order)
    maps = [
        {**part.rangs, "creances": places[start:end]}
        for part, start, end in zip(parts, starts[:-1], starts[1:], strict=True)
    ]
    joined: dict[str, Any] = {
        field.name: _concatenated([getattr(result, field.name) for result in results], maps)
        for field in attrs.fields(Rapprochement)
        if isinstance(getattr(results[0], field.name), Table)
    }
    if (order[1:] < order[:-1]).any():
        joined["creances"] = joined["creances"].take(order)
    about = [rows["creances"][result.rejets_creances] for rows, result in zip(maps, results, strict=True)]
    lines = [rows["rejets"][result.rejets_rangs] for rows, result in zip(maps, results, strict=True)]
    return in_order(
        Rapprochement(
            **joined,
            tables=tables,
            rejets_creances=np.concatenate(about),
            rejets_rangs=np.concatenate(lines),
            etats_virements=_scattered("etats_virements", len(tables.virements), parts, results),
            recherche_virements=_scattered("recherche_virements", len(tables.virements), parts, results),
            passes=results[0].passes,
            passes_fournies=results[0].passes_fournies,
            payeurs=results[0].payeurs,
            totaux=Totaux.sum(result.totaux for result in results),
            problems=tuple(problem for result in results for problem in result.problems),
        )
    )


def _creance_order(tables: Tables, creances: Creances) -> Rows:
    """Return the order of the whole: insurers before patients, then by officine; each part is sorted by itself.

    Officines are ranked as the factures, and the accounts of patients, that name them are: the order of texts that mix
    digits and letters depends on the width of their column.
    """
    patients = creances.part == Part.ASSURE
    ranks = np.empty(len(creances), dtype=np.int64)
    for rows, column in ((~patients, tables.factures.officine), (patients, tables.comptes_clients.officine)):
        (ranks[rows],) = row_codes([(creances.officine[rows].astype(column.dtype),)])
    return np.argsort(patients.astype(np.int64) << 32 | ranks, kind="stable")


def _concatenated(pieces: Sequence[Any], maps: Maps) -> Any:
    kind = type(pieces[0])
    return kind.concat(
        [_apart(_repointed(piece, rows), part) for part, (piece, rows) in enumerate(zip(pieces, maps, strict=True))]
    )


def _apart(table: Any, part: int) -> Any:
    """Return *table* with its classes, or its sets, numbered as no other part numbers its own."""
    for name in NUMBERS:
        if name in table.kinds() and getattr(table, name).any():
            numbers = getattr(table, name)
            table = table.with_columns(**{name: np.where(numbers > 0, numbers + (np.int64(part) << 32), 0)})
    return table


def _repointed(table: Any, rows: Mapping[str, Rows]) -> Any:
    """Return *table* pointing to the rows of the whole."""
    pointers = {
        name: mapped(getattr(table, name), rows[kind.vers]) for name, kind in table.kinds().items() if kind.vers
    }
    return table.with_columns(**pointers)


def _scattered(
    name: str, length: int, parts: Sequence[Partie], results: Sequence[Rapprochement]
) -> npt.NDArray[np.int8]:
    """Return what the field *name* of each part says of its bank lines, for the lines of the whole."""
    said = np.empty(length, dtype=np.int8)
    for part, result in zip(parts, results, strict=True):
        said[part.rangs["virements"]] = getattr(result, name)
    return said
