"""What a contact costs, and what it may bring."""

from __future__ import annotations

import datetime as dt

from tiers_payant.domain import Canal, Palier, Regle, Regles, RelancePolicy

__all__ = ["cost_cents", "postage_cents"]

_POSTAGE = {
    Canal.LETTRE: ("affranchissement_lettre_verte",),
    Canal.RECOMMANDE: ("affranchissement_recommande", "affranchissement_avis_reception"),
}


def cost_cents(palier: Palier, policy: RelancePolicy, today: dt.date, regles: Regles) -> int:
    """Return what one contact of that step costs on *today*: work, supplies, postage. Never claimed from anybody."""
    return (
        palier.minutes * policy.cout_minute_cents
        + palier.fournitures_cents
        + postage_cents(palier.canal, today, regles)
    )


def postage_cents(canal: Canal, today: dt.date, regles: Regles) -> int:
    """Return the postage of a channel on *today*; where the year's is not known, that of the latest known before it.

    Raises:
        UnknownRuleError: *regles* have no such rule.
    """
    return sum(_known(regles.regle(code), today) for code in _POSTAGE.get(canal, ()))


def _known(rule: Regle, today: dt.date) -> int:
    """Return the value in force; else the last one that was; else the first one that will be."""
    begun = [one for one in rule.versions if one.du is None or one.du <= today]
    return (begun[-1] if begun else rule.versions[0]).valeur
