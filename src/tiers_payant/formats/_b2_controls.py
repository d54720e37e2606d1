"""What types 5, 6 and 999 say of the records above them, checked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import ProblemLog
from tiers_payant.formats._b2_structure import Structure
from tiers_payant.formats._decode import Decoded

__all__ = ["check_factures", "check_file", "check_lots"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SUMS = (
    ("total_cents", "depense_cents"),
    ("total_amo_cents", "montant_amo_cents"),
    ("total_amc_cents", "montant_amc_cents"),
)
"""Each total of a type 5, and the field of the type 4 lines that it sums."""


def check_factures(
    log: ProblemLog, offsets: Rows, lines: Decoded, totals: Decoded, owners: Rows, last: Rows, kept: Mask
) -> None:
    """Compare each kept facture's type 5 with its type 4 lines.

    Args:
        log: Where gaps are told.
        offsets: Where each facture starts.
        lines: The type 4 records.
        totals: The type 5 records.
        owners: The facture of each line, -1 for none.
        last: The rank of each facture's type 5, -1 for none.
        kept: Which factures are used.
    """
    rows = np.flatnonzero(kept)
    inside = owners >= 0
    counts = np.bincount(owners[inside], minlength=len(kept))[rows]
    _tell_counts(
        log, offsets[rows], "nombre_lignes", "lignes de la facture", totals["nombre_lignes"][last[rows]], counts
    )
    for total, line in _SUMS:
        # Exact in floats: at most 8 digits each, ninety million of them stay below 2**53.
        sums = np.bincount(owners[inside], weights=lines[line][inside], minlength=len(kept))[rows].astype(np.int64)
        _tell_sums(log, offsets[rows], total, "facture", totals[total][last[rows]], sums)


def check_lots(
    log: ProblemLog, offsets: Rows, ends: Decoded, structure: Structure, totals: Decoded, last: Rows
) -> None:
    """Compare each type 6 with the factures of its lot."""
    s = structure
    lot = s.lot_of[s.fins_lot]
    rows = np.flatnonzero(~ends.bad & (lot >= 0))
    lot = lot[rows]

    def counted(records: Rows) -> Rows:
        owners = s.lot_of[records]
        return np.bincount(owners[owners >= 0], minlength=len(s.lots))[lot]

    for name, quoi, records in (
        ("nombre_factures", "factures du lot", s.factures),
        ("nombre_lignes", "lignes du lot", s.lignes),
        ("nombre_types_2", "types 2 du lot", s.factures),
        ("nombre_types_5", "types 5 du lot", s.totaux),
    ):
        _tell_counts(log, offsets[rows], name, quoi, ends[name][rows], counted(records))
    owners = s.lot_of[s.totaux]
    inside = (owners >= 0) & ~totals.bad
    for name, _ in _SUMS:
        sums = np.bincount(owners[inside], weights=totals[name][inside], minlength=len(s.lots))[lot].astype(np.int64)
        _tell_sums(log, offsets[rows], name, "lot", ends[name][rows], sums)


def check_file(log: ProblemLog, offsets: Rows, ends: Decoded, structure: Structure) -> None:
    """Compare each 999 with the records and lots since the header above it."""
    rows = np.flatnonzero(~ends.bad)
    fins = structure.fins[rows]
    # A 999 with no header above it falls on the 0 appended: it is compared with all that stands before it.
    first = np.append(structure.en_tetes, 0)[np.searchsorted(structure.en_tetes, fins) - 1]
    lots = np.searchsorted(structure.lots, fins) - np.searchsorted(structure.lots, first)
    records, said = fins - first + 1, ends["nombre_enregistrements"][rows]
    _tell_counts(log, offsets[rows], "nombre_enregistrements", "enregistrements", said, records)
    _tell_counts(log, offsets[rows], "nombre_lots", "lots", ends["nombre_lots"][rows], lots)


def _tell_counts(log: ProblemLog, offsets: Rows, field: str, quoi: str, said: Rows, found: Rows) -> None:
    for row in np.flatnonzero(said != found).tolist():
        log.add(
            "CONTROLE_NOMBRE",
            offset=int(offsets[row]), field=field, quoi=quoi, attendu=int(said[row]), trouve=int(found[row]),
        )  # fmt: skip


def _tell_sums(log: ProblemLog, offsets: Rows, field: str, quoi: str, said: Rows, found: Rows) -> None:
    for row in np.flatnonzero(said != found).tolist():
        gap = int(said[row]) - int(found[row])
        log.add("CONTROLE_SOMME", offset=int(offsets[row]), field=field, quoi=quoi, ecart_cents=gap)
