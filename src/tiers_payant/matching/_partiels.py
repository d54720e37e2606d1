"""What the whole label of a group tells when the amount differs: transfers in several credits, and partial ones."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import LiensVirements, Propositions, Tables, Ventilations, net_cents
from tiers_payant.matching import _sommes
from tiers_payant.matching._candidats import Edges, unique_both_ways, without_ends
from tiers_payant.matching._groupes import in_period
from tiers_payant.matching._liens import bank_links
from tiers_payant.matching._passes import Contexte, label_holds
from tiers_payant.matching._passes_sommes import ParSommes
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._propositions import Questions, listed
from tiers_payant.matching._sommes import HORS_BUDGET, all_sums, expected_accidents

__all__ = ["ECLATE", "LIBELLES_PARTIELS", "PARTIEL", "Partiels", "labelled", "settle_partials", "settle_splits"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ECLATE = "libelle_eclate"
"""Written on each link of a transfer whose label stands in several credits."""
PARTIEL = "libelle_partiel"
"""Written on each link of a partial transfer, and on what is proposed for a label whose amount differs."""

LIBELLES_PARTIELS = {
    ECLATE: "plusieurs virements portent le libellé entier que le retour annonce, et font ensemble le montant net",
    PARTIEL: "le relevé porte le libellé entier que le retour annonce, pour un montant inférieur au net",
}
"""What these passes mean, in French."""

_MOST_PARTS = 20
"""Most answers and movements of a group among which the parts paid are sought. With more there are
over a million choices, of which some make any amount by accident."""


@attrs.frozen(eq=False)
class Partiels:
    """The partial transfers, what they are known to pay, and what is only proposed."""

    liens: LiensVirements
    ventilations: Ventilations
    questions: Propositions


def labelled(contexte: Contexte, pairs: Edges) -> Edges:
    """Keep the pairs whose bank line holds the whole label of the group, not one that only begins like it."""
    return pairs.where(label_holds(contexte.paires(pairs)))


def settle_splits(contexte: Contexte, labels: Edges) -> LiensVirements:
    """Settle the groups whose label stands in several credits, all of which together make the net.

    None of these credits bears the label of another open group. Nothing is chosen: all that bears the label is taken,
    or nothing is.

    Args:
        contexte: What a pass may look at.
        labels: The open pairs that share a label, as `labelled` found them.
    """
    net, amounts = net_cents(contexte.tables), contexte.tables.virements.montant_cents
    if not len(labels):
        return LiensVirements.empty()
    brought, shared = np.zeros_like(net), np.zeros(len(net), dtype=np.bool_)
    np.add.at(brought, labels.left, amounts[labels.right])
    shared[labels.left[np.bincount(labels.right)[labels.right] > 1]] = True
    whole = (brought == net) & ~shared
    kept = labels.where(whole[labels.left] & (np.bincount(labels.left)[labels.left] > 1))
    return bank_links(kept, amounts[kept.right], ECLATE)


def settle_partials(
    contexte: Contexte,
    settled: LiensVirements,
    labels: Edges,
    questions: Questions,
    par_sommes: ParSommes,
    policy: MatchPolicy,
) -> Partiels:
    """Tie the credits whose text bears the whole label of one open group, in the period, and which hold less than it.

    All of such a line belongs to the group, hence the link; which of its answers it pays is another matter, told only
    when one choice of them alone makes the amount, and no more than `accidents_max` would by accident. The pair must be
    alone both ways among those that share a label, and no pair or sum that could be believed may have an end of it:
    otherwise it is proposed, as is a credit of more than the net.

    Args:
        contexte: What a pass may look at.
        settled: What the passes before have settled, sums included.
        labels: The pairs that share a label, as `labelled` found them.
        questions: What is proposed already: an end of it is proposed nothing else.
        par_sommes: What its explanations hold is not free.
        policy: The windows, and the accidents tolerated.
    """
    tables, net = contexte.tables, net_cents(contexte.tables)
    edges, amounts = without_ends(labels, settled.groupe, settled.virement), tables.virements.montant_cents
    edges = edges.where(net[edges.left] > 0)
    less = amounts[edges.right] < net[edges.left]
    free = ~par_sommes.groupes_pris[edges.left] & ~par_sommes.virements_pris[edges.right]
    tied = unique_both_ways(edges) & free & less & in_period(tables, contexte.banque, edges)
    kept = edges.where(tied)
    pairs = questions.pairs.edges
    asked = (amounts[edges.right] != net[edges.left]) & ~(
        np.isin(edges.left, np.append(pairs.left, kept.left)) | np.isin(edges.right, np.append(pairs.right, kept.right))
    )
    motifs = np.where(less, b"MONTANT_INFERIEUR", b"MONTANT_SUPERIEUR")[asked]
    return Partiels(
        liens=bank_links(kept, amounts[kept.right], PARTIEL),
        ventilations=Ventilations.concat([_parts_of(tables, *pair, policy) for pair in _pairs(kept)]),
        questions=listed(contexte, edges.where(asked), motifs, np.full(len(motifs), PARTIEL.encode())),
    )


def _pairs(edges: Edges) -> Iterator[tuple[int, int]]:
    return zip(edges.left.tolist(), edges.right.tolist(), strict=True)


def _parts_of(tables: Tables, group: int, line: int, policy: MatchPolicy) -> Ventilations:
    """Return the answers and movements of *group* that the bank line pays; none when two choices could be it."""
    answers = np.flatnonzero((tables.reponses.groupe == group) & (tables.reponses.annonce_cents != 0))
    moves = np.flatnonzero((tables.mouvements.groupe == group) & (tables.mouvements.montant_cents != 0))
    cents = np.concatenate([tables.reponses.annonce_cents[answers], tables.mouvements.montant_cents[moves]])
    chosen = _only_choice(cents, int(tables.virements.montant_cents[line]), policy.accidents_max)
    nowhere = np.full(len(chosen), -1, dtype=np.int64)
    rows, of_answers = np.concatenate([answers, moves])[chosen], chosen < len(answers)
    return Ventilations.of(
        len(chosen),
        groupe=np.full(len(chosen), group, dtype=np.int32),
        virement=np.full(len(chosen), line, dtype=np.int32),
        reponse=np.where(of_answers, rows, nowhere).astype(np.int32),
        mouvement=np.where(of_answers, nowhere, rows).astype(np.int32),
        cents=cents[chosen],
    )


def _only_choice(cents: Rows, target: int, accidents_max: float) -> Rows:
    """Return the places of the amounts that make *target*, when no other choice of one or more of them does."""
    nothing = np.zeros(0, dtype=np.int64)
    if not 2 <= len(cents) <= _MOST_PARTS:
        return nothing
    solutions = all_sums(cents, target, most=len(cents), budget=_sommes.BUDGET)
    if solutions is HORS_BUDGET:
        return nothing
    choices = [*solutions, *((place,) for place in np.flatnonzero(cents == target).tolist())]
    # With a zero among them one amount alone is a sum too, and the others count twice: that errs on the safe side.
    expected = expected_accidents(np.append(cents, 0), target, most=len(cents) + 1)
    return np.array(choices[0], dtype=np.int64) if len(choices) == 1 and expected <= accidents_max else nothing
