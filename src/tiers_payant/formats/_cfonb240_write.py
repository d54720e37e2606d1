"""Rows as CFONB 240 records."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Releves, Statut, Tables, Virements, canonical_compte
from tiers_payant.errors import ColumnError
from tiers_payant.formats._cfonb_write import latin
from tiers_payant.formats._digits import Matrix
from tiers_payant.formats._encode import encode
from tiers_payant.formats._layout import load_layout

__all__ = ["write_cfonb240"]

Column = npt.NDArray[Any]

_RIB = 21
_PARTS = {"banque": (0, 5), "guichet": (5, 10), "compte": (10, _RIB)}
_HEADER, _DETAIL, _TOTAL = range(3)


def write_cfonb240(tables: Tables, out: BinaryIO) -> None:
    """Write every advice of *tables*: 31, each line as a 34, then 39; LF after each record.

    `read_cfonb240` gives the same facts back. Only booked credits are written, since the format has no sign and no
    status; names longer than 24 characters and labels longer than 88 are cut; texts under tags of other formats are
    left out. A header has the date of the first day of its advice, a total that of the last.

    Args:
        tables: `releves` whose `avis` is true, and the `virements` that point to them; others are left out.
        out: Where to write, opened in binary.

    Raises:
        ColumnError: An account that is no French one, or an amount over 12 digits.
    """
    releves, lines = tables.releves, tables.virements
    kept = (lines.releve >= 0) & (lines.statut == Statut.COMPTABILISE) & (lines.montant_cents >= 0)
    kept[kept] = releves.avis[lines.releve[kept]]
    virements = lines.take(np.flatnonzero(kept))
    virements = virements.take(np.argsort(virements.releve, kind="stable"))
    written = np.flatnonzero(releves.avis)
    if any(len(compte) != _RIB for compte in releves.compte[written].tolist()):
        raise ColumnError(f"compte: CFONB 240 holds accounts of {_RIB} characters only")
    sums = np.zeros(len(releves), dtype=np.int64)
    np.add.at(sums, virements.releve, virements.montant_cents)
    owners = np.concatenate([written, virements.releve, written])
    kinds = np.repeat([_HEADER, _DETAIL, _TOTAL], [len(written), len(virements), len(written)])
    order = np.lexsort((kinds, owners))
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = _ranks(owners[order])
    first, last = len(written), len(written) + len(virements)
    matrix = np.concatenate(
        [
            _ends(releves, written, "31", releves.du, numbers[:first]),
            _details(virements, numbers[first:last]),
            _ends(releves, written, "39", releves.au, numbers[last:], montant=sums[written]),
        ]
    )
    ended = np.full((len(matrix), matrix.shape[1] + 1), ord("\n"), dtype=np.uint8)
    ended[:, :-1] = matrix[order]
    out.write(ended.tobytes())


def _ranks(owners: Column) -> Column:
    """Return the rank of each row among those of its owner, from 1; *owners* are sorted."""
    return np.arange(len(owners)) - np.searchsorted(owners, owners) + 1


def _ends(releves: Releves, rows: Column, code: str, days: Column, numbers: Column, **more: Column) -> Matrix:
    comptes = releves.compte[rows]
    columns = {name: _bytes([text[cut[0] : cut[1]] for text in comptes.tolist()]) for name, cut in _PARTS.items()}
    return encode(
        load_layout("cfonb240").records[code],
        len(rows),
        {
            **columns,
            "enregistrement": code.encode(),
            "numero": _digits(numbers),
            "date": days[rows],
            "indice_monnaie": np.where(releves.devise[rows] == b"EUR", b"E", b" "),
            "decimales": np.full(len(rows), 2),
            "devise": releves.devise[rows],
            **more,
        },
    )


def _details(virements: Virements, numbers: Column) -> Matrix:
    count = len(virements)
    told = [dict(row.partition(": ")[::2] for row in text.splitlines()) for text in virements.textes.tolist()]
    columns: dict[str, Column] = {}
    for side, tag, own in (("_emetteur", "DbtrAcct", None), ("", "CdtrAcct", virements.compte.tolist())):
        ribs = [_rib(texts.get(tag, ""), own[row] if own else b"") for row, texts in enumerate(told)]
        columns |= {f"{name}{side}": _bytes([rib[a:b] for rib in ribs]) for name, (a, b) in _PARTS.items()}
    record = load_layout("cfonb240").records["34"]
    texts = {
        "emetteur": virements.emetteur.tolist(),
        "libelle": virements.libelle.tolist(),
        "destinataire": [texts.get("Cdtr", "") for texts in told],
        "reference_presentateur": [texts.get("ReferencePresentateur", "") for texts in told],
    }
    for name, values in texts.items():
        columns[name] = _bytes([latin(value)[: record.field(name).width].encode("latin-1") for value in values])
    initial = [texts.get("DateReglementInitial", "") for texts in told]
    return encode(
        record,
        count,
        {
            **columns,
            "enregistrement": b"34",
            "numero": _digits(numbers),
            "code_operation": virements.code_operation,
            "date": virements.date,
            "indice_monnaie": np.where(virements.devise == b"EUR", b"E", b" "),
            "date_reglement_initial": np.array([_day(text) for text in initial], dtype="datetime64[D]"),
            "montant": virements.montant_cents,
        },
    )


def _rib(text: str, otherwise: bytes) -> bytes:
    """Return a French account of *text*; what is none has no place in the record."""
    compte = canonical_compte(text)
    return compte.encode("ascii") if len(compte) == _RIB and compte.isascii() else otherwise


def _day(text: str) -> np.datetime64:
    """Return the day that *text* is; what is none, as another format may write under the same tag, is left out."""
    with suppress(ValueError):
        return np.datetime64(date.fromisoformat(text), "D")
    return np.datetime64("NaT", "D")


def _digits(numbers: Column) -> Column:
    """Return sequence numbers as six digits, which start again after 999 999."""
    return _bytes([b"%06d" % (number % 1_000_000) for number in numbers.tolist()])


def _bytes(texts: list[bytes]) -> Column:
    return np.array(texts, dtype="S")
