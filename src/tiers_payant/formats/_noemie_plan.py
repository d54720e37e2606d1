"""Where each fact goes in a NOÉMIE return that is being written: transfers, factures, and the place of each."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Groupes, Part, Rejets, Reponse, Reponses, Tables, row_codes
from tiers_payant.errors import ColumnError

__all__ = ["Plan", "Transfer", "build_plan"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(kw_only=True)
class Transfer:
    """One announced transfer, or what a return says of an officine outside any."""

    retour: int
    officine: bytes
    groupe: int
    """Row of the first of its groups, -1 outside any."""
    nouveau: bool
    """Written with the new set of entities: it has a label, or its shares are paid apart."""


@attrs.frozen(eq=False)
class Plan:
    """Transfers in the order of the file, and the facture entities; each has a slot, in the order of the file."""

    transfers: tuple[Transfer, ...]
    of_reponses: Rows
    """The facture entity of each answer."""
    of_rejets: Rows
    """The facture entity of each reject line."""
    of_mouvements: Rows
    """The transfer of each movement."""
    exemples: Rows
    """For each facture entity, the first of its answers."""
    apart: Mask
    """Whether the shares of each facture entity are paid apart."""
    transfer: Rows
    """The transfer of each facture entity."""
    nouveau: Mask
    """Whether each facture entity is of the new set."""
    lots: Rows
    """Lot of each facture entity, numbered; -1 in the new set, where the facture names it."""
    opens: Rows
    """Slot of the opening of each transfer."""
    slots: Rows
    """Slot of each facture entity."""
    closes: Rows
    """Slot of the closing of each transfer."""


def build_plan(tables: Tables) -> Plan:
    """Place every answer, reject line and movement.

    Raises:
        ColumnError: A row that no return could hold: a reject line of a facture that nothing answers, an answer whose
            group is another officine's.
    """
    transfers, of_groupes, outside = _transfers(tables)
    rows, moves = tables.reponses, tables.mouvements
    transfer = _place(of_groupes, outside, rows.groupe, rows.retour, rows.officine)
    of_mouvements = _place(of_groupes, outside, moves.groupe, moves.retour, moves.officine)
    _same(tables.groupes, rows.groupe, rows.retour, rows.officine)
    _same(tables.groupes, moves.groupe, moves.retour, moves.officine)
    apart = _parts(tables)[rows.groupe] != 0
    entity, first = _entities(rows, transfer, apart)
    owner = transfer[first]
    nouveau = np.array([one.nouveau for one in transfers], dtype=np.bool_)[owner]
    lots, lot_first = _lots(rows, owner, first, nouveau)
    opens, slots, closes = _slots(len(transfers), owner, lot_first, first)
    return Plan(
        transfers=tuple(transfers),
        of_reponses=entity,
        of_rejets=_of_rejets(rows, tables.rejets, entity, slots),
        of_mouvements=of_mouvements,
        exemples=first,
        apart=apart[first],
        transfer=owner,
        nouveau=nouveau,
        lots=lots,
        opens=opens,
        slots=slots,
        closes=closes,
    )


def _parts(tables: Tables) -> npt.NDArray[np.int8]:
    """The share of each group; the last one answers for what is in no group."""
    return np.append(tables.groupes.part, np.int8(0))


Outside = dict[tuple[int, bytes], int]


def _transfers(tables: Tables) -> tuple[list[Transfer], Rows, Outside]:
    """Make the transfers, put them in the order of the file, and say which one each group and each outsider is in."""
    groupes = tables.groupes
    found: list[Transfer] = []
    rank: list[int] = []
    seen: dict[tuple[Any, ...], tuple[int, set[int]]] = {}
    for row in range(len(groupes)):
        fact = groupes.row(row)
        identity = tuple(fact[name] for name in ("retour", "officine", "date", "libelle_1", "libelle_2", "organisme"))
        place, parts = seen.get(identity, (-1, {fact["part"]}))
        if fact["part"] in parts:
            place, parts = len(found), set()
            nouveau = bool(fact["libelle_1"] or fact["libelle_2"] or fact["organisme"] or fact["part"])
            found.append(Transfer(retour=fact["retour"], officine=groupes.officine[row], groupe=row, nouveau=nouveau))
        seen[identity] = place, parts | {fact["part"]}
        found[place] = attrs.evolve(found[place], nouveau=found[place].nouveau or bool(fact["part"]))
        rank.append(place)
    outside: Outside = {}
    for table in (tables.reponses, tables.mouvements):
        alone = np.flatnonzero(table.groupe < 0)
        for key in zip(table.retour[alone].tolist(), table.officine[alone].tolist(), strict=True):
            if key not in outside:
                outside[key] = len(found)
                found.append(Transfer(retour=key[0], officine=key[1], groupe=-1, nouveau=True))
    order = sorted(range(len(found)), key=_file_order(found))
    moved = np.empty(len(found), dtype=np.int64)
    moved[order] = np.arange(len(found))
    return (
        [found[place] for place in order],
        moved[np.array(rank, dtype=np.int64)],
        {key: int(moved[place]) for key, place in outside.items()},
    )


def _file_order(found: list[Transfer]) -> Any:
    """By return, by officine as they come; what is outside any transfer stands before the first one opens."""
    payes: dict[tuple[int, bytes], int] = {}
    for transfer in found:
        payes.setdefault((transfer.retour, transfer.officine), len(payes))
    return lambda place: (
        found[place].retour, payes[found[place].retour, found[place].officine], found[place].groupe >= 0, place,
    )  # fmt: skip


def _place(of_groupes: Rows, outside: Outside, groupe: Any, retour: Any, officine: Any) -> Rows:
    placed: Rows = np.append(of_groupes, -1)[groupe]
    for row in np.flatnonzero(groupe < 0).tolist():
        placed[row] = outside[int(retour[row]), bytes(officine[row])]
    return placed


def _same(groupes: Groupes, groupe: Any, retour: Any, officine: Any) -> None:
    inside = groupe >= 0
    rows = groupe[inside]
    if (groupes.retour[rows] != retour[inside]).any() or (groupes.officine[rows] != officine[inside]).any():
        raise ColumnError("a row names another return or another officine than its group")


def _entities(rows: Reponses, transfer: Rows, apart: Mask) -> tuple[Rows, Rows]:
    """Say which answers share one facture entity: the two shares of a facture, never the same share twice.

    Returns:
        The entity of each answer, and the first answer of each entity.
    """
    unsaid = rows.part == Part.NON_PRECISEE
    lengths = [np.char.str_len(column) for column in (rows.lot, rows.facture, rows.naissance)]
    columns = [transfer, rows.lot_date, rows.lot, rows.facture, rows.nir, rows.naissance, apart, unsaid, *lengths]
    (code,) = row_codes([columns])
    again = _occurrence(code * len(Part) + rows.part)
    _, first, entity = np.unique(code * (int(again.max(initial=0)) + 1) + again, return_index=True, return_inverse=True)
    return entity.astype(np.int64), first.astype(np.int64)


def _occurrence(codes: Rows) -> Rows:
    """How many equal codes stand before each."""
    order = np.argsort(codes, kind="stable")
    sorted_codes = codes[order]
    starts = np.flatnonzero(np.append(True, sorted_codes[1:] != sorted_codes[:-1])[: len(codes)])
    again = np.empty(len(codes), dtype=np.int64)
    again[order] = np.arange(len(codes)) - np.repeat(starts, np.diff(np.append(starts, len(codes))))
    return again


def _lots(rows: Reponses, transfer: Rows, first: Rows, nouveau: Mask) -> tuple[Rows, Rows]:
    """Number the lots of the old set, and give each facture entity the first answer of its lot: it orders them."""
    (code,) = row_codes([[transfer, rows.lot_date[first], rows.lot[first], np.char.str_len(rows.lot[first])]])
    earliest = np.full(int(code.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(earliest, code, first)
    return np.where(nouveau, -1, code), np.where(nouveau, -1, earliest[code])


def _slots(transfers: int, owner: Rows, lot_first: Rows, first: Rows) -> tuple[Rows, Rows, Rows]:
    """Number, in the order of the file, the opening of each transfer, its facture entities, and its closing."""
    every = np.arange(transfers)
    nothing = np.zeros(transfers, dtype=np.int64)
    keys = (
        np.concatenate([nothing, first, nothing]),
        np.concatenate([nothing, lot_first, nothing]),
        np.repeat([0, 1, 2], [transfers, len(owner), transfers]),
        np.concatenate([every, owner, every]),
    )
    slots = np.empty(len(keys[0]), dtype=np.int64)
    slots[np.lexsort(keys)] = np.arange(len(slots))
    return slots[:transfers], slots[transfers : transfers + len(owner)], slots[transfers + len(owner) :]


def _of_rejets(rows: Reponses, rejets: Rejets, entity: Rows, slots: Rows) -> Rows:
    """Give each reject line the entity of its facture: the first that says a reject, else the first."""
    answer, line = row_codes(
        [(table.retour, table.officine, table.lot_date, table.lot, table.facture) for table in (rows, rejets)]
    )
    refused = np.isin(rows.reponse, (Reponse.REJETEE, Reponse.TRAITEMENT_CAISSE))
    order = np.lexsort((slots[entity], ~refused, answer))
    sorted_codes = answer[order]
    found = np.searchsorted(sorted_codes, line)
    safe = np.minimum(found, max(len(order) - 1, 0))
    if len(line) and (not len(order) or (sorted_codes[safe] != line).any()):
        raise ColumnError("a reject line names a facture that no answer of its return names")
    return entity[order[safe]] if len(line) else np.empty(0, dtype=np.int64)
