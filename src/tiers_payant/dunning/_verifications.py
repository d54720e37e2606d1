"""What levées did: which claims they freed, on which day somebody had looked; and which bank lines still hold some."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import LEVABLES, Raison, VirementsRetenants
from tiers_payant.dunning._gates import LIBRE, Arrets, Gate, stop
from tiers_payant.dunning._gates_banque import meetings
from tiers_payant.dunning._levees import JAMAIS
from tiers_payant.dunning._vue import Vue

__all__ = ["lines_that_hold", "verified"]

Rows = npt.NDArray[np.int64]

_ARGENT = (Raison.RETOUR_ABSENT, Raison.CREDIT_NON_AFFECTE)
"""The reasons of which a bank line may be the evidence, and looking at it the remedy."""


def verified(vue: Vue, gates: Sequence[Gate]) -> Rows:
    """Return, for each claim that one of *gates* would hold if nobody had looked, the last day on which somebody did.

    From 1970; `JAMAIS` for the others: no letter leaves them because of a levée.
    """
    found = np.full(len(vue.dues), JAMAIS)
    if not vue.levees:
        return found
    plain, lines = attrs.evolve(vue, levees=()), np.append(vue.leve.lignes, JAMAIS)
    for raison in LEVABLES:
        mine = [gate for gate in gates if gate.raison is raison]
        before = stop(plain, mine)
        freed = np.flatnonzero((before.raison != LIBRE) & (stop(vue, mine).raison == LIBRE))
        looked = np.maximum(vue.vus(raison)[freed], lines[before.preuve[freed]])
        found[freed] = np.maximum(found[freed], looked)
    return found


def lines_that_hold(vue: Vue, rows: Rows, held: Arrets) -> VirementsRetenants:
    """Count, for each bank line, the claims among *rows* that it may pay, and that this holds back.

    Args:
        vue: The claims.
        rows: Those over their delay.
        held: What holds each claim first.
    """
    length = len(vue.rangs_virements)
    times, cents = np.zeros((2, length), dtype=np.int64)
    for raison in _ARGENT:
        mine = rows[held.raison[rows] == raison]
        alone = np.zeros(len(vue.dues), dtype=np.bool_)
        alone[mine] = held.preuve[mine] >= 0
        for one in meetings(vue, raison, mine):
            may = one.dernier >= one.premier
            alone[one.rows[may]] = False
            first, past, owed = one.premier[may], one.dernier[may] + 1, vue.dues.reste[one.rows[may]]
            for total, each in ((times, np.ones(len(owed), dtype=np.int64)), (cents, owed)):
                steps = np.zeros(len(one.lignes) + 1, dtype=np.int64)
                np.add.at(steps, first, each)
                np.subtract.at(steps, past, each)
                np.add.at(total, one.lignes, np.cumsum(steps)[:-1])
        others = np.flatnonzero(alone)  # a transfer paid in part, a patient's: the evidence is the line
        np.add.at(times, held.preuve[others], 1)
        np.add.at(cents, held.preuve[others], vue.dues.reste[others])
    lines = np.flatnonzero(times)
    lines = lines[np.lexsort((vue.rangs_virements[lines], -times[lines], -cents[lines]))]
    return VirementsRetenants.of(len(lines), virement=lines.astype(np.int32), creances=times[lines], cents=cents[lines])
