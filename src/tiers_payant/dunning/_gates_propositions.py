"""Gates of what nobody decided: proposals, transfers paid in part, answers about no claim, payments made twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import EtatVirement, Part, Raison
from tiers_payant.dunning._gates import Arret, Gate
from tiers_payant.dunning._jours import INCONNU
from tiers_payant.dunning._levees import JAMAIS
from tiers_payant.dunning._rencontres import latest_met
from tiers_payant.dunning._vue import Vue

__all__ = ["GATES_PROPOSITIONS"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
_Columns = tuple[npt.NDArray[Any], ...]

_FAR = 1 << 40
"""Beyond all days."""


class _Preuves:
    """The best bank line against each créance, by its rank among lines."""

    def __init__(self, vue: Vue) -> None:
        self._vue = vue
        self._ranks = np.append(vue.rangs_virements, -1)
        self._best = np.full(len(vue.result.creances), -1, dtype=np.int64)
        self._held = np.zeros(len(vue.result.creances), dtype=np.bool_)

    def add(self, creances: npt.NDArray[np.int32], lines: Rows) -> None:
        """Hold these créances; -1 for what no bank line shows."""
        self._held[creances] = True
        np.maximum.at(self._best, creances, self._ranks[lines])

    def held(self) -> Arret:
        """Return what was added, for each claim."""
        if not self._held.any():
            return Arret(np.zeros(len(self._vue.dues), dtype=np.bool_))
        lines = np.append(np.argsort(self._ranks[:-1]), -1)
        rows = self._vue.dues.rangs
        return Arret(self._held[rows], preuve=lines[self._best[rows]])


def _proposed(vue: Vue) -> Arret:
    """Claims that a proposal of any of the three tables would touch if somebody accepted it."""
    result, proofs = vue.result, _Preuves(vue)
    pairs, answers, directs = result.propositions, result.propositions_reponses, result.propositions_directes
    groups = np.append(result.tables.reponses.groupe, -1)
    proofs.add(answers.creance, np.full(len(answers), -1, dtype=np.int64))
    proofs.add(directs.creance, directs.virement.astype(np.int64))
    lines = _lines_of_groups(vue, pairs.groupe, pairs.virement)
    for links in (result.liens_reponses, answers):
        line = lines[groups[links.reponse]]
        proofs.add(links.creance[line >= 0], line[line >= 0])
    return proofs.held()


def _untold(vue: Vue) -> Arret:
    """Claims announced in a transfer that was paid in part, when nothing says which of its lines the money is for."""
    result, proofs = vue.result, _Preuves(vue)
    links, answers = result.liens_virements, result.liens_reponses
    partial = (result.etats_virements[links.virement] == EtatVirement.PARTIEL) & vue.leve.tenues[links.virement]
    line = _lines_of_groups(vue, links.groupe[partial], links.virement[partial])
    line = line[result.tables.reponses.groupe[answers.reponse]]
    rows = np.flatnonzero((line >= 0) & ~result.reponses_versees[answers.reponse])
    if len(rows):
        rows = rows[~_seen(vue, answers.creance[rows], line[rows])]
    proofs.add(answers.creance[rows], line[rows])
    return proofs.held()


def _seen(vue: Vue, creances: npt.NDArray[np.int32], lines: Rows) -> Mask:
    """Say of each créance and line whether somebody looked at the créance once the line was booked."""
    until = np.full(len(vue.result.creances), JAMAIS)
    until[vue.dues.rangs] = vue.vus(Raison.CREDIT_NON_AFFECTE)
    booked = vue.result.tables.virements.date
    days = np.append(np.where(np.isnat(booked), _FAR, booked.astype(np.int64)), _FAR)
    seen: Mask = days[lines] <= until[creances]
    return seen


def _lines_of_groups(vue: Vue, groups: npt.NDArray[np.int32], lines: npt.NDArray[np.int32]) -> Rows:
    """Return, for each announced transfer, the bank line of the greatest rank; -1 for none, and in the last entry."""
    best = np.full(len(vue.result.tables.groupes) + 1, -1, dtype=np.int64)
    np.maximum.at(best, groups, vue.rangs_virements[lines])
    found: Rows = np.append(np.argsort(vue.rangs_virements), -1)[best]
    return found


def _stray(vue: Vue) -> Arret:
    """Claims that an answer about no créance may be about: of the same officine, not sent after it, like it somehow.

    A refusal counts as much as a payment: the share may have been billed again since. Alike are the insured, the number
    of the facture, or an amount. Where one of the two names no insured, they may be about the same one.
    """
    result, dues = vue.result, vue.dues
    table = result.tables.reponses
    placed = np.zeros(len(table), dtype=np.bool_)
    placed[result.liens_reponses.reponse] = True
    answers = np.flatnonzero(~placed)
    held = np.zeros(len(dues), dtype=np.bool_)
    rows = np.flatnonzero(dues.part != Part.ASSURE)
    for theirs, ours, some in _alike(vue, answers, rows):
        mine, asked = rows[some[1]], answers[some[0]]
        days = _days(vue, asked)
        met = latest_met([column[some[0]] for column in theirs], days, [column[some[1]] for column in ours])
        sent = np.where(np.isnat(dues.lot_date[mine]), -_FAR, dues.lot_date[mine].astype(np.int64))
        since = np.maximum(sent, vue.vus(Raison.REPONSE_NON_RATTACHEE)[mine] + 1)
        held[mine] |= (met >= 0) & (np.append(days, 0)[met] >= since)
    return Arret(held)


def _days(vue: Vue, answers: Rows) -> Rows:
    """Return the day of each answer, that of its transfer or of its return; beyond all days when none is known."""
    tables = vue.result.tables
    days = np.fmax(
        np.append(tables.retours.date, INCONNU)[tables.reponses.retour[answers]],
        np.append(tables.groupes.date, INCONNU)[tables.reponses.groupe[answers]],
    )
    return np.where(np.isnat(days), _FAR, days.astype(np.int64))


def _alike(vue: Vue, answers: Rows, rows: Rows) -> Iterator[tuple[_Columns, _Columns, tuple[Mask, Mask]]]:
    """Yield each way for an answer and a claim to be alike: its key on each side, and which of each may be so."""
    if not len(answers) or not len(rows):
        return
    result, dues = vue.result, vue.dues
    table, creances = result.tables.reponses.take(answers), result.creances.take(dues.rangs[rows])
    nirs = np.append(result.tables.factures.nir, b"")[creances.facture_rang]
    every, any_of_ours = np.ones(len(answers), dtype=np.bool_), np.ones(len(rows), dtype=np.bool_)
    theirs, ours = (table.officine,), (creances.officine,)
    yield theirs, ours, (table.nir == b"", any_of_ours)
    yield theirs, ours, (every, nirs == b"")
    yield (*theirs, table.nir), (*ours, nirs), (every, any_of_ours)
    yield (*theirs, table.lot, table.facture), (*ours, creances.lot, creances.facture), (every, any_of_ours)
    for cents in (table.annonce_cents, table.demande_cents):
        yield (*theirs, cents), (*ours, creances.du_cents), (cents > 0, any_of_ours)


def _paid_twice(vue: Vue) -> Arret:
    """Claims of the very amount that their debtor paid too much on another: one may have been taken for the other."""
    creances, dues = vue.result.creances, vue.dues
    over = np.maximum(creances.credite_cents, creances.annonce_cents) - creances.du_cents
    rows = np.flatnonzero((over > 0) & (creances.part != Part.ASSURE) & (creances.du_cents > 0))
    known = set(
        zip(creances.officine[rows].tolist(), creances.debiteur[rows].tolist(), over[rows].tolist(), strict=True)
    )
    amounts = np.flatnonzero(np.isin(dues.reste, sorted({cents for _, _, cents in known})) & (dues.part != Part.ASSURE))
    held = np.zeros(len(dues), dtype=np.bool_)
    debtors = dues.debiteurs
    named = zip(
        debtors.officines[dues.debiteur[amounts]].tolist(), debtors.noms[dues.debiteur[amounts]].tolist(),
        dues.reste[amounts].tolist(), strict=True,
    )  # fmt: skip
    held[amounts] = [one in known for one in named]
    return Arret(held & vue.doutes(Raison.CREDIT_NON_AFFECTE))


GATES_PROPOSITIONS = (
    Gate(raison=Raison.PROPOSITION_OUVERTE, hold=_proposed),
    Gate(raison=Raison.CREDIT_NON_AFFECTE, hold=_untold),
    Gate(raison=Raison.REPONSE_NON_RATTACHEE, hold=_stray),
    Gate(raison=Raison.CREDIT_NON_AFFECTE, hold=_paid_twice),
)
