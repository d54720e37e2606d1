"""Files of levées that a person keeps in a spreadsheet, as CSV: nothing that cannot be applied is read past."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tiers_payant.domain._cases import day_of
from tiers_payant.domain._cellules import day_cell, free_text, optional, reference_of, text_cell
from tiers_payant.domain._feuilles import Row
from tiers_payant.domain._feuilles_cibles import (
    CIBLE,
    each_row,
    read_sheets,
    sheet,
    target_cells,
    target_of,
    write_sheet,
)
from tiers_payant.domain._levees import LEVABLES, Levee
from tiers_payant.domain._raisons import Raison
from tiers_payant.errors import LayoutError, PolicyError, shape

__all__ = ["FEUILLE_LEVEES", "read_levees", "write_levees"]

_NAME = 200
"""Characters of the name of a bank line, at most; an account and three numbers make fewer."""


def read_levees(*paths: str | Path) -> tuple[Levee, ...]:
    """Read levées, one row for each, in the order of files and rows, which changes nothing.

    Columns: `virement`, or what it is about (`officine`, and `debiteur` or `lot` and `facture`; `lot_date` and `part`
    when wanted) and `raison`; `le`, `au`, `par`, `pourquoi`.

    Raises:
        SourceError: A file cannot be opened.
        LayoutError: Something is wrong in one of them, and nothing is kept: one line per fault, with its place, what
            was expected, and the shape of what was found.
    """
    return read_sheets(paths, FEUILLE_LEVEES, lambda rows, faults: each_row(rows, faults, _levee))


def write_levees(levees: Iterable[Levee], path: str | Path) -> None:
    """Write levées as `read_levees` reads them; spaces around a text are left out.

    Raises:
        SourceError: The file cannot be written; the one that was there is as it was.
        PolicyError: A text, or a reference, that no cell can hold.
    """
    rows = (
        [
            one.raison.name if one.raison is not None else "", _name_cell(one.virement),
            *(target_cells(one.cible) if one.cible is not None else [""] * len(CIBLE)), day_cell(one.le),
            day_cell(one.au), text_cell(one.par), text_cell(one.pourquoi),
        ]
        for one in levees
    )  # fmt: skip
    write_sheet(FEUILLE_LEVEES, rows, path)


def _levee(row: Row) -> Levee:
    values = row.values
    named = any(values[column] for column in CIBLE)
    told = {name: values[name] for name in ("virement", "raison", "le", "au", "par", "pourquoi")}
    return Levee(cible=target_of(row) if named else None, **told)


def _raison(text: str) -> Raison:
    names = [raison.name for raison in LEVABLES]
    if text.upper() not in names:
        raise LayoutError(f"expected one of {', '.join(names)}, got '{shape(text)}'")
    return Raison[text.upper()]


def _name_cell(name: str) -> str:
    if len(name) > _NAME:
        raise PolicyError(f"virement: expected {_NAME} characters at most")
    return text_cell(name)


FEUILLE_LEVEES = sheet(
    "table of levées",
    {"raison", "virement", "officine"},
    raison=optional(_raison),
    virement=free_text(_NAME),
    **{**CIBLE, "officine": optional(reference_of, "")},
    le=day_of,
    au=day_of,
    par=free_text(_NAME),
    pourquoi=free_text(lines=True),
)
