"""Why somebody is not reminded: stable codes, and the French words of each, as data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from types import MappingProxyType

import attrs

from tiers_payant.domain._donnees import read_builtin, structure
from tiers_payant.errors import LayoutError

__all__ = ["FicheRaison", "Raison", "raisons"]


class Raison(IntEnum):
    """Why a claim over its delay is not in a reminder; the first that holds, in this order. `raisons.toml` says more.

    Up to `REQUALIFICATION`, a claim is held back whatever the step; the others are told of one step, and the next step
    is then looked at.
    """

    RETRANSMISE = 0
    DEBITEUR_INCONNU = 1
    SANS_SCENARIO = 2
    SUSPENDUE = 3
    """A derogation of the policy."""
    ECHEANCE_INCONNUE = 4
    FORCLOSE = 5
    DECES = 6
    SOINS_CONFIDENTIELS = 7
    NIR_FICTIF = 8
    """The insured's number is fictive, or is no number of a person: it may stand for confidential care."""
    TRAITEMENT_CAISSE = 9
    REJET_A_TRAITER = 10
    """The ball is in the officine's court: correct, send again, contest."""
    LOT_A_RENVOYER = 11
    REPRISE_A_TRAITER = 12
    CONTESTATION = 13
    PIECE_ATTENDUE = 14
    ECHEANCIER = 15
    PROMESSE = 16
    ACCORD = 17
    LECTURE_INCOMPLETE = 18
    """A file could not be read, or a control of it does not agree: the payment may be there."""
    RELEVE_ABSENT = 19
    RELEVE_ANCIEN = 20
    VIREMENT_ATTENDU = 21
    """A transfer announced for it may still come: no statement tells today's lines yet."""
    RETOUR_ABSENT = 22
    """Something shows that a return is missing: a credit announced by none."""
    RETOUR_ANCIEN = 23
    PROPOSITION_OUVERTE = 24
    """A link that a person has not decided may pay it."""
    REPONSE_NON_RATTACHEE = 25
    """An answer that names no known facture may be about it: a payment, or a refusal."""
    CREDIT_NON_AFFECTE = 26
    """Money that nothing explains may pay it."""
    REQUALIFICATION = 27
    """Another debtor is likely: a cover was found for the patient."""
    SCENARIO_TERMINE = 28
    """Every step was applied."""
    CONTACT_RECENT = 29
    HORS_JOURS = 30
    """Not a day of the week on which the policy contacts anybody, or a public holiday."""
    CONTACT_INCONNU = 31
    """Nobody is known to answer for that debtor."""
    ADRESSE_MANQUANTE = 32
    """What the channel needs, an address, an e-mail or a telephone, is not known."""
    MONTANT_INSUFFISANT = 33
    SOUS_LE_COUT = 34
    """What is hoped for is less than what the contact costs."""
    DELAI_SUIVANT = 35
    """A step was skipped, and the next one is not due yet."""


@attrs.frozen(kw_only=True)
class FicheRaison:
    """One reason, in words."""

    phrase: str
    """One sentence, without any value of a file."""
    faire: str
    """What to do about it; empty when time alone settles it."""
    protege: bool = False
    """Whether it keeps a wrong letter from leaving; else it spares a useless one, or says that nothing can be done."""


@cache
def raisons() -> Mapping[Raison, FicheRaison]:
    """Return the words of each reason, in their order.

    >>> raisons()[Raison.PROMESSE].protege
    True
    """
    data = read_builtin("raisons.toml")
    if set(data) != set(Raison.__members__):
        raise LayoutError("raisons.toml: its tables are not those of Raison")
    return MappingProxyType(
        {raison: structure(data[raison.name], FicheRaison, f"raisons.toml: {raison.name}") for raison in Raison}
    )
