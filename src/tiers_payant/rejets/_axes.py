"""What factures are told apart by: for each axis, the value of every share sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import NON_CONNU, Axe, Operateurs, Rapprochement
from tiers_payant.rejets._produits import by_product
from tiers_payant.rejets._refus import Envois
from tiers_payant.rejets._repartition import Repartition

__all__ = ["values_of"]

Ints = npt.NDArray[np.int64]

_AM_OU_FINESS, _RPPS = 9, 11
"""Digits of a prescriber's number in B2 type 2 (59-67, grade B), and of an RPPS in types 3E and 4E (FIDES, grade A).

Nine digits are a prescriber's number at the assurance maladie, or a FINESS: the form does not tell which."""


def values_of(axe: Axe, result: Rapprochement, envois: Envois, operateurs: Operateurs | None) -> Repartition:
    """Share out what was sent between the values of one axis.

    Raises:
        KeyError: *axe* has no value for each share: families are of refused shares only.
    """
    if axe is Axe.PRODUIT:
        return by_product(result, envois)
    if axe is Axe.OPERATEUR:
        return _spread(_operators(result, envois, operateurs), envois)
    return _spread(_VALUES[axe](result, envois), envois)


def _spread(values: list[str], envois: Envois) -> Repartition:
    names = sorted(set(values))
    ranks = {name: rank for rank, name in enumerate(names)}
    return Repartition(
        valeurs=tuple(names),
        rang=np.array([ranks[value] for value in values], dtype=np.int64),
        facture=envois.facture,
        cents=envois.cents,
        repondue=envois.repondue,
        refusee=envois.refusee,
    )


def _everything(result: Rapprochement, envois: Envois) -> list[str]:
    return ["tous"] * len(envois.facture)


def _payers(result: Rapprochement, envois: Envois) -> list[str]:
    return [value.decode("latin-1") or NON_CONNU for value in result.creances.debiteur[envois.creance].tolist()]


def _officines(result: Rapprochement, envois: Envois) -> list[str]:
    return [value.decode("latin-1") for value in result.creances.officine[envois.creance].tolist()]


def _months(result: Rapprochement, envois: Envois) -> list[str]:
    """Return the month of each facture; that of its lot when it has no day."""
    days = result.creances.lot_date[envois.creance].copy()
    billed = _of_facture(result.tables.factures.date_facture, envois, np.datetime64("NaT"))
    known = ~np.isnat(billed)
    days[known] = billed[known]
    months, which = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    names = [NON_CONNU if np.isnat(month) else str(month) for month in months]
    return [names[rank] for rank in which.tolist()]


def _prescribers(result: Rapprochement, envois: Envois) -> list[str]:
    numbers = _of_facture(result.tables.factures.prescripteur, envois, b"")
    forms = {number: _form(number.decode("latin-1")) for number in set(numbers.tolist())}
    return [forms[number] for number in numbers.tolist()]


def _form(number: str) -> str:
    if not number.strip("0 "):
        return "non_renseigne"
    if number.isdigit() and len(number) == _RPPS:
        return "rpps_11"
    # Corsican numbers may begin with 2A or 2B.
    return "numero_9" if len(number) == _AM_OU_FINESS and number[2:].isdigit() else NON_CONNU


def _operators(result: Rapprochement, envois: Envois, operateurs: Operateurs | None) -> list[str]:
    if operateurs is None:
        return [NON_CONNU] * len(envois.facture)
    named = operateurs.of(result.tables.factures)
    return [named[row] or NON_CONNU if row >= 0 else NON_CONNU for row in envois.facture_rang.tolist()]


_VALUES: Mapping[Axe, Callable[[Rapprochement, Envois], list[str]]] = {
    Axe.ENSEMBLE: _everything,
    Axe.PAYEUR: _payers,
    Axe.OFFICINE: _officines,
    Axe.MOIS: _months,
    Axe.PRESCRIPTEUR: _prescribers,
}


def _of_facture(column: npt.NDArray[np.generic], envois: Envois, absent: object) -> npt.NDArray[np.generic]:
    """Return a column of factures for each share; *absent* for the share of no facture."""
    if not len(column):
        return np.full(len(envois.facture_rang), absent, dtype=column.dtype)
    return np.where(envois.facture_rang >= 0, column[envois.facture_rang], np.array(absent, dtype=column.dtype))
