"""The controls of a NOÉMIE return: 990 of each level, 999 of the file. A gap is told, nothing is refused.

A 990 counts the entities of the next lower level that its level holds (three such counts were recomputed on a real
sample, formats-amo 1.4), and sums the amounts below. Which amounts is our reading, written in `[regles.sommes]` of
`layouts/noemie.toml` with its confidence; recovery operations that only write a debt down enter for nothing. A facture
without any line of detail is summed by its own 990, which then says what was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.formats._noemie_arbre import NODES, Arbre, last_where
from tiers_payant.formats._noemie_contexte import Column, Contexte, Factures, Lus
from tiers_payant.formats._noemie_entites import CLOSE, Rows, levels_of

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
    running = np.append(0, np.cumsum(brought))
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
    for level in levels_of(levels):
        mine = levels == level
        before = np.maximum(noeuds[mine] - 1, 0)
        ended = np.where(noeuds[mine] > 0, arbre.closure(level)[before], -1)
        last = last_where((arbre.niveaux == level) & ~arbre.ferme)[before]
        floor = np.maximum(ended, arbre.premier[noeuds[mine]] - 1)
        opened[mine] = (last > floor) & (noeuds[mine] > 0)
        again = last_where(_opened_again(arbre, level))[before]
        openings = np.append(np.flatnonzero((arbre.niveaux == level) & ~arbre.ferme), 0)
        opening = openings[np.minimum(np.searchsorted(openings[:-1], floor, side="right"), len(openings) - 1)]
        begins = np.where(opened[mine], arbre.rows[opening], np.append(arbre.rows + 1, 0)[floor])
        starts[mine] = np.where(again > floor, arbre.rows[again], begins)
    first_of_return = np.searchsorted(contexte.entites.retours, contexte.entites.retours[fermetures.lus.rows])
    return np.maximum(starts, first_of_return), opened


def _opened_again(arbre: Arbre, level: int) -> npt.NDArray[np.bool_]:
    """Return the noeuds that end a scope of their own number, which no 990 had closed."""
    again = np.zeros(len(arbre), dtype=np.bool_)
    at_level = arbre.niveaux == level
    for number in NODES:
        ours = np.flatnonzero(at_level & (arbre.numeros == number))
        again[ours[1:]] = arbre.closure(level)[ours[1:]] < ours[:-1]
    return again


def _children(contexte: Contexte, fermetures: Fermetures, first: Rows) -> Rows:
    """Count, between the first entity of each closed level and its 990, the entities of the next lower level."""
    entites, rows, levels = contexte.entites, fermetures.lus.rows, fermetures.lus["niveau"]
    counted = np.zeros(len(rows), dtype=np.int64)
    children = entites.numeros != CLOSE
    for level in levels_of(entites.niveaux[children]) if len(rows) else []:
        running = np.append(0, np.cumsum((entites.niveaux == level) & children, dtype=np.int32))
        here = running[rows] - running[first]
        counted = np.where((counted == 0) & (levels < level), here, counted)
    return counted


def _check_closed(contexte: Contexte) -> None:
    """Tell the scopes that no 990 closes, at the levels that their return closes elsewhere."""
    arbre, entites = contexte.arbre, contexte.entites
    retours = entites.retours[arbre.rows]
    lowest = np.full(len(entites.spans), 100, dtype=np.int64)
    np.minimum.at(lowest, retours[arbre.ferme], arbre.niveaux[arbre.ferme])
    for retour in np.flatnonzero(lowest == 100).tolist():
        noeuds = np.flatnonzero(retours == retour)
        if len(noeuds):
            contexte.log.add("FIN_ABSENTE", offset=int(contexte.octets(arbre.rows[noeuds[:1]])[0]), code="990")
    unclosed = [_unclosed(arbre.niveaux, arbre.numeros, retours, arbre.closure(level), level)
                for level in levels_of(arbre.niveaux[~arbre.ferme])]  # fmt: skip
    found = np.sort(np.concatenate(unclosed)) if unclosed else np.empty(0, dtype=np.int64)
    found = found[arbre.niveaux[found] >= lowest[retours[found]]]
    for octet in contexte.octets(arbre.rows[found]).tolist():
        contexte.log.add("FIN_ABSENTE", offset=octet, code="990", field="niveau")


def _unclosed(niveaux: Column, numeros: Column, retours: Column, closure: Rows, level: int) -> Rows:
    """Return the noeuds of *level* before whose own 990 their return ends, an upper level closes, or they begin again.

    Noeuds of several numbers may share a level and its 990: only the last of each run answers for it.
    """
    mine = np.flatnonzero((niveaux == level) & (numeros != CLOSE))
    if not len(mine):
        return mine
    closes = np.flatnonzero((niveaux == level) & (numeros == CLOSE))
    following = np.searchsorted(closes, mine)
    end = np.append(closes, len(niveaux))[following]
    known = end < len(niveaux)
    safe = np.minimum(end, len(niveaux) - 1)
    same = known & (retours[safe] == retours[mine])
    same &= closure[np.maximum(safe - 1, 0)] < mine  # nothing else ended this level between the two
    again = np.zeros(len(mine), dtype=np.bool_)
    for number in NODES:
        ours = np.flatnonzero(numeros[mine] == number)
        again[ours[:-1]] = end[ours[:-1]] == end[ours[1:]]
    left: Rows = mine[~same | again]
    return left


def check_file(contexte: Contexte, fins: Mapping[str, Column], brought: Cents, lots: Rows) -> None:
    """Compare every 999 to its return: physical records, lots, total.

    Args:
        contexte: The file.
        fins: The columns of the 999, one row per fixed record, in the order of the fixed records.
        brought: What each entity brings to the sums.
        lots: How many lots each return holds.
    """
    flux, entites, log = contexte.flux, contexte.entites, contexte.log
    running = np.append(0, np.cumsum(brought))
    bounds = np.searchsorted(entites.retours, np.arange(len(entites.spans) + 1))
    for retour, span in enumerate(entites.spans):
        if span.fin < 0:
            continue
        octet = int(flux.octets[span.fin])
        if len(flux.rangs) and span.entete >= 0:
            _same_count(contexte, octet, "nombre_enregistrements", int(fins["nombre_enregistrements"][span.fin]),
                        int(flux.rangs[span.fin] - flux.rangs[span.entete]) + 1)  # fmt: skip
        _same_count(contexte, octet, "nombre_lots", int(fins["nombre_lots"][span.fin]), int(lots[retour]))
        total = int(fins["total_cents"][span.fin]) * int(fins["signe"][span.fin])
        gap = total - int(running[bounds[retour + 1]] - running[bounds[retour]])
        if gap:
            log.add("CONTROLE_SOMME", offset=octet, field="total_cents", quoi="999", ecart_cents=gap)


def _same_count(contexte: Contexte, octet: int, field: str, asked: int, found: int) -> None:
    if asked != found:
        contexte.log.add("CONTROLE_NOMBRE", offset=octet, field=field, quoi="999", attendu=asked, trouve=found)
