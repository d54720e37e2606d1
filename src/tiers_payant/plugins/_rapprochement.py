"""What plugins bring to the matching, and to how days are counted: passes and calendars."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs
import pluggy

from tiers_payant.domain import CalendrierSpec, PassReponseSpec, PassSpec
from tiers_payant.errors import CalendarError, PassError
from tiers_payant.plugins._nommes import named

__all__ = ["Passes", "calendriers_of", "passes_of"]

_KINDS: tuple[type[PassSpec | PassReponseSpec], ...] = (PassSpec, PassReponseSpec)


@attrs.frozen(kw_only=True)
class Passes:
    """The passes that plugins bring, in the order that they are asked: ours, then the vendors' by name."""

    reponses: tuple[PassReponseSpec, ...]
    """From answers to shares."""
    virements: tuple[PassSpec, ...]
    """From announced groups to bank lines."""


def passes_of(manager: pluggy.PluginManager) -> Passes:
    """Return every pass that the plugins of *manager* bring.

    Raises:
        PassError: A plugin fails, what it brings is no pass, or two have one name; the plugins are named.
    """
    every = named(manager, "tiers_payant_passes", _KINDS, PassError, lambda spec: spec.name)
    return Passes(
        reponses=tuple(one for one in every if isinstance(one, PassReponseSpec)),
        virements=tuple(one for one in every if isinstance(one, PassSpec)),
    )


def calendriers_of(manager: pluggy.PluginManager) -> Mapping[str, CalendrierSpec]:
    """Return every business calendar, by name: those of territories, and those of plugins.

    Raises:
        PluginError: A plugin is at fault, or two have one name, and the manager is strict; else they are set aside.
    """
    every = named(manager, "tiers_payant_calendriers", (CalendrierSpec,), CalendarError, lambda spec: spec.name)
    return MappingProxyType({spec.name: spec for spec in every})
