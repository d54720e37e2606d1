"""Which claims a suspension, a promise or an instalment plan is about: what it names, found in whole columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    DEBITEUR_CLIENT,
    DEBITEUR_FACTURE,
    Cible,
    Creances,
    Part,
    Rapprochement,
    facture_codes,
    mixed,
    row_codes,
    text_codes,
)
from tiers_payant.dunning._jours import Jours

__all__ = ["Visee", "claims_of", "equal_pairs", "facture_days"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.bytes_]
Pairs = tuple[Rows, Rows]
"""Ranks of targets, and rows of `creances`: one pair each time that a target names a claim."""


@attrs.frozen(kw_only=True)
class Visee:
    """A target, and the last day on which a claim may have been billed to be in it; None for any day."""

    cible: Cible
    connue_le: dt.date | None = None


def claims_of(result: Rapprochement, visees: Sequence[Visee]) -> Pairs:
    """Return each target with each claim that it names, by target, then by row; whatever their state.

    A target that names a debtor has all that it owes to the officine; a customer's reference is that of
    `comptes_clients`. What is told besides, a lot, its date, a facture, a share, must agree as well; numbers agree
    whatever their leading zeros. Only a target without a facture looks at `connue_le`: a claim billed on a day that is
    not known is in it.
    """
    cibles = [_spelled(visee.cible) for visee in visees]
    length = max(1, len(result.creances))
    named = np.concatenate([_by_debtor(result, cibles), _by_facture(result.creances, cibles)])
    wanted = np.array([bool(cible.debiteur) + bool(cible.facture) for cible in cibles], dtype=np.int64)
    coded, times = np.unique(named, return_counts=True)
    coded = coded[times == wanted[coded // length]] if len(coded) else coded
    ranks, rows = coded // length, coded % length
    agrees = _agree(result, cibles, ranks, rows) & _billed_by(result, visees, ranks, rows)
    return ranks[agrees], rows[agrees]


def facture_days(result: Rapprochement, rows: Rows) -> Jours:
    """Return the day of the facture of each claim: its date, else that of its lot; `NaT` when neither is known."""
    told = np.append(result.tables.factures.date_facture, np.datetime64("NaT", "D"))
    days = told[result.creances.facture_rang[rows]]
    found: Jours = np.where(np.isnat(days), result.creances.lot_date[rows], days)
    return found


def _spelled(cible: Cible) -> Cible:
    """Return a target that names a facture as its own debtor as one that names the facture."""
    if not cible.debiteur.startswith(DEBITEUR_FACTURE):
        return cible
    date, lot, facture = [*cible.debiteur.removeprefix(DEBITEUR_FACTURE).split("/", 2), "", ""][:3]
    try:
        day = None if date == "NaT" else dt.date.fromisoformat(date)
    except ValueError:
        return cible  # no debtor is called so
    return attrs.evolve(cible, debiteur="", lot_date=day, lot=lot, facture=facture, part=Part.ASSURE)


def _by_debtor(result: Rapprochement, cibles: Sequence[Cible]) -> Rows:
    """Return, as one number each, the pairs of the targets that name a debtor and of what it owes."""
    ranks = np.array([rank for rank, cible in enumerate(cibles) if cible.debiteur], dtype=np.int64)
    if not len(ranks):
        return np.empty(0, dtype=np.int64)
    officines = _texts(cibles[rank].officine for rank in ranks)
    debtors = _texts(cibles[rank].debiteur for rank in ranks)
    creances = result.creances
    insurers = debtors[~np.char.startswith(debtors, DEBITEUR_CLIENT.encode())]
    rows = np.flatnonzero(_among(creances.debiteur, insurers))
    owed, owing = _clients(result, debtors)
    rows, names = np.append(rows, owed), np.append(creances.debiteur[rows], owing)
    return _paired(result, ranks, [debtors, officines], rows, [names, creances.officine[rows]])


def _clients(result: Rapprochement, debtors: Texts) -> tuple[Rows, Texts]:
    """Return the patient shares of the wanted customers, and how each customer is called."""
    prefix = DEBITEUR_CLIENT.encode()
    references = [name.removeprefix(prefix) for name in debtors.tolist() if name.startswith(prefix) and name != prefix]
    accounts = result.tables.comptes_clients
    wanted = _among(accounts.client, np.array(references, dtype="S")) & (accounts.du_cents > 0)
    accounts = accounts.take(wanted) if wanted.any() else accounts.empty()
    patients = np.flatnonzero(result.creances.part == Part.ASSURE)
    if not len(accounts) or not len(patients):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype="S1")
    theirs, ours = text_codes([accounts.facture, result.creances.facture[patients]])
    patients = patients[np.isin(ours, theirs)]
    theirs, ours = facture_codes([accounts, result.creances.take(patients)])
    left, right = equal_pairs(theirs, ours)
    return patients[right], np.char.add(DEBITEUR_CLIENT.encode(), accounts.client[left])


def _by_facture(creances: Creances, cibles: Sequence[Cible]) -> Rows:
    """Return, as one number each, the pairs of the targets that name a facture and of its shares."""
    ranks = np.array([rank for rank, cible in enumerate(cibles) if cible.facture], dtype=np.int64)
    if not len(ranks):
        return np.empty(0, dtype=np.int64)
    columns = [_texts(getattr(cibles[rank], name) for rank in ranks) for name in ("facture", "lot", "officine")]
    theirs, ours = text_codes([columns[0], creances.facture])
    rows = np.flatnonzero(np.isin(ours, theirs))
    told = [creances.facture[rows], creances.lot[rows], creances.officine[rows]]
    left, right = equal_pairs(*row_codes([columns, told]))
    return ranks[left] * max(1, len(creances)) + rows[right]


def _paired(result: Rapprochement, ranks: Rows, wanted: Sequence[Texts], rows: Rows, told: Sequence[Texts]) -> Rows:
    left, right = equal_pairs(*row_codes([wanted, told]))
    return np.unique(ranks[left] * max(1, len(result.creances)) + rows[right])


def equal_pairs(theirs: Rows, ours: Rows) -> Pairs:
    """Return every pair of equal codes, as places on each side."""
    order = np.argsort(ours, kind="stable")
    first, last = (np.searchsorted(ours[order], theirs, side=side) for side in ("left", "right"))
    times = last - first
    left = np.repeat(np.arange(len(theirs)), times)
    right = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times) + np.repeat(first, times)
    return left, order[right]


def _agree(result: Rapprochement, cibles: Sequence[Cible], ranks: Rows, rows: Rows) -> Mask:
    """Tell which pairs agree on all that the target says besides: lot date, lot and share."""
    creances = result.creances
    dates = np.array([cible.lot_date for cible in cibles], dtype="datetime64[D]")[ranks]
    parts = np.array([cible.part or -1 for cible in cibles], dtype=np.int64)[ranks]
    lots = _texts(cible.lot for cible in cibles)[ranks]
    wanted, told = text_codes([lots, creances.lot[rows]])
    agrees: Mask = np.isnat(dates) | (dates == creances.lot_date[rows])
    agrees &= (parts < 0) | (parts == creances.part[rows])
    agrees &= (lots == b"") | (wanted == told)
    return agrees


def _billed_by(result: Rapprochement, visees: Sequence[Visee], ranks: Rows, rows: Rows) -> Mask:
    """Tell which claims were billed in time to be in their target."""
    limits = [None if _spelled(visee.cible).facture else visee.connue_le for visee in visees]
    last = np.array(limits, dtype="datetime64[D]")[ranks]
    days = facture_days(result, rows)
    late: Mask = days > last  # never true where one of the two is not known
    return ~late


def _among(column: Texts, wanted: Texts) -> Mask:
    """Tell which texts may be wanted: all that are, and a stray one perhaps."""
    if not len(wanted):
        return np.zeros(len(column), dtype=np.bool_)
    words = mixed([np.concatenate([column, wanted])])
    return np.isin(words[: len(column)], words[len(column) :])


def _texts(values: Iterable[str]) -> Texts:
    return np.array([value.encode() for value in values], dtype="S")
