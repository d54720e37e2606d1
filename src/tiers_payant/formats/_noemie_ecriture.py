"""Tables to NOÉMIE.

Levels written, since no source fixes them (formats-amo 1.4): new set, 040 at 02, 071 at 03, 102 at 05; old set, 040 at
02, 070 at 03, 080 at 04, 100 at 05; what stands under a facture or a transfer, at 99.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import NatureMouvement, Part, Reponse, Tables
from tiers_payant.errors import ColumnError, LayoutError
from tiers_payant.formats._digits import Matrix
from tiers_payant.formats._encode import encode
from tiers_payant.formats._layout import Layout, load_layout
from tiers_payant.formats._noemie_cadrage import CADRAGES, MARK, Section, frame
from tiers_payant.formats._noemie_limites import check_writable
from tiers_payant.formats._noemie_plan import Plan, build_plan

__all__ = ["write_noemie"]

Rows = npt.NDArray[np.int64]
Cents = npt.NDArray[np.int64]

_PAYEE, _TRANSFER, _LOT, _FACTURE, _LEAF = 2, 3, 4, 5, 99
_SLOT, _PHASE = 1 << 34, 1 << 28
_OPEN, _HEAD, _PATIENT, _SHARE, _WHY, _CLOSE, _CLOSE_UP, _CLOSE_TOP = 1, 2, 3, 4, 6, 8, 9, 10
_CHUNK = 1 << 15


def write_noemie(tables: Tables, out: BinaryIO, cadrage: str = "blocs") -> None:
    """Write returns, one 000 to 999 sequence per row of `retours`, with their controls.

    A group that has a transfer label, or whose shares are paid apart, is written with the new set of entities (071,
    102, 198, 199, 294); the others with the old one (070, 080, 100, 210, 290), where each answer is one line of 210.
    What is outside any group is written with the new set, under no transfer.

    Args:
        tables: Retours, groupes, reponses, rejets and mouvements; the other tables are left out.
        out: Where to write.
        cadrage: `blocs`, `longueurs` or `nu`.

    Raises:
        LayoutError: A framing that does not exist.
        ColumnError: A row that the entities cannot hold: nothing is dropped silently.
    """
    if cadrage not in CADRAGES:
        raise LayoutError(f"no framing {cadrage}: {', '.join(CADRAGES)}")
    layout, plan = load_layout("noemie"), build_plan(tables)
    check_writable(tables, plan, layout)
    sheet = _Sheet(layout)
    totals = _write_content(sheet, tables, plan)
    for retour, section in enumerate(sheet.sections([one.retour for one in plan.transfers], plan, len(tables.retours))):
        out.write(frame(_fixed(layout, tables, retour, section, totals), cadrage))


@attrs.frozen(eq=False)
class _Totals:
    """What the 999 of each return says."""

    lots: Rows
    cents: Cents


class _Sheet:
    """Entities to be put in order: each batch of one number, with the key that orders it."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.keys: list[Rows] = []
        self.batches: list[Matrix] = []

    def put(self, code: str, keys: Rows, niveau: int, /, **columns: object) -> None:
        """Add entities of one number; mandatory digits that no table knows are zeros."""
        record = self.layout.records[code]
        zeros = {field.id: b"0" for field in record.fields if field.type == "chiffres" and field.required}
        batch = encode(record, len(keys), {**zeros, **columns, "niveau": niveau})
        if (batch[:, :-1] == MARK).any():
            raise ColumnError(f"{code}: a text holds the character that ends entities")
        self.keys.append(keys)
        self.batches.append(batch)

    def sections(self, retours: list[int], plan: Plan, count: int) -> Iterator[tuple[bytes, int]]:
        """Yield the content of each return, and how many entities it holds."""
        lengths = np.concatenate([np.full(len(batch), batch.shape[1]) for batch in self.batches])
        order = np.argsort(np.concatenate(self.keys), kind="stable")
        sorted_keys = np.concatenate(self.keys)[order]
        ends = np.cumsum(lengths[order])
        places = np.empty(len(order), dtype=np.int64)
        places[order] = ends - lengths[order]
        whole = self._assembled(places, int(lengths.sum()))
        first = np.searchsorted(retours, np.arange(count + 1))
        slots = np.append(plan.opens, len(plan.opens) * 2 + len(plan.slots))
        bounds = np.searchsorted(sorted_keys, slots[first] * _SLOT)
        cuts = np.append(0, ends)[bounds].tolist()
        for low, high, entities in zip(cuts, cuts[1:], np.diff(bounds).tolist(), strict=False):
            yield whole[low:high].tobytes(), entities

    def _assembled(self, places: Rows, size: int) -> Matrix:
        whole = np.empty(size, dtype=np.uint8)
        start = 0
        for batch in self.batches:
            columns = np.arange(batch.shape[1])
            for low in range(0, len(batch), _CHUNK):
                piece = batch[low : low + _CHUNK]
                whole[places[start + low : start + low + len(piece), None] + columns] = piece
            start += len(batch)
        return whole


def _key(slots: Rows, phase: int, rank: Rows | int = 0) -> Rows:
    return slots * _SLOT + phase * _PHASE + rank


# --- entities


def _write_content(sheet: _Sheet, tables: Tables, plan: Plan) -> _Totals:
    leaves, cents = np.zeros(len(plan.slots), dtype=np.int64), np.zeros(len(plan.slots), dtype=np.int64)
    np.add.at(cents, plan.of_reponses, tables.reponses.annonce_cents)
    _write_heads(sheet, tables, plan, leaves)
    _write_shares(sheet, tables, plan, leaves)
    _write_rejects(sheet, tables, plan, leaves)
    _close(sheet, _key(plan.slots, _CLOSE), _FACTURE, leaves, cents)
    lots = _write_lots(sheet, tables, plan, cents)
    moved, details = _write_movements(sheet, tables, plan)
    return _write_transfers(sheet, tables, plan, cents, lots, (moved, details))


def _close(sheet: _Sheet, keys: Rows, niveau: int, children: Rows, cents: Cents) -> None:
    sheet.put("990", keys, niveau, nombre=children, somme_cents=np.abs(cents), signe=np.sign(cents))


def _write_heads(sheet: _Sheet, tables: Tables, plan: Plan, leaves: Rows) -> None:
    """Write 100 or 102, and the insured and beneficiary when they are known."""
    rows = tables.reponses.take(plan.exemples)
    new, old = np.flatnonzero(plan.nouveau), np.flatnonzero(~plan.nouveau)
    sheet.put("100", _key(plan.slots[old], _HEAD), _FACTURE, facture=rows.facture[old])
    sheet.put(
        "102", _key(plan.slots[new], _HEAD), _FACTURE,
        facture=rows.facture[new], lot=rows.lot[new], lot_date=rows.lot_date[new],
        traitement_amc=np.where(plan.apart[new], b"V", b""),
    )  # fmt: skip
    known, born = rows.nir != b"", rows.naissance != b""
    wanted = (
        ("103", np.flatnonzero(plan.nouveau & (known | born)), 0, {"nir": rows.nir, "naissance": rows.naissance}),
        ("110", np.flatnonzero(~plan.nouveau & known), 0, {"nir": rows.nir}),
        ("120", np.flatnonzero(~plan.nouveau & born), 1, {"naissance": rows.naissance}),
    )
    for code, which, rank, columns in wanted:
        keys = _key(plan.slots[which], _PATIENT, rank)
        sheet.put(code, keys, _LEAF, **{name: column[which] for name, column in columns.items()})
        leaves[which] += 1


_ETATS = {
    Reponse.NON_TRAITEE: b"",
    Reponse.PAYEE: b"P",
    Reponse.REJETEE: b"R",
    Reponse.DIFFEREE: b"D",
    Reponse.TRAITEMENT_CAISSE: b"R",
}


def _write_shares(sheet: _Sheet, tables: Tables, plan: Plan, leaves: Rows) -> None:
    """Write 198 and 199, or one line of 210 per answer; an answer that names no share has no line."""
    rows, entity = tables.reponses, plan.of_reponses
    etats = np.array([_ETATS[Reponse(value)] for value in range(len(Reponse))], dtype="S1")[rows.reponse]
    amc = np.where(np.char.str_len(rows.amc) == 8, np.char.add(b"00", rows.amc), rows.amc)
    for code, part in (("198", Part.AMO), ("199", Part.AMC)):
        which = np.flatnonzero((rows.part == part) & plan.nouveau[entity])
        columns: dict[str, object] = {"demande_cents": rows.demande_cents[which], "etat": etats[which]}
        if part == Part.AMC:
            columns["amc"] = amc[which]
        _write_line(sheet, code, plan, entity[which], part, rows.annonce_cents[which], "paye_cents", columns)
        leaves[entity[which]] += 1
        which = np.flatnonzero((rows.part == part) & ~plan.nouveau[entity])
        field = "paye_cents" if part == Part.AMO else "amc_cents"
        _write_line(sheet, "210", plan, entity[which], part, rows.annonce_cents[which], field, {"ligne": b"%d" % part})
        leaves[entity[which]] += 1


def _write_line(
    sheet: _Sheet,
    code: str,
    plan: Plan,
    entity: Rows,
    part: int,
    cents: Cents,
    field: str,
    columns: Mapping[str, object],
) -> None:
    keys = _key(plan.slots[entity], _SHARE, part)
    sheet.put(code, keys, _LEAF, **columns, **{field: np.abs(cents), "signe": np.sign(cents)})


def _write_rejects(sheet: _Sheet, tables: Tables, plan: Plan, leaves: Rows) -> None:
    rejets, entity = tables.rejets, plan.of_rejets
    new = plan.nouveau[entity]
    for code, which in (("290", np.flatnonzero(~new)), ("294", np.flatnonzero(new))):
        columns: dict[str, object] = {"code": rejets.code[which], "libelle": rejets.libelle[which]}
        if code == "294":
            columns |= {"portee": rejets.portee[which], "part": rejets.part[which], "acte": rejets.acte[which],
                        "date_soins": rejets.date_soins[which]}  # fmt: skip
        sheet.put(code, _key(plan.slots[entity[which]], _WHY, which), _LEAF, **columns)
    np.add.at(leaves, entity, 1)


def _write_lots(sheet: _Sheet, tables: Tables, plan: Plan, cents: Cents) -> Rows:
    """Open each lot of the old set before its first facture, and close it after its last; return their transfers."""
    old = np.flatnonzero(plan.lots >= 0)
    old = old[np.argsort(plan.slots[old])]
    lots, first, inverse = np.unique(plan.lots[old], return_index=True, return_inverse=True)
    last = np.zeros(len(lots), dtype=np.int64)
    last[inverse] = old
    rows = tables.reponses.take(plan.exemples[old[first]])
    sheet.put("080", _key(plan.slots[old[first]], _OPEN), _LOT, lot=rows.lot, lot_date=rows.lot_date)
    sums = np.zeros(len(lots), dtype=np.int64)
    np.add.at(sums, inverse, cents[old])
    _close(sheet, _key(plan.slots[last], _CLOSE_UP), _LOT, np.bincount(inverse, minlength=len(lots)), sums)
    return plan.transfer[old[first]]


def _write_movements(sheet: _Sheet, tables: Tables, plan: Plan) -> tuple[Cents, Rows]:
    """Write 250, or 261 and its 262; return, by transfer, the cents and the number of entities."""
    moves, slots = tables.mouvements, plan.closes[plan.of_mouvements]
    late = moves.nature == NatureMouvement.PENALITE_RETARD
    lump = late | (moves.nature == NatureMouvement.FORFAIT)
    debt, paid = np.flatnonzero(~lump), np.flatnonzero(lump)
    detailed = np.flatnonzero(lump & (late | (moves.libelle != "")))
    entered = moves.nature == NatureMouvement.INDU
    amounts = np.where(entered, -np.abs(moves.solde_cents), moves.montant_cents)
    sheet.put(
        "250", _key(slots[debt], _OPEN, debt * 2), _LEAF,
        reference=moves.reference[debt], date=moves.date[debt], dette=moves.dette[debt],
        operation=moves.operation[debt], montant_cents=np.abs(amounts[debt]), signe=np.sign(amounts[debt]),
        solde_cents=moves.solde_cents[debt],
    )  # fmt: skip
    sheet.put(
        "261", _key(slots[paid], _OPEN, paid * 2), _LEAF,
        code=moves.reference[paid], montant_cents=moves.montant_cents[paid],
    )  # fmt: skip
    sheet.put(
        "262", _key(slots[detailed], _OPEN, detailed * 2 + 1), _LEAF,
        code=np.where(late, b"NRD", b"")[detailed], libelle=moves.libelle[detailed],
        periodicite=b"P", montant_cents=moves.montant_cents[detailed],
    )  # fmt: skip
    cents, count = np.zeros(len(plan.transfers), dtype=np.int64), np.zeros(len(plan.transfers), dtype=np.int64)
    np.add.at(cents, plan.of_mouvements, moves.montant_cents)
    np.add.at(count, np.concatenate([plan.of_mouvements, plan.of_mouvements[detailed]]), 1)
    return cents, count


def _write_transfers(
    sheet: _Sheet, tables: Tables, plan: Plan, cents: Cents, lots: Rows, moved: tuple[Cents, Rows]
) -> _Totals:
    """Open and close transfers and payees; return what the 999 of each return says."""
    count = len(plan.transfers)
    sums, leaves = moved[0].copy(), moved[1]
    np.add.at(sums, plan.transfer, cents)
    factures, with_lots = np.bincount(plan.transfer, minlength=count), np.bincount(lots, minlength=count)
    children = np.select([with_lots > 0, factures > 0], [with_lots, factures], leaves)
    groupe = np.array([one.groupe for one in plan.transfers], dtype=np.int64)
    nouveau = np.array([one.nouveau for one in plan.transfers], dtype=np.bool_)
    retour = np.array([one.retour for one in plan.transfers], dtype=np.int64)
    rows = tables.groupes.take(np.maximum(groupe, 0)) if len(tables.groupes) else tables.groupes
    real, old = np.flatnonzero(groupe >= 0), np.flatnonzero((groupe >= 0) & ~nouveau)
    new = np.flatnonzero((groupe >= 0) & nouveau)
    sheet.put("070", _key(plan.opens[old], _HEAD), _TRANSFER, date=rows.date[old])
    sheet.put(
        "071", _key(plan.opens[new], _HEAD), _TRANSFER,
        date=rows.date[new], organisme=rows.organisme[new],
        libelle_1=rows.libelle_1[new], libelle_2=rows.libelle_2[new],
    )  # fmt: skip
    _close(sheet, _key(plan.closes[real], _CLOSE_UP), _TRANSFER, children[real], sums[real])
    _write_payees(sheet, plan, groupe >= 0, children, sums)
    size = len(tables.retours)
    totals = np.zeros(size, dtype=np.int64)
    np.add.at(totals, retour, sums)
    return _Totals(_lots_of(tables, plan, retour, retour[lots], size), totals)


def _write_payees(sheet: _Sheet, plan: Plan, real: npt.NDArray[np.bool_], children: Rows, sums: Cents) -> None:
    """One 040 per officine of a return. What is next below it is its transfers, or what it holds outside any."""
    names = [(one.retour, one.officine) for one in plan.transfers]
    first = np.array([row for row, name in enumerate(names) if row == 0 or name != names[row - 1]], dtype=np.int64)
    last = np.append(first[1:], len(names))[: len(first)] - 1
    officine = np.array([name[1].rjust(15, b"0") if name[1] else b"" for name in names], dtype="S15")[first]
    sheet.put("040", _key(plan.opens[first], _OPEN), _PAYEE, officine=officine)
    if not len(first):
        return
    transfers, total = np.add.reduceat(real.astype(np.int64), first), np.add.reduceat(sums, first)
    below = np.where(transfers > 0, transfers, np.add.reduceat(children, first))
    _close(sheet, _key(plan.closes[last], _CLOSE_TOP), _PAYEE, below, total)


def _lots_of(tables: Tables, plan: Plan, retour: Rows, opened: Rows, size: int) -> Rows:
    """Count the lots of each return: those it opens, or those that its factures name."""
    named = tables.reponses.take(plan.exemples[plan.nouveau])
    owner = retour[plan.transfer[plan.nouveau]]
    dates = named.lot_date.astype(np.int64).tolist()
    lots = {key for key in zip(owner.tolist(), dates, named.lot.tolist(), strict=True) if key[2]}
    distinct = np.bincount(np.array([key[0] for key in lots], dtype=np.int64), minlength=size)
    opened_by = np.bincount(opened, minlength=size)
    return np.where(opened_by > 0, opened_by, distinct)


# --- fixed records


def _fixed(layout: Layout, tables: Tables, retour: int, section: tuple[bytes, int], totals: _Totals) -> Section:
    row = tables.retours.take(np.array([retour]))
    parties = {
        "emetteur_type": row.emetteur_type,
        "emetteur": np.char.rjust(row.emetteur, 14),
        "destinataire_type": row.destinataire_type,
        "destinataire": row.destinataire,
        "fichier": row.fichier,
    }
    head = {"date": row.date, "reference": row.reference, "monnaie": b"U", "longueur": b"128"}
    cents = int(totals.cents[retour])

    def end(records: int) -> bytes:
        tail = {"nombre_enregistrements": records, "nombre_lots": int(totals.lots[retour]),
                "total_cents": abs(cents), "signe": -1 if cents < 0 else 1}  # fmt: skip
        return encode(layout.records["999"], 1, {**parties, **tail}).tobytes()

    return Section(encode(layout.records["000"], 1, {**parties, **head}).tobytes(), section[0], section[1], end)
