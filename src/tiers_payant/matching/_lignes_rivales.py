"""Pairs that only an amount decides, while a bank line that nothing explains may pay their group as well."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Tables, row_codes
from tiers_payant.matching._candidats import Edges, equal_in_window
from tiers_payant.matching._groupes import in_window, near
from tiers_payant.matching._laissees import Laissees
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
    found = Edges.concat([_late(contexte, open_ends, net), _short(contexte.tables, below, net, rivales_max)])
    found = found.where(contexte.tranche.allows(found))
    return found.where(~denied(contexte.paires(found)))


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
    # A payer that pays for several kinds of senders makes its lines stand there several times.
    _, alone = np.unique(edges.left * len(tables.virements) + edges.right, return_index=True)
    edges = Edges(edges.left[alone], edges.right[alone])
    return edges.where(near(tables, contexte.banque, edges) & contexte.tranche.allows(edges))


def _short(tables: Tables, edges: Edges, net: Rows, rivales_max: float) -> Edges:
    """Return the pairs of a group and a line that is the group without one or two of its answers.

    What makes an amount is sought first, all groups together; the sums of two are counted only where some do.
    """
    lacking = net[edges.left] - tables.virements.montant_cents[edges.right]
    lines = np.bincount(edges.left, minlength=len(net))
    left_out = Laissees.of(tables, lines > 0)
    few = lines * left_out.distinctes <= rivales_max * net
    one = few[edges.left] & left_out.one(edges.left, lacking)
    # Two of n different amounts make 2n - 3 sums or more.
    few &= lines * (2 * left_out.distinctes - 3) <= rivales_max * net
    two = np.flatnonzero(few[edges.left] & ~one)
    two = two[left_out.two(edges.left[two], lacking[two])]
    sums = {group: left_out.sums(group) for group in np.unique(edges.left[two]).tolist()}
    kept = [bool(lines[group] * sums[group] <= rivales_max * net[group]) for group in edges.left[two].tolist()]
    one[two] = kept
    return edges.where(one)
