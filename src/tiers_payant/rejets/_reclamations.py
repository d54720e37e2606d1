"""AMC shares refused although the AMC had given an accreditation: what may be claimed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Accreditations,
    Part,
    Rapprochement,
    Reclamations,
    Regles,
    Reponse,
    UniteRegle,
    facture_codes,
)
from tiers_payant.errors import ColumnError, UnknownRuleError

__all__ = ["reclamations"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_REGLE = "indemnite_rejet_a_tort_almerys"


def reclamations(result: Rapprochement, accreditations: Accreditations, regles: Regles, by_amo: Mask) -> Reclamations:
    """Return the shares of an AMC that an answer refused and of which *accreditations* hold the number.

    The indemnity is that of the rule in force on the day of the first reject; where none was, nothing is claimed.

    Raises:
        ColumnError: A facture stands twice in *accreditations*, or without a number.
        UnknownRuleError: *regles* have no such rule, or it is no amount.
    """
    numbers = _numbers_of(result, accreditations)
    days = _refused_on(result)
    of_amc = (result.creances.part == Part.AMC) & ~by_amo
    rows = np.flatnonzero(of_amc & (numbers != b"") & ~np.isnat(days))
    cents = np.array([_claim(regles, day) for day in days[rows].tolist()], dtype=np.int64)
    kept = rows[cents > 0]
    return Reclamations.of(
        len(kept),
        creance=kept.astype(np.int32),
        numero=numbers[kept],
        rejetee_le=days[kept],
        regle=np.full(len(kept), _REGLE.encode()),
        cents=cents[cents > 0],
        doute=np.full(len(kept), b"ACCREDITATION_A_VERIFIER"),
    )


def _claim(regles: Regles, day: dt.date) -> int:
    for version in regles.regle(_REGLE).versions:
        if version.unite is not UniteRegle.CENTS:
            raise UnknownRuleError(f"{_REGLE} is in {version.unite.value}: it is no amount")
        if version.is_in_force(day):
            return version.valeur
    return 0


def _numbers_of(result: Rapprochement, accreditations: Accreditations) -> npt.NDArray[np.bytes_]:
    """Return the accreditation number of each créance, empty for none."""
    if not (accreditations.numero != b"").all():
        raise ColumnError("accreditations.numero: a facture without a number")
    mine, theirs = facture_codes([result.creances, accreditations])
    order = np.argsort(theirs, kind="stable")
    known = theirs[order]
    if (known[1:] == known[:-1]).any():
        raise ColumnError("accreditations: a facture stands twice")
    if not len(known):
        return np.full(len(mine), b"")
    places = np.minimum(np.searchsorted(known, mine), len(known) - 1)
    numbers: npt.NDArray[np.bytes_] = np.where(known[places] == mine, accreditations.numero[order][places], b"")
    return numbers


def _refused_on(result: Rapprochement) -> npt.NDArray[np.datetime64]:
    """Return the day of the first return that refuses each créance; `NaT` for none, or a return of no date."""
    tables, links = result.tables, result.liens_reponses
    refusals = np.flatnonzero(tables.reponses.reponse[links.reponse] == Reponse.REJETEE)
    rows = np.concatenate([result.rejets_creances, links.creance[refusals]]).astype(np.int64)
    returns = np.concatenate(
        [tables.rejets.retour[result.rejets_rangs], tables.reponses.retour[links.reponse[refusals]]]
    )
    days = np.append(tables.retours.date, np.datetime64("NaT", "D"))[returns]
    known = ~np.isnat(days)
    found = np.full(len(result.creances), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(found, rows[known], days[known].astype(np.int64))
    none = found == np.iinfo(np.int64).max
    return np.where(none, np.datetime64("NaT", "D"), np.where(none, 0, found).astype("datetime64[D]"))
