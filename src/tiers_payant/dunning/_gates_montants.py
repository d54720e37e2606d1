"""Gates of an exact amount: a free credit of what is owed may pay it, whoever sent it and on whatever account."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import EtatVirement, Part, Raison
from tiers_payant.dunning._gates import Arret, Gate
from tiers_payant.dunning._jours import Jours
from tiers_payant.dunning._rencontres import latest_met
from tiers_payant.dunning._vue import Vue

__all__ = ["GATES_MONTANTS"]

Rows = npt.NDArray[np.int64]

_FEWEST, _MOST = 3, 10
"""Claims of a customer of which every sum of several is tried: a choice; of two there is but one."""
_ANY_DAY, _NO_DAY = np.iinfo(np.int64).max, np.iinfo(np.int64).min


def _of_that_amount(vue: Vue) -> Arret:
    """Claims of the very amount of a credit that nobody explains, out of scope or not, on any account of the book.

    The amount is that of the claim, of all that its debtor owes, of what insurers owe of its facture, or of several
    claims of a customer: an insurer may pay under a name that nobody knows, a CPAM for both, a person by transfer.
    """
    dues, lines = vue.dues, vue.result.tables.virements
    held, proof = np.zeros(len(dues), dtype=np.bool_), np.full(len(dues), -1, dtype=np.int64)
    free = ~np.isin(vue.result.etats_virements, (EtatVirement.EXPLIQUE, EtatVirement.PARTIEL))
    money = np.flatnonzero(free & (lines.montant_cents > 0) & vue.leve.tenues)
    if not len(money):
        return Arret(held, preuve=proof)
    days = np.append(np.where(np.isnat(lines.date), _ANY_DAY, lines.date.astype(np.int64)), _NO_DAY)
    ranks = np.append(vue.rangs_virements, -1)
    for cents in (dues.reste, _of_debtors(vue), _of_factures(vue)):
        some = np.flatnonzero(np.isin(cents, lines.montant_cents[money]))  # few, of all that is owed
        met = latest_met([lines.montant_cents[money]], vue.rangs_virements[money], [cents[some]])
        line = np.append(money, -1)[met]
        may = (line >= 0) & (days[line] >= _since(vue, some))
        held[some] |= may
        proof[some] = np.where(may & (ranks[line] > ranks[proof[some]]), line, proof[some])
    for rows, sums in _of_several(vue):
        some = money[np.isin(lines.montant_cents[money], sums)]
        if len(some):
            last = some[np.argmax(ranks[some])]
            may = days[last] >= _since(vue, rows)
            held[rows] |= may
            proof[rows] = np.where(may & (ranks[last] > ranks[proof[rows]]), last, proof[rows])
    return Arret(held, preuve=proof)


def _since(vue: Vue, rows: Rows) -> Rows:
    """Return, for each of these claims, the first day of a credit that may pay it, from 1970."""
    dues = vue.dues
    insurers = _numbers(np.fmax(dues.payable[rows], dues.lot_date[rows]))
    owed = np.where(dues.part[rows] == Part.ASSURE, _numbers(dues.exigible[rows]), insurers)
    return np.maximum(owed, vue.vus(Raison.CREDIT_NON_AFFECTE)[rows] + 1)


def _numbers(days: Jours) -> Rows:
    return np.where(np.isnat(days), _NO_DAY, days.astype(np.int64))


def _of_debtors(vue: Vue) -> Rows:
    """Return, for each claim, all that its debtor owes: cents."""
    owed = np.zeros(len(vue.dues.debiteurs.noms), dtype=np.int64)
    np.add.at(owed, vue.dues.debiteur, vue.dues.reste)
    return owed[vue.dues.debiteur]


def _of_factures(vue: Vue) -> Rows:
    """Return, for each claim on an insurer, what insurers owe of its facture, cents; for the others, what is owed."""
    dues = vue.dues
    shared = ~dues.patient & (dues.facture_rang >= 0)
    owed = np.zeros(len(vue.result.tables.factures) + 1, dtype=np.int64)
    np.add.at(owed, dues.facture_rang[shared], dues.reste[shared])
    return np.where(shared, owed[dues.facture_rang], dues.reste)


def _of_several(vue: Vue) -> Iterator[tuple[Rows, Rows]]:
    """Yield the claims of each customer who owes a few, with the sums of any two of them or more: cents."""
    dues = vue.dues
    rows = np.flatnonzero(dues.patient)
    counts = np.bincount(dues.debiteur[rows], minlength=len(dues.debiteurs.noms))
    rows = rows[(counts[dues.debiteur[rows]] >= _FEWEST) & (counts[dues.debiteur[rows]] <= _MOST)]
    rows = rows[np.argsort(dues.debiteur[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(dues.debiteur[rows], prepend=-1))
    for mine in np.split(rows, starts[1:]) if len(rows) else ():
        chosen = np.arange(1 << len(mine))[:, None] >> np.arange(len(mine)) & 1
        yield mine, (chosen @ dues.reste[mine])[chosen.sum(axis=1) > 1]


GATES_MONTANTS = (Gate(raison=Raison.CREDIT_NON_AFFECTE, hold=_of_that_amount),)
