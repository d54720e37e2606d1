"""Who answers for each debtor: the entries of the annuaire that are right on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Annuaire, Canal, Contact, TypeDebiteur
from tiers_payant.dunning._debiteurs import GENRES, Debiteurs, distinct

__all__ = ["Destinataires", "addressees_of"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.bytes_]
Nom = tuple[bytes, bytes]
"""An officine, and how a debtor of it is called."""

_PROFESSIONNEL = GENRES.index(TypeDebiteur.PROFESSIONNEL)


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Destinataires:
    """Who answers for each debtor on one day."""

    annuaire: Annuaire = attrs.field(repr=False)
    jour: dt.date
    """That day; nobody came or went on those for which this is kept."""
    officines: Texts
    """For each debtor, its officine."""
    contacts: tuple[Contact, ...]
    de: Rows
    """For each debtor, the place of its contact; -1 for nobody."""
    cles: Rows
    """For each debtor, a number that debtors of one officine and one addressee share."""
    genres: npt.NDArray[np.int8]
    """For each debtor, its place in `GENRES`; -1 when not known."""
    _autres: dict[Nom, int] = attrs.field(factory=dict, init=False, repr=False)
    """What was asked of others than the debtors."""

    def reached(self, canal: Canal) -> Mask:
        """Say of each contact whether what a channel needs is known; the last entry is for nobody."""
        return self._joignables[canal]

    @cached_property
    def _joignables(self) -> dict[Canal, Mask]:
        return {
            canal: np.array([*(one.reaches(canal) for one in self.contacts), canal is Canal.PORTAIL], dtype=np.bool_)
            for canal in Canal
        }

    def cles_of(self, names: Iterable[Nom]) -> Rows:
        """Return, for others than the debtors, the number of the addressee that answers for each; -1 for none of them.

        Args:
            names: The officine and the name of each.
        """
        return np.array([self._asked(name) for name in names], dtype=np.int64)

    def _asked(self, name: Nom) -> int:
        found = self._autres.get(name)
        if found is None:
            contact = self.annuaire.of(name[0].decode("latin-1"), name[1].decode("latin-1"), self.jour)
            found = -1 if contact is None else self._par_contact.get((name[0], contact.id), -1)
            self._autres[name] = found
        return found

    @cached_property
    def _par_contact(self) -> dict[tuple[bytes, str], int]:
        """The number of each addressee, by officine and id of its contact."""
        rows = np.flatnonzero(self.de >= 0)
        cles, first = np.unique(self.cles[rows], return_index=True)
        some = rows[first]
        owned = zip(self.officines[some].tolist(), self.de[some].tolist(), strict=True)
        names = [(officine, self.contacts[place].id) for officine, place in owned]
        return dict(zip(names, cles.tolist(), strict=True))


def addressees_of(debtors: Debiteurs, annuaire: Annuaire, today: dt.date) -> Destinataires:
    """Ask the *annuaire* who answers for each debtor on *today*."""
    contacts, places = _answering(debtors, annuaire, today)
    names = np.array([one.id.encode("ascii") for one in contacts] or [b""], dtype="S")
    called = np.where(places >= 0, names[places], debtors.noms)
    _, cles = distinct([debtors.officines, called, places >= 0])
    professional = np.array([*(one.type is TypeDebiteur.PROFESSIONNEL for one in contacts), False], dtype=np.bool_)
    genres = np.where(debtors.patients & professional[places], _PROFESSIONNEL, debtors.table.natures).astype(np.int8)
    return Destinataires(
        annuaire=annuaire, jour=today, officines=debtors.officines, contacts=tuple(contacts), de=places, cles=cles,
        genres=genres,
    )  # fmt: skip


def _answering(debtors: Debiteurs, annuaire: Annuaire, today: dt.date) -> tuple[list[Contact], Rows]:
    """Return the contacts of these debtors, and for each debtor the place of its own; -1 for nobody.

    Each name is asked once for all the officines that no entry names.
    """
    contacts: list[Contact] = []
    places = np.full(len(debtors.noms), -1, dtype=np.int64)
    if not len(annuaire):
        return contacts, places
    named = {one.officine.encode("latin-1", "replace") for one in annuaire}
    found: dict[int, int] = {}
    told: dict[tuple[bytes, bytes], int] = {}
    for number, (officine, name) in enumerate(zip(debtors.officines.tolist(), debtors.noms.tolist(), strict=True)):
        asked = (officine if officine in named else b"", name)
        place = told.get(asked)
        if place is None:
            contact = annuaire.of(asked[0].decode("latin-1"), name.decode("latin-1"), today)
            place = -1 if contact is None else found.setdefault(id(contact), len(found))
            if place == len(contacts) and contact is not None:
                contacts.append(contact)
            told[asked] = place
        places[number] = place
    return contacts, places
