"""Rows that several neutral files repeat: an export of a month, and one of a week of it.

A neutral file has no serial number: only its rows tell what it repeats. Two equal rows of one file are two; the
same two in two files are still two, as with bank lines.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._cles import facture_codes, row_codes
from tiers_payant.domain._table import Table
from tiers_payant.domain.tables import Tables
from tiers_payant.errors import Location, Problem

__all__ = ["answers_once", "movements_once", "told_natively", "transfer_keys", "with_moved"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Key = tuple[Any, ...]

_OF_GROUPE = ("officine", "identifiant", "date", "libelle_1", "libelle_2", "organisme", "part")
_OF_RETOUR = ("fichier", "date", "reference", "emetteur_type", "emetteur")
_OF_REPONSE = ("part", "reponse", "annonce_cents")
_OF_REJET = ("code", "libelle", "part", "portee", "acte", "date_soins")
_OF_MOUVEMENT = (
    "groupe", "officine", "nature", "montant_cents", "solde_cents", "reference", "dette", "operation", "date",
    "libelle",
)  # fmt: skip
_NOWHERE = -1


def answers_once(tables: Tables, neutral: Mask) -> tuple[Tables, list[Problem]]:
    """Count once the answers that several neutral files give of one transfer, which becomes one.

    The same officine, facture, share, answer and amount, and the same words on the transfer and its return: the file
    that holds most of them keeps them. An amount of which no transfer is told by date, label or name counts each time,
    since a second payment would say the same; it is told. What has no amount, a reject among others, counts once.

    Args:
        neutral: For each source, whether it is a neutral file.
    """
    answers = tables.reponses
    rows, codes = _shared(answers, neutral)
    told = _told(tables)
    groups = transfer_keys(tables, np.unique(answers.groupe[rows][answers.groupe[rows] >= 0]))
    retours = _said(tables.retours, _OF_RETOUR)
    keys = [
        (code, groups.get(group, retours[retour]), *said)
        for code, group, retour, said in zip(
            codes.tolist(), answers.groupe[rows].tolist(), answers.retour[rows].tolist(),
            _said(answers.take(rows), _OF_REPONSE), strict=True,
        )
    ]  # fmt: skip
    kept = np.ones(len(answers), dtype=np.bool_)
    home: dict[int, int] = {}
    once: Counter[tuple[int, int]] = Counter()
    each: Counter[tuple[int, int]] = Counter()
    for best, others in _repeated(rows.tolist(), keys, answers.source):
        owed = int(answers.annonce_cents[best]) and int(answers.groupe[best]) not in told
        (each if owed else once).update((int(answers.source[row]), int(answers.source[best])) for row in others)
        if not owed:
            kept[others] = False
            for row in others:
                _join(home, int(answers.groupe[best]), int(answers.groupe[row]))
    thinned = _without(tables, {"reponses": kept, "rejets": _rejets_once(tables, neutral)})
    moved = {group: _root(home, group) for group in home}
    return with_moved(thinned, moved), [
        *_problems("REPONSES_DEJA_LUES", tables, once),
        *_problems("REPONSES_REPETEES", tables, each),
    ]


def movements_once(tables: Tables, neutral: Mask) -> tuple[Tables, list[Problem]]:
    """Count once the movements that several neutral files tell of one transfer."""
    moves = tables.mouvements
    rows = np.flatnonzero(_of_neutral(moves, neutral) & (moves.groupe >= 0))
    kept = np.ones(len(moves), dtype=np.bool_)
    once: Counter[tuple[int, int]] = Counter()
    for best, others in _repeated(rows.tolist(), _said(moves.take(rows), _OF_MOUVEMENT), moves.source):
        kept[others] = False
        once.update((int(moves.source[row]), int(moves.source[best])) for row in others)
    return _without(tables, {"mouvements": kept}), _problems("MOUVEMENTS_DEJA_LUS", tables, once)


def told_natively(tables: Tables, neutral: Mask) -> list[Problem]:
    """Tell the answers of neutral files that a native return gives too: nothing proves that they are one.

    The same facture, share and amount paid in both: almost surely an export read beside what it was made from.
    """
    answers = tables.reponses
    paid = (answers.source >= 0) & (answers.annonce_cents != 0)
    mine = np.zeros(len(answers), dtype=np.bool_)
    mine[paid] = neutral[answers.source[paid]]
    own, others = np.flatnonzero(mine), np.flatnonzero(paid & ~mine)
    if not len(own) or not len(others):
        return []
    codes = facture_codes([answers.take(own), answers.take(others)])
    keys = row_codes(
        [
            (code, answers.part[rows], answers.annonce_cents[rows])
            for code, rows in zip(codes, (own, others), strict=True)
        ]
    )
    again = own[np.isin(keys[0], keys[1])]
    sources, counts = np.unique(answers.source[again], return_counts=True)
    return [
        Problem(code="REPONSES_EN_DOUBLE", at=Location(file=tables.file_of(source)), params={"nombre": count})
        for source, count in zip(sources.tolist(), counts.tolist(), strict=True)
    ]


def transfer_keys(tables: Tables, rows: Rows) -> dict[int, Key]:
    """Return what each of these announced transfers says of itself and of its return."""
    groups = tables.groupes.take(rows)
    retours = _said(tables.retours.take(groups.retour), _OF_RETOUR)
    said = zip(_said(groups, _OF_GROUPE), retours, strict=True)
    return {row: (*own, *others) for row, (own, others) in zip(rows.tolist(), said, strict=True)}


def with_moved(tables: Tables, moved: Mapping[int, int]) -> Tables:
    """Point what each transfer of *moved* pays to another; leave out the transfers, and the returns, left empty."""
    if not moved:
        return tables
    groups = tables.groupes
    home = np.arange(len(groups), dtype=np.int32)
    home[list(moved)] = list(moved.values())
    changed = attrs.evolve(
        tables,
        reponses=_repointed(tables.reponses, home, groups.retour),
        mouvements=_repointed(tables.mouvements, home, groups.retour),
    )
    kept: Mask = home == np.arange(len(groups))
    return changed.keep({"groupes": kept, "retours": _used(changed, kept, groups.retour[list(moved)])})


def _repointed(table: Any, home: npt.NDArray[np.int32], retours: npt.NDArray[np.int32]) -> Any:
    if not len(table):
        return table
    groupe = np.where(table.groupe >= 0, home[table.groupe], _NOWHERE).astype(np.int32)
    retour = np.where(groupe != table.groupe, retours[groupe], table.retour)
    return table.with_columns(groupe=groupe, retour=retour)


def _used(tables: Tables, groups: Mask, left: npt.NDArray[np.int32]) -> Mask:
    """Return the returns to keep: those of *left* to which nothing points any more go."""
    used = np.ones(len(tables.retours), dtype=np.bool_)
    used[left] = False
    pointers = (tables.groupes.retour[groups], tables.reponses.retour, tables.rejets.retour, tables.mouvements.retour)
    for pointer in pointers:
        used[pointer[pointer >= 0]] = True
    return used


def _without(tables: Tables, kept: Mapping[str, Mask]) -> Tables:
    """Leave out rows, and the returns that hold nothing more."""
    lessened = {name: mask for name, mask in kept.items() if not mask.all()}
    if not lessened:
        return tables
    left = [getattr(tables, name).retour[~mask] for name, mask in lessened.items()]
    fewer = tables.keep(lessened)
    used = _used(fewer, np.ones(len(fewer.groupes), dtype=np.bool_), np.concatenate(left))
    return fewer if used.all() else fewer.keep({"retours": used})


def _rejets_once(tables: Tables, neutral: Mask) -> Mask:
    """Tell which reject lines to keep: those that no other neutral file gives of the same return."""
    rejets = tables.rejets
    rows, codes = _shared(rejets, neutral)
    retours = _said(tables.retours, _OF_RETOUR)
    lines = zip(codes.tolist(), rejets.retour[rows].tolist(), _said(rejets.take(rows), _OF_REJET), strict=True)
    kept = np.ones(len(rejets), dtype=np.bool_)
    for _, others in _repeated(
        rows.tolist(), [(code, retours[own], *said) for code, own, said in lines], rejets.source
    ):
        kept[others] = False
    return kept


def _told(tables: Tables) -> set[int]:
    """Return the transfers that something tells from another: a date, a label or a name."""
    groups = tables.groupes
    told = ~np.isnat(groups.date) | (groups.identifiant != b"") | (groups.libelle_1 != "")
    return set(np.flatnonzero(told).tolist())


def _of_neutral(table: Any, neutral: Mask) -> Mask:
    mine: Mask = (table.source >= 0) & (table.retour >= 0) & neutral[table.source]
    return mine


def _shared(table: Any, neutral: Mask) -> tuple[Rows, Rows]:
    """Return the rows of neutral files whose facture is in several of them, and the code of that facture."""
    rows = np.flatnonzero(_of_neutral(table, neutral))
    if len(set(table.source[rows].tolist())) < 2:
        return rows[:0], rows[:0]
    (codes,) = facture_codes([table.take(rows)])
    order = np.lexsort((table.source[rows], codes))
    ordered, sources = codes[order], table.source[rows][order]
    several = ordered[1:][(ordered[1:] == ordered[:-1]) & (sources[1:] != sources[:-1])]
    mine = np.isin(codes, several)
    return rows[mine], codes[mine]


def _said(table: Table, names: Sequence[str]) -> list[Key]:
    columns = [getattr(table, name) for name in names]
    return list(zip(*((c.astype(np.int64) if c.dtype.kind == "M" else c).tolist() for c in columns), strict=True))


def _repeated(
    rows: Iterable[int], keys: Iterable[Key], sources: npt.NDArray[np.int32]
) -> Iterator[tuple[int, list[int]]]:
    """Yield, for each key that several files hold: a row of the file that holds most of it, and those of the others."""
    held: defaultdict[Key, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, key in zip(rows, keys, strict=True):
        held[key][int(sources[row])].append(row)
    for by_source in held.values():
        if len(by_source) > 1:
            chosen = min(by_source, key=lambda source: (-len(by_source[source]), source))
            yield by_source[chosen][0], [row for source, own in by_source.items() if source != chosen for row in own]


def _root(home: Mapping[int, int], group: int) -> int:
    while home.get(group, group) != group:
        group = home[group]
    return group


def _join(home: dict[int, int], left: int, right: int) -> None:
    """Note that two transfers are one: the first of them."""
    first, second = sorted((_root(home, left), _root(home, right)))
    if first != second:
        home[second] = first


def _problems(code: str, tables: Tables, counts: Mapping[tuple[int, int], int]) -> list[Problem]:
    """One problem for each file that repeats some rows of another."""
    named: Counter[tuple[str, str]] = Counter()
    for (source, first), count in counts.items():
        named[tables.file_of(source), tables.file_of(first)] += count
    return [
        Problem(code=code, at=Location(file=file), params={"nombre": count, "premier": first})
        for (file, first), count in sorted(named.items())
    ]
