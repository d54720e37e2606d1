"""What a plugin brings to sum a reconciliation up in one number, and that number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs
from attrs.validators import instance_of

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["Indicateur", "IndicateurSpec", "UniteIndicateur"]


class UniteIndicateur(StrEnum):
    """What an indicator is counted in."""

    CENTS = "cents"
    """Euro cents: an int."""
    JOURS = "jours"
    """Calendar days, with a fraction or not."""
    PART = "part"
    """From 0 to 1."""
    NOMBRE = "nombre"
    """How many: an int."""


@attrs.frozen(kw_only=True)
class IndicateurSpec:
    """One number that tells how an officine is paid."""

    name: str
    label: str = attrs.field(validator=instance_of(str))
    """What it tells, in French."""
    unite: UniteIndicateur = attrs.field(converter=UniteIndicateur)
    compute: Callable[[Rapprochement, dt.date], int | float | None]
    """From a result and a day, the number; None when there is nothing to count, which is not zero."""
    source: str = ""
    """Where the definition comes from."""
    provider: str = "tiers-payant"
    """The distribution that brings it."""
    version: str = attrs.field(default="", eq=False)
    requires_api: str = ""


@attrs.frozen(kw_only=True)
class Indicateur:
    """One indicator of one result."""

    name: str
    label: str
    unite: UniteIndicateur
    valeur: int | float | None
    """None when there is nothing to count, or when it failed."""
    defaut: str = ""
    """Why there is no number, in English, when its plugin is at fault; it quotes no value."""
    provider: str = "tiers-payant"
    version: str = ""
