"""What plugins bring under names, each name of one of them alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

import attrs
import pluggy

from tiers_payant.errors import TiersPayantError
from tiers_payant.plugins.manager import BUILTIN, asked

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
    name_of: Callable[[T], object],
) -> tuple[T, ...]:
    """Return what plugins bring: the library's in its own order, then the vendors' by name, whatever came first.

    Raises:
        TiersPayantError: As *refused*: a plugin fails, what it brings is of another kind, or has no name or that of
            another; both providers are told.
    """
    found: dict[str, T] = {}
    for spec in _brought(manager, hook, kinds, refused):
        name = name_of(spec)
        if not isinstance(name, str) or not name:
            raise refused(f"{hook} of {spec.provider}: expected a name, got {type(name).__name__}")
        if name in found:
            both = " and ".join(sorted((spec.provider, found[name].provider)))
            raise refused(f"{hook}: {name!r}: brought twice, by {both}")
        found[name] = spec
    vendors = sorted(name for name, spec in found.items() if spec.provider != BUILTIN)
    return (*(spec for spec in found.values() if spec.provider == BUILTIN), *(found[name] for name in vendors))


def _brought(
    manager: pluggy.PluginManager, hook: str, kinds: tuple[type[T], ...], refused: type[TiersPayantError]
) -> Iterator[T]:
    """Yield what each plugin brings, with the name of the plugin where it gives none."""
    for plugin, every in asked(manager, hook, refused):
        for one in every:
            if not isinstance(one, kinds):
                wanted = " or ".join(kind.__name__ for kind in kinds)
                raise refused(f"{hook} of {plugin}: expected {wanted}, got {type(one).__name__}")
            ours = one.provider == BUILTIN != plugin
            yield attrs.evolve(one, provider=plugin) if ours else one  # type: ignore[misc]
