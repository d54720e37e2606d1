"""The manager: it admits plugins one by one, and remembers what was set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import attrs
import pluggy

from tiers_payant.domain import PROJECT
from tiers_payant.errors import PluginError, kind_of
from tiers_payant.plugins import hookspecs
from tiers_payant.plugins._greffons import BUILTIN, Code, Greffon, Origine, Quarantaine, library_version
from tiers_payant.plugins._signatures import Fault, Marked, faults_of, hooks_meant, text_of

__all__ = ["PluginManager"]


class PluginManager(pluggy.PluginManager):
    """Registered plugins, each checked as it comes, and what was set aside of them.

    `hook`, `get_plugin` and the rest are pluggy's; a call of `hook` is not isolated, those of `tiers_payant.plugins`
    (`formats_of` and the like) are.
    """

    strict: bool
    """Whether whatever would be set aside is an error instead."""
    traced: bool
    """Whether each call of a plugin is told on the error stream."""

    def __init__(self, *, strict: bool = False, traced: bool = False) -> None:
        super().__init__(PROJECT)
        self.strict = strict
        self.traced = traced
        self._known: dict[str, Greffon] = {}
        self._left_out: list[Greffon] = []
        self._told: dict[tuple[str, str, Code, str], Quarantaine] = {}
        self.add_hookspecs(hookspecs)

    @property
    def greffons(self) -> tuple[Greffon, ...]:
        """Every plugin, the library's own first, then by name; those set aside whole are not `actif`."""
        active = [greffon for name, greffon in self._known.items() if self.has_plugin(name)]
        return tuple(sorted([*active, *self._left_out], key=_rank))

    @property
    def quarantaines(self) -> tuple[Quarantaine, ...]:
        """All that was set aside until now, each told once, in an order that is not that of registration."""
        return tuple(sorted(self._told.values(), key=lambda one: (one.plugin, one.hook, one.code, one.raison)))

    def register(self, plugin: object, name: str | None = None) -> str | None:
        """Register *plugin*, given by code, and return its name; None when it is blocked.

        Raises:
            PluginError: It cannot be used, or its name is taken.
        """
        return self.admit(plugin, Greffon(name=name or self.get_canonical_name(plugin), origine=Origine.ARGUMENT))

    def admit(self, plugin: object, greffon: Greffon) -> str | None:
        """Register *plugin* as *greffon*, completed with what the plugin says of itself.

        Raises:
            PluginError: It cannot be used, or its name is taken.
        """
        told, faults = self._examined(plugin, greffon)
        if faults:
            raise PluginError("\n".join(f"plugin {told.told}: {fault.raison}" for fault in faults))
        try:
            registered = super().register(plugin, told.name)
        except Exception:  # its words show every plugin; what a plugin answers when it is compared may be any
            raise PluginError(f"plugin {told.told}: already registered, or another has its name") from None
        if registered is not None:
            self._known[registered] = told
        return registered

    def admit_or_set_aside(self, load: Callable[[], object], greffon: Greffon, module: str) -> None:
        """Register what *load* gives; set it aside, whole, when it cannot be loaded or used.

        Args:
            load: Imports the plugin; called once.
            greffon: What is known of it before.
            module: What is imported, to be named.

        Raises:
            PluginError: The same, when the manager is strict.
        """
        try:
            plugin = load()
            if any(plugin is known for _, known in self.list_name_plugin()):
                return  # given by code as well, or declared twice: it is there
            told, faults = self._examined(plugin, greffon)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:  # one that leaves would end us with a status of its own
            kind = kind_of(error)
            fault = Fault(Code.IMPORT, f"importing {module} failed ({kind})", f"{module} : {kind}")
            self.set_aside(greffon, fault)
            return
        for fault in faults:
            self.set_aside(told, fault)
        if not faults:
            self.admit(plugin, told)

    def set_aside(self, greffon: Greffon, fault: Fault) -> None:
        """Leave a plugin out whole.

        Raises:
            PluginError: The manager is strict.
        """
        left_out = attrs.evolve(greffon, actif=False)
        if left_out not in self._left_out:
            self._left_out.append(left_out)
        self.note(
            Quarantaine(
                plugin=greffon.name,
                version=greffon.version,
                code=fault.code,
                raison=f"plugin {greffon.told}: {fault.raison}",
                detail=fault.detail,
            ),
            strict=self.strict,
        )

    def note(self, quarantaine: Quarantaine, *, strict: bool) -> None:
        """Remember what was set aside; the same, met again, is told once.

        Raises:
            PluginError: *strict*.
        """
        key = (quarantaine.plugin, quarantaine.hook, quarantaine.code, quarantaine.raison)
        self._told.setdefault(key, quarantaine)
        if strict:
            raise PluginError(quarantaine.raison) from None

    def greffon(self, name: str) -> Greffon:
        """Return the plugin registered under *name*."""
        return self._known[name]

    def get_canonical_name(self, plugin: object) -> str:
        """Return the name of a plugin that is given none: its own or that of its type, numbered where it is taken."""
        named = text_of(plugin, "__name__")
        if named:
            return named
        base, taken = type(plugin).__qualname__, dict(self.list_name_plugin())
        return next(name for name in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)

    def _examined(self, plugin: object, greffon: Greffon) -> tuple[Greffon, tuple[Fault, ...]]:
        """Return *greffon* with what *plugin* says of itself, and what keeps it from being used."""
        callers = vars(self.hook).items()
        hooks = {name: caller.spec.argnames for name, caller in callers if caller.has_spec()}
        marked = self._marked(plugin)
        version = library_version() if greffon.origine is Origine.INTERNE else text_of(plugin, "__version__")
        told = attrs.evolve(
            greffon,
            version=greffon.version or version,
            requires_api=text_of(plugin, "requires_api"),
            hooks=hooks_meant(marked, hooks),
        )
        twice = [Fault(Code.DOUBLON, f"answers {hook} twice", hook) for hook, n in _answers(marked).items() if n > 1]
        return told, (*faults_of(plugin, marked, hooks), *twice)

    def _marked(self, plugin: object) -> tuple[Marked, ...]:
        found = ((name, self.parse_hookimpl_opts(plugin, name)) for name in dir(plugin))
        return tuple(
            Marked(
                attribute=name,
                hook=options.get("specname") or name,
                function=getattr(plugin, name),
                optional=bool(options.get("optionalhook")),
                wrapper=bool(options.get("wrapper") or options.get("hookwrapper")),
            )
            for name, options in found
            if options is not None
        )


def _answers(marked: tuple[Marked, ...]) -> Counter[str]:
    return Counter(one.hook for one in marked)


def _rank(greffon: Greffon) -> tuple[bool, str, str, str]:
    return greffon.name != BUILTIN, greffon.name, greffon.distribution, greffon.version
