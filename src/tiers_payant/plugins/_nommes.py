"""What plugins bring under names, each name of one of them alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pluggy

from tiers_payant.errors import TiersPayantError
from tiers_payant.plugins._demandes import distinct, specs_of
from tiers_payant.plugins._greffons import BUILTIN

__all__ = ["named"]

T = TypeVar("T")


def named(
    manager: pluggy.PluginManager,
    hook: str,
    kinds: tuple[type[T], ...],
    refused: type[TiersPayantError],
    name_of: Callable[[T], str],
) -> tuple[T, ...]:
    """Return what plugins bring: the library's in its own order, then the vendors' by name, whatever came first.

    Raises:
        TiersPayantError: As for `specs_of`; of a hook that fails closed, also when two bring one name.
        PluginError: As for `specs_of`.
    """
    brought = specs_of(manager, hook, kinds, refused, key=name_of)
    every = distinct(manager, hook, brought, refused, name_of, reserved=True)
    vendors = [spec for plugin, spec in every if plugin != BUILTIN]
    return (*(spec for plugin, spec in every if plugin == BUILTIN), *sorted(vendors, key=name_of))
