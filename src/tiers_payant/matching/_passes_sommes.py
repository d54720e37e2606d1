"""The passes by sums: several groups in one credit, and one group in several credits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import LiensVirements, net_cents, pass_text, row_codes
from tiers_payant.matching import _sommes
from tiers_payant.matching._candidats import Candidates, Edges, without_ends
from tiers_payant.matching._groupes import in_period, in_window
from tiers_payant.matching._liens import bank_links
from tiers_payant.matching._passes import Contexte, denied
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._sommes import HORS_BUDGET, all_sums, expected_accidents

__all__ = ["SOMMES", "Bouts", "ParSommes", "Somme", "open_ends", "open_pairs", "settle_sums"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(kw_only=True)
class Somme:
    """One way to recognise a whole by its parts."""

    name: str = attrs.field(validator=pass_text)
    """Written on each link that it makes."""
    label: str = attrs.field(validator=pass_text)
    """What it means, in French."""
    credit_entier: bool
    """Whether the whole is a credit and its parts are groups; else the whole is a group and its parts are credits."""

    def ends(self, tout: int, parts: Rows) -> Edges:
        """Return the pairs of a group and a bank line that a whole makes with these *parts*."""
        whole = np.full(len(parts), tout, dtype=np.int64)
        return Edges(parts, whole) if self.credit_entier else Edges(whole, parts)


SOMMES = (
    Somme(
        name="virement_groupe",
        label="un virement est la somme de plusieurs règlements du payeur, et d'aucun autre choix",
        credit_entier=True,
    ),
    Somme(
        name="reglement_eclate",
        label="un règlement est la somme de plusieurs virements du payeur, et d'aucun autre choix",
        credit_entier=False,
    ),
)


@attrs.frozen(eq=False)
class ParSommes:
    """What sums settle, and the bank lines whose sums are too many to be enumerated."""

    liens: LiensVirements
    hors_budget: Mask
    groupes_pris: Mask
    """The groups that some pair or sum may explain, or that were too many to look at."""
    virements_pris: Mask


@attrs.frozen(eq=False)
class _Piscine:
    """Every open part that may go into one whole; rows are those of the tables."""

    somme: Somme
    tout: int
    parts: Rows
    cents: Rows
    target: int

    def accidents(self, size: int) -> float:
        return expected_accidents(self.cents, self.target, most=size)

    def ends(self, parts: Rows) -> Edges:
        return self.somme.ends(self.tout, parts)


@attrs.frozen(eq=False)
class _Graphe:
    """How many explanations each group and each bank line has."""

    groupes: Rows
    virements: Rows

    def add(self, ends: Edges) -> None:
        """Count one explanation more for every end, however often it stands in it."""
        self.groupes[np.unique(ends.left)] += 1
        self.virements[np.unique(ends.right)] += 1

    def block(self, ends: Edges) -> None:
        """Let no explanation of these ends be the only one."""
        self.groupes[ends.left] += 2
        self.virements[ends.right] += 2

    def alone(self, ends: Edges) -> bool:
        return bool((self.groupes[ends.left] == 1).all() and (self.virements[ends.right] == 1).all())


def settle_sums(
    contexte: Contexte,
    settled: LiensVirements,
    pairs: Candidates,
    rivals: Candidates,
    policy: MatchPolicy,
    sommes: Sequence[Somme],
) -> ParSommes:
    """Settle the sums that nothing rivals: all passes judge one graph, before anything is consumed.

    A pool holds every open group or credit of one officine whose payer fits and whose dated reference does not deny it,
    the older ones included, as long as they are remembered. A sum is settled when it is the only one that makes its
    whole, when no other sum of any pass and no pair has a part or a whole of it, when all of it is in the period, and
    when no more than `accidents_max` sums of its size or less are expected by accident. What is beyond the budget
    settles nothing, and nothing that might be in it. An account that is not known to be of one officine takes no part,
    nor does a group of net zero: there is nothing to pay.

    Args:
        contexte: What a pass may look at.
        settled: What the passes before have settled.
        pairs: The pairs of `open_pairs`.
        rivals: The open pairs that a person may believe: who is in one is in no sum.
        policy: The windows, and the accidents tolerated.
        sommes: The passes.
    """
    tables, net = contexte.tables, net_cents(contexte.tables)
    graphe = _Graphe(np.zeros(len(tables.groupes), np.int64), np.zeros(len(tables.virements), np.int64))
    hors_budget = pairs.right_crowded.copy()
    hors_budget[settled.virement] = False
    for crowd in (pairs, rivals):
        graphe.block(Edges(np.flatnonzero(crowd.left_crowded), np.flatnonzero(crowd.right_crowded)))
    graphe.block(rivals.edges)
    sums: list[tuple[_Piscine, Edges]] = []
    free = without_ends(pairs.edges, settled.groupe, settled.virement)
    for pool in _pools(free, net, tables.virements.montant_cents, sommes):
        solutions = all_sums(pool.cents, pool.target, budget=_sommes.BUDGET)
        if solutions is HORS_BUDGET:
            graphe.block(pool.ends(pool.parts))
            if pool.somme.credit_entier:
                hors_budget[pool.tout] = True
            continue
        for solution in solutions:
            ends = pool.ends(pool.parts[np.array(solution)])
            graphe.add(ends)
            sums.append((pool, ends))
    kept = [
        (pool, ends)
        for pool, ends in sums
        if graphe.alone(ends)
        and in_period(tables, contexte.banque, ends).all()
        and pool.accidents(len(ends)) <= policy.accidents_max
    ]  # fmt: skip
    liens = LiensVirements.concat(
        [_links(pool.somme, ends, net, tables.virements.montant_cents) for pool, ends in kept]
    )
    return ParSommes(liens, hors_budget, graphe.groupes > 0, graphe.virements > 0)


def _links(somme: Somme, ends: Edges, net: Rows, amounts: Rows) -> LiensVirements:
    return bank_links(ends, net[ends.left] if somme.credit_entier else amounts[ends.right], somme.name)


def _pools(edges: Edges, net: Rows, amounts: Rows, sommes: Sequence[Somme]) -> Iterator[_Piscine]:
    """Yield the pool of each whole that has two parts or more."""
    for somme in sommes:
        wholes, parts = (edges.right, edges.left) if somme.credit_entier else (edges.left, edges.right)
        targets, cents = (amounts, net) if somme.credit_entier else (net, amounts)
        order = np.lexsort((parts, wholes))
        names, starts = np.unique(wholes[order], return_index=True)
        for whole, rows in zip(names.tolist(), np.split(parts[order], starts[1:]), strict=False):
            if len(rows) > 1 and targets[whole] > 0:
                yield _Piscine(somme, whole, rows, cents[rows], int(targets[whole]))


@attrs.frozen(eq=False)
class Bouts:
    """The ends that are still open: a group and a bank line of one key are of one officine and of a payer that fits."""

    groupes: Rows
    cles_groupes: Rows
    virements: Rows
    """Once for every kind of sender that its payer pays for."""
    cles_virements: Rows


def open_pairs(contexte: Contexte, settled: LiensVirements) -> Candidates:
    """Pair every open group with every open credit of its officine that its payer may have made, whatever they hold."""
    ends = open_ends(contexte, settled)
    found = in_window(
        contexte.tables, contexte.banque, ends.groupes, ends.cles_groupes, ends.virements, ends.cles_virements
    )
    edges = found.edges.where(~denied(contexte.paires(found.edges)))
    return contexte.tranche.offered(Candidates(edges, found.left_crowded, found.right_crowded))


def open_ends(contexte: Contexte, settled: LiensVirements) -> Bouts:
    """Return the groups and the credits that nothing *settled* holds, and that a sum may."""
    tables, banque = contexte.tables, contexte.banque
    groups, lines, net = tables.groupes, tables.virements, net_cents(contexte.tables)
    open_groups = (net != 0) & ~np.isnat(groups.date) & (groups.retour >= 0)
    open_groups[settled.groupe] = False
    open_lines = banque.argent & (lines.montant_cents > 0) & ~lines.extourne & (banque.officine != b"")
    open_lines[settled.virement] = False
    left = np.flatnonzero(open_groups)
    right, senders = _senders_paid(contexte, np.flatnonzero(open_lines))
    keys = row_codes(
        [
            (groups.officine[left], tables.retours.emetteur_type[groups.retour[left]]),
            (banque.officine[right], senders),
        ]
    )
    return Bouts(left, keys[0], right, keys[1])


def _senders_paid(contexte: Contexte, lines: Rows) -> tuple[Rows, npt.NDArray[np.bytes_]]:
    """Return each of these bank lines once for every kind of sender that the payer it names pays for."""
    textes = contexte.banque.textes
    paid = [
        (line, sender)
        for line in lines.tolist()
        if (payeur := textes[line].payeur) is not None
        for sender in sorted(payeur.emetteurs)
    ]
    rows = np.array([line for line, _ in paid], dtype=np.int64)
    senders = np.array([sender.encode("latin-1") for _, sender in paid], dtype="S2" if not paid else None)
    return rows, senders
