"""Announced groups to bank lines: what people decided, the passes, labels in several lines, sums, partial transfers."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    LiensVirements,
    PassSpec,
    Propositions,
    Ventilations,
    net_cents,
    paid_answers,
    paid_moves,
)
from tiers_payant.matching._candidats import Candidates, Edges, unique_both_ways, without_ends
from tiers_payant.matching._classes import equal_classes
from tiers_payant.matching._fortuits import by_chance
from tiers_payant.matching._groupes import candidates, in_period
from tiers_payant.matching._liens import bank_links
from tiers_payant.matching._partiels import labelled, settle_partials, settle_splits
from tiers_payant.matching._passes import Contexte, believed
from tiers_payant.matching._passes_sommes import open_pairs, settle_sums
from tiers_payant.matching._propositions import proposals
from tiers_payant.matching._reglages import Reglages
from tiers_payant.matching._sommes_rivales import Rivales, rival_sums

__all__ = ["Reglements", "settle_groups"]

Mask = npt.NDArray[np.bool_]


@attrs.frozen(kw_only=True, eq=False)
class Reglements:
    """What bank lines pay of announced groups, and what is only proposed."""

    liens: LiensVirements
    partiels: LiensVirements
    """Those of `liens` that pay their group in part."""
    ventilations: Ventilations
    """What partial transfers are known to pay."""
    propositions: Propositions
    reponses_versees: Mask
    """For each answer, whether a bank line pays it."""
    mouvements_verses: Mask
    """For each movement, whether a bank line takes it into account."""
    foules: Mask
    """Bank lines whose candidates are too many to be shown."""
    hors_budget: Mask
    """Bank lines whose sums are too many to be tried."""
    virements_pris: Mask
    """Bank lines that some group may claim, alone or in a sum, settled or not."""

    @property
    def muets(self) -> LiensVirements:
        """The partial transfers of which nobody knows what they pay."""
        return self.partiels.take(np.flatnonzero(~np.isin(self.partiels.groupe, self.ventilations.groupe)))


def settle_groups(contexte: Contexte, reglages: Reglages) -> Reglements:
    """Settle the groups that a bank line pays, one step after the other; what one settles is open to no other."""
    tables = contexte.tables
    liens, pairs, labels, rivales = _settle(contexte, reglages)
    questions = proposals(contexte, liens, rivales)
    par_sommes = settle_sums(contexte, liens, pairs, questions.pairs, reglages.policy, reglages.sommes)
    liens = LiensVirements.concat([liens, par_sommes.liens])
    partiels = settle_partials(contexte, liens, labels, questions, par_sommes, reglages.policy)
    liens = LiensVirements.concat([liens, partiels.liens])
    short = np.zeros(len(tables.groupes), dtype=np.bool_)
    short[partiels.liens.groupe] = True
    return Reglements(
        liens=liens,
        partiels=partiels.liens,
        ventilations=partiels.ventilations,
        propositions=Propositions.concat([questions.listed, partiels.questions]),
        reponses_versees=paid_answers(tables, liens, short, partiels.ventilations),
        mouvements_verses=paid_moves(tables, liens, short, partiels.ventilations),
        foules=questions.unlisted,
        hors_budget=par_sommes.hors_budget,
        virements_pris=par_sommes.virements_pris,
    )


def _settle(contexte: Contexte, reglages: Reglages) -> tuple[LiensVirements, Candidates, Edges, Rivales]:
    """Settle pairs, then labels in several lines, as long as some pair is found that a sum of what they leave rivals.

    A pair that is rivalled stays open, and what it would have settled too: each turn can only find more of them.

    Returns:
        What is settled, the pairs still open, those of them that share a label, and the pairs that sums rival.
    """
    rivales = Rivales.none(contexte)
    while True:
        liens = _paired(contexte, reglages.passes, rivales)
        pairs = open_pairs(contexte, liens)
        labels = labelled(contexte, pairs.edges)
        liens = LiensVirements.concat([liens, settle_splits(contexte, labels)])
        found = rival_sums(contexte, liens, reglages.passes, reglages.sommes, reglages.policy, rivales)
        if len(found.paires) == len(rivales.paires):
            return liens, pairs, labels, found
        rivales = found


def _paired(contexte: Contexte, passes: Sequence[PassSpec], rivales: Rivales) -> LiensVirements:
    """Run the passes after what people decided: each judges its whole graph before it consumes anything."""
    tables, decided_links, net = contexte.tables, contexte.tranche.liens, net_cents(contexte.tables)
    found_on_net = contexte.tranche.offered(candidates(tables, contexte.banque, net))
    edges = without_ends(found_on_net.edges, decided_links.groupe, decided_links.virement)
    found, classes = [decided_links], 0
    for passe in passes:
        kept = edges.where(believed(passe, contexte, edges))
        near = in_period(tables, contexte.banque, kept) if passe.in_period else None
        pairs = found_on_net.judged(kept.where(unique_both_ways(kept, near)))
        equals, numbers = equal_classes(found_on_net, kept, near)
        if passe.in_period:
            pairs = pairs.where(~by_chance(contexte, pairs, net) & ~rivales.bars(pairs))
            doubtful = by_chance(contexte, equals, net, numbers) | rivales.bars(equals)
            doubtful = np.isin(numbers, numbers[doubtful])
            equals, numbers = equals.where(~doubtful), numbers[~doubtful]
        settled = Edges.concat([pairs, equals])
        of_class = np.concatenate([np.zeros(len(pairs), dtype=np.int64), numbers + classes])
        found.append(bank_links(settled, tables.virements.montant_cents[settled.right], passe.name, of_class))
        classes += int(numbers.max(initial=0))
        edges = without_ends(edges, settled.left, settled.right)
    return LiensVirements.concat(found)
