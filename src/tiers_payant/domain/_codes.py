"""The short lists of the domain. In columns they are `int8`; on screen and in JSON they are their names."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Etat", "EtatVirement", "NatureMouvement", "Part", "Recherche", "Reponse", "Statut", "Sujet"]


class Part(IntEnum):
    """Which share of a facture: one debtor each."""

    NON_PRECISEE = 0
    """The file does not say (a 290 names no share)."""
    AMO = 1
    AMC = 2
    ASSURE = 3


class Reponse(IntEnum):
    """What an insurer's answer says of a share (NOÉMIE 198 and 199, position 14)."""

    NON_TRAITEE = 0
    PAYEE = 1
    REJETEE = 2
    DIFFEREE = 3
    TRAITEMENT_CAISSE = 4
    """The insurer re-processes it by itself: never send it again."""


class NatureMouvement(IntEnum):
    """What a movement that is no facture is."""

    AUTRE = 0
    RETENUE = 1
    """Withheld on what is paid, to settle another debt."""
    FORFAIT = 2
    """A lump sum or one-off payment."""
    PENALITE_RETARD = 3
    """What the AMO owes for having paid late (code NRD)."""
    INDU = 4
    """A debt that the return tells of, without withholding it."""


class Statut(IntEnum):
    """Whether a bank line is money yet (CAMT `Sts`)."""

    COMPTABILISE = 0
    EN_ATTENTE = 1
    INFORMATION = 2


class Etat(IntEnum):
    """Where a créance stands: a pure function of settled facts. The first that holds, in this order."""

    RETRANSMISE = 0
    """Replaced by a new facture."""
    CREDITEE = 1
    PARTIELLE = 2
    REPRISE = 3
    """Credited, then taken back."""
    REJETEE = 4
    TRAITEMENT_CAISSE = 5
    DIFFEREE = 6
    ANNONCEE = 7
    """Announced by a return, nothing on the bank yet: not money."""
    LOT_REFUSE = 8
    NON_REPONDUE = 9
    REGLEE_COMPTOIR = 10
    """A patient share presumed paid over the counter; outside totals and dunning."""


class EtatVirement(IntEnum):
    """What is known of a bank line."""

    INEXPLIQUE = 0
    EXPLIQUE = 1
    PARTIEL = 2
    PROPOSE = 3
    HORS_PERIMETRE = 4


class Recherche(IntEnum):
    """How far the candidates of a bank line were searched."""

    ENTIERE = 0
    HORS_BUDGET = 1
    """Its sums are too many to be tried."""
    CANDIDATS_TROP_NOMBREUX = 2
    """It has candidates, too many to be proposed."""


class Sujet(IntEnum):
    """What can be explained, or be an exception."""

    CREANCE = 0
    REPONSE = 1
    """One answer of a return."""
    GROUPE = 2
    """One announced transfer."""
    VIREMENT = 3
    """One bank line."""
