"""The words that a dunning policy chooses among: who is reminded, how, from when, together with what, on which days."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Canal", "Depart", "JourSemaine", "Porteuse", "TypeDebiteur"]


class TypeDebiteur(StrEnum):
    """Who is reminded."""

    AMO = "amo"
    AMC = "amc"
    """The complementary insurer, or the operator that pays for it."""
    PATIENT = "patient"
    PROFESSIONNEL = "professionnel"
    """A customer who buys for a profession: a nursing home, a practitioner."""


class Canal(StrEnum):
    """How a reminder travels."""

    PORTAIL = "portail"
    EMAIL = "email"
    TELEPHONE = "telephone"
    LETTRE = "lettre"
    RECOMMANDE = "recommande"
    """A registered letter with acknowledgement of receipt."""
    RECOUVREMENT = "recouvrement"
    """Hand-over to a collector."""


class Depart(StrEnum):
    """What the delay of a palier is counted from."""

    ECHEANCE = "echeance"
    """The last day on which the claim could be paid in time."""
    DERNIER_CONTACT = "dernier_contact"
    """The last reminder of that claim; its échéance when there was none."""
    FIN_DE_MOIS = "fin_de_mois"
    """The last day of the month of the échéance."""
    AVANT_ECHEANCE = "avant_echeance"
    """So long before the échéance: a notice, not a reminder."""


class Porteuse(StrEnum):
    """Which claim of a debtor decides the palier of the others."""

    PLUS_ANCIENNE = "plus_ancienne"
    """That of the earliest échéance: one contact for all that the debtor owes."""
    PLUS_FORTE = "plus_forte"
    """That on which most is owed: one contact for all."""
    CHACUNE = "chacune"
    """Each its own: one contact for the claims of a debtor that are at the same palier."""


class JourSemaine(StrEnum):
    """A day of the week, in their order."""

    LUNDI = "lundi"
    MARDI = "mardi"
    MERCREDI = "mercredi"
    JEUDI = "jeudi"
    VENDREDI = "vendredi"
    SAMEDI = "samedi"
    DIMANCHE = "dimanche"
