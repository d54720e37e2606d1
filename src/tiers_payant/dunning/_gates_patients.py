"""Gates of what a person owes: numbers that stand for confidential care, and receipts that nothing places."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Part, Raison, facture_codes
from tiers_payant.dunning._gates import Gate, Retenue
from tiers_payant.dunning._nirs import maybe_confidential
from tiers_payant.dunning._requalification import requalifications
from tiers_payant.dunning._vue import Vue

__all__ = ["GATES_PATIENTS"]

Rows = npt.NDArray[np.int64]


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
    """A patient who paid too much elsewhere, or receipts of the officine that are of no facture known here."""
    dues = vue.dues
    rows = np.flatnonzero(dues.patient)
    held = np.zeros(len(dues), dtype=np.bool_)
    if len(rows):
        stray = _stray(vue)
        held[rows] = _surplus(vue)[dues.debiteur[rows]] | ~(stray[dues.officine[rows]] < dues.exigible[rows])
        held[rows] &= _surplus(vue)[dues.debiteur[rows]] | ~np.isnat(stray[dues.officine[rows]])
    return Retenue(held)


GATES_PATIENTS = ()
