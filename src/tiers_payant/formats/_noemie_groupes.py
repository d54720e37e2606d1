"""The announced transfers of a NOÉMIE return, and its movements that are no facture.

A transfer is one 071 under a 040; in the old set, one 040 and one accounting day (070), however often they are
repeated in a return. Where factures say that their shares are paid apart (AMC_HANDLING V), it is two groups.
"""

from __future__ import annotations

import attrs
import numpy as np

from tiers_payant.domain import Groupes, Mouvements, NatureMouvement, Part, row_codes
from tiers_payant.formats._noemie_arbre import PAYE_040
from tiers_payant.formats._noemie_contexte import (
    Column,
    Contexte,
    Factures,
    Lus,
    Mask,
    merge_order,
    strip_numbers,
    transfers_open,
)
from tiers_payant.formats._noemie_controles import amounts_of, inscriptions
from tiers_payant.formats._noemie_entites import Rows
from tiers_payant.formats._noemie_reponses import Answers

__all__ = ["Faits", "read_groupes"]

_PARTS = len(Part)


@attrs.frozen(eq=False)
class Faits:
    """Groups, movements, and the group of each answer."""

    groupes: Groupes
    mouvements: Mouvements
    answers: Rows
    """Row of the group of each answer, -1 when it is under no transfer."""


@attrs.frozen(eq=False)
class _Movements:
    rows: Rows
    payes: Rows
    annonces: Rows


def read_groupes(contexte: Contexte, factures: Factures, answers: Answers) -> Faits:
    """Group answers and movements by announced transfer."""
    moves = _movements(contexte)
    payes = np.concatenate([factures.paye, moves.payes])
    annonces = np.concatenate([np.where(factures.complete, factures.annonce, -1), moves.annonces])
    pairs, rank = _transfers(contexte, payes, annonces)
    of_factures, of_moves = rank[: len(factures)], rank[len(factures) :]
    wanted = _keys(of_factures[answers.factures], np.where(factures.apart[answers.factures], answers.parts, 0))
    wanted_moves = _keys(of_moves, np.where(_all_apart(factures, of_factures, len(pairs))[of_moves], Part.AMO, 0))
    used = np.concatenate([wanted, wanted_moves])
    held = np.zeros((len(pairs), _PARTS), dtype=np.bool_)
    held.reshape(-1)[used[used >= 0]] = True
    held[:, 0] |= ~held.any(axis=1)  # a transfer of which nothing is said is a group too
    keys = np.flatnonzero(held)
    _tell_outside(contexte, answers.rows, (wanted < 0) & (answers.annonces != 0))
    return Faits(
        groupes=_table(contexte, pairs, keys),
        mouvements=_movement_table(contexte, moves, _places(keys, wanted_moves)),
        answers=_places(keys, wanted),
    )


def _keys(pairs: Rows, parts: Column) -> Rows:
    return np.where(pairs < 0, -1, pairs * _PARTS + parts)


def _places(keys: Rows, wanted: Rows) -> Rows:
    return np.where(wanted < 0, -1, np.searchsorted(keys, wanted))


def _all_apart(factures: Factures, pairs: Rows, count: int) -> Mask:
    """Return the transfers that hold factures, all of them with shares paid apart; the last row is for none."""
    seen = np.bincount(pairs[pairs >= 0], minlength=count + 1)
    apart = np.bincount(pairs[(pairs >= 0) & factures.apart], minlength=count + 1)
    every: Mask = (seen > 0) & (seen == apart)
    return every


def _tell_outside(contexte: Contexte, rows: Rows, mask: Mask) -> None:
    for octet in contexte.octets(rows[mask]).tolist():
        contexte.log.add("NOEMIE_SANS_VIREMENT", offset=octet)


# --- transfers


def _transfers(contexte: Contexte, payes: Rows, annonces: Rows) -> tuple[Rows, Rows]:
    """Return the transfers, each as its 070 or 071 and its 040, and the transfer of each of the pairs given.

    A 070 or 071 under which nothing stands is a transfer too: what it announces may still be looked for.
    """
    days, labels = contexte.lus(70).rows, contexte.lus(71).rows
    announced = Lus(np.concatenate([days, labels])[merge_order(days, labels)], {})
    ranks = announced.rank(annonces)
    known = np.where(ranks < 0, -1, annonces)
    used = np.zeros(len(announced) + 1, dtype=np.bool_)
    used[ranks] = True  # -1 marks the added one
    idle = announced.rows[~used[:-1]]
    own = _payes_of(contexte, idle)
    contexte.set_aside(idle[own < 0], "040")
    size = len(contexte.entites)
    keys = np.where(known < 0, -1, known * size + payes)
    every = np.unique(np.concatenate([keys[keys >= 0], (idle * size + own)[own >= 0]]))
    pairs = np.stack(np.divmod(every, max(size, 1)), axis=1)
    first, merged = _merge_days(contexte, pairs)
    rank = np.append(merged, -1)[np.where(keys < 0, len(every), np.searchsorted(every, keys))]
    return pairs[first], rank


def _payes_of(contexte: Contexte, rows: Rows) -> Rows:
    """Return the row of the 040 that each entity is under, -1 when there is none that could be read."""
    arbre = contexte.arbre
    opened = arbre.at(arbre.open_of(PAYE_040), rows)
    found = np.append(arbre.rows, -1)[opened]
    return np.where(contexte.lus(PAYE_040).rank(found) < 0, -1, found)


def _merge_days(contexte: Contexte, pairs: Rows) -> tuple[Rows, Rows]:
    """Make one of the accounting days (070) that a return repeats for one officine.

    Returns:
        The pairs that stand for a transfer, and the transfer of each pair.
    """
    days, payes = contexte.lus(70), contexte.lus(PAYE_040)
    officine = contexte.officines[payes.rank(pairs[:, 1])]
    ranks = days.rank(pairs[:, 0])
    dates = np.append(days["date"], np.datetime64("NaT"))[ranks].astype("datetime64[D]").astype(np.int64)
    alone = np.where(ranks < 0, np.arange(len(pairs)), -1)  # a 071 is a transfer of its own
    retours = contexte.entites.retours[pairs[:, 0]]
    (codes,) = row_codes([(alone, retours, officine, dates)])
    _, first, merged = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return first[order], place[merged]


_ORGANISME = 10


def _table(contexte: Contexte, pairs: Rows, keys: Rows) -> Groupes:
    announced, payes = pairs[keys // _PARTS].T
    days, labels, known = contexte.lus(70), contexte.lus(71), contexte.lus(PAYE_040)
    day, label = days.rank(announced), labels.rank(announced)
    dates = np.where(
        day >= 0,
        np.append(days["date"], np.datetime64("NaT"))[day],
        np.append(labels["date"], np.datetime64("NaT"))[label],
    )
    return Groupes.of(
        len(keys),
        officine=contexte.officines[known.rank(payes)],
        date=dates.astype("datetime64[D]"),
        libelle_1=_text(labels["libelle_1"], label),
        libelle_2=_text(labels["libelle_2"], label),
        organisme=_organismes(labels["organisme"], label),
        part=(keys % _PARTS).astype(np.int8),
        retour=contexte.entites.retours[announced],
        source=np.zeros(len(keys), dtype=np.int32),
        octet=contexte.octets(announced),
    )


def _text(column: Column, ranks: Rows) -> Column:
    said = np.append(column, b"")[ranks].tolist()
    words = {text: text.decode("latin-1") for text in set(said)}
    return np.array([words[text] for text in said], dtype="O")


def _organismes(column: Column, ranks: Rows) -> Column:
    return strip_numbers(np.append(column, b"")[ranks], _ORGANISME)


# --- movements


def _movements(contexte: Contexte) -> _Movements:
    """Find the movements (250, 261) and what they are under; without a payee, they are kept raw."""
    rows = np.sort(np.concatenate([contexte.lus(250).rows, contexte.lus(261).rows]))
    payes = _payes_of(contexte, rows)
    contexte.set_aside(rows[payes < 0], "040")
    rows, payes = rows[payes >= 0], payes[payes >= 0]
    arbre = contexte.arbre
    opened = arbre.at(transfers_open(arbre), rows)
    return _Movements(rows, payes, np.append(arbre.rows, -1)[opened])


def _movement_table(contexte: Contexte, moves: _Movements, groupes: Rows) -> Mouvements:
    debts, sums = contexte.lus(250), contexte.lus(261)
    debt, lump = debts.rank(moves.rows), sums.rank(moves.rows)
    is_debt = debt >= 0
    moved, paid = (np.append(amounts_of(contexte, numero), 0) for numero in (250, 261))
    cents = np.where(is_debt, moved[debt], paid[lump])
    written = np.append(debts["montant_cents"].astype(np.int64), 0)[debt]
    solde = np.append(debts["solde_cents"].astype(np.int64), 0)[debt]
    operation = np.append(debts["operation"], b"")[debt]
    inscrit = is_debt & np.isin(operation, inscriptions(contexte))
    libelles, late = _details(contexte, moves)
    natures = np.select(
        [inscrit, is_debt & (cents < 0), is_debt, late],
        [NatureMouvement.INDU, NatureMouvement.RETENUE, NatureMouvement.AUTRE, NatureMouvement.PENALITE_RETARD],
        NatureMouvement.FORFAIT,
    )
    return Mouvements.of(
        len(moves.rows),
        officine=contexte.officines[contexte.lus(PAYE_040).rank(moves.payes)],
        nature=natures.astype(np.int8),
        montant_cents=cents,
        solde_cents=np.where(inscrit & (solde == 0), written, solde),
        reference=np.where(is_debt, np.append(debts["reference"], b"")[debt], np.append(sums["code"], b"")[lump]),
        dette=np.append(debts["dette"], b"")[debt],
        operation=operation,
        date=np.append(debts["date"], np.datetime64("NaT"))[debt].astype("datetime64[D]"),
        libelle=libelles,
        groupe=groupes,
        retour=contexte.entites.retours[moves.rows],
        source=np.zeros(len(moves.rows), dtype=np.int32),
        octet=contexte.octets(moves.rows),
    )


def _details(contexte: Contexte, moves: _Movements) -> tuple[Column, Mask]:
    """Return what the 262 say of each movement, and whether they name a late-payment penalty.

    A 262 details the 261 before it, when nothing opened or closed a level in between. Its amount is part of the
    261, never added.
    """
    details, sums, arbre = contexte.lus(262), contexte.lus(261), contexte.arbre
    before = np.searchsorted(sums.rows, details.rows) - 1
    owner = np.append(sums.rows, -1)[before]
    follows = (before >= 0) & (arbre.dernier[owner] == arbre.dernier[details.rows]) if len(details) else before >= 0
    contexte.set_aside(details.rows[~follows], "261")
    rank = Lus(moves.rows, {}).rank(owner)
    said: list[list[str]] = [[] for _ in range(len(moves.rows))]
    late = np.zeros(len(moves.rows), dtype=np.bool_)
    words = set(contexte.layout.extra["regles"]["mouvements"]["penalites_retard"])
    kept = np.flatnonzero(follows & (rank >= 0))
    for detail, move in zip(kept.tolist(), rank[kept].tolist(), strict=True):
        label, code = (details[name][detail].decode("latin-1") for name in ("libelle", "code"))
        late[move] |= not words.isdisjoint([code, *label.split()])
        if label and label not in said[move]:
            said[move].append(label)
    return np.array([" ; ".join(labels) for labels in said], dtype="O"), late
