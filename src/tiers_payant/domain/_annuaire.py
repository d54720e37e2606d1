"""Whom to write to: names, addresses, telephones and e-mails of insurers, operators and customers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import attrs

from tiers_payant.domain._champs import as_tuple, sensible, shown_shape
from tiers_payant.domain._choix import Canal, TypeDebiteur
from tiers_payant.errors import LayoutError, shape

__all__ = ["DEBITEUR_CLIENT", "DEBITEUR_FACTURE", "Adresse", "Annuaire", "Contact", "email_parts"]

DEBITEUR_CLIENT, DEBITEUR_FACTURE = "CLIENT:", "FACTURE:"
"""How the debtor of a patient share is called: by the officine's own reference, else by the facture alone."""
_CUSTOMERS = (DEBITEUR_CLIENT, DEBITEUR_FACTURE)
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?_{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?_{|}~-]+)*"
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
_EMAIL = re.compile(f"({_LOCAL})@({_DOMAIN})")
"""One address and nothing else (RFC 5321, without quotes, comments, lists or literals): nothing can be slipped in. The
two accents that RFC 5321 allows, `^` and the grave one, would not go through a letter unchanged."""
_LONGEST_EMAIL = 254
_ID = re.compile(r"[A-Za-z0-9._:-]+")
_MOST_LINES = 4
"""Lines of an address between the name and the postcode: NF Z 10-011 has six lines in all, of 38 characters."""


def _lines(adresse: object, field: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if len(value) > _MOST_LINES:
        raise LayoutError(f"{field.name}: expected {_MOST_LINES} lines at most")


def email_parts(email: str) -> tuple[str, str] | None:
    """Return what stands before and after the sign of an address that a message may bear; None for any other text.

    >>> email_parts("facturation@example.org"), email_parts("nobody")
    (('facturation', 'example.org'), None)
    """
    found = _EMAIL.fullmatch(email.strip()) if len(email) <= _LONGEST_EMAIL else None
    return None if found is None else (found[1], found[2])


@attrs.frozen(kw_only=True)
class Adresse:
    """A postal address, without the name that stands above it.

    Raises:
        LayoutError: Too many lines, no postcode or no town.
    """

    lignes: tuple[str, ...] = attrs.field(
        default=(), converter=as_tuple, validator=_lines, repr=lambda lines: f"<{len(lines)} lines>"
    )
    """Building, street, place: what stands between the name and the postcode, from the narrowest to the widest."""
    code_postal: str = sensible("")
    ville: str = sensible("")
    pays: str = ""
    """In French and in capitals; empty for France."""

    def __attrs_post_init__(self) -> None:
        for name in ("code_postal", "ville"):
            if not getattr(self, name).strip():
                raise LayoutError(f"{name}: expected a text")


@attrs.frozen(kw_only=True)
class Contact:
    """One addressee, and the debtors for whom it answers.

    Raises:
        LayoutError: No id, or one made of anything else; no name, no debtor, or days the wrong way round.
    """

    id: str = attrs.field(repr=shown_shape)
    """Letters and digits of ASCII, and `.`, `_`, `:` and `-`: it goes through columns, files and addresses as it is."""
    nom: str = sensible("")
    type: TypeDebiteur
    debiteurs: tuple[str, ...] = attrs.field(converter=as_tuple, repr=lambda names: f"<{len(names)} debtors>")
    """Debtors as créances name them, `AMO:01-999-0000`, `AMC:0099999997`; with `*` at the end, all that begin so. A
    customer is `CLIENT:` and the officine's own reference."""
    officine: str = ""
    """The officine whose customer it is; empty for any."""
    service: str = sensible("")
    """Department or person to the attention of whom it goes."""
    civilite: str = ""
    adresse: Adresse | None = attrs.field(default=None, repr=False)
    telephone: str = sensible("")
    email: str = sensible("")
    portail: str = ""
    """Address or name of the portal where it is asked."""
    du: dt.date | None = None
    """First day on which it is right; None when always."""
    au: dt.date | None = None
    """Last day; None for no end."""

    def __attrs_post_init__(self) -> None:
        for name in ("id", "nom"):
            if not getattr(self, name).strip():
                raise LayoutError(f"{name}: expected a text")
        if not _ID.fullmatch(self.id):
            raise LayoutError(f"id: expected ASCII letters, digits, '.', '_', ':' and '-', got '{shape(self.id)}'")
        if not self.debiteurs:
            raise LayoutError("debiteurs: expected one at least")
        if self.du and self.au and self.au < self.du:
            raise LayoutError("au comes before du")

    def reaches(self, canal: Canal) -> bool:
        """Say whether what a channel needs is known: address, valid e-mail, telephone. A portal needs nothing."""
        if canal is Canal.EMAIL:
            return email_parts(self.email) is not None
        if canal is Canal.TELEPHONE:
            return bool(self.telephone)
        return canal is Canal.PORTAIL or self.adresse is not None

    def stands_on(self, day: dt.date) -> bool:
        """Say whether it is right on that day."""
        return (self.du or dt.date.min) <= day <= (self.au or dt.date.max)

    def rank(self, officine: str, debiteur: str, day: dt.date) -> int:
        """Say how narrowly it answers for a debtor of an officine on a day: 0 for not at all."""
        if self.officine not in ("", officine) or not self.stands_on(day):
            return 0
        # The whole name before any part of it, the longest part first; then the officine's own entry.
        ranks = [4 * len(name) + 2 for name in self.debiteurs if name == debiteur]
        ranks += [4 * len(name) - 4 for name in self.debiteurs if name[-1:] == "*" and debiteur.startswith(name[:-1])]
        return max(ranks) + 1 + bool(self.officine) if ranks else 0

    @property
    def anybodys(self) -> bool:
        """Whether it may answer for a customer of any officine, although each officine has references of its own."""
        return not self.officine and any(map(_may_be_customer, self.debiteurs))

    def overlaps(self, other: Contact) -> bool:
        """Say whether both are right on some day."""
        first = max(self.du or dt.date.min, other.du or dt.date.min)
        return first <= min(self.au or dt.date.max, other.au or dt.date.max)


@attrs.frozen(kw_only=True)
class Annuaire:
    """Every addressee known.

    Raises:
        LayoutError: Two entries have one id on the same days.
    """

    contacts: tuple[Contact, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        seen: dict[str, list[Contact]] = {}
        for contact in self.contacts:
            if any(contact.overlaps(other) for other in seen.setdefault(contact.id, [])):
                raise LayoutError(f"id: '{shape(contact.id)}' stands twice on the same day")
            seen[contact.id].append(contact)

    def __len__(self) -> int:
        return len(self.contacts)

    def __iter__(self) -> Iterator[Contact]:
        return iter(self.contacts)

    def of(self, officine: str, debiteur: str, day: dt.date) -> Contact | None:
        """Return who answers for that debtor on that day: the narrowest entry; None when none does, or two tie."""
        best, found, tied = 0, None, False
        for contact in self._maybe(debiteur):
            rank = contact.rank(officine, debiteur, day)
            if rank > best:
                best, found, tied = rank, contact, False
            elif rank == best and contact is not found:
                tied = True
        return None if tied else found

    def named(self, contact: str, day: dt.date) -> Contact | None:
        """Return the entry of that id that is right on that day; None when there is none."""
        return next((one for one in self._identified.get(contact, ()) if one.stands_on(day)), None)

    def with_contacts(self, contacts: Iterable[Contact]) -> Annuaire:
        """Return the same, completed by *contacts*, which replace those of the same id."""
        more = tuple(contacts)
        ids = {contact.id for contact in more}
        return Annuaire(contacts=(*(one for one in self.contacts if one.id not in ids), *more))

    def _maybe(self, debiteur: str) -> Iterator[Contact]:
        """Yield the entries that name a debtor, or the beginning of it; one may come twice."""
        yield from self._named.get(debiteur, ())
        for length in self._lengths:
            yield from self._named.get(f"{debiteur[:length]}*", ())

    @cached_property
    def _identified(self) -> dict[str, list[Contact]]:
        found: dict[str, list[Contact]] = {}
        for contact in self.contacts:
            found.setdefault(contact.id, []).append(contact)
        return found

    @cached_property
    def _named(self) -> dict[str, list[Contact]]:
        found: dict[str, list[Contact]] = {}
        for contact in self.contacts:
            for name in dict.fromkeys(contact.debiteurs):
                found.setdefault(name, []).append(contact)
        return found

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        """How long the beginnings are that stand for all debtors that begin so."""
        return tuple(sorted({len(name) - 1 for name in self._named if name.endswith("*")}))


def _may_be_customer(name: str) -> bool:
    part = name.removesuffix("*") if name.endswith("*") else None
    return name.startswith(_CUSTOMERS) or (part is not None and any(kind.startswith(part) for kind in _CUSTOMERS))
