"""Announced transfers told in several neutral files: the movements in one, the answers in another.

A return of an insurer holds both. A script that writes one CSV per table parts them: the movements must come back to
the transfer of the answers, since a withholding lowers what the bank credits.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain.tables import Tables
from tiers_payant.errors import Location, Problem

__all__ = ["NEUTRE", "regroup"]

Rows = npt.NDArray[np.int64]

NEUTRE = "tiers-payant/donnees/1"
"""Reference of the sources whose transfers are known by what they say, not by where they stand."""

_OF_GROUPE = ("officine", "identifiant", "date", "libelle_1", "libelle_2", "organisme", "part")
_OF_RETOUR = ("fichier", "date", "reference", "emetteur_type", "emetteur")
_NOWHERE = -1


def regroup(tables: Tables) -> tuple[Tables, tuple[Problem, ...]]:
    """Give the movements of neutral files to the transfer of another that says the same of itself and of its return.

    Exactly one such transfer with answers: they join it. Several, or none: they stay a transfer of their own, and it
    is told. The result does not depend on the order of files.
    """
    neutral = np.array([source.reference == NEUTRE for source in tables.sources], dtype=np.bool_)
    groups = tables.groupes
    if not neutral.any() or not len(groups):
        return tables, ()
    told = (groups.source >= 0) & (groups.retour >= 0)
    told[told] = neutral[groups.source[told]]
    answered = np.zeros(len(groups), dtype=np.bool_)
    answered[tables.reponses.groupe[tables.reponses.groupe >= 0]] = True
    lone = np.flatnonzero(told & ~answered)
    if not len(lone):
        return tables, ()
    homes: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row, key in zip(*_keys(tables, np.flatnonzero(told & answered)), strict=True):
        homes[key].append(row)
    found = {row: homes.get(key, []) for row, key in zip(*_keys(tables, lone), strict=True)}
    moved = {row: rows[0] for row, rows in found.items() if len(rows) == 1}
    return _moved(tables, moved), tuple(_problems(tables, found))


def _keys(tables: Tables, rows: Rows) -> tuple[list[int], list[tuple[Any, ...]]]:
    """Return what each transfer says of itself and of its return."""
    groups, retours = tables.groupes.take(rows), tables.retours.take(tables.groupes.retour[rows])
    columns = [getattr(groups, name) for name in _OF_GROUPE] + [getattr(retours, name) for name in _OF_RETOUR]
    return rows.tolist(), list(zip(*(column.tolist() for column in columns), strict=True))


def _moved(tables: Tables, moved: dict[int, int]) -> Tables:
    """Point the movements to their new transfer; leave out the transfers, and the returns, that hold nothing more."""
    if not moved:
        return tables
    groups, moves = tables.groupes, tables.mouvements
    home = np.arange(len(groups), dtype=np.int32)
    home[list(moved)] = list(moved.values())
    inside = moves.groupe >= 0
    groupe = np.where(inside, home[moves.groupe], _NOWHERE).astype(np.int32)
    retour = np.where(groupe != moves.groupe, groups.retour[groupe], moves.retour)
    changed = attrs.evolve(tables, mouvements=moves.with_columns(groupe=groupe, retour=retour))
    kept = np.ones(len(groups), dtype=np.bool_)
    kept[list(moved)] = False
    return changed.keep({"groupes": kept, "retours": _used(changed, kept, groups.retour[list(moved)])})


def _used(tables: Tables, groups: npt.NDArray[np.bool_], left: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Return the returns to keep: those of *left* to which nothing points any more go."""
    used = np.ones(len(tables.retours), dtype=np.bool_)
    used[left] = False
    pointers = (tables.groupes.retour[groups], tables.reponses.retour, tables.rejets.retour, tables.mouvements.retour)
    for pointer in pointers:
        used[pointer[pointer >= 0]] = True
    return used


def _problems(tables: Tables, found: dict[int, list[int]]) -> list[Problem]:
    told: dict[tuple[str, str], int] = defaultdict(int)
    for row, homes in found.items():
        if len(homes) != 1:
            code = "MOUVEMENTS_AMBIGUS" if homes else "MOUVEMENTS_SANS_REPONSE"
            told[code, tables.file_of(int(tables.groupes.source[row]))] += 1
    return [
        Problem(code=code, at=Location(file=file), params={"nombre": count})
        for (code, file), count in sorted(told.items())
    ]
