"""Tables to B2: the simulator and the tests write through the layouts that are read."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Factures, Lots, Tables
from tiers_payant.errors import ColumnError
from tiers_payant.formats._b2_adresses import FIELDS
from tiers_payant.formats._digits import Matrix
from tiers_payant.formats._encode import encode
from tiers_payant.formats._layout import load_layout

__all__ = ["write_b2"]

Rows = npt.NDArray[np.int64]

_EURO = "E"
_NO_PRIOR_APPROVAL = "9"
_FACTURE = (
    "date_facture", "regime", "caisse", "centre", "prescripteur", "date_prescription", "nature_assurance",
    "exoneration", "naissance", "rang", "paiement", "contrat", "amc",
)  # fmt: skip
_LIGNE = (
    "date_soins", "acte", "quantite", "coefficient", "prix_unitaire_cents", "base_cents", "taux",
    "montant_amo_cents", "depense_cents", "montant_amc_cents",
)  # fmt: skip


def write_b2(tables: Tables, out: BinaryIO) -> None:
    """Write the lots of *tables*: one 000 to 999 sequence for each run of lots with the same header.

    A 2S record is written for a facture whose beneficiary has a NIR of his own, a 2B and a 2C for one whose address is
    known. Records follow one another without line breaks.

    Raises:
        ColumnError: A value does not fit its field, or a facture has no lot, or a line no facture.
    """
    lots = tables.lots
    if (tables.factures.lot_rang < 0).any() or (tables.lignes.facture_rang < 0).any():
        raise ColumnError("a facture without its lot, or a line without its facture, has no place in a B2 file")
    order = np.argsort(tables.factures.lot_rang, kind="stable")
    bounds = np.searchsorted(tables.factures.lot_rang[order], np.arange(len(lots) + 1))
    homes = _homes(tables)
    by_facture = np.argsort(tables.lignes.facture_rang, kind="stable")
    edges = np.searchsorted(tables.lignes.facture_rang[by_facture], np.arange(len(tables.factures) + 1))
    for first, last in _runs(lots):
        blocks = [
            _lot(tables, rank, order[bounds[rank] : bounds[rank + 1]], by_facture, edges, homes)
            for rank in range(first, last)
        ]
        count = 2 + sum(len(block) for block in blocks)
        out.write(_header(lots, first).tobytes())
        for block in blocks:
            out.write(block.tobytes())
        out.write(_end(lots, first, count, last - first).tobytes())


def _runs(lots: Lots) -> list[tuple[int, int]]:
    """Group consecutive lots that share the header of their file."""
    if not len(lots):
        return []
    columns = (
        lots.emetteur_type, lots.emetteur, lots.destinataire_type, lots.destinataire_fichier,
        lots.date_fichier.astype(np.int64), lots.source,
    )  # fmt: skip
    changes = np.zeros(len(lots) - 1, dtype=np.bool_)
    for column in columns:
        changes |= column[1:] != column[:-1]
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(lots)]
    return list(pairwise(edges))


def _parties(lots: Lots, rank: int) -> dict[str, Any]:
    return {
        "emetteur_type": lots.emetteur_type[rank],
        "emetteur": lots.emetteur[rank],
        "destinataire_type": lots.destinataire_type[rank],
        "destinataire": lots.destinataire_fichier[rank],
    }


def _header(lots: Lots, rank: int) -> Matrix:
    return _encode("000", 1, {**_parties(lots, rank), "date_creation": lots.date_fichier[rank],
                              "version_norme": "B2", "longueur": 128})  # fmt: skip


def _end(lots: Lots, rank: int, records: int, count: int) -> Matrix:
    return _encode("999", 1, {**_parties(lots, rank), "nombre_enregistrements": records, "nombre_lots": count})


def _lot(tables: Tables, rank: int, factures: Rows, by_facture: Rows, edges: Rows, homes: Rows) -> Matrix:
    """Write one lot: its 1, its factures in order, its 6."""
    lots, rows = tables.lots, tables.factures.take(factures)
    counts = (edges[1:] - edges[:-1])[factures]
    lines = _spread(by_facture, edges[factures], counts)
    owners = np.repeat(np.arange(len(rows)), counts)
    suites = np.flatnonzero(rows.nir_beneficiaire != b"")
    prefix = {name: getattr(rows, name) for name in ("officine", "nir", "nir_cle", "facture")}

    def of(owner: Rows) -> dict[str, Any]:
        return {name: column[owner] for name, column in prefix.items()}

    every = np.arange(len(rows))
    housed = np.flatnonzero(homes[factures] >= 0)
    said = tables.adresses.take(homes[factures[housed]]).columns()
    blocks = [
        (every, _encode("2", len(rows), {**of(every), "operation": "1", **{n: getattr(rows, n) for n in _FACTURE}})),
        (suites, _encode("2S", len(suites), {**of(suites), "nir_beneficiaire": rows.nir_beneficiaire[suites]})),
        *((housed, _encode(code, len(housed), {**of(housed), **{f: said[column] for f, column in fields.items()}}))
          for code, fields in FIELDS.items()),
        (owners, _lignes(tables, lines, of(owners))),
        (every, _encode("5", len(rows), {**of(every), "nombre_lignes": counts, "total_cents": rows.total_cents,
                                         "total_amo_cents": rows.part_amo_cents,
                                         "total_amc_cents": rows.part_amc_cents,
                                         "total_assure_cents": rows.part_assure_cents})),
    ]  # fmt: skip
    body = np.concatenate([block for _, block in blocks])
    place = np.concatenate([owner * len(blocks) + kind for kind, (owner, _) in enumerate(blocks)])
    ordered = body[np.argsort(place, kind="stable")]
    return np.concatenate([_lot_start(lots, rank), ordered, _lot_end(lots, rank, rows, len(lines))])


def _homes(tables: Tables) -> Rows:
    """Return the row of the address of each facture, or -1."""
    owners = tables.adresses.facture_rang
    if (owners < 0).any() or len(np.unique(owners)) < len(owners):
        raise ColumnError("an address without its facture, or a second one of a facture, has no place in a B2 file")
    homes = np.full(len(tables.factures), -1, dtype=np.int64)
    homes[owners] = np.arange(len(owners))
    return homes


def _lot_start(lots: Lots, rank: int) -> Matrix:
    return _encode("1", 1, {
        "officine": lots.officine[rank], "destinataire_organisme": lots.destinataire[rank], "lot": lots.lot[rank],
        "nom_officine": lots.nom_officine[rank], "lot_date": lots.lot_date[rank], "devise": _EURO,
    })  # fmt: skip


def _lot_end(lots: Lots, rank: int, factures: Factures, lines: int) -> Matrix:
    """Write the 6: what the records of the lot add up to."""
    count = len(factures)
    return _encode("6", 1, {
        "officine": lots.officine[rank], "lot": lots.lot[rank], "nombre_factures": count, "nombre_lignes": lines,
        "nombre_types_2": count, "nombre_types_5": count, "total_cents": factures.total_cents.sum(),
        "total_amo_cents": factures.part_amo_cents.sum(), "total_amc_cents": factures.part_amc_cents.sum(),
    })  # fmt: skip


def _lignes(tables: Tables, lines: Rows, prefix: dict[str, Any]) -> Matrix:
    rows = tables.lignes.take(lines)
    said = {name: getattr(rows, name) for name in _LIGNE}
    return _encode("4", len(lines), {**prefix, **said, "entente_prealable": _NO_PRIOR_APPROVAL})


def _spread(order: Rows, starts: Rows, counts: Rows) -> Rows:
    """Return the entries of *order* in each run that begins at *starts* and is *counts* long."""
    before = np.cumsum(counts) - counts
    return order[np.repeat(starts - before, counts) + np.arange(int(counts.sum()))]


def _encode(record: str, length: int, columns: dict[str, Any]) -> Matrix:
    return encode(load_layout("b2").records[record], length, columns)
