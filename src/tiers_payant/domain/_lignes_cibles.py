"""Where the rows of the tables of suspensions, promises and instalments stand: what is told of one is then found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tiers_payant.domain._feuilles import Faults, Feuille
from tiers_payant.errors import Location

__all__ = ["lines_of"]


def lines_of(feuille: Feuille, paths: Sequence[str | Path], same: Sequence[str] = ()) -> tuple[Location, ...]:
    """Return where each object of these files begins, in the order in which they are read.

    Args:
        feuille: What the files are.
        paths: Files that were read already without a fault.
        same: Columns that rows of one object have in common, which then begins at the first of them; none when each
            row is an object.

    Raises:
        SourceError: A file cannot be opened any more.
    """
    found: list[Location] = []
    for path in paths:
        data, name = feuille.read(path)
        seen: set[tuple[object, ...]] = set()
        for row in feuille.rows(data, Faults(name)):
            key = tuple(row.values[column] for column in same) if same else (row.line,)
            if key not in seen:
                seen.add(key)
                found.append(Location(file=name, line=row.line))
    return tuple(found)
