"""Pairs that only an amount decides, while a sum of what nothing explains holds one end of them: chance made one."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import LiensVirements, PassSpec, net_cents
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._lignes_rivales import rival_lines
from tiers_payant.matching._passes import Contexte
from tiers_payant.matching._passes_sommes import Bouts, Somme, open_ends
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._recherche_sommes import Cote, Recherche

__all__ = ["Rivales", "rival_sums"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_OUVERT, _LIE = 1, 2
"""An end that nothing settled; one of a pair that only its amount settled."""


@attrs.frozen(eq=False)
class Rivales:
    """The pairs that a sum rivals, and these sums."""

    paires: Edges
    sommes: tuple[Edges, ...]
    """Each as the pairs of a group and a bank line that it would make."""
    etats: tuple[Rows, Rows]
    """What became of each group and each bank line, when the pairs were judged: `_OUVERT`, `_LIE`, or neither."""
    _par_bout: tuple[dict[int, list[int]], dict[int, list[int]]] = attrs.field(init=False)
    """The places of the sums that each group is in, and each bank line."""

    @_par_bout.default
    def _placed(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        return _places([somme.left for somme in self.sommes]), _places([somme.right for somme in self.sommes])

    @classmethod
    def none(cls, contexte: Contexte) -> Rivales:
        """Begin: nothing was judged."""
        tables = contexte.tables
        return cls(Edges.none(), (), (np.zeros(len(tables.groupes), int), np.zeros(len(tables.virements), int)))

    def bars(self, edges: Edges) -> Mask:
        """Say of each pair whether one of its ends is not to be settled by an amount alone."""
        barred: Mask = np.isin(edges.left, self.paires.left) | np.isin(edges.right, self.paires.right)
        return barred

    def beside(self, group: int, line: int) -> tuple[set[int], set[int]]:
        """Return the groups and the bank lines that stand in a sum with one of these two, both left out."""
        of_groups, of_lines = self._par_bout
        sommes = [self.sommes[place] for place in {*of_groups.get(group, ()), *of_lines.get(line, ())}]
        groups = {end for somme in sommes for end in somme.left.tolist()}
        lines = {end for somme in sommes for end in somme.right.tolist()}
        return groups - {group}, lines - {line}


def rival_sums(
    contexte: Contexte,
    settled: LiensVirements,
    passes: Sequence[PassSpec],
    sommes: Sequence[Somme],
    policy: MatchPolicy,
    known: Rivales,
) -> Rivales:
    """Find the pairs that only an amount decided, of which one end may be a part or the whole of a sum of open ends.

    A transfer that is announced may never come, and a credit may be a part of another transfer: when both have one
    amount, the part is taken for the whole. The sums are those that `settle_sums` would look at if the pair were not
    settled: of one officine, a payer that fits, no reference that denies, all of it in the period. All but one end of
    them is settled by nothing. Where more than `rivales_max` sums of that size or less are expected by accident, one
    more says nothing.

    Args:
        contexte: What a pass may look at.
        settled: What is settled, these pairs included.
        passes: Those with a period settle by the amount alone.
        sommes: The kinds of sums.
        policy: The accidents tolerated.
        known: What was found before these pairs were settled: sums of what has not changed since are not sought again.

    Returns:
        What was known, and what is found.
    """
    tables = contexte.tables
    net, amounts = net_cents(tables), tables.virements.montant_cents
    by_amount = np.isin(settled.passe, [passe.name.encode() for passe in passes if passe.in_period])
    pairs = Edges(*(column[by_amount].astype(np.int64) for column in (settled.groupe, settled.virement)))
    ends = open_ends(contexte, settled.take(np.flatnonzero(~by_amount)))
    states = _states(len(net), ends.groupes, pairs.left), _states(len(amounts), ends.virements, pairs.right)
    groups = _side(ends.groupes, ends.cles_groupes, tables.groupes.date, net, states[0], known.etats[0])
    lines = _side(ends.virements, ends.cles_virements, tables.virements.date, amounts, states[1], known.etats[1])
    searches = [
        Recherche(
            contexte,
            somme,
            wholes.where(wholes.cents > 0),
            parts.where(~parts.lies),
            parts.where(parts.lies),
            net if somme.credit_entier else amounts,
            policy.rivales_max,
        )
        for somme in sommes
        for wholes, parts in ([(lines, groups)] if somme.credit_entier else [(groups, lines)])
    ]
    found = [sums for one in searches for sums in one.found()]
    alone = rival_lines(contexte, np.unique(pairs.left), net, _unsettled(ends, pairs), policy.rivales_max)
    found += [alone.where(alone.left == group) for group in np.unique(alone.left).tolist()]
    held = Edges.concat(found)
    doubtful = np.isin(pairs.left, held.left) | np.isin(pairs.right, held.right)
    classes = settled.classe[by_amount]
    doubtful |= (classes > 0) & np.isin(classes, classes[doubtful])
    return Rivales(Edges.concat([known.paires, pairs.where(doubtful)]), (*known.sommes, *found), states)


def _unsettled(ends: Bouts, pairs: Edges) -> Bouts:
    """Leave out the bank lines that an amount settles."""
    still = ~np.isin(ends.virements, pairs.right)
    return attrs.evolve(ends, virements=ends.virements[still], cles_virements=ends.cles_virements[still])


def _places(sommes: Sequence[Rows]) -> dict[int, list[int]]:
    """Return where each end stands."""
    places: dict[int, list[int]] = {}
    for place, somme in enumerate(sommes):
        for end in set(somme.tolist()):
            places.setdefault(end, []).append(place)
    return places


def _states(length: int, open_rows: Rows, tied: Rows) -> Rows:
    states = np.zeros(length, dtype=np.int64)
    states[open_rows] = _OUVERT
    states[tied] = _LIE
    return states


def _side(rows: Rows, keys: Rows, dates: npt.NDArray[np.datetime64], cents: Rows, states: Rows, before: Rows) -> Cote:
    days = dates.astype(np.int64)
    order = np.lexsort((rows, days[rows], keys))
    own = rows[order]
    return Cote(own, keys[order], days[own], cents[own], states[own] == _LIE, states[own] != before[own])
