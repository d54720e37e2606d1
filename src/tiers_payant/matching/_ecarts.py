"""What changed between two conclusions about the same parts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Cause,
    Creances,
    Delta,
    EtatVirement,
    Lien,
    LiensDirects,
    LiensVirements,
    LigneChangee,
    Offre,
    Part,
    Retrait,
    Totaux,
    row_codes,
)
from tiers_payant.matching._bilans import Bilan

__all__ = ["Vue", "changes"]

Rows = npt.NDArray[np.int64]
Ends = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]

_CLE = ("officine", "lot_date", "lot", "facture", "part")
_SUIVI = ("debiteur", "du_cents", "annonce_cents", "credite_cents", "etat", "motif")
"""What a change of is told."""


@attrs.frozen(eq=False, repr=False)
class Vue:
    """What several conclusions say of some of their parts, under names that stay."""

    pieces: Sequence[tuple[Bilan, int]]

    @cached_property
    def creances(self) -> dict[str, npt.NDArray[Any]]:
        """The columns of their créances, those that point to rows left out."""
        found = [(one.result.creances, one.place("creances", part)) for one, part in self.pieces]
        found = [(table, rows) for table, rows in found if not isinstance(rows, slice) or rows.stop]
        return {
            name: np.concatenate([getattr(table, name)[rows] for table, rows in found])
            if found
            else getattr(Creances.empty(), name)
            for name in (*_CLE, *_SUIVI)
        }

    @cached_property
    def lignes(self) -> dict[str, tuple[EtatVirement, int]]:
        """State and amount of each bank line."""
        found = {}
        for one, part in self.pieces:
            rows = one.rows("virements", part)
            etats, cents = one.result.etats_virements[rows], one.result.tables.virements.montant_cents[rows]
            for row, etat, amount in zip(rows.tolist(), etats.tolist(), cents.tolist(), strict=True):
                found[one.virement_ids[row]] = etat, amount
        return found

    @cached_property
    def nets(self) -> dict[str, int]:
        """Net of each announced transfer."""
        return {
            one.groupe_ids[row]: int(one.net_cents[row])
            for one, part in self.pieces
            for row in one.rows("groupes", part).tolist()
        }

    @cached_property
    def offres(self) -> set[Offre]:
        found = set()
        for one, part in self.pieces:
            table = one.result.propositions
            for row in one.rows("propositions", part).tolist():
                names = one.groupe_ids[table.groupe[row]], one.virement_ids[table.virement[row]]
                cents, motif = int(table.cents[row]), table.motif[row].decode()
                found.add(Offre(groupe=names[0], virement=names[1], cents=cents, motif=motif))
            found.update(_direct_offers(one, part))
        return found

    @cached_property
    def _liens(self) -> dict[Ends, tuple[LiensVirements | LiensDirects, list[int]]]:
        """The rows of every settled link, by its ends."""
        found: dict[Ends, tuple[LiensVirements | LiensDirects, list[int]]] = {}
        for one, part in self.pieces:
            found.update((ends, (one.result.liens_virements, rows)) for ends, rows in _links(one, part))
            found.update((ends, (one.result.liens_directs, rows)) for ends, rows in _direct_links(one, part))
        return found

    @property
    def bouts(self) -> KeysView[Ends]:
        """The ends of every settled link."""
        return self._liens.keys()

    def lien(self, ends: Ends) -> Lien:
        """Return the link of these ends."""
        table, rows = self._liens[ends]
        cents, passe = int(table.cents[rows].sum()), table.passe[rows[0]].decode()
        return Lien(groupes=ends[0], creances=ends[1], virements=ends[2], cents=cents, passe=passe)


def _links(one: Bilan, part: int) -> Iterator[tuple[Ends, list[int]]]:
    """Yield the ends and the rows of each link: a class, the groups of one line, or the lines of one group."""
    table, names, marks = one.result.liens_virements, one.groupe_ids, one.virement_ids
    rows = one.rows("liens_virements", part)
    groups, lines, classes = (column[rows].tolist() for column in (table.groupe, table.virement, table.classe))
    shared = {line for line, count in Counter(lines).items() if count > 1}
    held: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for place, (group, line, number) in enumerate(zip(groups, lines, classes, strict=True)):
        key = ("classe", number) if number else ("virement", line) if line in shared else ("groupe", group)
        held[key].append(place)
    for places in held.values():
        ends = (
            tuple(sorted({names[groups[place]] for place in places})),
            (),
            tuple(sorted({marks[lines[place]] for place in places})),
        )
        yield ends, [int(rows[place]) for place in places]


def _direct_links(one: Bilan, part: int) -> Iterator[tuple[Ends, list[int]]]:
    table = one.result.liens_directs
    held: defaultdict[int, list[int]] = defaultdict(list)
    for row in one.rows("liens_directs", part).tolist():
        held[int(table.virement[row])].append(row)
    for line, rows in held.items():
        names = sorted(_named(one.result.creances, int(table.creance[row])) for row in rows)
        yield ((), tuple(names), (one.virement_ids[line],)), rows


def _direct_offers(one: Bilan, part: int) -> Iterator[Offre]:
    """Yield each set of créances that a bank line may pay without a return."""
    table = one.result.propositions_directes
    held: defaultdict[int, list[int]] = defaultdict(list)
    for row in one.rows("propositions_directes", part).tolist():
        held[int(table.ensemble[row])].append(row)
    for rows in held.values():
        yield Offre(
            groupe="",
            creances=tuple(sorted(_named(one.result.creances, int(table.creance[row])) for row in rows)),
            virement=one.virement_ids[table.virement[rows[0]]],
            cents=int(table.cents[rows].sum()),
            motif=table.motif[rows[0]].decode(),
        )


def _named(creances: Creances, row: int) -> str:
    texts = (getattr(creances, name)[row].decode("latin-1") for name in ("officine", "lot", "facture"))
    officine, lot, facture = texts
    return f"{officine}:{creances.lot_date[row]}:{lot}:{facture}:{Part(creances.part[row]).name}"


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
    for name in _SUIVI:
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
    sides = [tuple(side[name] for name in _CLE) for side in (before, after)]
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
    (codes,) = row_codes([tuple(taken[name] for name in reversed(_CLE))])
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
