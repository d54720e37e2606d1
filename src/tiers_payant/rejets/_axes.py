"""What factures are told apart by: for each axis, the value of every share sent."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import NON_CONNU, Axe, Operateurs, Rapprochement
from tiers_payant.rejets._refus import Envois

__all__ = ["Repartition", "by_product", "values_of"]

Ints = npt.NDArray[np.int64]

_AM_OU_FINESS, _RPPS = 9, 11
"""Digits of a prescriber's number in B2 type 2 (59-67, grade B), and of an RPPS in types 3E and 4E (FIDES, grade A).

Nine digits are a prescriber's number at the assurance maladie, or a FINESS: the form does not tell which."""


@attrs.frozen(kw_only=True, eq=False)
class Repartition:
    """The shares, or parts of shares, that each value holds: arrays of one length."""

    valeurs: tuple[str, ...]
    rang: Ints
    """Index in `valeurs`."""
    facture: Ints
    cents: Ints
    refusee: npt.NDArray[np.bool_]


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


def by_product(result: Rapprochement, envois: Envois) -> Repartition:
    """Share factures out by the kinds of acts they hold, with what each act asks of the insurers.

    A facture that holds several kinds is in each of them, refused when one of its shares is. The lines of a facture are
    not those of a share: its euros refused are those of the kind, whichever share was refused.
    """
    lignes = result.tables.lignes
    kinds = sorted({*_acts().values(), "autres"})
    ranks = {name: rank for rank, name in enumerate(kinds)}
    codes, which = np.unique(lignes.acte, return_inverse=True)
    of_code = np.array([ranks[_acts().get(code.decode("latin-1"), "autres")] for code in codes], dtype=np.int64)
    facture_of = np.full(len(result.tables.factures) + 1, -1, dtype=np.int64)  # the last is that of no facture
    facture_of[envois.facture_rang] = envois.facture
    facture_of[-1] = -1
    facture = facture_of[lignes.facture_rang]
    refused = np.zeros(int(envois.facture.max(initial=-1)) + 1, dtype=np.bool_)
    refused[envois.facture[envois.refusee]] = True
    sent = facture >= 0
    return Repartition(
        valeurs=tuple(kinds),
        rang=of_code[which][sent] if len(codes) else np.zeros(0, dtype=np.int64),
        facture=facture[sent],
        cents=(lignes.montant_amo_cents.astype(np.int64) + lignes.montant_amc_cents)[sent],
        refusee=refused[facture[sent]],
    )


@cache
def _acts() -> Mapping[str, str]:
    """Return the kind of each act code of `data/actes.toml`."""
    text = resources.files("tiers_payant.rejets").joinpath("data", "actes.toml").read_text("utf-8")
    return {code: name for name, body in tomllib.loads(text).items() for code in body["codes"]}
