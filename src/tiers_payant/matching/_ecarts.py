"""What changed between two conclusions about the same parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Cause,
    Creances,
    Delta,
    EtatVirement,
    Lien,
    LigneChangee,
    Offre,
    Retrait,
    Totaux,
    row_codes,
)
from tiers_payant.matching._vues import CLE, SUIVI, Vue

__all__ = ["changes"]

Rows = npt.NDArray[np.int64]


def changes(
    before: Vue,
    after: Vue,
    totals: tuple[Totaux, Totaux],
    evidence: Mapping[str, str],
    refused: frozenset[tuple[str, str]] = frozenset(),
) -> Delta:
    """Compare two conclusions about the same parts.

    Args:
        before: As it was.
        after: As it is.
        totals: Of the whole book, before and after.
        evidence: For each pass by name, what it believes, in French.
        refused: Pairs of a transfer and a bank line that a person refused.
    """
    old, new = _aligned(before.creances, after.creances)
    both = (old >= 0) & (new >= 0)
    same = old is new  # row by row: nothing needs to be taken
    one, other = old[both], new[both]
    moved = np.zeros(len(one), dtype=np.bool_)
    for name in SUIVI:
        was, now = before.creances[name], after.creances[name]
        moved |= was != now if same else was[one] != now[other]
    settled = [after.lien(ends) for ends in sorted(after.bouts - before.bouts)]
    lost = [before.lien(ends) for ends in sorted(before.bouts - after.bouts)]
    return Delta(
        avant=_table(before.creances, one[moved]),
        apres=_table(after.creances, other[moved]),
        nouvelles=_table(after.creances, new[old < 0]),
        disparues=_table(before.creances, old[new < 0]),
        regles=tuple(settled),
        retires=tuple(_withdrawn(lien, before, after, evidence, refused) for lien in lost),
        offres=_sorted(after.offres - before.offres),
        offres_retirees=_sorted(before.offres - after.offres),
        virements=tuple(_lines(before.lignes, after.lignes)),
        totaux_avant=totals[0],
        totaux_apres=totals[1],
    )


def _aligned(before: Mapping[str, npt.NDArray[Any]], after: Mapping[str, npt.NDArray[Any]]) -> tuple[Rows, Rows]:
    """Return pairs of rows of one créance; -1 where it is not."""
    sides = [tuple(side[name] for name in CLE) for side in (before, after)]
    if all(map(np.array_equal, *sides)):
        rows = np.arange(len(sides[0][0]))
        return rows, rows
    codes = row_codes(sides)
    every = np.unique(np.concatenate(codes))
    found = []
    for own in codes:
        places = np.full(len(every), -1, dtype=np.int64)
        places[np.searchsorted(every, own)] = np.arange(len(own))
        found.append(places)
    return found[0], found[1]


def _table(creances: Mapping[str, npt.NDArray[Any]], rows: Rows) -> Creances:
    """Return these rows as a table, sorted by key."""
    taken = {name: column[rows] for name, column in creances.items()}
    (codes,) = row_codes([tuple(taken[name] for name in reversed(CLE))])
    order = np.argsort(codes, kind="stable")
    return Creances.of(len(rows), **{name: column[order] for name, column in taken.items()})


def _lines(
    before: Mapping[str, tuple[EtatVirement, int]], after: Mapping[str, tuple[EtatVirement, int]]
) -> Iterable[LigneChangee]:
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one != other:
            yield LigneChangee(
                virement=name,
                montant_cents=(other or one or (0, 0))[1],
                avant=None if one is None else EtatVirement(one[0]),
                apres=None if other is None else EtatVirement(other[0]),
            )


def _sorted(offres: Iterable[Offre]) -> tuple[Offre, ...]:
    return tuple(sorted(offres, key=lambda one: (one.virement, one.groupe, one.creances, one.motif)))


def _withdrawn(
    lien: Lien, before: Vue, after: Vue, evidence: Mapping[str, str], refused: frozenset[tuple[str, str]]
) -> Retrait:
    """Say why *lien* was settled, and why it no longer is."""
    groups, lines, creances = set(lien.groupes), set(lien.virements), set(lien.creances)
    new = tuple(
        after.lien(ends)
        for ends in sorted(after.bouts)
        if not (groups.isdisjoint(ends[0]) and creances.isdisjoint(ends[1]) and lines.isdisjoint(ends[2]))
    )
    asked = [
        one
        for one in after.offres
        if one.groupe in groups or one.virement in lines or not creances.isdisjoint(one.creances)
    ]
    rivals = {name for one in asked for name in (one.groupe, one.virement, *one.creances) if name}
    rivals -= groups | lines | creances
    if any((group, line) in refused for group in groups for line in lines):
        cause = Cause.REFUSE
    elif not (groups <= after.nets.keys() and lines <= after.lignes.keys()):
        cause = Cause.DISPARU
    elif any(before.nets[group] != after.nets[group] for group in groups):
        cause = Cause.MONTANT
    else:
        cause = Cause.REMPLACE if new else Cause.RIVAL if rivals else Cause.INDECIS
    return Retrait(
        lien=lien,
        evidence=evidence.get(lien.passe, lien.passe),
        cause=cause,
        remplace_par=new,
        rivaux=tuple(sorted(rivals)),
    )
