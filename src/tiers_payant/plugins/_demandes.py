"""Asking a hook: each plugin alone, so that what one does wrong is its own loss."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TypeVar

import attrs
import pluggy

from tiers_payant.errors import TiersPayantError
from tiers_payant.plugins._api import API, accepts
from tiers_payant.plugins._gestion import PluginManager
from tiers_payant.plugins._greffons import BUILTIN, Code, Greffon, Origine, Quarantaine
from tiers_payant.plugins._regles import FERMES, SANS_RETOUR

__all__ = ["asked", "distinct", "specs_of"]

T = TypeVar("T")
_TEXTS = ("name", "nom", "provider", "version", "requires_api")
"""Fields of the types that plugins hand over which are text, and by which they are sorted and told."""


@attrs.frozen
class _Asking:
    """One hook, asked once."""

    manager: pluggy.PluginManager
    hook: str
    refused: type[TiersPayantError]

    def refuse(
        self,
        plugin: str,
        code: Code,
        raison: str,
        detail: str,
        secondes: float,
        instead: TiersPayantError | None = None,
    ) -> None:
        """Tell what a plugin gave to this hook that is not used.

        Args:
            plugin: Its name.
            code: Why.
            raison: The same, in English.
            detail: What that is about.
            secondes: How long it took to answer.
            instead: What a hook that fails closed raises, when it is not `refused`.

        Raises:
            TiersPayantError: The hook fails closed, or nobody would hear of it.
            PluginError: The manager is strict.
        """
        told, closed = f"{self.hook} of {plugin}: {raison}", self.hook in FERMES
        if isinstance(self.manager, PluginManager):
            quarantaine = Quarantaine(
                plugin=plugin, version=self.greffon(plugin).version, hook=self.hook, code=code, raison=told,
                detail=detail, secondes=secondes,
            )  # fmt: skip
            self.manager.note(quarantaine, strict=self.manager.strict and not closed)
        if closed or not isinstance(self.manager, PluginManager):
            raise instead or self.refused(told) from None

    def greffon(self, plugin: str) -> Greffon:
        if isinstance(self.manager, PluginManager):
            return self.manager.greffon(plugin)
        return Greffon(name=plugin, origine=Origine.ARGUMENT)

    def answers(self) -> Iterator[tuple[str, tuple[object, ...], float]]:
        """Yield the name of each plugin that answers, all that it brings, and how many seconds that took.

        By name, the library's own last: the order of registration decides nothing.
        """
        self._check_absents()
        impls = getattr(self.manager.hook, self.hook).get_hookimpls()
        for impl in sorted(impls, key=lambda impl: (impl.plugin_name == BUILTIN, impl.plugin_name)):
            start = perf_counter()
            try:
                given = impl.function()
                brought: tuple[object, ...] = () if given is None else tuple(given)
            except MemoryError:
                raise
            except (Exception, SystemExit) as error:  # one that leaves would end us with a status of its own
                self._failed(impl.plugin_name, error, perf_counter() - start)
                continue
            secondes = perf_counter() - start
            self._trace(impl.plugin_name, f"{len(brought)} objects", secondes)
            yield impl.plugin_name, brought, secondes

    def _failed(self, plugin: str, error: BaseException, secondes: float) -> None:
        kind = type(error).__name__
        self._trace(plugin, kind, secondes)
        ours = error if isinstance(error, TiersPayantError) else None  # its words quote nobody
        self.refuse(plugin, Code.EXCEPTION, f"failed ({kind})", kind, secondes, ours)

    def _check_absents(self) -> None:
        """Refuse a hook that fails closed when a plugin that answers it, or may, could not be loaded.

        Raises:
            TiersPayantError: There is one.
        """
        if not isinstance(self.manager, PluginManager) or self.hook not in FERMES:
            return
        for greffon in self.manager.greffons:
            unknown = self.hook in SANS_RETOUR and not greffon.hooks
            if not greffon.actif and (unknown or self.hook in greffon.hooks):
                may = "may answer" if unknown else "answers"
                raise self.refused(f"{self.hook}: plugin {greffon.told} {may} it and could not be loaded")

    def _trace(self, plugin: str, what: str, secondes: float) -> None:
        if isinstance(self.manager, PluginManager) and self.manager.traced and sys.stderr is not None:
            who = " ".join(part for part in (plugin, self.greffon(plugin).version) if part)
            sys.stderr.write(f"tiers-payant: {self.hook} of {who}: {what}, {secondes * 1000:.1f} ms\n")


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
    for name, brought, _ in _Asking(manager, hook, refused).answers():
        yield name, brought


def specs_of(
    manager: pluggy.PluginManager,
    hook: str,
    kind: type[T],
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
        kind: What it takes.
        refused: The error of a hook that fails closed.
        key: The name of a thing, which one plugin may give once; None when they have none.

    Raises:
        TiersPayantError: As for `asked`.
        PluginError: As for `asked`.
    """
    asking = _Asking(manager, hook, refused)
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
) -> list[tuple[str, T]]:
    """Return *brought* without what two vendors claim under one name: neither is used, and both are told.

    A vendor that takes a name of the library's is no conflict.

    Raises:
        TiersPayantError: Two do, of a hook that fails closed: as *refused*.
        PluginError: Two do, and the manager is strict.
    """
    every = list(brought)
    claims: dict[str, set[str]] = {}
    for name, one in every:
        if name != BUILTIN:
            claims.setdefault(key(one), set()).add(name)
    asking = _Asking(manager, hook, refused)
    contested = {nom: " and ".join(sorted(by)) for nom, by in sorted(claims.items()) if len(by) > 1}
    for nom, both in contested.items():
        for name in sorted(claims[nom]):
            asking.refuse(name, Code.CONFLIT, f"{nom!r} is brought by {both}", f"{nom} : {both}", 0.0)
    return [(name, one) for name, one in every if name == BUILTIN or key(one) not in contested]


def _wrong(brought: tuple[object, ...], kind: type[T], key: Callable[[T], str] | None) -> tuple[Code, str, str] | None:
    """Return what is wrong with all that one plugin gave to a hook; None when nothing is."""
    ours: list[T] = []
    for one in brought:
        if not isinstance(one, kind):
            got = type(one).__name__
            return Code.TYPE, f"expected {kind.__name__}, got {got}", got
        for field in _TEXTS:
            if not isinstance(getattr(one, field, ""), str):
                return Code.TYPE, f"{field}: expected str, got {type(getattr(one, field)).__name__}", field
        requires = getattr(one, "requires_api", "")
        try:
            fits = accepts(requires)
        except ValueError as error:
            return Code.API, f"requires_api: {error}, got {requires!r}", requires
        if not fits:
            return Code.API, f"asks for API {requires}, this library has {API}", requires
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
