"""What somebody should look at beside a plan of dunning: tables that aim at nothing, broken words, unread files."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from tiers_payant.domain._engagements import Issue, SuiviEngagement
from tiers_payant.domain._suspensions import Echeancier, Promesse, Suspension

__all__ = ["Constats", "Tenue"]

Tenue: TypeAlias = Suspension | Promesse | Echeancier
"""What a person wrote down to hold claims back."""


@attrs.frozen(kw_only=True)
class Constats:
    """What is told beside a plan."""

    engagements: tuple[SuiviEngagement, ...] = ()
    """What became of each promise and each instalment plan made by the day of the plan."""
    sans_objet: tuple[Tenue, ...] = ()
    """Those that aim at no claim of what was read, and so hold nothing: look at what they name."""
    fichiers_douteux: tuple[str, ...] = ()
    """Files that were not read in full: what `LECTURE_INCOMPLETE` is about."""
    deja: int = 0
    """Claims that the history holds as reminded on the day of the plan."""
    redaction: tuple[str, ...] = ()
    """Why letters of the plan could not be written, one fault each, in English; empty when nobody signs them yet."""

    @property
    def rompus(self) -> tuple[SuiviEngagement, ...]:
        """Return the promises and the plans that were not kept."""
        return tuple(one for one in self.engagements if one.issue is Issue.ROMPUE)
