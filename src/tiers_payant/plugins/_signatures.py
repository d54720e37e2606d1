"""A plugin looked at before any of its functions is called: does the library know what it answers?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches

import attrs

from tiers_payant.domain import PROJECT
from tiers_payant.plugins._api import API, accepts
from tiers_payant.plugins._greffons import Code

__all__ = ["Fault", "Marked", "faults_of", "hooks_meant", "text_of"]

Hooks = Mapping[str, Sequence[str]]
"""The arguments of every hook, by its name."""


@attrs.frozen
class Marked:
    """One function that a plugin marks with `hookimpl`."""

    attribute: str
    hook: str
    """The attribute's name, or the one that its mark gives."""
    function: Callable[..., object]
    optional: bool
    """Whether its mark says `optionalhook`: a library without this hook is right too."""
    wrapper: bool


@attrs.frozen
class Fault:
    """Why a plugin cannot be used."""

    code: Code
    raison: str
    detail: str


def faults_of(plugin: object, marked: Sequence[Marked], hooks: Hooks) -> Iterator[Fault]:
    """Yield all that keeps *plugin* from being used, in an order of its own."""
    yield from _api_faults(getattr(plugin, "requires_api", ""))
    for one in marked:
        if one.hook not in hooks:
            if not one.optional:
                yield _unknown(one.hook, hooks)
        else:
            yield from _signature_faults(one, hooks[one.hook])
    known = {one.attribute for one in marked}
    for name in hooks:
        if name not in known and inspect.isroutine(inspect.getattr_static(plugin, name, None)):
            yield Fault(Code.SIGNATURE, f"{name} is not marked with hookimpl: it would never be asked", name)


def hooks_meant(marked: Sequence[Marked], hooks: Hooks) -> tuple[str, ...]:
    """Return the hooks that *marked* functions answer or, misspelt, were meant to; empty when one cannot be told."""
    meant = [one.hook if one.hook in hooks else _nearest(one.hook, hooks) for one in marked if not one.optional]
    return tuple(sorted(set(meant))) if all(meant) else ()


def text_of(plugin: object, attribute: str) -> str:
    """Return what a plugin says of itself in *attribute*; empty when that is no text."""
    said = getattr(plugin, attribute, "")
    return said if isinstance(said, str) else ""


def _api_faults(requires: object) -> Iterator[Fault]:
    if not isinstance(requires, str):
        told = type(requires).__name__
        yield Fault(Code.API, f"requires_api: expected a text such as >=1,<2, got {told}", told)
        return
    try:
        fits = accepts(requires)
    except ValueError as error:
        yield Fault(Code.API, f"requires_api: {error}, got {requires!r}", requires)
        return
    if not fits:
        yield Fault(Code.API, f"asks for API {requires}, this library has {API}", requires)


def _unknown(name: str, hooks: Hooks) -> Fault:
    near = _nearest(name, hooks)
    told = f"; did you mean {near}?" if near else ""
    return Fault(Code.INCONNU, f"no hook is called {name}{told}", f"{name} → {near}" if near else name)


def _nearest(name: str, hooks: Hooks) -> str:
    """Return the hook whose name is most like *name*; empty when none is like it."""
    wanted = {hook.removeprefix(f"{PROJECT}_"): hook for hook in sorted(hooks)}
    close = get_close_matches(name.removeprefix(f"{PROJECT}_"), wanted, n=1)
    return wanted[close[0]] if close else ""


def _signature_faults(one: Marked, arguments: Sequence[str]) -> Iterator[Fault]:
    if one.wrapper:
        yield Fault(Code.SIGNATURE, f"{one.hook} is a wrapper: what other plugins answer is not its own", one.hook)
        return
    takes = [
        parameter.name
        for parameter in inspect.signature(one.function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    more = [name for name in takes if name not in arguments]
    if more:
        gives = ", ".join(arguments) or "nothing"
        advice = "; register an instance, not its class" if more == ["self"] else ""
        told = f"{one.hook} takes {', '.join(more)}, the hook gives {gives}{advice}"
        yield Fault(Code.SIGNATURE, told, f"{one.hook}({', '.join(takes)})")
