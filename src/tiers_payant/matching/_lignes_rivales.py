"""Pairs that only an amount decides, while a bank line that nothing explains may pay their group as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Tables, row_codes
from tiers_payant.matching._candidats import Edges, equal_in_window
from tiers_payant.matching._groupes import in_window, near
from tiers_payant.matching._passes import Contexte, denied
from tiers_payant.matching._passes_sommes import Bouts

__all__ = ["rival_lines"]

Rows = npt.NDArray[np.int64]


def rival_lines(contexte: Contexte, groups: Rows, net: Rows, ends: Bouts, rivales_max: float) -> Edges:
    """Find the open bank lines that may pay one of these groups: late, or short of an answer or two.

    The line that pays a transfer may come after its period, or leave answers out; and a line of its amount may pay
    another transfer, whose return was lost. Where more than *rivales_max* payments so short are expected by accident,
    one more says nothing; more answers left out make sums that any amount meets.

    Args:
        contexte: What a pass may look at.
        groups: The groups that an amount alone settles.
        net: What each group of the tables should credit, cents.
        ends: The ends that nothing settles; of its bank lines, those alone.
        rivales_max: Accidents tolerated.
    """
    asked = np.isin(ends.groupes, groups)
    open_ends = attrs.evolve(ends, groupes=ends.groupes[asked], cles_groupes=ends.cles_groupes[asked])
    below = _below(contexte, open_ends, net)
    found = Edges.concat([_late(contexte, open_ends, net), *_short(contexte.tables, below, net, rivales_max)])
    found = found.where(contexte.tranche.allows(found))
    return found.where(~denied(contexte, found))


def _late(contexte: Contexte, ends: Bouts, net: Rows) -> Edges:
    """Return the pairs of one amount, as late as any pass looks."""
    amounts = contexte.tables.virements.montant_cents
    keys = row_codes([(ends.cles_groupes, net[ends.groupes]), (ends.cles_virements, amounts[ends.virements])])
    return in_window(contexte.tables, contexte.banque, ends.groupes, keys[0], ends.virements, keys[1]).edges


def _below(contexte: Contexte, ends: Bouts, net: Rows) -> Edges:
    """Return the pairs of a group and a line of the period that is less than the group."""
    tables, delais = contexte.tables, contexte.banque.delais
    drawn = equal_in_window(
        ends.cles_groupes,
        tables.groupes.date[ends.groupes].astype(np.int64),
        ends.cles_virements,
        tables.virements.date[ends.virements].astype(np.int64),
        before=int(delais.avant[ends.virements].max(initial=0)),
        after=int(delais.apres[ends.virements].max(initial=0)),
    ).edges
    edges = Edges(ends.groupes[drawn.left], ends.virements[drawn.right])
    edges = edges.where(tables.virements.montant_cents[edges.right] < net[edges.left])
    return edges.where(near(tables, contexte.banque, edges) & contexte.tranche.allows(edges))


def _short(tables: Tables, edges: Edges, net: Rows, rivales_max: float) -> Iterator[Edges]:
    """Yield the pairs of a group and a line that is the group without one or two of its answers."""
    lines_of: defaultdict[int, list[int]] = defaultdict(list)
    for group, line in sorted(set(zip(edges.left.tolist(), edges.right.tolist(), strict=True))):
        lines_of[group].append(line)
    answers = _answers(tables, sorted(lines_of))
    amounts = tables.virements.montant_cents
    for group, lines in lines_of.items():
        target = int(net[group])
        for left_out in _sums(answers[group]):
            if len(lines) * len(left_out) > rivales_max * target:
                break
            held = [line for line in lines if target - int(amounts[line]) in left_out]
            yield Edges(np.full(len(held), group, dtype=np.int64), np.array(held, dtype=np.int64))


def _answers(tables: Tables, groups: list[int]) -> dict[int, list[int]]:
    """Return what each answer of these groups announces, above zero."""
    reponses = tables.reponses
    rows = np.flatnonzero(np.isin(reponses.groupe, groups) & (reponses.annonce_cents > 0))
    found: dict[int, list[int]] = {group: [] for group in groups}
    for group, cents in zip(reponses.groupe[rows].tolist(), reponses.annonce_cents[rows].tolist(), strict=True):
        found[group].append(cents)
    return found


def _sums(cents: list[int]) -> Iterator[set[int]]:
    """Yield what is left out: one answer; one or two."""
    singles = set(cents)
    yield singles
    first, second = np.triu_indices(len(cents), k=1)
    column = np.array(cents, dtype=np.int64)
    yield singles | set((column[first] + column[second]).tolist())
