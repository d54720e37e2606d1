"""Announced transfers told in several neutral files: the movements in one, the answers in another, some rows in both.

A return of an insurer holds both. A script that writes one CSV per table parts them: the movements must come back to
the transfer of the answers, since a withholding lowers what the bank credits.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._repetitions import answers_once, movements_once, told_natively, transfer_keys, with_moved
from tiers_payant.domain.tables import Tables
from tiers_payant.errors import Location, Problem

__all__ = ["NEUTRE", "regroup"]

NEUTRE = "tiers-payant/donnees/1"
"""Reference of the sources whose transfers are known by what they say, not by where they stand."""


def regroup(tables: Tables) -> tuple[Tables, tuple[Problem, ...]]:
    """Count once what several neutral files tell of one transfer, and give it the movements told apart.

    Rows repeated first, as `_repetitions` says. Then movements: exactly one transfer with answers says the same of
    itself and of its return: they join it. Several, or none: they stay a transfer of their own, and it is told. The
    result does not depend on the order of files.
    """
    neutral = np.array([source.reference == NEUTRE for source in tables.sources], dtype=np.bool_)
    if not neutral.any():
        return tables, ()
    once, told = answers_once(tables, neutral)
    joined, lone = _joined(once, neutral)
    whole, again = movements_once(joined, neutral)
    return whole, (*told, *lone, *again, *told_natively(whole, neutral))


def _joined(tables: Tables, neutral: npt.NDArray[np.bool_]) -> tuple[Tables, tuple[Problem, ...]]:
    groups = tables.groupes
    if not len(groups):
        return tables, ()
    told = (groups.source >= 0) & (groups.retour >= 0)
    told[told] = neutral[groups.source[told]]
    answered = np.zeros(len(groups), dtype=np.bool_)
    answered[tables.reponses.groupe[tables.reponses.groupe >= 0]] = True
    lone = np.flatnonzero(told & ~answered)
    if not len(lone):
        return tables, ()
    homes: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row, key in transfer_keys(tables, np.flatnonzero(told & answered)).items():
        homes[key].append(row)
    found = {row: homes.get(key, []) for row, key in transfer_keys(tables, lone).items()}
    moved = {row: rows[0] for row, rows in found.items() if len(rows) == 1}
    return with_moved(tables, moved), tuple(_problems(tables, found))


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
