"""What plugins bring to look at a result: files and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pluggy

from tiers_payant.domain import ExportSpec, IndicateurSpec
from tiers_payant.errors import ExportError, IndicatorError
from tiers_payant.plugins._nommes import named

__all__ = ["exports_of", "indicateurs_of"]


def exports_of(manager: pluggy.PluginManager) -> Mapping[str, ExportSpec]:
    """Return every export, by name: the library's, and those of plugins.

    Raises:
        ExportError: A plugin fails, what it brings is no export, or two have one name; the plugins are named.
    """
    every = named(manager, "tiers_payant_exports", (ExportSpec,), ExportError, lambda spec: spec.name)
    return MappingProxyType({spec.name: spec for spec in every})


def indicateurs_of(manager: pluggy.PluginManager) -> Mapping[str, IndicateurSpec]:
    """Return every indicator, by name: the library's in their order, then those of plugins by name.

    Raises:
        IndicatorError: A plugin fails, what it brings is no indicator, or two have one name; the plugins are named.
    """
    every = named(manager, "tiers_payant_indicateurs", (IndicateurSpec,), IndicatorError, lambda spec: spec.name)
    return MappingProxyType({spec.name: spec for spec in every})
