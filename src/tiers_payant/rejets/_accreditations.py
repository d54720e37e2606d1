"""Reading accreditation numbers: a CSV file, since no file of the exchanges holds them."""

from __future__ import annotations

from pathlib import Path

from tiers_payant.domain import CLE_FACTURE, Accreditations, Faults, Feuille, text_of

__all__ = ["read_accreditations"]

_COLONNES = {**CLE_FACTURE, "accreditation": text_of}
_FEUILLE = Feuille(nom="table of accreditations", lecteurs=_COLONNES, voulues=tuple(_COLONNES))


def read_accreditations(path: str | Path) -> Accreditations:
    """Read which accreditation number an AMC gave for which facture.

    A CSV file in UTF-8 with the headers `officine`, `lot_date`, `lot`, `facture` and `accreditation`, in any order: the
    key of the neutral files, and the number. Days are `2026-01-05` or `05/01/2026`; other columns are left out.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: It is no such table, or a row is wrong; one line per fault, with its place and the shape of what
            was found.
    """
    data, name = _FEUILLE.read(path)
    faults = Faults(name)
    rows = list(_FEUILLE.rows(data, faults))
    faults.check()
    columns = {column: [row.values[column] for row in rows] for column in _COLONNES}
    return Accreditations.of(len(rows), numero=columns.pop("accreditation"), **columns)
