"""What plugins bring for what comes out: files and numbers of a result, and where the history of reminders is kept."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pluggy

from tiers_payant.domain import ExportSpec, IndicateurSpec, JournalSpec
from tiers_payant.errors import ExportError, PluginError, RelanceError
from tiers_payant.plugins._nommes import named

__all__ = ["exports_of", "indicateurs_of", "journaux_of"]


def exports_of(manager: pluggy.PluginManager) -> Mapping[str, ExportSpec]:
    """Return every export, by name: the library's, and those of plugins.

    Raises:
        PluginError: A plugin is at fault, or two have one name, and the manager is strict; else they are set aside.
    """
    every = named(manager, "tiers_payant_exports", (ExportSpec,), ExportError, lambda spec: spec.name)
    return MappingProxyType({spec.name: spec for spec in every})


def indicateurs_of(manager: pluggy.PluginManager) -> Mapping[str, IndicateurSpec]:
    """Return every indicator, by name: the library's in their order, then those of plugins by name.

    Raises:
        PluginError: A plugin is at fault, or two have one name, and the manager is strict; else they are set aside.
    """
    every = named(manager, "tiers_payant_indicateurs", (IndicateurSpec,), PluginError, lambda spec: spec.name)
    return MappingProxyType({spec.name: spec for spec in every})


def journaux_of(manager: pluggy.PluginManager) -> Mapping[str, JournalSpec]:
    """Return every journal of reminders, by name: the library's, and those of plugins.

    Raises:
        RelanceError: A plugin fails, what it brings is no journal, or two have one name; the plugins are named.
    """
    every = named(manager, "tiers_payant_journaux", (JournalSpec,), RelanceError, lambda spec: spec.name)
    return MappingProxyType({spec.name: spec for spec in every})
