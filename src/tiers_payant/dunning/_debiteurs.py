"""Who owes each créance: insurers as créances name them, customers by the officine's own reference."""

from __future__ import annotations

from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    DEBITEUR_CLIENT,
    DEBITEUR_FACTURE,
    Creances,
    Part,
    Rapprochement,
    Tables,
    TypeDebiteur,
    facture_codes,
    mixed,
    row_codes,
)
from tiers_payant.dunning._natures import Natures, natures_of_names
from tiers_payant.dunning._repertoire import Repertoire
from tiers_payant.dunning._reprises import taken_over

__all__ = ["GENRES", "Debiteurs", "Noms", "debtors_after", "debtors_of", "distinct"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.bytes_]

GENRES = (TypeDebiteur.AMO, TypeDebiteur.AMC, TypeDebiteur.PATIENT, TypeDebiteur.PROFESSIONNEL)
"""A debtor's kind in columns is its place here; -1 is nobody known."""
_AMO, _AMC, _PATIENT = range(3)


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Noms:
    """Each debtor of each officine once; numbers say nothing of an order."""

    noms: Texts
    """As `creances.debiteur`, or `CLIENT:` and the officine's reference, or `FACTURE:` and the key of the facture."""
    officines: Texts
    patients: Mask
    """For each debtor, whether it owes shares of patients."""

    @cached_property
    def natures(self) -> npt.NDArray[np.int8]:
        """Place in `GENRES` before any contact is looked at; -1 where the name is nobody's."""
        names = self.noms
        of_insurers = np.where(np.char.startswith(names, b"AMO:"), _AMO, np.where(_amc(names), _AMC, -1))
        return np.where(self.patients, _PATIENT, of_insurers).astype(np.int8)

    @cached_property
    def par_nom(self) -> Repertoire:
        """Debtors by officine and name."""
        return Repertoire.of([self.officines, self.noms])

    @cached_property
    def kinds(self) -> Natures:
        """What kind of insurer each is."""
        return natures_of_names(self.noms, self.patients)

    @cached_property
    def par_officine(self) -> tuple[Texts, Rows]:
        """Each officine once, sorted, and for each debtor the place of its own."""
        officines, places = np.unique(self.officines, return_inverse=True)
        return officines, places.astype(np.int64)


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Debiteurs:
    """The debtors of the créances asked for."""

    table: Noms
    de: Rows
    """For each créance asked for, the number of its debtor."""
    ambigus: Mask
    """For each créance asked for, whether two accounts name two customers."""

    @property
    def noms(self) -> Texts:
        """For each debtor, its name: see `Noms`."""
        return self.table.noms

    @property
    def officines(self) -> Texts:
        """For each debtor, its officine."""
        return self.table.officines

    @property
    def patients(self) -> Mask:
        """For each debtor, whether it owes shares of patients."""
        return self.table.patients

    @cached_property
    def presents(self) -> Mask:
        """For each debtor, whether it owes any of them."""
        there: Mask = np.bincount(self.de, minlength=len(self.noms)) > 0
        return there

    @property
    def kinds(self) -> Natures:
        """For each créance asked for, what kind of insurer owes it."""
        return self.table.kinds.take(self.de)


def _amc(names: Texts) -> Mask:
    found: Mask = np.char.startswith(names, b"AMC:")
    return found


def debtors_of(result: Rapprochement, rows: Rows) -> Debiteurs:
    """Return the debtors of these rows of `creances`."""
    creances = result.creances
    names = creances.debiteur[rows]
    patients = creances.part[rows] == Part.ASSURE
    ambiguous = np.zeros(len(rows), dtype=np.bool_)
    places = np.flatnonzero(patients)
    if len(places):
        theirs, ambiguous[places] = _customers(result.tables, creances.take(rows[places]))
        names = names.astype(f"S{max(names.dtype.itemsize, theirs.dtype.itemsize)}")
        names[places] = theirs
    officines = creances.officine[rows]
    first, numbers = distinct([officines, names, patients])
    table = Noms(noms=names[first], officines=officines[first], patients=patients[first])
    return Debiteurs(table=table, de=numbers, ambigus=ambiguous)


def debtors_after(before: Debiteurs, kept: Rows, result: Rapprochement, rows: Rows) -> Debiteurs:
    """Return who owes each créance of *rows*, debtors that were known already under the number that they had.

    Args:
        before: Those of another result.
        kept: For each of *rows*, the claim of *before* that it was and whose debtor it still has; -1 for none.
        result: Where the others are named.
        rows: Rows of `creances`.
    """
    new = np.flatnonzero(kept < 0)
    de, ambigus = taken_over(before.de, kept, -1), taken_over(before.ambigus, kept, False)
    if not len(new):
        return attrs.evolve(before, de=de, ambigus=ambigus)
    more = debtors_of(result, rows[new])
    columns = [
        np.concatenate([getattr(before, name), getattr(more, name)]) for name in ("officines", "noms", "patients")
    ]  # fmt: skip
    first, numbers = distinct(columns)
    length = len(before.noms)
    added = np.sort(first[first >= length])  # the first of equal rows: what stood before keeps its number
    of_first = np.where(first < length, first, length + np.searchsorted(added, first))
    de[new] = of_first[numbers[length:]][more.de]
    ambigus[new] = more.ambigus
    if not len(added):
        return attrs.evolve(before, de=de, ambigus=ambigus)
    rows = np.append(np.arange(length), added)
    table = Noms(noms=columns[1][rows], officines=columns[0][rows], patients=columns[2][rows])
    return Debiteurs(table=table, de=de, ambigus=ambigus)


def distinct(columns: list[npt.NDArray[np.generic]]) -> tuple[Rows, Rows]:
    """Return a row of each distinct combination of *columns*, and for each row the number of its own.

    Words of 64 bits are compared first: texts only where two combinations share one.
    """
    words = mixed(columns)
    _, first, numbers = np.unique(words, return_index=True, return_inverse=True)
    if all(bool((column[first][numbers] == column).all()) for column in columns):
        return first.astype(np.int64), numbers.astype(np.int64)
    (codes,) = row_codes([columns])
    _, first, numbers = np.unique(codes, return_index=True, return_inverse=True)
    return first.astype(np.int64), numbers.astype(np.int64)


def _customers(tables: Tables, shares: Creances) -> tuple[Texts, Mask]:
    """Name the customer of each patient share, and tell those that accounts give to two customers."""
    accounts = tables.comptes_clients.take(tables.comptes_clients.du_cents > 0)
    theirs, ours = facture_codes([accounts, shares])
    order = np.lexsort((accounts.client, theirs))
    codes, clients = theirs[order], accounts.client[order]
    at = np.searchsorted(codes, ours)
    last = np.searchsorted(codes, ours, side="right") - 1
    known = last >= at
    client = np.where(known, np.append(clients, b"")[np.where(known, at, -1)], b"")
    two = known & (client != np.append(clients, b"")[np.where(known, last, -1)])
    named = (client != b"") & ~two
    called = np.char.add(DEBITEUR_CLIENT.encode(), client)
    alone = _by_facture(shares)
    return np.where(named, called, alone), two


def _by_facture(shares: Creances) -> Texts:
    """Name each share by its own facture, as `FACTURE:2026-01-05/001/000000001`."""
    called: Texts = np.char.add(DEBITEUR_FACTURE.encode(), np.datetime_as_string(shares.lot_date).astype("S"))
    for text in (shares.lot, shares.facture):
        called = np.char.add(np.char.add(called, b"/"), text)
    return called
