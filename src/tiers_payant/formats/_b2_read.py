"""B2 to tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Bruts, Entree, Factures, Lecture, Lignes, Lots, ProblemLog, Source, Tables
from tiers_payant.formats._b2_adresses import FIELDS, addresses_of
from tiers_payant.formats._b2_controls import check_factures, check_file, check_lots
from tiers_payant.formats._b2_structure import (
    LENGTH,
    Records,
    breaks_of_prefix,
    find_records,
    record_name,
    structure_of,
)
from tiers_payant.formats._choix import chosen_layout, tell_mixed
from tiers_payant.formats._decode import Decoded, decode
from tiers_payant.formats._digits import Matrix
from tiers_payant.formats._layout import Layout, Record
from tiers_payant.formats._sans_layout import problem_of

__all__ = ["read_b2"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Ranks = npt.NDArray[np.int32]

_EN_TETE = ("emetteur_type", "emetteur", "destinataire_type", "destinataire", "date_creation", "norme")
_HEADER = {
    "emetteur_type": "emetteur_type", "emetteur": "emetteur", "destinataire_type": "destinataire_type",
    "destinataire_fichier": "destinataire", "date_fichier": "date_creation",
}  # fmt: skip
"""What a lot repeats of the header above it, by its column."""
_LOT = ("officine", "destinataire_organisme", "lot", "nom_officine", "lot_date")
_FACTURE = (
    "officine", "nir", "nir_cle", "facture", "date_facture", "regime", "caisse", "centre", "prescripteur",
    "date_prescription", "nature_assurance", "exoneration", "naissance", "rang", "paiement", "contrat", "amc",
)  # fmt: skip
_LIGNE = (
    "date_soins", "acte", "quantite", "coefficient", "prix_unitaire_cents", "base_cents", "taux",
    "montant_amo_cents", "depense_cents", "montant_amc_cents",
)  # fmt: skip
_TOTAL = ("nombre_lignes", "total_cents", "total_amo_cents", "total_assure_cents", "total_amc_cents")
_FIN_LOT = (
    "nombre_factures", "nombre_lignes", "nombre_types_2", "nombre_types_5",
    "total_cents", "total_amo_cents", "total_amc_cents",
)  # fmt: skip

_DECIDING = {
    "1": ("officine", "lot", "lot_date"),
    "2": ("officine", "facture", "regime", "caisse", "centre", "paiement", "contrat", "amc"),
    "4": _LIGNE,
    "5": ("total_cents", "total_amo_cents", "total_amc_cents"),
}
"""The fields that decide a figure or a key: a record in which one is unreadable is left out and kept raw."""

_HOSPITAL_NORM = b"CP"


def read_b2(entree: Entree) -> Lecture:
    """Read lots sent: files of the general norm, with or without line breaks.

    A facture is kept when its type 2 and 5 and its lot can be read; otherwise its records go to `bruts`, each problem
    located. Counts and sums of types 5, 6 and 999 are checked. What stands under a 000 of the hospital norm goes to
    `bruts`.
    """
    return _Reading(entree).lecture()


@attrs.frozen(eq=False)
class _Parts:
    """What the records of each type say."""

    lots: Decoded
    factures: Decoded
    suites: Decoded
    lignes: Decoded
    totaux: Decoded


class _Reading:
    """One file being read: what every step needs."""

    def __init__(self, entree: Entree) -> None:
        self.entree = entree
        self.log = ProblemLog(entree.nom)
        self.layout: Layout = chosen_layout("b2", entree, self.log)
        self.stream: Matrix = np.frombuffer(entree.octets, dtype=np.uint8)
        records = find_records(self.stream, self.log)
        hospital = self._hospital(records)
        self.foreign = records.starts[hospital]
        """Where the records of the sequences of the hospital norm begin: kept raw."""
        for offset in records.starts[hospital & (records.types == ord("0"))].tolist():
            self.log.add("B2_NORME_HOSPITALIERE", offset=offset, column=62, field="norme")
        self.records = records.without(hospital) if len(self.foreign) else records
        self.starts = self.records.starts
        self.structure = structure_of(self.records, _complements_of(self.layout))

    def lecture(self) -> Lecture:
        heads = self._read("000", self.structure.en_tetes, _EN_TETE)
        if len(self.foreign) and not len(self.starts):
            return self._raw_lecture()
        tell_mixed("b2", self.entree, map(self._raw, self.structure.en_tetes.tolist()), self.layout, self.log)
        self._tell_file()
        self.complements = self._read_complements()
        if not len(self.starts):
            return self._raw_lecture()
        parts = self._decode()
        totals = _last_of(self.structure.totaux, self.structure.facture_of, len(self.structure.factures))
        kept, lines = self._kept(parts, totals)
        check_factures(
            self.log, self._offsets(self.structure.factures), parts.lignes, parts.totaux, lines, totals, kept
        )
        self._check_lots(parts, totals)
        return Lecture(self._tables(parts, heads, totals, kept, lines), self.log.problems())

    def _hospital(self, records: Records) -> Mask:
        """Tell the records under a 000 of the hospital norm, as far as the next 000."""
        heads = np.flatnonzero(records.types == ord("0"))
        layout = self.layout.records["000"]
        norms = decode(layout, self.stream, records.starts[heads], ("norme",), ProblemLog(""))["norme"]
        foreign = norms == _HOSPITAL_NORM
        if not foreign.any():
            return np.zeros(len(records), dtype=np.bool_)
        owners = np.searchsorted(heads, np.arange(len(records)), side="right") - 1
        inside: Mask = (owners >= 0) & foreign[owners]
        return inside

    def _raw_lecture(self) -> Lecture:
        """Keep every record raw."""
        bruts = self._bruts(np.arange(len(self.starts)))
        return Lecture(Tables(sources=(self._source(),), bruts=bruts), self.log.problems())

    def _decode(self) -> _Parts:
        s = self.structure
        return _Parts(
            lots=self._read("1", s.lots, _LOT),
            factures=self._read("2", s.factures, _FACTURE),
            suites=self._read("2S", s.suites, ("nir_beneficiaire",)),
            lignes=self._read("4", s.lignes, _LIGNE),
            totaux=self._read("5", s.totaux, _TOTAL),
        )

    def _read(self, kind: str, records: Rows, names: tuple[str, ...]) -> Decoded:
        deciding = _DECIDING.get(kind)
        return decode(
            self.layout.records[kind], self.stream, self._offsets(records), names, self.log, deciding=deciding
        )

    def _read_complements(self) -> Mapping[str, Decoded]:
        """Read every fact of the complements, so that what cannot be read is told; they are kept raw whatever it is."""
        return {
            code: decode(
                self.layout.record(code), self.stream, self._offsets(records), _facts(self.layout.record(code)),
                self.log, deciding=(),
            )
            for code, records in self.structure.complements.items()
        }  # fmt: skip

    def _offsets(self, records: Rows) -> Rows:
        return self.starts[records]

    def _kept(self, parts: _Parts, totals: Rows) -> tuple[Mask, Rows]:
        """Return the factures that can be used and, for each act line, its facture or -1."""
        s = self.structure
        lot_of = s.lot_of[s.factures]
        has_lot = (lot_of >= 0) & ~parts.lots.bad[lot_of] if len(parts.lots) else np.zeros(len(lot_of), np.bool_)
        has_total = (totals >= 0) & ~parts.totaux.bad[totals] if len(parts.totaux) else np.zeros(len(totals), np.bool_)
        own = self._own_prefix()
        self._tell_lost(~has_lot, "B2_HORS_LOT", code="2")
        self._tell_lost((totals < 0) & has_lot, "B2_FACTURE_INCOMPLETE", manque="5")
        kept = has_lot & has_total & own & ~parts.factures.bad
        self._tell_officines(parts, np.flatnonzero(kept), lot_of)
        lines = s.facture_of[s.lignes]
        for records in (s.lignes, s.totaux, s.suites, *s.complements.values()):
            self._tell_orphans(records[s.facture_of[records] < 0])
        return kept, np.where(parts.lignes.bad, -1, lines)

    def _own_prefix(self) -> Mask:
        """Tell the records that carry another facture's prefix; a facture that holds one is not kept."""
        s = self.structure
        own = np.ones(len(s.factures), dtype=np.bool_)
        for record in breaks_of_prefix(self.records, s).tolist():
            owner = s.facture_of[record]
            code = record_name(self._raw(record))
            self.log.add("B2_PREFIXE_DIFFERENT", offset=int(self.starts[record]), column=2, code=code)
            own[owner] = False
        return own

    def _raw(self, record: int) -> bytes:
        start = int(self.starts[record])
        return bytes(self.stream[start : start + LENGTH])

    def _tell_lost(self, lost: Mask, problem: str, **params: str) -> None:
        for offset in self._offsets(self.structure.factures[lost]).tolist():
            self.log.add(problem, offset=offset, **params)  # type: ignore[arg-type]

    def _tell_officines(self, parts: _Parts, kept: Rows, lot_of: Ranks) -> None:
        other = parts.factures["officine"][kept] != parts.lots["officine"][lot_of[kept]]
        for offset in self._offsets(self.structure.factures[kept[other]]).tolist():
            self.log.add("B2_OFFICINE_DIFFERENTE", offset=offset, column=2, field="officine")

    def _tell_orphans(self, records: Rows) -> None:
        for offset in self._offsets(records).tolist():
            self.log.add("B2_FACTURE_INCOMPLETE", offset=offset, manque="2")

    def _tell_file(self) -> None:
        s = self.structure
        for record in s.autres.tolist():
            problem, words = problem_of(self.layout, record_name(self._raw(record)))
            self.log.add(problem, offset=int(self.starts[record]), **words)  # type: ignore[arg-type]
        if not len(self.starts) or self.records.types[0] != ord("0"):
            self.log.add("DEBUT_ABSENT", offset=0, code="000")
        for offset in self._without_end():
            self.log.add("FIN_ABSENTE", offset=offset, code="999")
        if len(s.fins):
            fins = decode(self.layout.records["999"], self.stream, self._offsets(s.fins),
                          ("nombre_enregistrements", "nombre_lots"), self.log)  # fmt: skip
            check_file(self.log, self._offsets(s.fins), fins, s)

    def _without_end(self) -> list[int]:
        """Return where the sequences end that have no 999: at the next 000, whatever its norm, or with the file."""
        heads, types = self.structure.en_tetes, self.records.types
        if not len(types):
            return [len(self.stream)]
        begins = np.union1d(heads, [0])
        ended = np.add.reduceat(types == ord("9"), begins, dtype=np.int64) > 0
        limits = np.sort(np.concatenate([self.starts[heads], self.foreign, [len(self.stream)]]))
        found: list[int] = limits[np.searchsorted(limits, self.starts[begins[~ended]], side="right")].tolist()
        return found

    def _check_lots(self, parts: _Parts, totals: Rows) -> None:
        s = self.structure
        fins = self._read("6", s.fins_lot, _FIN_LOT)
        for record in s.fins_lot[s.lot_of[s.fins_lot] < 0].tolist():
            self.log.add("B2_HORS_LOT", offset=int(self.starts[record]), code="6")
        for rank in np.setdiff1d(np.arange(len(s.lots)), s.lot_of[s.fins_lot]).tolist():
            self.log.add("FIN_ABSENTE", offset=int(self.starts[s.lots[rank]]), code="6")
        check_lots(self.log, self._offsets(s.fins_lot), fins, s, parts.totaux, totals)

    def _tables(self, parts: _Parts, heads: Decoded, totals: Rows, kept: Mask, lines: Rows) -> Tables:
        lots = self._lots(parts.lots, heads)
        factures = self._factures(parts, totals, kept, lines)
        numbers = np.where(kept, np.cumsum(kept) - 1, -1)
        return Tables(
            sources=(self._source(),),
            lots=lots,
            factures=factures,
            lignes=_lignes(parts.lignes, lines, numbers),
            adresses=addresses_of(self.complements, self.structure, numbers),
            bruts=self._bruts(self._left_out(parts, kept)),
        )

    def _lots(self, lots: Decoded, heads: Decoded) -> Lots:
        header = self._header(self.structure.lots, heads)
        good = ~lots.bad
        length = len(lots)
        table = Lots.of(
            length,
            officine=lots["officine"],
            lot_date=lots["lot_date"],
            lot=lots["lot"],
            destinataire=lots["destinataire_organisme"],
            nom_officine=_text(lots["nom_officine"]),
            source=np.zeros(length, np.int32),
            octet=self._offsets(self.structure.lots),
            **header,
        )
        return table if good.all() else table.take(good)

    def _header(self, records: Rows, heads: Decoded) -> Mapping[str, Any]:
        """Return, for each of *records*, what the header above it says of sender and addressee; nothing without one."""
        s = self.structure
        if not len(s.en_tetes):
            return {}
        above = np.searchsorted(s.en_tetes, records, side="right") - 1
        found = {column: heads[name][np.maximum(above, 0)] for column, name in _HEADER.items()}
        for column in found.values():
            column[above < 0] = np.datetime64("NaT") if column.dtype.kind == "M" else column.dtype.type()
        return found

    def _factures(self, parts: _Parts, totals: Rows, kept: Mask, lines: Rows) -> Factures:
        s = self.structure
        rows = np.flatnonzero(kept)
        owners = s.lot_of[s.factures[rows]]
        paid = totals[rows]
        said = {name: parts.factures[name][rows] for name in _FACTURE if name != "officine"}
        said["amc"] = self._amc(said["amc"], rows, len(kept))
        return Factures.of(
            len(rows),
            **said,
            officine=parts.lots["officine"][owners],
            lot_date=parts.lots["lot_date"][owners],
            lot=parts.lots["lot"][owners],
            date_soins=_earliest(parts.lignes["date_soins"], lines, len(kept))[rows],
            nir_beneficiaire=_scatter(parts.suites["nir_beneficiaire"], s.facture_of[s.suites], len(kept))[rows],
            total_cents=parts.totaux["total_cents"][paid],
            part_amo_cents=parts.totaux["total_amo_cents"][paid],
            part_amc_cents=parts.totaux["total_amc_cents"][paid],
            part_assure_cents=parts.totaux["total_assure_cents"][paid],
            lot_rang=(np.cumsum(~parts.lots.bad) - 1)[owners].astype(np.int32),
            source=np.zeros(len(rows), np.int32),
            octet=self._offsets(s.factures[rows]),
        )

    def _amc(self, said: npt.NDArray[np.bytes_], rows: Rows, length: int) -> npt.NDArray[np.bytes_]:
        """Complete the complementary insurers that type 2 leaves blank with those that 2M names; zeros name none."""
        if "2M" not in self.complements:
            return said
        named = self.complements["2M"]["amc"].astype(said.dtype)
        under = self.structure.facture_of[self.structure.complements["2M"]]
        real = np.char.strip(named, b"0") != b""
        spread = _scatter(named[real], under[real], length)[rows]
        return np.where(said == b"", spread, said)

    def _left_out(self, parts: _Parts, kept: Mask) -> Rows:
        """Return the records that no table holds."""
        s = self.structure
        inside = s.facture_of >= 0
        out = np.zeros(len(self.starts), dtype=np.bool_)
        out[inside] = ~kept[s.facture_of[inside]]
        for records in (s.suites, s.lignes, s.totaux):
            out[records[s.facture_of[records] < 0]] = True
        for records in s.complements.values():
            out[records] = True
        out[s.fins_lot[s.lot_of[s.fins_lot] < 0]] = True
        out[s.lignes[parts.lignes.bad]] = True
        out[s.lots[parts.lots.bad]] = True
        out[s.autres] = True
        return np.flatnonzero(out)

    def _bruts(self, records: Rows) -> Bruts:
        starts = np.sort(np.concatenate([self.starts[records], self.foreign])).tolist()
        begins = [(start, start + LENGTH) for start in starts] + self.records.odd
        raw = [bytes(self.stream[begin:end]) for begin, end in begins]
        return Bruts.of(
            len(raw),
            code=[record_name(record) for record in raw],
            contenu=np.array([record.decode("latin-1") for record in raw], dtype=object),
            source=[0] * len(raw),
            octet=[begin for begin, _ in begins],
        )

    def _source(self) -> Source:
        deciding = {
            **self.layout.records["1"].confidence_of(_DECIDING["1"]),
            **self.layout.records["2"].confidence_of(_DECIDING["2"]),
            **self.layout.records["5"].confidence_of(_DECIDING["5"]),
            **{
                name: rated
                for code, fields in {"2M": ("amc",), **FIELDS}.items()
                if code in self.structure.complements
                for name, rated in self.layout.record(code).confidence_of(fields).items()
            },
        }
        return Source(
            nom=self.entree.nom,
            format="b2",
            reference=self.layout.version,
            octets=len(self.stream),
            enregistrements=len(self.starts) + len(self.foreign),
            confiance=deciding,
            surcharges=self.layout.surcharges,
        )


def _complements_of(layout: Layout) -> tuple[str, ...]:
    """Return the complements that the layout lays out and no table is made of, those of an override included."""
    return tuple(code for code in layout.records if len(code) == 2 and code[0] in "2345" and code != "2S")


def _facts(record: Record) -> tuple[str, ...]:
    return tuple(field.id for field in record.fields if field.type not in ("constante", "blanc"))


def _last_of(records: Rows, owners: Ranks, length: int) -> Rows:
    """For each of *length* factures, the rank in *records* of the last one that it owns, or -1."""
    last = np.full(length, -1, dtype=np.int64)
    own = owners[records]
    last[own[own >= 0]] = np.flatnonzero(own >= 0)
    return last


def _scatter(values: npt.NDArray[np.bytes_], owners: Ranks, length: int) -> npt.NDArray[np.bytes_]:
    spread = np.zeros(length, dtype=values.dtype)
    spread[owners[owners >= 0]] = values[owners >= 0]
    return spread


def _earliest(dates: npt.NDArray[np.datetime64], owners: Rows, length: int) -> npt.NDArray[np.datetime64]:
    """Return the earliest of the dates of each facture; lines stand in file order, so each owner's are together."""
    earliest = np.full(length, np.datetime64("NaT"), dtype="datetime64[D]")
    dated = (owners >= 0) & ~np.isnat(dates)
    owner, date = owners[dated], dates[dated]
    if len(owner):
        first = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
        earliest[owner[first]] = np.minimum.reduceat(date, first)
    return earliest


def _lignes(lignes: Decoded, owners: Rows, numbers: Rows) -> Lignes:
    kept = owners >= 0
    kept[kept] = numbers[owners[kept]] >= 0
    return Lignes.of(
        int(kept.sum()),
        facture_rang=numbers[owners[kept]].astype(np.int32),
        **{name: _narrow(name, lignes[name][kept]) for name in _LIGNE},
    )


def _narrow(name: str, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return column.astype(np.int16) if name in ("quantite", "taux") else column


def _text(column: npt.NDArray[np.bytes_]) -> npt.NDArray[np.object_]:
    return np.array([value.decode("latin-1") for value in column.tolist()], dtype=object)
