"""What plugins bring under names, each name of one of them alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import pluggy

from tiers_payant.errors import TiersPayantError
from tiers_payant.plugins._demandes import specs_of
from tiers_payant.plugins._greffons import BUILTIN

__all__ = ["named"]


class _Fourni(Protocol):
    """An attrs object that tells who brings it."""

    @property
    def provider(self) -> str: ...


T = TypeVar("T", bound=_Fourni)


def named(
    manager: pluggy.PluginManager,
    hook: str,
    kinds: tuple[type[T], ...],
    refused: type[TiersPayantError],
    name_of: Callable[[T], str],
) -> tuple[T, ...]:
    """Return what plugins bring: the library's in its own order, then the vendors' by name, whatever came first.

    Raises:
        TiersPayantError: As *refused*: two plugins bring one name, both are told; or, where the hook fails closed, a
            plugin is at fault.
        PluginError: A plugin is at fault, and the manager is strict.
    """
    found: dict[str, T] = {}
    for _, spec in specs_of(manager, hook, kinds, refused, key=name_of):
        name = name_of(spec)
        if name in found:
            both = " and ".join(sorted((spec.provider, found[name].provider)))
            raise refused(f"{hook}: {name!r}: brought twice, by {both}")
        found[name] = spec
    vendors = sorted(name for name, spec in found.items() if spec.provider != BUILTIN)
    return (*(spec for spec in found.values() if spec.provider == BUILTIN), *(found[name] for name in vendors))
