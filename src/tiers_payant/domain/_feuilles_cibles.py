"""Tables whose rows are about claims or a debtor: read whole or not at all, each fault located, and written back."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tiers_payant.domain._cases import Reader, day_of
from tiers_payant.domain._cellules import day_cell, optional, part_of, reference_cell, reference_of
from tiers_payant.domain._ecrire import write_whole
from tiers_payant.domain._feuilles import Faults, Feuille, Row
from tiers_payant.domain._suspensions import Cible
from tiers_payant.domain._tableur import write_rows
from tiers_payant.errors import LayoutError, PolicyError

__all__ = ["CIBLE", "each_row", "made", "read_sheets", "sheet", "target_cells", "target_of", "write_sheet"]

T = TypeVar("T")

CIBLE: dict[str, Reader] = {
    "officine": reference_of, "debiteur": optional(reference_of, ""), "lot_date": optional(day_of),
    "lot": optional(reference_of, ""), "facture": optional(reference_of, ""), "part": optional(part_of),
}  # fmt: skip
"""The columns that say what a row is about."""


def sheet(nom: str, libres: Collection[str], **columns: Any) -> Feuille:
    """Return what one kind of table holds; those of `CIBLE`, its officine apart, and *libres* need not be there."""
    left_out = {*CIBLE, *libres} - ({"officine"} - {*libres})
    return Feuille(
        nom=nom, lecteurs=columns, voulues=tuple(name for name in columns if name not in left_out), fermee=True
    )


def read_sheets(
    paths: Sequence[str | Path], feuille: Feuille, make: Callable[[Sequence[Row], Faults], list[T]]
) -> tuple[T, ...]:
    """Read several files of one kind; what is wrong in any of them keeps all of them out, and is told at once."""
    found, told = list[T](), list[str]()
    for path in paths:
        data, name = feuille.read(path)
        faults = Faults(name)
        try:
            found += make(list(feuille.rows(data, faults)), faults)
            faults.check()
        except LayoutError as error:
            told.append(str(error))
    if told:
        raise LayoutError("\n".join(told))
    return tuple(found)


def each_row(rows: Sequence[Row], faults: Faults, make: Callable[[Row], T]) -> list[T]:
    """Return what each row makes."""
    return [one for row in rows for one in made(row, faults, make)]


def made(row: Row, faults: Faults, make: Callable[[Row], T]) -> Iterator[T]:
    """Yield what a row makes; nothing when it makes none, which is told at the column that the error begins with."""
    try:
        yield make(row)
    except (LayoutError, PolicyError) as error:
        column = str(error).replace(":", " ").split()[0]
        row.fault(faults, column if column in row.values else "officine", str(error))


def target_of(row: Row) -> Cible:
    """Return what a row is about.

    Raises:
        PolicyError: Nothing.
    """
    return Cible(**{column: row.values[column] for column in CIBLE})


def write_sheet(feuille: Feuille, rows: Iterable[Sequence[object]], path: str | Path) -> None:
    """Write a table of that kind, whole or not at all."""
    out = io.BytesIO()
    write_rows(out, list(feuille.lecteurs), rows)
    write_whole(Path(path), out.getvalue())


def target_cells(cible: Cible) -> list[str]:
    """Return the cells that say what a row is about, in the order of `CIBLE`."""
    part = cible.part.name if cible.part is not None else ""
    return [
        reference_cell(cible.officine), reference_cell(cible.debiteur), day_cell(cible.lot_date),
        reference_cell(cible.lot), reference_cell(cible.facture), part,
    ]  # fmt: skip
