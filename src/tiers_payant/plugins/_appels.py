"""Calling the functions that answer one hook: each alone and timed, so that what one does wrong is its own loss."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import perf_counter

import attrs
import pluggy

from tiers_payant.domain import printable
from tiers_payant.errors import TiersPayantError, kind_of, raised_here
from tiers_payant.plugins._gestion import PluginManager
from tiers_payant.plugins._greffons import BUILTIN, Code, Greffon, Origine, Quarantaine
from tiers_payant.plugins._regles import FERMES, SANS_RETOUR

__all__ = ["Asking"]


@attrs.frozen
class Asking:
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
            except (KeyboardInterrupt, MemoryError):
                raise
            except BaseException as error:  # one that leaves would end us with a status of its own
                self._failed(impl.plugin_name, error, perf_counter() - start)
                continue
            secondes = perf_counter() - start
            self._trace(impl.plugin_name, f"{len(brought)} objects", secondes)
            yield impl.plugin_name, brought, secondes

    def _failed(self, plugin: str, error: BaseException, secondes: float) -> None:
        kind = kind_of(error)
        self._trace(plugin, kind, secondes)
        ours = error if isinstance(error, TiersPayantError) and raised_here(error) else None
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
            told = printable(f"{self.hook} of {who}: {what}, {secondes * 1000:.1f} ms")
            sys.stderr.write(f"tiers-payant: {told}\n")
