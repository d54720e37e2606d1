"""The parts of a book that is followed: what was read of each, what is concluded of it, and one step to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Decision,
    Lecture,
    Payeurs,
    Rapprochement,
    Source,
    Tables,
    Totaux,
    name_of,
)
from tiers_payant.matching._attaches import Attaches, account_atom, parts_and_atoms
from tiers_payant.matching._bilans import Bilan, balanced
from tiers_payant.matching._cascade import reconcile_tables
from tiers_payant.matching._morceaux import SANS_EFFET, Morceau, assembled, cut
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._reglages import Reglages
from tiers_payant.matching._totaux_parts import TOTAUX, totaux_of
from tiers_payant.matching._vues import Vue

__all__ = ["Etape", "Registre", "atom_of", "cut_readings"]

Rows = npt.NDArray[np.int64]
_Group = tuple[tuple[int, ...], tuple[int, ...]]


@attrs.frozen(eq=False, repr=False)
class PartieSuivie:
    """Officines tied together: what was concluded of them, and where."""

    bilan: Bilan
    rang: int
    atomes: frozenset[bytes]
    """What rows are known by: officines and accounts."""


@attrs.frozen(eq=False)
class Coupe:
    """New rows, part by part, and by what each part is known."""

    morceau: Morceau
    atomes: Sequence[frozenset[bytes]]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Registre:
    """All that was read so far, cut into parts, each with what is concluded of it. It never changes."""

    lectures: tuple[Lecture, ...] = ()
    decisions: tuple[Decision, ...] = ()
    policy: MatchPolicy
    payeurs: Payeurs
    sources: tuple[Source, ...] = ()
    ordre: tuple[tuple[tuple[str, ...], int], ...] = ()
    """Each reading by the names of its files, and its number, sorted."""
    parties: Mapping[int, PartieSuivie] = attrs.field(factory=dict)
    atomes: Mapping[bytes, int] = attrs.field(factory=dict)
    """For each officine and account, its part."""
    suivant: int = 0
    """Number of the next part."""
    attaches: Attaches = attrs.field(factory=Attaches)
    cents: tuple[int, ...] = (0,) * len(TOTAUX)

    @property
    def totaux(self) -> Totaux:
        """The totals of the whole book."""
        return totaux_of(np.array(self.cents, dtype=np.int64))

    def with_lectures(self, news: Sequence[Lecture], attaches: Attaches) -> Registre:
        """Return the same with new readings, not judged yet."""
        numbered = [(name_of(lecture), len(self.lectures) + rank) for rank, lecture in enumerate(news)]
        return attrs.evolve(
            self,
            lectures=(*self.lectures, *news),
            sources=(*self.sources, *(source for lecture in news for source in lecture.tables.sources)),
            ordre=tuple(sorted([*self.ordre, *numbered])),
            attaches=attaches,
        )

    def recut(self) -> Etape:
        """Cut everything anew, and judge it."""
        tables = Tables.concat([lecture.tables for lecture in self.lectures])
        coupe = cut_readings(tables, self.lectures, self.attaches, 0, 0)
        return attrs.evolve(self, atomes={}).stepped(coupe, frozenset(self.parties), replaced=True)

    def stepped(self, coupe: Coupe | None, touched: frozenset[int], *, replaced: bool = False) -> Etape:
        """Judge again the parts *touched* and those that the rows of *coupe* touch.

        Args:
            coupe: New rows.
            touched: Parts to judge besides those that the new rows touch.
            replaced: Whether the new rows stand in the place of the parts *touched*, instead of beside them.
        """
        groups = self._groups(coupe, frozenset() if replaced else touched)
        gone = sorted(touched.union(*(numbers for numbers, _ in groups)))
        before = Vue([(self.parties[number].bilan, self.parties[number].rang) for number in gone])
        if not groups:
            return Etape(self, before, Vue([]))
        bilan = self._concluded(coupe, groups)
        after = Vue([(bilan, rang) for rang in range(len(groups))])
        return Etape(self._with_parts(bilan, coupe, groups, gone), before, after)

    def _groups(self, coupe: Coupe | None, touched: frozenset[int]) -> list[_Group]:
        """Return the parts to come: the parts that each is made of, and the parts of the new rows."""
        arrived = range(len(coupe.atomes)) if coupe else range(0)
        if self.attaches.entier and (len(arrived) or touched):
            return [(tuple(sorted(self.parties)), tuple(arrived))]
        joined: dict[int, tuple[set[int], set[int]]] = {number: ({number}, set()) for number in touched}
        alone: list[_Group] = []
        for part in arrived:
            atoms = coupe.atomes[part] if coupe else frozenset()
            met = {self.atomes[atom] for atom in atoms if atom in self.atomes}
            if not met:
                alone.append(((), (part,)))
                continue
            merged: tuple[set[int], set[int]] = (set(met), {part})
            for number in met:
                if number in joined:
                    merged[0].update(joined[number][0])
                    merged[1].update(joined[number][1])
            joined.update(dict.fromkeys(merged[0], merged))
        distinct = {min(numbers): (tuple(sorted(numbers)), tuple(sorted(parts))) for numbers, parts in joined.values()}
        return [*(distinct[first] for first in sorted(distinct)), *alone]

    def _concluded(self, coupe: Coupe | None, groups: Sequence[_Group]) -> Bilan:
        ranks, sources, rank_of_source = self._ranks()
        pieces = []
        for numbers, parts in groups:
            old = [(self.parties[number].bilan.morceau, self.parties[number].rang) for number in numbers]
            pieces.append([*old, *((coupe.morceau, part) for part in parts if coupe)])
        morceau = assembled(pieces, ranks)
        bilans = [self.parties[number].bilan for numbers, _ in groups for number in numbers]
        return balanced(morceau, morceau.tables(sources, rank_of_source), _uniques(bilans, coupe), self._reconciled)

    def _ranks(self) -> tuple[Rows, tuple[Source, ...], Rows]:
        """Return where each reading stands by name, the sources in that order, and where each source stands."""
        order = [number for _, number in self.ordre]
        ranks = np.empty(len(order), dtype=np.int64)
        ranks[order] = np.arange(len(order))
        sizes = np.array([len(names) for names, _ in sorted(self.ordre, key=lambda one: one[1])], dtype=np.int64)
        firsts = np.cumsum(sizes) - sizes
        by_name = [source for number in order for source in range(firsts[number], firsts[number] + sizes[number])]
        rank_of_source = np.empty(len(by_name), dtype=np.int64)
        rank_of_source[by_name] = np.arange(len(by_name))
        return ranks, tuple(self.sources[source] for source in by_name), rank_of_source

    def _reconciled(self, tables: Tables) -> Rapprochement:
        accounts = set(tables.virements.compte.tolist()) if self.decisions else set()
        here = [one for one in self.decisions if any(atom_of(name)[1:] in accounts for name in one.virements)]
        return reconcile_tables(tables, Reglages(policy=self.policy, payeurs=self.payeurs, decisions=here))

    def _with_parts(self, bilan: Bilan, coupe: Coupe | None, groups: Sequence[_Group], gone: Sequence[int]) -> Registre:
        parties, atomes, first = dict(self.parties), dict(self.atomes), self.suivant
        cents = np.array(self.cents, dtype=np.int64) + bilan.totaux.sum(axis=0)
        for number in gone:
            old = parties.pop(number)
            cents -= old.bilan.totaux[old.rang]
        for rang, (numbers, parts) in enumerate(groups):
            own = frozenset[bytes]().union(
                *(self.parties[number].atomes for number in numbers), *(coupe.atomes[part] for part in parts if coupe)
            )
            parties[first + rang] = PartieSuivie(bilan, rang, own)
            atomes.update(dict.fromkeys(own, first + rang))
        return attrs.evolve(
            self, parties=parties, atomes=atomes, suivant=first + len(groups), cents=tuple(cents.tolist())
        )


@attrs.frozen(eq=False)
class Etape:
    """One step: the parts after it, and what was and is concluded of those that it touched."""

    registre: Registre
    avant: Vue
    apres: Vue


def _uniques(bilans: Sequence[Bilan], coupe: Coupe | None) -> frozenset[str]:
    """Return the tables of which nothing was told twice, and nothing new is told."""
    if not bilans:
        return frozenset()
    own = frozenset.intersection(*(one.uniques for one in bilans))
    return own if coupe is None else own - {name for name, rows in coupe.morceau.lectures.items() if len(rows)}


def cut_readings(tables: Tables, news: Sequence[Lecture], attaches: Attaches, first: int, sources: int) -> Coupe:
    """Cut new readings, joined in *tables*; *first* and *sources* count the readings and the sources before them."""
    parts, atoms = parts_and_atoms(tables, attaches)
    numbers = np.arange(first, first + len(news))
    lecture_of = {
        name: np.repeat(numbers, [len(getattr(lecture.tables, name)) for lecture in news]) for name in tables.kinds()
    }
    kept = sorted(
        {part for name in tables.kinds() if name not in SANS_EFFET for part in np.unique(parts[name]).tolist()}
    )
    renumbered = np.zeros(len(atoms) + 1, dtype=np.int64)
    renumbered[kept] = np.arange(len(kept))
    own = {name: renumbered[rows] for name, rows in parts.items()}
    return Coupe(cut(tables, lecture_of, own, len(kept), sources), [atoms[part] for part in kept])


def atom_of(virement: str) -> bytes:
    """Return the atom of the account that the identifier of a bank line begins with."""
    return account_atom(virement.rsplit(":", 3)[0].encode("latin-1", "replace"))
