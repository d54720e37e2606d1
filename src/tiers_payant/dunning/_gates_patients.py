"""Gates of what a person owes: numbers that stand for confidential care, and receipts that nothing places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import DEBITEUR_CLIENT, Part, Raison, facture_codes
from tiers_payant.dunning._debiteurs import debtors_of
from tiers_payant.dunning._gates import Arret, Gate
from tiers_payant.dunning._nirs import maybe_confidential
from tiers_payant.dunning._vue import Vue

__all__ = ["GATES_PATIENTS"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

_ANY_DAY, _NO_DAY = np.iinfo(np.int64).max, np.iinfo(np.int64).min
"""What stands for a receipt whose day is not known, and for no receipt at all."""


def _fictive(vue: Vue) -> Arret:
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
    return Arret(held)


def _received(vue: Vue) -> Arret:
    """Who has money here already; or receipts, of the day it owes or later, of no facture known here."""
    dues = vue.dues
    rows = np.flatnonzero(dues.patient)
    held = np.zeros(len(dues), dtype=np.bool_)
    if len(rows):
        stray = _stray(vue)[dues.officine[rows]]
        since = np.maximum(dues.exigible[rows].astype(np.int64), vue.vus(Raison.CREDIT_NON_AFFECTE)[rows] + 1)
        twice = _in_credit(vue)[rows] & vue.doutes(Raison.CREDIT_NON_AFFECTE)[rows]
        held[rows] = twice | (stray == _ANY_DAY) | (stray >= since)
    return Arret(held)


def _in_credit(vue: Vue) -> Mask:
    """Say of each claim whether its customer, or its insured, has money here that pays nothing else.

    Too much paid on a share, a receipt of a facture of which the person owes nothing, or a credit note.
    """
    result, tables, debtors = vue.result, vue.result.tables, vue.dues.debiteurs
    shares = np.flatnonzero(result.creances.part == Part.ASSURE)
    owed = shares[result.creances.du_cents[shares] > 0]
    over = shares[result.creances.credite_cents[shares] > result.creances.du_cents[shares]]
    factures, accounts, asked, own = facture_codes(
        [tables.factures, tables.comptes_clients, result.creances.take(owed), tables.encaissements]
    )
    spare = own[(tables.encaissements.montant_cents > 0) & ~np.isin(own, asked)]
    theirs = debtors_of(result, over)
    noted = (tables.comptes_clients.du_cents < 0) | np.isin(accounts, spare)
    clients = tables.comptes_clients.take(noted & (tables.comptes_clients.client != b""))
    called = np.char.add(DEBITEUR_CLIENT.encode(), clients.client)
    names = {*_pairs(theirs.officines, theirs.noms), *_pairs(clients.officine, called)}
    of: Rows = np.append(np.flatnonzero(np.isin(factures, spare)), result.creances.facture_rang[over])
    of = of[of >= 0]
    people = {pair for pair in _pairs(tables.factures.officine[of], tables.factures.nir[of]) if pair[1]}
    nirs = np.append(tables.factures.nir, b"")[vue.dues.facture_rang]
    found: Mask = _among(names, debtors.officines, debtors.noms)[vue.dues.debiteur]
    return found | _among(people, vue.dues.officines[vue.dues.officine], nirs)


def _pairs(*columns: npt.NDArray[np.bytes_]) -> Iterator[tuple[bytes, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def _among(wanted: set[tuple[bytes, ...]], *columns: npt.NDArray[np.bytes_]) -> Mask:
    if not wanted:
        return np.zeros(len(columns[0]), dtype=np.bool_)
    return np.array([pair in wanted for pair in _pairs(*columns)], dtype=np.bool_)


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


def _otherwise_covered(vue: Vue) -> Arret:
    """Shares that another insurer may owe."""
    found = np.zeros(len(vue.result.creances), dtype=np.bool_)
    found[vue.requalifications.creance] = True
    return Arret(found[vue.dues.rangs] & vue.doutes(Raison.REQUALIFICATION))


GATES_PATIENTS = (
    Gate(raison=Raison.NIR_FICTIF, hold=_fictive),
    Gate(raison=Raison.CREDIT_NON_AFFECTE, hold=_received),
    Gate(raison=Raison.REQUALIFICATION, hold=_otherwise_covered),
)
