"""Gates of what a person owes: numbers that stand for confidential care, and receipts that nothing places."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import EtatVirement, Part, Raison, facture_codes
from tiers_payant.dunning._argent import TOUTES, shared_by
from tiers_payant.dunning._debiteurs import debtors_of
from tiers_payant.dunning._gates import Gate, Retenue
from tiers_payant.dunning._jours import Jours
from tiers_payant.dunning._nirs import maybe_confidential
from tiers_payant.dunning._rencontres import latest_met
from tiers_payant.dunning._vue import Vue

__all__ = ["GATES_PATIENTS"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

_ANY_DAY, _NO_DAY = np.iinfo(np.int64).max, np.iinfo(np.int64).min
"""What stands for a receipt whose day is not known, and for no receipt at all."""


def _fictive(vue: Vue) -> Retenue:
    """A share of a patient whose insured's number is no number of a person; without facture nothing says that it is."""
    dues, factures = vue.dues, vue.result.tables.factures
    held = np.zeros(len(dues), dtype=np.bool_)
    rows = np.flatnonzero(dues.patient)
    if len(rows):
        of = dues.facture_rang[rows]
        nirs, keys, others = (
            np.append(column, b"")[of] for column in (factures.nir, factures.nir_cle, factures.nir_beneficiaire)
        )
        none = np.full(len(rows), b"", dtype="S2")
        told = maybe_confidential(nirs, keys, vue.nirs_fictifs)
        told |= (others != b"") & maybe_confidential(others, none, vue.nirs_fictifs)
        held[rows] = told & (vue.patient[rows] | (nirs != b"") | (others != b""))
    return Retenue(held)


def _received(vue: Vue) -> Retenue:
    """A customer who paid too much elsewhere; or receipts, of the day it owes or later, of no facture known here."""
    dues = vue.dues
    rows = np.flatnonzero(dues.patient)
    held = np.zeros(len(dues), dtype=np.bool_)
    if len(rows):
        stray = _stray(vue)[dues.officine[rows]]
        since = np.maximum(dues.exigible[rows].astype(np.int64), vue.vus(Raison.CREDIT_NON_AFFECTE)[rows] + 1)
        twice = _paid_too_much(vue)[dues.debiteur[rows]] & vue.doutes(Raison.CREDIT_NON_AFFECTE)[rows]
        held[rows] = twice | (stray == _ANY_DAY) | (stray >= since)
    return Retenue(held)


def _paid_too_much(vue: Vue) -> Mask:
    """Say of each debtor whether it paid more than it owed on a share."""
    creances, debtors = vue.result.creances, vue.dues.debiteurs
    over = np.flatnonzero((creances.part == Part.ASSURE) & (creances.credite_cents > creances.du_cents))
    theirs = debtors_of(vue.result, over)
    paid = set(zip(theirs.officines.tolist(), theirs.noms.tolist(), strict=True))
    found = np.zeros(len(debtors.noms), dtype=np.bool_)
    if paid:
        found[:] = [pair in paid for pair in zip(debtors.officines.tolist(), debtors.noms.tolist(), strict=True)]
    return found


def _stray(vue: Vue) -> Rows:
    """Return, for each officine, the last day of receipts of a facture that nothing else names, from 1970."""
    tables, officines = vue.result.tables, vue.dues.officines
    found = np.full(len(officines), _NO_DAY, dtype=np.int64)
    receipts = tables.encaissements
    if not len(receipts):
        return found
    factures, accounts, own = facture_codes([tables.factures, tables.comptes_clients, receipts])
    rows = np.flatnonzero(~np.isin(own, factures) & ~np.isin(own, accounts) & (receipts.montant_cents > 0))
    place = np.searchsorted(officines, receipts.officine[rows])
    ours = np.append(officines, b"")[place] == receipts.officine[rows]
    days = np.where(np.isnat(receipts.date[rows]), _ANY_DAY, receipts.date[rows].astype(np.int64))
    np.maximum.at(found, place[ours], days[ours])
    return found


def _transferred(vue: Vue) -> Retenue:
    """Shares of the very amount of a credit that nobody explains, out of scope or not: the customer may have sent it.

    The amount is that of the share, or of all that the customer owes.
    """
    result, dues = vue.result, vue.dues
    held, proof = np.zeros(len(dues), dtype=np.bool_), np.full(len(dues), -1, dtype=np.int64)
    rows = np.flatnonzero(dues.patient)
    lines, etats = result.tables.virements, result.etats_virements
    free = ~np.isin(etats, (EtatVirement.EXPLIQUE, EtatVirement.PARTIEL)) & (lines.montant_cents > 0)
    free &= vue.leve.tenues
    owed = np.zeros(len(dues.debiteurs.noms), dtype=np.int64)
    np.add.at(owed, dues.debiteur[rows], dues.reste[rows])
    places, owners = shared_by(result, dues, np.flatnonzero(free))
    money = np.flatnonzero(free)[places]
    since = np.maximum(_numbers(dues.exigible[rows]), vue.vus(Raison.CREDIT_NON_AFFECTE)[rows] + 1)
    days = np.where(np.isnat(lines.date), _ANY_DAY, lines.date.astype(np.int64))
    for cents in (dues.reste[rows], owed[dues.debiteur[rows]]):
        for anybody in (True, False):
            some = (owners == TOUTES) == anybody
            theirs, ours = [lines.montant_cents[money[some]]], [cents]
            if not anybody:
                theirs, ours = [*theirs, owners[some]], [*ours, dues.officine[rows]]
            met = latest_met(theirs, vue.rangs_virements[money[some]], ours)
            line = np.append(money[some], -1)[met]
            may = (line >= 0) & (np.append(days, _NO_DAY)[line] >= since)
            held[rows] |= may
            proof[rows] = np.where(may, _later(vue, proof[rows], line), proof[rows])
    return Retenue(held, preuve=proof)


def _numbers(days: Jours) -> Rows:
    return np.where(np.isnat(days), _NO_DAY, days.astype(np.int64))


def _later(vue: Vue, one: Rows, other: Rows) -> Rows:
    """Return, of two bank lines, that of the greatest rank; -1 has none."""
    ranks = np.append(vue.rangs_virements, -1)
    return np.where(ranks[one] >= ranks[other], one, other)


def _otherwise_covered(vue: Vue) -> Retenue:
    """Shares that another insurer may owe."""
    found = np.zeros(len(vue.result.creances), dtype=np.bool_)
    found[vue.requalifications.creance] = True
    return Retenue(found[vue.dues.rangs] & vue.doutes(Raison.REQUALIFICATION))


GATES_PATIENTS = (
    Gate(raison=Raison.NIR_FICTIF, hold=_fictive),
    Gate(raison=Raison.CREDIT_NON_AFFECTE, hold=_received),
    Gate(raison=Raison.CREDIT_NON_AFFECTE, hold=_transferred),
    Gate(raison=Raison.REQUALIFICATION, hold=_otherwise_covered),
)
