"""What became of a promise or of an instalment plan, compared with what was paid since: so that a person is told."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import attrs

from tiers_payant.domain._cents import format_cents
from tiers_payant.domain._mots import jour_texte
from tiers_payant.domain._suspensions import Echeancier, Promesse

__all__ = ["Issue", "SuiviEngagement"]


class Issue(StrEnum):
    """What became of a promise or of an instalment plan."""

    EN_COURS = "en_cours"
    """Its day has not come, or what should have been paid by now has been."""
    TENUE = "tenue"
    """All of it was paid."""
    ROMPUE = "rompue"
    """Less was paid than should have been: it holds nothing back any more."""
    SANS_OBJET = "sans_objet"
    """No claim is what it names: look at its reference."""


_PHRASES = {
    Issue.EN_COURS: "en cours : {paye} payés, {attendu} attendus à ce jour, prochaine date le {prochain}",
    Issue.TENUE: "tenu : {paye} payés sur {total}",
    Issue.ROMPUE: "rompu : {paye} payés, {attendu} attendus à ce jour, il manque {manque}",
    Issue.SANS_OBJET: "sans objet : aucune facture ne correspond à ce qu'il désigne",
}


@attrs.frozen(kw_only=True)
class SuiviEngagement:
    """One promise or one instalment plan, on one day."""

    engagement: Promesse | Echeancier
    issue: Issue
    creances: int
    """How many claims it is about."""
    total_cents: int
    """All that was promised."""
    attendu_cents: int
    """What should have been paid before today."""
    paye_cents: int
    """What was paid since it was made, by today, and for a promise by its last day; what may be included."""
    prochain: dt.date | None
    """Next day on which a sum that is not paid is due; None when there is none."""

    @property
    def manque_cents(self) -> int:
        """What is missing today: 0 when nothing is."""
        return max(0, self.attendu_cents - self.paye_cents) if self.attendu_cents else 0

    @property
    def phrase(self) -> str:
        """What became of it, one French sentence without any name."""
        genre = "Échéancier" if isinstance(self.engagement, Echeancier) else "Engagement"
        words = _PHRASES[self.issue].format(
            paye=format_cents(self.paye_cents),
            attendu=format_cents(self.attendu_cents),
            total=format_cents(self.total_cents),
            manque=format_cents(self.manque_cents),
            prochain=jour_texte(self.prochain),
        )
        return f"{genre} {words}."
