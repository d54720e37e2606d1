"""Credits without any return: what a bank line pays when no return says so. Whole lots and days first, then sums.

Such a credit pays every créance of one set, each in full and to the cent, or nothing is said of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Creances,
    Etat,
    LiensDirects,
    PropositionsDirectes,
    row_codes,
    virement_ids,
)
from tiers_payant.matching._candidats import LISTED
from tiers_payant.matching._credits import Credit, Exploration
from tiers_payant.matching._debiteurs import clienteles
from tiers_payant.matching._passes import Contexte
from tiers_payant.matching._passes_sans_retour import SANS_RETOUR, SansRetour
from tiers_payant.matching._politique import MatchPolicy

__all__ = ["Directs", "Ouvertes", "credited", "settle_directs"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

BELIEVABLE = 0.05
"""Most accidents expected of a set that is proposed: what chance may well have made is shown to nobody."""

LEAST = 3
"""Fewest créances of a set that is settled.

The amount of one is a price, that of two nearly so: the same box is sold to others, and a facture that is not in the
book may owe as much. On books where every link is false (25 000 credits, 12 or 400 prices for each officine), 17 sets
passed all other laws; of the 15 that were looked at, 14 were single créances and one a pair.
"""


@attrs.frozen(eq=False)
class Ouvertes:
    """What is still open after everything else; one entry for each créance, or for each bank line."""

    creances: Mask
    """May be paid: nothing pays, announces or refuses it."""
    by_amo: Mask
    """AMC shares that the AMO owes."""
    lignes: Mask
    """Bank lines that settle nothing."""
    libres: Mask
    """Those of them that no announced transfer claims: the others are rivals, and settle nothing here."""


@attrs.frozen(eq=False)
class Directs:
    """What is settled and proposed without a return, and the bank lines whose sums are too many to be enumerated."""

    liens: LiensDirects
    propositions: PropositionsDirectes
    hors_budget: Mask


_Explore = tuple[Exploration, Credit]


def settle_directs(
    contexte: Contexte,
    creances: Creances,
    ouvertes: Ouvertes,
    policy: MatchPolicy,
    passes: Sequence[SansRetour] = SANS_RETOUR,
) -> Directs:
    """Settle the credits that one set of open créances makes, and nothing else: all judged before any is consumed.

    The credit is booked from the day of the lot on, and as long as it is remembered; its account is of one officine;
    the payer that it names pays for the debtors. A set is settled when it is the only one of any pass that makes the
    credit, when no set of another credit shares a créance with it, when the label of no announced transfer stands in
    the bank line, when no more than `accidents_max` are expected by accident, and when it has `LEAST` créances. What is
    beyond the budget settles nothing, and nothing that might be in it.

    Args:
        contexte: What a pass may look at.
        creances: As billed.
        ouvertes: Which créances and bank lines are open.
        policy: How long a créance is remembered, and the accidents tolerated.
        passes: In order.
    """
    lines = contexte.tables.virements
    usable = ouvertes.lignes & contexte.banque.argent & (lines.montant_cents > 0) & (contexte.banque.officine != b"")
    found: list[_Explore] = []
    counts = np.zeros(len(creances), dtype=np.int64)
    for clientele in clienteles(contexte, creances, ouvertes.by_amo, ouvertes.creances, usable):
        exploration = Exploration.of(contexte, clientele, creances, policy.memoire_jours, passes)
        explained, crowd = exploration.credits()
        counts[crowd] += 2
        found += [(exploration, credit) for credit in explained]
    for _, credit in found:
        counts[credit.autres] += 2
        for rows in credit.solutions:
            counts[list(rows)] += 1
    return _judged(contexte, creances, ouvertes, policy, found, counts)


def _judged(
    contexte: Contexte,
    creances: Creances,
    ouvertes: Ouvertes,
    policy: MatchPolicy,
    found: Sequence[_Explore],
    counts: Rows,
) -> Directs:
    """Settle what is alone, propose what may be believed; *counts* tells how many sets may hold each créance."""
    labels = _Libelles(contexte) if found else None
    settled: list[tuple[int, tuple[int, ...], str, str]] = []
    asked: list[tuple[int, tuple[int, ...], str, str]] = []
    hors_budget = np.zeros(len(ouvertes.lignes), dtype=np.bool_)
    for exploration, credit in found:
        hors_budget[credit.ligne] = credit.hors_budget
        if not ouvertes.libres[credit.ligne]:
            continue
        chances: dict[tuple[int, int], float] = {}
        for rows, rank in credit.solutions.items():
            kind = rank, len(rows)
            if kind not in chances:
                chances[kind] = exploration.accidents(credit, *kind)
            chance = chances[kind]
            if chance > BELIEVABLE or (labels is not None and labels.hold(credit.ligne)):
                continue
            motif = _motif(credit, bool((counts[list(rows)] == 1).all()))
            sure = not motif and chance <= policy.accidents_max and len(rows) >= LEAST
            (settled if sure else asked).append((credit.ligne, rows, exploration.passes[rank].name, motif or "FORTUIT"))
    return Directs(_links(creances, settled), _proposed(contexte, creances, asked, found), hors_budget)


def _motif(credit: Credit, alone: bool) -> str:
    """Say why the laws of uniqueness refuse a set, or nothing when they do not."""
    if credit.hors_budget:
        return "HORS_BUDGET"
    return "" if alone and credit.complet and len(credit.solutions) == 1 else "AMBIGU"


def credited(creances: Creances, directs: LiensDirects) -> Creances:
    """Return the créances with what bank lines pay without a return: each in full, for nothing else was open."""
    cents, etat, motif = creances.credite_cents.copy(), creances.etat.copy(), creances.motif.astype("S32")
    cents[directs.creance] += directs.cents
    etat[directs.creance], motif[directs.creance] = Etat.CREDITEE, b"CREDITEE"
    return creances.with_columns(credite_cents=cents, etat=etat, motif=motif)


class _Libelles:
    """The transfer labels that returns announce to each officine."""

    def __init__(self, contexte: Contexte) -> None:
        groups, self._contexte = contexte.tables.groupes, contexte
        owners, self._of_line = row_codes([(groups.officine,), (contexte.banque.officine,)])
        self._labels: dict[int, set[str]] = defaultdict(set)
        for owner, *labels in zip(owners.tolist(), groups.libelle_1.tolist(), groups.libelle_2.tolist(), strict=True):
            self._labels[owner].update(filter(None, labels))

    def hold(self, line: int) -> bool:
        """Say whether the bank line holds the label of a transfer announced to its officine."""
        text = self._contexte.banque.textes[line]
        return any(text.holds(label) for label in self._labels[int(self._of_line[line])])


def _links(creances: Creances, settled: Sequence[tuple[int, tuple[int, ...], str, str]]) -> LiensDirects:
    rows = np.array([row for _, rows, _, _ in sorted(settled) for row in rows], dtype=np.int32)
    return LiensDirects.of(
        len(rows),
        creance=rows,
        virement=[line for line, rows, _, _ in sorted(settled) for _ in rows],
        cents=creances.du_cents[rows],
        passe=[nom.encode() for _, rows, nom, _ in sorted(settled) for _ in rows],
    )


def _proposed(
    contexte: Contexte,
    creances: Creances,
    asked: Sequence[tuple[int, tuple[int, ...], str, str]],
    found: Sequence[_Explore],
) -> PropositionsDirectes:
    """List what a person may believe, the sets of a créance that has too many of them left out."""
    lines_of: dict[int, set[int]] = defaultdict(set)
    for _, credit in found:
        for row in {row for rows in credit.solutions for row in rows}:
            lines_of[row].add(credit.ligne)
    shown = [one for one in sorted(asked) if all(len(lines_of[row]) <= LISTED for row in one[1])]
    ids = virement_ids(contexte.tables) if shown else []
    rivals = [
        " ".join(sorted({ids[other] for row in rows for other in lines_of[row]} - {ids[line]}))
        for line, rows, _, _ in shown
    ]
    every = [(number, row) for number, (_, rows, _, _) in enumerate(shown) for row in rows]
    rows = np.array([row for _, row in every], dtype=np.int32)
    return PropositionsDirectes.of(
        len(every),
        creance=rows,
        virement=[shown[number][0] for number, _ in every],
        cents=creances.du_cents[rows],
        passe=[shown[number][2].encode() for number, _ in every],
        motif=[shown[number][3].encode() for number, _ in every],
        rivaux=np.array([rivals[number] for number, _ in every], dtype=object),
        ensemble=[number + 1 for number, _ in every],
    )
