"""A letter composed: its subject, its blocks and its addresses, before any renderer lays them out."""

from __future__ import annotations

import re

import attrs

from tiers_payant.domain import (
    Adresse,
    Courrier,
    Entete,
    ModeleSpec,
    format_cents,
    insecable,
)
from tiers_payant.dunning.lettres._champs import MARQUES
from tiers_payant.dunning.lettres._modeles import fill
from tiers_payant.dunning.lettres._montants import is_insurer
from tiers_payant.dunning.lettres._textes import cleaned, iban, jour, pluriel, wrapped
from tiers_payant.errors import LetterError

__all__ = ["LIGNES_EN_LETTRE", "Bloc", "Page", "adresse_lines", "compose"]

MOST_COLUMNS = 38
"""Characters of a line of an address (NF Z 10-011)."""
MOST_LINES = 8
"""Lines that the window shows: a name, a department, four lines, the town, the country."""
MOST_ORGANISMES = 3
"""Insurers of one letter that it names itself."""
LIGNES_EN_LETTRE = 8
"""Claims that the letter itself lists; beyond, they are in a table of their own after it."""
_MARKS = re.compile(f"([{''.join(MARQUES.values())}])")
_NAMES = {mark: name for name, mark in MARQUES.items()}


@attrs.frozen(kw_only=True)
class Bloc:
    """One block of a body."""

    sorte: str
    """`paragraphe`, `liste`, or a mark: `tableau`, `sommes` or `reglement`."""
    textes: tuple[str, ...] = ()
    """A paragraph, or the items of a list."""


@attrs.frozen(kw_only=True)
class Page:
    """What every renderer shows, each its own way; all texts are clean."""

    courrier: Courrier
    objet: str
    blocs: tuple[Bloc, ...]

    @property
    def entete(self) -> Entete:
        """In whose name it is written."""
        return self.courrier.entete

    @property
    def organisme(self) -> bool:
        """Whether it is for an insurer: it needs lots and shares, and does not come to the counter."""
        return is_insurer(self.courrier)

    @property
    def annexe(self) -> bool:
        """Whether the claims are too many for the letter itself."""
        return len(self.courrier.lignes) > LIGNES_EN_LETTRE and any(one.sorte == "tableau" for one in self.blocs)

    @property
    def total(self) -> bool:
        """Whether the table says its sum: the sums that follow it in the letter would say it again."""
        return self.annexe or all(one.sorte != "sommes" for one in self.blocs)

    @property
    def renvoi(self) -> str:
        """What stands for the table where it comes after the letter."""
        count = pluriel(len(self.courrier.lignes), "facture", "factures")
        owed = format_cents(self.courrier.principal_cents)
        return insecable(f"Le détail de ces {count} suit cette lettre ; leur reste dû est de {owed}.")

    @property
    def lieu(self) -> str:
        """Where and when it is written."""
        return f"{self.entete.adresse.ville}, le {jour(self.courrier.le)}"

    @property
    def expediteur(self) -> tuple[str, ...]:
        """Lines of the letterhead below the name."""
        who = self.entete
        address = [*who.adresse.lignes, f"{who.adresse.code_postal} {who.adresse.ville}", who.adresse.pays]
        phone = insecable(f"Tél. : {who.telephone}") if who.telephone else ""
        return tuple(line for line in (*address, phone, who.email, who.horaires) if line)

    @property
    def reglement(self) -> tuple[tuple[str, str], ...]:
        """How to pay: what and its value."""
        who = self.entete
        told = (
            ("Moyens acceptés", "" if self.organisme else ", ".join(who.moyens)),
            ("IBAN", iban(who.iban) + (f" (BIC {who.bic})".replace(" ", "\u00a0", 2) if who.iban and who.bic else "")),
            ("Référence à rappeler", self.courrier.reference),
        )
        return tuple((what, value) for what, value in told if value)

    @property
    def identifiants(self) -> tuple[tuple[str, str], ...]:
        """By which numbers an insurer finds who asks and who owes: what and its value; none for anybody else."""
        if not self.organisme:
            return ()
        asked = self.courrier.organismes
        several = f"{pluriel(len(asked), 'organisme', 'organismes')}, voir le bordereau"
        owing = " ; ".join(asked).replace(" ;", "\u00a0;") if len(asked) <= MOST_ORGANISMES else several
        told = (("Numéro de professionnel de santé", self.courrier.officine), ("Organisme", owing))
        return tuple((what, value) for what, value in told if value)

    @property
    def precedents(self) -> tuple[str, ...]:
        """Earlier contacts, day and channel, the oldest first."""
        return tuple(f"{jour(day)} : {words}".replace(" :", "\u00a0:") for day, words in self.courrier.precedents)


def compose(courrier: Courrier, modele: ModeleSpec) -> Page:
    """Fill a template and cut its body into blocks.

    Raises:
        LetterError: The template is at fault, or a text of the letter cannot be shown.
    """
    ready = cleaned(courrier)
    objet, corps = fill(ready, modele)
    return Page(courrier=ready, objet=objet, blocs=tuple(_blocks(corps)))


def _blocks(corps: str) -> list[Bloc]:
    found: list[Bloc] = []
    for text in re.split(r"\n\s*\n", _MARKS.sub("\n\n\\1\n\n", corps).strip()):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if text.strip() in _NAMES:
            found.append(Bloc(sorte=_NAMES[text.strip()]))
        elif lines and all(line.startswith("- ") for line in lines):
            found.append(Bloc(sorte="liste", textes=tuple(line[2:] for line in lines)))
        elif lines:
            found.append(Bloc(sorte="paragraphe", textes=(" ".join(lines),)))
    return found


def adresse_lines(page: Page) -> tuple[str, ...]:
    """Return what the window of the envelope shows, line by line, as NF Z 10-011 wants it: short, town in capitals.

    Raises:
        LetterError: No address is known, or it does not fit.
    """
    who = page.courrier.destinataire
    place: Adresse | None = who.adresse
    if place is None or not (place.code_postal and place.ville):
        raise LetterError(f"{page.courrier.relance}: no address to post it to")
    name = f"{who.civilite} {who.nom}".strip()
    town = f"{place.code_postal} {place.ville}".upper()
    lines = [
        line
        for text in (name, who.service, *place.lignes, town, place.pays.upper())
        if text
        for line in wrapped(text, MOST_COLUMNS)
    ]
    if len(lines) > MOST_LINES:
        raise LetterError(f"{page.courrier.relance}: the address takes {len(lines)} lines, expected {MOST_LINES}")
    return tuple(lines)
