"""Reading who billed what: a CSV file of the officine's software."""

from __future__ import annotations

from pathlib import Path

from tiers_payant.domain import CLE_FACTURE, Faults, Feuille, Operateurs, OperateursFactures
from tiers_payant.errors import LayoutError, shape

__all__ = ["read_operateurs"]

_LONGEST = 100


def _name_of(text: str) -> str:
    if not 0 < len(text) <= _LONGEST or not text.isprintable():
        raise LayoutError(f"expected a name of 1 to {_LONGEST} characters, got '{shape(text)}'")
    return text


_COLONNES = {**CLE_FACTURE, "operateur": _name_of}
_FEUILLE = Feuille(nom="table of operators", lecteurs=_COLONNES, voulues=tuple(_COLONNES))


def read_operateurs(path: str | Path, *, sel: bytes | None = None, noms: bool = False) -> Operateurs:
    """Read a CSV file of the columns `officine`, `lot_date`, `lot`, `facture` and `operateur`, in any order.

    In UTF-8, days as AAAA-MM-JJ or JJ/MM/AAAA; other columns are left out.

    Args:
        path: The file.
        sel: The salt of the pseudonyms: keep it, and they are the same next month. Drawn anew when None.
        noms: Whether names are shown as they are.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: It is no such table, a row is wrong, or one facture has two operators; one line per fault, with its
            place and the shape of what was found.
    """
    data, name = _FEUILLE.read(path)
    faults = Faults(name)
    rows = list(_FEUILLE.rows(data, faults))
    faults.check()
    lignes = OperateursFactures.of(
        len(rows),
        **{column: [row.values[column] for row in rows] for column in _COLONNES},
        ligne=[row.line for row in rows],
    )
    given = {} if sel is None else {"sel": sel}
    return Operateurs(lignes=lignes, fichier=name, noms=noms, **given)
