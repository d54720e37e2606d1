"""What every step of the reading of a NOÉMIE file shares: its entities by kind, and the factures they are under."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import ProblemLog
from tiers_payant.errors import shape
from tiers_payant.formats._decode import decode
from tiers_payant.formats._layout import Layout
from tiers_payant.formats._noemie_arbre import (
    ANNONCE_071,
    FACTURE_100,
    FACTURE_102,
    JOURNEE_070,
    LOT_080,
    PAYE_040,
    Arbre,
)
from tiers_payant.formats._noemie_cadrage import Flux
from tiers_payant.formats._noemie_entites import Entites, Rows
from tiers_payant.formats._noemie_tetes import Places

__all__ = ["Contexte", "Factures", "Lus", "build_factures", "merge_order", "strip_amc", "strip_numbers"]

Column = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

_NAMES: dict[int, tuple[str, ...]] = {
    40: ("officine",),
    70: ("date",),
    71: ("date", "libelle_1", "libelle_2", "organisme"),
    80: ("lot_date", "lot"),
    100: ("facture",),
    102: ("facture", "lot", "lot_date", "traitement_amc"),
    103: ("nir", "naissance"),
    110: ("nir",),
    120: ("naissance",),
    198: ("demande_cents", "etat", "paye_cents", "signe"),
    199: ("demande_cents", "etat", "paye_cents", "signe", "amc"),
    210: ("paye_cents", "signe", "alsace_moselle_cents", "amc_cents", "base_amc_cents"),
    250: ("reference", "date", "dette", "operation", "montant_cents", "signe", "solde_cents"),
    261: ("code", "montant_cents"),
    262: ("code", "libelle"),
    290: ("code", "libelle"),
    294: ("code", "libelle", "portee", "part", "acte", "date_soins"),
    990: ("niveau", "nombre", "somme_cents", "signe"),
}
"""The fields that the tables need, by entity."""

_DECIDING: dict[int, tuple[str, ...]] = {
    198: _NAMES[198],
    199: _NAMES[199],
    210: _NAMES[210],
    250: ("operation", "montant_cents", "signe"),
    261: ("montant_cents",),
    990: _NAMES[990],
}
"""The fields that decide a figure: an entity in which one is unreadable is left out and kept raw."""


@attrs.frozen(eq=False)
class Lus:
    """The entities of one number that could be read, in file order."""

    rows: Rows
    """Their rows among the entities."""
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def rank(self, rows: Rows) -> Rows:
        """Return the rank here of entities given by row; -1 for those that are not of this kind, or not read."""
        found = np.minimum(np.searchsorted(self.rows, rows), max(len(self.rows) - 1, 0))
        if not len(self.rows):
            return np.full(len(rows), -1, dtype=np.int64)
        return np.where(self.rows[found] == rows, found, -1)


class Contexte:
    """One file being read."""

    def __init__(self, flux: Flux, entites: Entites, layout: Layout, log: ProblemLog) -> None:
        self.flux, self.entites, self.layout, self.log = flux, entites, layout, log
        self.arbre = Arbre(entites)
        self.ecartes: Mask = ~entites.lisibles
        """Entities that no table could take: they are kept raw."""
        self._lus: dict[int, Lus] = {}

    def lus(self, numero: int) -> Lus:
        """Decode the entities of that number, once."""
        if numero not in self._lus:
            self._lus[numero] = self._read(numero)
        return self._lus[numero]

    def _read(self, numero: int) -> Lus:
        rows = self.entites.rows_of(numero)
        names, deciding = _NAMES[numero], _DECIDING.get(numero, ())
        record = self.layout.record(f"{numero:03d}")
        starts = self.entites.debuts[rows]
        decoded = decode(record, self.flux.data, starts, names, self.log, self.flux.to_file, deciding)
        if not decoded.bad.any():
            return Lus(rows, decoded.columns)
        self.ecartes[rows[decoded.bad]] = True
        good = ~decoded.bad
        return Lus(rows[good], {name: column[good] for name, column in decoded.columns.items()})

    def tell_unlisted(self, numero: int, name: str) -> None:
        """Tell the letters that the list of a field lacks: they are read as if nothing was said."""
        lus, field = self.lus(numero), self.layout.record(f"{numero:03d}").field(name)
        codes = [code for code in self.layout.enums.get(field.enum, {}) if code.strip()]
        known = np.zeros(256, dtype=np.bool_)
        known[[0, *map(ord, codes)]] = True
        strange = np.flatnonzero(~known[lus[name].astype("S1").view(np.uint8)])
        shapes = (shape(value) for value in lus[name][strange].tolist())
        self.log.add_rows(
            "VALEUR_ATTENDUE", self.octets(lus.rows[strange]).tolist(), shapes,
            column=field.first, field=name, attendu=", ".join(codes),
        )  # fmt: skip

    def octets(self, rows: Rows) -> Places:
        """Return the bytes of the file where entities begin."""
        return self.flux.to_file(self.entites.debuts[rows])

    def set_aside(self, rows: Rows, manque: str) -> None:
        """Keep entities raw because nothing of *manque* is open where they stand; the problem is told for each."""
        self.ecartes[rows] = True
        codes = self.entites.numeros[rows].tolist()
        for code, octet in zip(codes, self.octets(rows).tolist(), strict=True):
            self.log.add("NOEMIE_ORPHELINE", offset=octet, code=f"{code:03d}", manque=manque)

    @cached_property
    def officines(self) -> Column:
        """The officine of each 040: the last 9 of its 15 digits; a number that is longer is kept whole, and told."""
        payes = self.lus(PAYE_040)
        values, inverse = np.unique(payes["officine"], return_inverse=True)
        numbers = [_officine(value.strip()) for value in values.tolist()]
        odd = np.array([len(number) != _OFFICINE for number in numbers], dtype=np.bool_)[inverse]
        for octet in self.octets(payes.rows[odd]).tolist():
            self.log.add("NOEMIE_OFFICINE", offset=octet, column=6, field="officine")
        return np.array(numbers, dtype="S")[inverse] if numbers else np.empty(0, dtype="S9")

    def confiance(self) -> dict[str, str]:
        """Return the confidence in each deciding field of the entities that the file holds."""
        found: dict[str, str] = {}
        for numero in (40, 70, 71, 80, 100, 102, 198, 199, 210, 250, 261, 290, 294, 990):
            if (self.entites.numeros == numero).any():
                record = self.layout.record(f"{numero:03d}")
                found |= record.confidence_of(_DECIDING.get(numero) or _NAMES[numero])
        return found


@attrs.frozen(eq=False)
class Factures:
    """Every facture (100 or 102) that could be read, and what it is under."""

    rows: Rows
    facture: Column
    lot: Column
    lot_date: Column
    officine: Column
    apart: Mask
    """Whether the shares are paid by transfers of their own (AMC_HANDLING V)."""
    paye: Rows
    """Row of its 040, -1 when none is open."""
    annonce: Rows
    """Row of its 070 or 071, -1 when none is open."""
    ancienne: Mask
    """Of the old set (100)."""
    complete: Mask
    """Whether what makes its key is there; the others answer for nothing and are kept raw."""
    ouverte: Rows
    """For each noeud of the tree, the facture open after it, by rank here; -1 when there is none."""
    _of: dict[int, Rows] = attrs.field(factory=dict, init=False)

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, contexte: Contexte, rows: Rows) -> Rows:
        """Return the rank of the facture that each entity is under; -1 when there is none."""
        return contexte.arbre.at(self.ouverte, rows)

    def of_kind(self, contexte: Contexte, numero: int) -> Rows:
        """Return the rank of the facture that each entity of that number is under; -1 when there is none."""
        if numero not in self._of:
            self._of[numero] = self.of(contexte, contexte.lus(numero).rows)
        return self._of[numero]

    def count(self, ranks: Rows) -> Rows:
        """Count how many of *ranks* name each facture."""
        return np.bincount(ranks[ranks >= 0], minlength=len(self))

    def sums(self, ranks: Rows, cents: Column) -> npt.NDArray[np.int64]:
        """Add *cents* up by facture."""
        total = np.zeros(len(self), dtype=np.int64)
        np.add.at(total, ranks, cents)
        return total


_OFFICINE = 9


def _officine(text: bytes) -> bytes:
    return text.lstrip(b"0").rjust(_OFFICINE, b"0") if text else b""


def build_factures(contexte: Contexte) -> Factures:
    """Read the factures, give them what they are under, and set aside those whose key is incomplete."""
    arbre, old, new = contexte.arbre, contexte.lus(FACTURE_100), contexte.lus(FACTURE_102)
    contexte.tell_unlisted(FACTURE_102, "traitement_amc")
    order = merge_order(old.rows, new.rows)
    rows = np.concatenate([old.rows, new.rows])[order]
    ancienne = (np.arange(len(rows)) < len(old))[order]
    noeuds = arbre.dernier[rows]
    payes, lots = contexte.lus(PAYE_040), contexte.lus(LOT_080)
    paye = _row_of(arbre, arbre.open_of(PAYE_040), noeuds)
    annonce = _row_of(arbre, transfers_open(arbre), noeuds)
    own_lot = np.concatenate([np.zeros(len(old), dtype="S3"), new["lot"]])[order]
    own_date = np.concatenate([np.full(len(old), "NaT", dtype="datetime64[D]"), new["lot_date"]])[order]
    lot_rank = lots.rank(_row_of(arbre, arbre.open_of(LOT_080), noeuds))
    lot, lot_date = _lots(lots, lot_rank, own_lot, own_date)
    paye_rank = payes.rank(paye)
    without_lot = ancienne & (lot_rank < 0)
    _set_aside(contexte, rows, paye_rank < 0, without_lot)
    return Factures(
        rows=rows,
        facture=np.concatenate([old["facture"], new["facture"]])[order],
        lot=lot,
        lot_date=lot_date,
        officine=_take(contexte.officines, paye_rank),
        apart=np.concatenate([np.zeros(len(old), dtype=np.bool_), new["traitement_amc"] == b"V"])[order],
        paye=np.where(paye_rank < 0, -1, paye),
        annonce=annonce,
        ancienne=ancienne,
        complete=(paye_rank >= 0) & ~without_lot,
        ouverte=_ouverte(arbre, noeuds),
    )


def transfers_open(arbre: Arbre) -> npt.NDArray[np.int32]:
    """For each noeud, the 070 or 071 whose scope is open after it, the later of the two."""
    return np.maximum(arbre.open_of(JOURNEE_070), arbre.open_of(ANNONCE_071))


def merge_order(*rows: Rows) -> Any:
    """Return what puts rows of several kinds of entities, one kind after the other, in file order."""
    if sum(len(some) > 0 for some in rows) < 2:
        return slice(None)
    return np.argsort(np.concatenate(rows), kind="stable")


def _ouverte(arbre: Arbre, noeuds: npt.NDArray[np.int32]) -> Rows:
    ranks = np.full(len(arbre) + 1, -1, dtype=np.int64)  # the last one answers for -1
    ranks[noeuds] = np.arange(len(noeuds))
    return ranks[np.maximum(arbre.open_of(FACTURE_100), arbre.open_of(FACTURE_102))]


def _row_of(arbre: Arbre, opened: npt.NDArray[np.int32], noeuds: npt.NDArray[np.int32]) -> Rows:
    return np.append(arbre.rows, -1)[opened[noeuds]]


def _lots(lots: Lus, rank: Rows, own: Column, own_date: Column) -> tuple[Column, Column]:
    """The lot that a 102 names, else that of the 080 it is under."""
    inherited = (own == b"") & (rank >= 0)
    if not inherited.any():
        return own, own_date
    lot, date = own.copy(), own_date.copy()
    lot[inherited] = lots["lot"][rank[inherited]]
    date[inherited] = lots["lot_date"][rank[inherited]]
    return lot, date


def _set_aside(contexte: Contexte, rows: Rows, without_paye: Mask, without_lot: Mask) -> None:
    contexte.set_aside(rows[without_paye], "040")
    contexte.set_aside(rows[without_lot & ~without_paye], "080")


def _take(column: Column, ranks: Rows) -> Column:
    if not len(column):
        return np.zeros(len(ranks), dtype=column.dtype)
    return np.where(ranks < 0, np.zeros(1, dtype=column.dtype), column[ranks])


def strip_numbers(column: Column, width: int) -> Column:
    """Drop the padding of parties' numbers: blanks around them, or the zeros that fill them to their full *width*."""
    said = column.tolist()
    bare = {value: _strip_number(value, width) for value in set(said)}
    return np.array([bare[value] for value in said], dtype=f"S{width}")


def _strip_number(value: bytes, width: int) -> bytes:
    bare = value.strip(b" \0")
    return bare.lstrip(b"0") if len(bare) == width and bare.isdigit() else bare


_AMC_WRITTEN, _AMC_SHORT = 10, 8


def strip_amc(numbers: Column) -> Column:
    """Return the numbers of complementary insurers on 8 characters when they are written on 10 with two zeros."""
    if not len(numbers):
        return numbers
    letters = numbers.view(np.uint8).reshape(len(numbers), _AMC_WRITTEN)
    if (letters[:, 0] == ord(" ")).any():
        letters = np.char.strip(numbers).astype(f"S{_AMC_WRITTEN}").view(np.uint8).reshape(letters.shape)
    zeros = letters == ord("0")
    padded = zeros[:, 0] & zeros[:, 1] & (letters[:, -1] != 0)
    short = np.zeros_like(letters)
    short[:, :_AMC_SHORT] = letters[:, _AMC_WRITTEN - _AMC_SHORT :]
    kept = np.where(padded[:, None], short, letters)
    kept[(zeros | (letters == 0)).all(axis=1)] = 0
    stripped: Column = np.ascontiguousarray(kept).view(f"S{_AMC_WRITTEN}").ravel()
    return stripped
