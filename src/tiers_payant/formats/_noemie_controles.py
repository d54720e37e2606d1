"""The controls of a NOÉMIE return: 990 of each level, 999 of the file. A gap is told, nothing is refused.

A 990 counts the entities of the next lower level that its level holds (three such counts were recomputed on a real
sample, formats-amo 1.4), and sums the amounts below. Which amounts is our reading, written in `[regles.sommes]` of
`layouts/noemie.toml` with its confidence; recovery operations that only write a debt down enter for nothing. A facture
without any line of detail is summed by its own 990, which then says what was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.formats._noemie_arbre import NODES, Arbre, Noeuds, last_of
from tiers_payant.formats._noemie_contexte import Column, Contexte, Factures, Lus
from tiers_payant.formats._noemie_entites import CLOSE, Rows, levels_of
from tiers_payant.formats._noemie_tetes import UNREADABLE

__all__ = ["Fermetures", "amounts_of", "check_file", "check_levels", "read_fermetures"]

Cents = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Fermetures:
    """The 990 of a file."""

    lus: Lus
    noeuds: Rows
    sommes: Cents
    factures: Rows
    """The facture whose level each one closes, by rank; -1 when it closes another level."""


def read_fermetures(contexte: Contexte, factures: Factures) -> Fermetures:
    """Read the 990 and find which of them close a facture."""
    arbre, lus = contexte.arbre, contexte.lus(CLOSE)
    noeuds = arbre.dernier[lus.rows].astype(np.int64)
    before = np.maximum(noeuds - 1, 0)
    opened = factures.ouverte[before] if len(arbre) else np.empty(0, dtype=np.int64)
    opened = np.where((noeuds > 0) & (arbre.premier[noeuds] <= before), opened, -1)
    levels = contexte.entites.niveaux[factures.rows[opened]] if len(factures) else np.full(len(lus), -1)
    closed = np.where((opened >= 0) & (levels == lus["niveau"]), opened, -1)
    return Fermetures(lus, noeuds, lus["somme_cents"] * lus["signe"].astype(np.int64), closed)


def amounts_of(contexte: Contexte, numero: int) -> Cents:
    """Return what each entity of that number brings to the sums: the amounts that the rules name, signed."""
    lus, names = contexte.lus(numero), contexte.layout.extra["regles"]["sommes"][f"{numero:03d}"]
    total = np.zeros(len(lus), dtype=np.int64)
    for name in names:
        total += lus[name]
    if "signe" in lus.columns:
        total *= lus["signe"]
    if "operation" in lus.columns:
        total[np.isin(lus["operation"], inscriptions(contexte))] = 0
    return total


def inscriptions(contexte: Contexte) -> Column:
    """Return the recovery operations that only write a debt down."""
    codes: Iterable[str] = contexte.layout.extra["regles"]["mouvements"]["inscriptions"]
    return np.array([code.encode() for code in codes], dtype="S3")


def check_levels(
    contexte: Contexte, fermetures: Fermetures, brought: Cents, without_detail: npt.NDArray[np.bool_]
) -> None:
    """Compare every 990 to what its level holds, and tell the levels that none closes.

    Args:
        contexte: The file.
        fermetures: Its 990.
        brought: What each entity brings to the sums.
        without_detail: The 990 whose sum is itself the only detail of their facture.
    """
    running = running_sums(brought)
    first, opened = _scopes(contexte, fermetures)
    found = running[fermetures.lus.rows] - running[first]
    gaps = np.where(without_detail | ~opened, 0, fermetures.sommes - found)
    counted = _children(contexte, fermetures, first)
    asked = fermetures.lus["nombre"].astype(np.int64)
    octets = contexte.octets(fermetures.lus.rows)
    for row in np.flatnonzero(~opened).tolist():
        contexte.log.add("NOEMIE_NIVEAU", offset=int(octets[row]), field="niveau")
    for row in np.flatnonzero(opened & (asked != counted)).tolist():
        quoi = _quoi(fermetures, row)
        contexte.log.add(
            "CONTROLE_NOMBRE",
            offset=int(octets[row]), field="nombre", quoi=quoi, attendu=int(asked[row]), trouve=int(counted[row]),
        )  # fmt: skip
    for row in np.flatnonzero(gaps).tolist():
        quoi = _quoi(fermetures, row)
        contexte.log.add(
            "CONTROLE_SOMME", offset=int(octets[row]), field="somme_cents", quoi=quoi, ecart_cents=int(gaps[row])
        )
    _check_closed(contexte)


def running_sums(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return, for each place and the one after the last, the sum of what stands before; truths are counted."""
    kind = np.int32 if values.dtype == np.bool_ else np.int64
    running = np.empty(len(values) + 1, dtype=kind)
    running[0] = 0
    np.cumsum(values.view(np.int8) if values.dtype == np.bool_ else values, dtype=kind, out=running[1:])
    return running


def _quoi(fermetures: Fermetures, row: int) -> str:
    return f"990 niveau {int(fermetures.lus['niveau'][row]):02d}"


def _scopes(contexte: Contexte, fermetures: Fermetures) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """For each 990, the first entity of what it closes, and whether an entity of the tree had opened that level.

    What stands between the end of the level before and the opening of this one, such as factures that no transfer
    pays, is above it and does not count.
    """
    arbre, noeuds = contexte.arbre, fermetures.noeuds
    starts = np.zeros(len(noeuds), dtype=np.int64)
    opened = np.zeros(len(noeuds), dtype=np.bool_)
    levels = fermetures.lus["niveau"]
    beyond = np.append(arbre.rows + 1, 0)
    for level in levels_of(levels):
        mine = np.flatnonzero(levels == level)
        here = noeuds[mine]
        before = np.maximum(here - 1, 0)
        ended = np.where(here > 0, arbre.closure(level)[before], -1)
        openings = arbre.opening(level)
        floor = np.maximum(ended, arbre.premier[here] - 1)
        last = last_of(openings, len(arbre))[before]
        opened[mine] = (last > floor) & (here > 0)
        opening = np.append(openings, 0)[np.searchsorted(openings, floor, side="right")]
        starts[mine] = np.where(opened[mine], arbre.rows[opening], beyond[floor])
        again = _opened_again(arbre, level)
        if len(again):
            last = last_of(again, len(arbre))[before]
            starts[mine] = np.where(last > floor, arbre.rows[last], starts[mine])
    bounds = np.searchsorted(contexte.entites.retours, np.arange(len(contexte.entites.spans)))
    return np.maximum(starts, bounds[contexte.entites.retours[fermetures.lus.rows]]), opened


def _opened_again(arbre: Arbre, level: int) -> Noeuds:
    """Return the noeuds that end a scope of their own number, which no 990 had closed."""
    closure = arbre.closure(level)
    found = []
    for number in NODES:
        ours = arbre.of(number)
        ours = ours[arbre.niveaux[ours] == level]
        found.append(ours[1:][closure[ours[1:]] < ours[:-1]])
    return np.sort(np.concatenate(found))


def _children(contexte: Contexte, fermetures: Fermetures, first: Rows) -> Noeuds:
    """Count, between the first entity of each closed level and its 990, the entities of the next lower level."""
    entites, rows, levels = contexte.entites, fermetures.lus.rows, fermetures.lus["niveau"]
    counted = np.zeros(len(rows), dtype=np.int32)
    children = np.where(entites.numeros == CLOSE, np.int16(UNREADABLE), entites.niveaux)
    left = np.arange(len(rows))
    for level in levels_of(children):
        above = left[levels[left] < level]
        if not len(above):
            continue
        running = running_sums(children == level)
        counted[above] = running[rows[above]] - running[first[above]]
        left = left[counted[left] == 0]
    return counted


def _check_closed(contexte: Contexte) -> None:
    """Tell the scopes that no 990 closes, at the levels that their return closes elsewhere."""
    arbre, entites = contexte.arbre, contexte.entites
    retours = arbre.retours
    lowest = np.full(len(entites.spans), 100, dtype=np.int64)
    closes = arbre.of(CLOSE)
    for level in levels_of(arbre.niveaux[closes])[::-1]:
        lowest[retours[closes[arbre.niveaux[closes] == level]]] = level
    for retour in np.flatnonzero(lowest == 100).tolist():
        noeuds = np.flatnonzero(retours == retour)
        if len(noeuds):
            contexte.log.add("FIN_ABSENTE", offset=int(contexte.octets(arbre.rows[noeuds[:1]])[0]), code="990")
    unclosed = [_unclosed(arbre, level) for level in levels_of(arbre.niveaux[~arbre.ferme])]
    found = np.sort(np.concatenate(unclosed)) if unclosed else np.empty(0, dtype=np.int32)
    found = found[arbre.niveaux[found] >= lowest[retours[found]]]
    for octet in contexte.octets(arbre.rows[found]).tolist():
        contexte.log.add("FIN_ABSENTE", offset=octet, code="990", field="niveau")


def _unclosed(arbre: Arbre, level: int) -> Noeuds:
    """Return the noeuds of *level* before whose own 990 their return ends, an upper level closes, or they begin again.

    Noeuds of several numbers may share a level and its 990: only the last of each run answers for it.
    """
    mine, closes = arbre.opening(level), arbre.of(CLOSE)
    closes = closes[arbre.niveaux[closes] == level]
    end = np.append(closes, len(arbre))[np.searchsorted(closes, mine)]
    safe = np.minimum(end, len(arbre) - 1)
    same = (end < len(arbre)) & (arbre.retours[safe] == arbre.retours[mine])
    same &= arbre.closure(level)[np.maximum(safe - 1, 0)] < mine  # nothing else ended this level between the two
    numeros = arbre.numeros[mine]
    again = np.zeros(len(mine), dtype=np.bool_)
    for number in NODES:
        ours = np.flatnonzero(numeros == number)
        again[ours[:-1]] = end[ours[:-1]] == end[ours[1:]]
    left: Noeuds = mine[~same | again]
    return left


def check_file(contexte: Contexte, fins: Mapping[str, Column], brought: Cents, lots: Rows) -> None:
    """Compare every 999 to its return: physical records, lots, total.

    Args:
        contexte: The file.
        fins: The columns of the 999, one row per fixed record, in the order of the fixed records.
        brought: What each entity brings to the sums.
        lots: How many lots each return holds.
    """
    flux, entites, spans = contexte.flux, contexte.entites, contexte.entites.spans
    ends = np.flatnonzero(spans.fins >= 0)
    tails, heads = spans.fins[ends], spans.entetes[ends]
    octets = flux.octets[tails]
    if len(flux.rangs):
        whole = heads >= 0
        counted = flux.rangs[tails[whole]] - flux.rangs[heads[whole]] + 1
        _same_counts(contexte, octets[whole], "nombre_enregistrements",
                     fins["nombre_enregistrements"][tails[whole]], counted)  # fmt: skip
    _same_counts(contexte, octets, "nombre_lots", fins["nombre_lots"][tails], lots[ends])
    running = running_sums(brought)
    bounds = np.searchsorted(entites.retours, np.arange(len(spans) + 1))
    found = (running[bounds[1:]] - running[bounds[:-1]])[ends]
    gaps = fins["total_cents"][tails].astype(np.int64) * fins["signe"][tails] - found
    for row in np.flatnonzero(gaps).tolist():
        contexte.log.add(
            "CONTROLE_SOMME", offset=int(octets[row]), field="total_cents", quoi="999", ecart_cents=int(gaps[row])
        )


def _same_counts(contexte: Contexte, octets: Rows, field: str, asked: Column, found: Rows) -> None:
    for row in np.flatnonzero(asked != found).tolist():
        contexte.log.add(
            "CONTROLE_NOMBRE",
            offset=int(octets[row]), field=field, quoi="999", attendu=int(asked[row]), trouve=int(found[row]),
        )  # fmt: skip
