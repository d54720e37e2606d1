"""Asking a hook, and judging what it brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

import attrs
import pluggy

from tiers_payant.errors import TiersPayantError
from tiers_payant.plugins._api import API, accepts
from tiers_payant.plugins._appels import Asking
from tiers_payant.plugins._greffons import BUILTIN, Code, Greffon

__all__ = ["asked", "distinct", "specs_of"]

T = TypeVar("T")
_TEXTS = ("name", "nom", "provider", "version", "requires_api")
"""Fields of the types that plugins hand over which are text, and by which they are sorted and told."""


def asked(
    manager: pluggy.PluginManager, hook: str, refused: type[TiersPayantError]
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the name of each plugin that answers *hook*, and all that it brings; None brings nothing.

    One that fails is set aside: all that it gave to this hook is left out, and the others are heard. Where silence
    would harm (docs/adr/0017), it is an error instead.

    Raises:
        TiersPayantError: One fails a hook that fails closed, or answers it and could not be loaded: as *refused*,
            without its words, which may quote a name.
        PluginError: One fails, and the manager is strict.
    """
    for name, brought, _ in Asking(manager, hook, refused).answers():
        yield name, brought


def specs_of(
    manager: pluggy.PluginManager,
    hook: str,
    kind: type[T] | tuple[type[T], ...],
    refused: type[TiersPayantError],
    *,
    key: Callable[[T], str] | None = None,
) -> Iterator[tuple[str, T]]:
    """Yield the name of each plugin with each thing that it brings, completed with who brings it.

    A plugin that gives something else than *kind*, one name twice, or a thing that asks for another API, loses all
    that it gave to this hook.

    Args:
        manager: The plugins.
        hook: The hook.
        kind: What it takes, or several of them.
        refused: The error of a hook that fails closed.
        key: The name of a thing, which one plugin may give once; None when they have none.

    Raises:
        TiersPayantError: As for `asked`.
        PluginError: As for `asked`.
    """
    asking = Asking(manager, hook, refused)
    for name, brought, secondes in asking.answers():
        wrong = _wrong(brought, kind, key)
        if wrong is not None:
            asking.refuse(name, *wrong, secondes)
            continue
        greffon = asking.greffon(name)
        yield from ((name, _signed(one, greffon)) for one in brought if isinstance(one, kind))


def distinct(
    manager: pluggy.PluginManager,
    hook: str,
    brought: Iterator[tuple[str, T]],
    refused: type[TiersPayantError],
    key: Callable[[T], str],
    *,
    reserved: bool = False,
) -> list[tuple[str, T]]:
    """Return *brought* without what two vendors claim under one name: neither is used, and both are told.

    Args:
        manager: The plugins.
        hook: The hook.
        brought: What each brings.
        refused: The error of a hook that fails closed.
        key: The name of a thing.
        reserved: Whether a vendor that takes a name of the library's loses it. If not, that is no conflict: the caller
            says which of the two counts.

    Raises:
        TiersPayantError: Two do, of a hook that fails closed: as *refused*.
        PluginError: Two do, and the manager is strict.
    """
    every = list(brought)
    claims: dict[str, set[str]] = {}
    for name, one in every:
        if name != BUILTIN or reserved:
            claims.setdefault(key(one), set()).add(name)
    asking = Asking(manager, hook, refused)
    contested = {nom: " and ".join(sorted(by)) for nom, by in sorted(claims.items()) if len(by) > 1}
    for nom, both in contested.items():
        for name in sorted(claims[nom] - {BUILTIN}):
            asking.refuse(name, Code.CONFLIT, f"{nom!r} is brought by {both}", f"{nom} : {both}", 0.0)
    return [(name, one) for name, one in every if name == BUILTIN or key(one) not in contested]


def _wrong(
    brought: tuple[object, ...], kind: type[T] | tuple[type[T], ...], key: Callable[[T], str] | None
) -> tuple[Code, str, str] | None:
    """Return what is wrong with all that one plugin gave to a hook; None when nothing is."""
    ours: list[T] = []
    for one in brought:
        if not isinstance(one, kind):
            got = type(one).__name__
            wanted = " or ".join(each.__name__ for each in (kind if isinstance(kind, tuple) else (kind,)))
            return Code.TYPE, f"expected {wanted}, got {got}", got
        for field in _TEXTS:
            if not isinstance(getattr(one, field, ""), str):
                return Code.TYPE, f"{field}: expected str, got {type(getattr(one, field)).__name__}", field
        if key is not None and not key(one):
            return Code.TYPE, "expected a name, got an empty one", "nom vide"
        requires = getattr(one, "requires_api", "")
        try:
            fits = accepts(requires)
        except ValueError as error:
            return Code.API, f"requires_api: {error}, got {requires!r}", requires
        if not fits:
            return Code.API, f"asks for API {requires}, this library has {API}", requires
        if key is not None and not key(one):
            return Code.TYPE, "expected a name, got none", ""
        ours.append(one)
    twice = sorted(nom for nom, n in Counter(map(key, ours) if key else ()).items() if n > 1)
    return (Code.DOUBLON, f"brings {twice[0]!r} twice", twice[0]) if twice else None


def _signed(one: T, greffon: Greffon) -> T:
    """Return *one* with who brings it, where it does not say so itself; only the library's own bears its name."""
    said = {"version": greffon.version, "requires_api": greffon.requires_api}
    found = {field: text for field, text in said.items() if text and getattr(one, field, text) == ""}
    if greffon.name != BUILTIN and getattr(one, "provider", "-") in ("", BUILTIN):
        found["provider"] = greffon.name
    return attrs.evolve(one, **found) if found else one  # type: ignore[misc]
