"""What a plugin brings, asked hook by hook, and what is wrong with it before any file is read."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import attrs

from tiers_payant.domain import (
    CalendrierSpec,
    CheckSpec,
    CodeRejet,
    Contact,
    ExportSpec,
    FormatSpec,
    GateSpec,
    IndicateurSpec,
    JournalSpec,
    ModeleSpec,
    Operateurs,
    PassReponseSpec,
    PassSpec,
    Payeur,
    RelancePolicy,
    RendererSpec,
)
from tiers_payant.plugins import PluginManager, build_manager, consult
from tiers_payant.plugins._greffons import BUILTIN
from tiers_payant.plugins.conformance._calls import Capture, Outcome, call
from tiers_payant.plugins.conformance._load import Loaded, load

__all__ = ["KINDS", "Inventory", "name_of", "spec_faults", "take"]

KINDS: Mapping[str, tuple[type, ...]] = {
    "tiers_payant_annuaires": (Contact,),
    "tiers_payant_calendriers": (CalendrierSpec,),
    "tiers_payant_codes_rejets": (CodeRejet,),
    "tiers_payant_controles": (CheckSpec,),
    "tiers_payant_exports": (ExportSpec,),
    "tiers_payant_formats": (FormatSpec,),
    "tiers_payant_gates": (GateSpec,),
    "tiers_payant_indicateurs": (IndicateurSpec,),
    "tiers_payant_journaux": (JournalSpec,),
    "tiers_payant_modeles": (ModeleSpec,),
    "tiers_payant_operateurs": (Operateurs,),
    "tiers_payant_passes": (PassSpec, PassReponseSpec),
    "tiers_payant_payeurs": (Payeur,),
    "tiers_payant_politiques": (RelancePolicy,),
    "tiers_payant_rendus": (RendererSpec,),
}
"""What each hook gives; a hook that is not here is asked too, and what it gives is not judged."""

_CALLED: Mapping[type, Mapping[str, int]] = {
    FormatSpec: {"sniff": 1, "read": 1, "read_parts": 2, "write": 2, "elements": 2},
    CheckSpec: {"examine": 1},
    ExportSpec: {"write": 2},
    GateSpec: {"hold": 2},
    IndicateurSpec: {"compute": 2},
    JournalSpec: {"open": 1},
    PassSpec: {"keeps": 1},
    RendererSpec: {"render": 2},
}
"""How many things the functions of a spec are called with."""


@attrs.frozen(kw_only=True)
class Inventory:
    """A plugin, asked once."""

    loaded: Loaded
    manager: PluginManager | None
    """None when it cannot be built."""
    brought: Mapping[str, tuple[Any, ...]]
    """By hook, what is of the right kind."""
    load_faults: tuple[str, ...] = ()
    hook_faults: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    """By hook, what is wrong with its answer."""
    refused: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    """By hook, why the library would not use what it gives."""

    def names(self, hook: str) -> list[str]:
        """Return the names of what a hook gives, in order."""
        return [name_of(spec, rank) for rank, spec in enumerate(self.brought.get(hook, ()))]

    def named(self, hook: str, name: str) -> Any:
        """Return what a hook gives under *name*."""
        return self.brought[hook][self.names(hook).index(name)]


def name_of(spec: object, rank: int) -> str:
    """Return how one thing that a plugin brings is called."""
    said = getattr(spec, "name", None) or getattr(spec, "nom", None)
    return str(said) if said and not isinstance(spec, Payeur | Contact) else f"n° {rank + 1}"


def take(name: str, capture: Capture | None = None) -> Inventory:
    """Load the plugin and ask each of its hooks, twice: two answers must be of the same names."""
    loading = call(capture, load, name)
    if loading.raised:
        return Inventory(loaded=Loaded(plugins=()), manager=None, brought={}, load_faults=(_told("loading", loading),))
    loaded: Loaded = loading.value
    building = call(capture, build_manager, *(() if name == BUILTIN else loaded.plugins))
    if building.raised:
        said = _told("registering", building)
        return Inventory(loaded=loaded, manager=None, brought={}, load_faults=(said,))
    manager: PluginManager = building.value
    brought, faults = dict[str, tuple[Any, ...]](), dict[str, tuple[str, ...]]()
    for hook in sorted(one for one in vars(manager.hook) if one.startswith("tiers_payant_")):
        for impl in getattr(manager.hook, hook).get_hookimpls():
            if impl.plugin in loaded.plugins:
                given, wrong = _asked(hook, impl.function, capture)
                brought[hook] = (*brought.get(hook, ()), *given)
                faults[hook] = (*faults.get(hook, ()), *wrong)
    nothing = () if brought else ("it answers no hook of tiers_payant: is each function marked with @hookimpl?",)
    return Inventory(
        loaded=loaded, manager=manager, brought=brought, load_faults=nothing, hook_faults=faults,
        refused=_refused(manager, capture),
    )  # fmt: skip


def _refused(manager: PluginManager, capture: Capture | None) -> dict[str, tuple[str, ...]]:
    """Return by hook why the library would not use what a plugin gives; its words quote no value."""
    outcome = call(capture, consult, manager)
    told = [(one.hook, one.raison) for one in outcome.value or ()]
    told += [(one.hook, one.raison) for one in manager.quarantaines]
    return {hook: tuple(sorted({raison for each, raison in told if each == hook})) for hook, _ in told}


def _asked(hook: str, function: Any, capture: Capture | None) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """Return what a hook gives, and what is wrong with it."""

    def answer() -> tuple[Any, ...]:
        given = function()
        return () if given is None else tuple(given)

    first, again = call(capture, answer), call(capture, answer)
    for outcome in (first, again):
        if outcome.raised:
            return (), (_failed(hook, outcome),)
    wanted = KINDS.get(hook, (object,))
    right = tuple(spec for spec in first.value if isinstance(spec, wanted))
    kinds = " or ".join(kind.__name__ for kind in wanted)
    faults = [
        f"{hook}: expected {kinds}, got {type(spec).__name__}" for spec in first.value if not isinstance(spec, wanted)
    ]
    names = [name_of(spec, rank) for rank, spec in enumerate(right)]
    if len(first.value) != len(again.value) or names != [
        name_of(spec, rank) for rank, spec in enumerate(one for one in again.value if isinstance(one, wanted))
    ]:
        faults.append(f"{hook}: asked twice, it brings other things")
    faults += [f"{hook}: {name} is brought twice" for name in sorted({one for one in names if names.count(one) > 1})]
    return right, tuple(faults)


def spec_faults(spec: object, *, builtin: bool = False) -> list[str]:
    """Return what is wrong with a spec by itself: its functions, its label, where it comes from, who brings it."""
    faults = []
    for field, count in _CALLED.get(type(spec), {}).items():
        function = getattr(spec, field)
        if function is not None and not _takes(function, count):
            faults.append(f"{field}: expected a function of {count} argument{'s' * (count > 1)}")
    for field in ("name", "nom", "label"):
        said = getattr(spec, field, "-")
        if not isinstance(said, str) or not said.strip() or not said.isprintable():
            faults.append(f"{field}: expected a text that can be printed")
    if isinstance(spec, CodeRejet | Payeur):
        faults += [] if spec.source.strip() else ["source: where it comes from is not said"]
        faults += ["au: before du"] if spec.du and spec.au and spec.au < spec.du else []
    if not builtin and type(spec) in _CALLED and getattr(spec, "provider", "") == "":
        faults.append("provider: expected the distribution that brings it")
    return faults


def _takes(function: object, count: int) -> bool:
    if not callable(function):
        return False
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # a function of C tells no signature
        return True
    return True


def _told(what: str, outcome: Outcome) -> str:
    """Return why a plugin cannot be had, with the words of what it raised: no file was read yet."""
    words = outcome.said.strip().splitlines()
    return f"{_failed(what, outcome)}: {words[-1] if words else ''}"


def _failed(what: str, outcome: Outcome) -> str:
    return f"{what}: {'left the process' if outcome.raised == 'SystemExit' else 'raised'} ({outcome.raised})"
