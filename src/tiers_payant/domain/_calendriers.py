"""What a plugin brings to count days: a business calendar under a name."""

from __future__ import annotations

import attrs
from attrs.validators import instance_of

from tiers_payant.domain._calendrier import Calendrier, Territoire
from tiers_payant.errors import CalendarError

__all__ = ["CalendrierSpec", "calendriers_territoires"]

_LABELS = {
    Territoire.METROPOLE: "métropole",
    Territoire.ALSACE_MOSELLE: "Alsace et Moselle",
    Territoire.GUADELOUPE: "Guadeloupe",
    Territoire.MARTINIQUE: "Martinique",
    Territoire.GUYANE: "Guyane",
    Territoire.REUNION: "La Réunion",
    Territoire.MAYOTTE: "Mayotte",
    Territoire.SAINT_PIERRE_ET_MIQUELON: "Saint-Pierre-et-Miquelon",
    Territoire.SAINT_BARTHELEMY: "Saint-Barthélemy",
    Territoire.SAINT_MARTIN: "Saint-Martin",
    Territoire.POLYNESIE_FRANCAISE: "Polynésie française",
    Territoire.NOUVELLE_CALEDONIE: "Nouvelle-Calédonie",
    Territoire.WALLIS_ET_FUTUNA: "Wallis-et-Futuna",
}


def _calendar(spec: CalendrierSpec, field: attrs.Attribute[Calendrier], value: object) -> None:
    if not isinstance(value, Calendrier):
        raise CalendarError(f"calendar {spec.name!r}: expected Calendrier, got {type(value).__name__}")


@attrs.frozen(kw_only=True)
class CalendrierSpec:
    """A business calendar that is asked for by its name.

    Raises:
        CalendarError: It holds no calendar.
    """

    name: str
    label: str = attrs.field(validator=instance_of(str))
    """Whose days these are, in French."""
    calendrier: Calendrier = attrs.field(validator=_calendar)
    provider: str = "tiers-payant"
    """The distribution that brings it."""
    version: str = attrs.field(default="", eq=False)
    requires_api: str = ""


def calendriers_territoires() -> tuple[CalendrierSpec, ...]:
    """Return the calendar of each territory, by law, under the name of the territory."""
    return tuple(
        CalendrierSpec(name=territoire.value, label=label, calendrier=Calendrier(territoire))
        for territoire, label in _LABELS.items()
    )
