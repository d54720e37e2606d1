"""What a policy of dunning would have done over past days: contacts, cost, euros, letters that were wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs

from tiers_payant.domain._champs import as_tuple
from tiers_payant.domain._choix import Canal
from tiers_payant.domain._codes import Part

__all__ = ["BilanRelances", "RelanceFausse"]


@attrs.frozen(kw_only=True)
class RelanceFausse:
    """A claim that somebody was reminded of on a day on which, as the whole history shows, less was owed."""

    le: dt.date
    officine: str
    lot_date: dt.date | None
    lot: str
    facture: str
    part: Part
    reclame_cents: int
    du_cents: int
    """What was really owed that day."""
    pourquoi: str
    """`PAYEE`, `RETRANSMISE` or `FORCLOSE`."""


@attrs.frozen(kw_only=True)
class BilanRelances:
    """One policy replayed over the days of a history.

    Nobody knows what a letter that was never sent would have brought. Two hypotheses stand behind the euros below:
    each step brings its `espoir` of what it claims, `reponse_jours` days later, one step after the other; and what the
    history shows as paid would have been paid on that day all the same.
    """

    politique: str
    du: dt.date
    au: dt.date
    jours: int
    """Days on which a plan was made."""
    canaux: Mapping[Canal, int]
    """Contacts by channel, those that have some."""
    creances: int
    """Claims that somebody was reminded of, each once."""
    reclame_cents: int
    """What these claims owed when each was first asked for."""
    cout_cents: int
    gain_cents: int
    """What the plans hoped for, their cost taken off."""
    recouvre_cents: int
    """Hoped for of claims that the history never shows as paid."""
    avance_cents: int
    """Hoped for, before the day on which the history shows the claim as paid."""
    avance_jours: int
    """How much earlier these come, on the mean of their cents."""
    fausses: tuple[RelanceFausse, ...] = attrs.field(converter=as_tuple)
    """Claims that nobody should have been reminded of: a policy that has one is not to be used."""
    age_median_jours: int | None
    """Calendar days from the facture to the first contact, the median over claims; None without any contact."""
    forclusions_evitees: int
    """Claims asked for in time that the history lets be lost."""
    forclusions_cents: int

    @property
    def contacts(self) -> int:
        """Every contact."""
        return sum(self.canaux.values())
