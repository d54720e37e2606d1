"""Building the manager of plugins, and what each hook gives, put together."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

import pluggy

from tiers_payant.domain import (
    CheckSpec,
    CodeRejet,
    FormatSpec,
    ModeleSpec,
    Operateurs,
    Payeur,
    Payeurs,
    RendererSpec,
    Support,
)
from tiers_payant.errors import CheckError, LayoutError, LetterError, PluginError
from tiers_payant.plugins import builtins
from tiers_payant.plugins._chargement import load_found
from tiers_payant.plugins._claims import Claim, Verdict, chosen, claim, scores, verdicts
from tiers_payant.plugins._demandes import asked, distinct, specs_of
from tiers_payant.plugins._gestion import PluginManager
from tiers_payant.plugins._greffons import BUILTIN, Greffon, Origine

__all__ = [
    "BUILTIN",
    "TRACE",
    "Claim",
    "Verdict",
    "asked",
    "build_manager",
    "chosen",
    "claim",
    "codes_rejets_of",
    "controles_of",
    "formats_of",
    "modeles_of",
    "operateurs_of",
    "payeurs_of",
    "rendus_of",
    "scores",
    "specs_of",
    "verdicts",
]

TRACE = "TIERS_PAYANT_TRACE_PLUGINS"
"""Environment variable: when it is neither empty nor 0, each call of a plugin is a line on the error stream."""

_Letter = TypeVar("_Letter", ModeleSpec, RendererSpec)


def build_manager(
    *plugins: object, entry_points: bool = False, folders: Iterable[str | Path] = (), strict: bool = False
) -> PluginManager:
    """Build a manager that knows what the library ships, *plugins*, and what is found where it is told to look.

    A plugin that is found and cannot be used is set aside, whole: see `PluginManager.quarantaines`.

    Args:
        plugins: Objects that carry functions marked with `hookimpl`.
        entry_points: Whether to load what installed distributions declare in the group `tiers_payant`. Off unless
            asked for, so that a test or a script sees just what it registers.
        folders: Folders of plugins of one file each; every `*.py` whose name does not begin with `_` is loaded.
        strict: Whether whatever would be set aside, now or when a hook is asked, is an error instead.

    Raises:
        PluginError: One of *plugins* cannot be used: a marked function answers no hook, or takes other arguments than
            the hook's, or the plugin asks for another API. When *strict*, one that is found, too.
        SourceError: A folder does not exist, or is none.
    """
    manager = PluginManager(strict=strict, traced=os.environ.get(TRACE, "") not in ("", "0"))
    manager.admit(builtins, Greffon(name=BUILTIN, distribution=BUILTIN, origine=Origine.INTERNE))
    for plugin in plugins:
        manager.register(plugin)
    load_found(manager, entry_points=entry_points, folders=folders)
    return manager


def formats_of(manager: pluggy.PluginManager) -> tuple[FormatSpec, ...]:
    """Return every format that the plugins of *manager* bring: the vendors' by name, then the library's.

    What a plugin at fault gives is set aside, and so is a format whose name two vendors claim: it is nobody's.

    Raises:
        PluginError: Something would be set aside, and the manager is strict.
    """
    hook, name = "tiers_payant_formats", attrgetter("name")
    every = specs_of(manager, hook, FormatSpec, PluginError, key=name)
    brought = distinct(manager, hook, every, PluginError, name)
    vendors = sorted((spec for plugin, spec in brought if plugin != BUILTIN), key=name)
    return (*vendors, *(spec for plugin, spec in brought if plugin == BUILTIN))


def payeurs_of(manager: pluggy.PluginManager) -> Payeurs:
    """Return the payers that the plugins of *manager* bring: the library's, replaced and completed by the others.

    Raises:
        LayoutError: A plugin fails, what it brings is no payer, or two plugins claim one text on the same day.
    """
    ours = Payeurs(payeurs=tuple(builtins.tiers_payant_payeurs()))
    brought = [payeur for _, payeur in specs_of(manager, "tiers_payant_payeurs", Payeur, LayoutError)]
    return ours.with_payeurs(payeur for payeur in brought if payeur not in ours.payeurs)


def codes_rejets_of(manager: pluggy.PluginManager) -> tuple[CodeRejet, ...]:
    """Return the reject codes that the plugins of *manager* bring over the library's own.

    Raises:
        LayoutError: A plugin fails, what it brings is no line of a code table, or two plugins say different families
            of one code on the same day; the plugins are named.
    """
    from tiers_payant.rejets import check_conflicts  # here: most runs classify nothing

    brought: dict[str, list[CodeRejet]] = defaultdict(list)
    for name, line in specs_of(manager, "tiers_payant_codes_rejets", CodeRejet, LayoutError):
        if name != BUILTIN:
            brought[name].append(line)
    return check_conflicts(brought)


def controles_of(manager: pluggy.PluginManager) -> tuple[CheckSpec, ...]:
    """Return every check before sending that the plugins of *manager* bring, by name.

    Raises:
        CheckError: A plugin fails, what it brings is no check, or two checks have one name; both providers are told.
    """
    from tiers_payant.rejets import check_names  # here: the checks load numpy

    brought = [check for _, check in specs_of(manager, "tiers_payant_controles", CheckSpec, CheckError)]
    return tuple(sorted(check_names(brought), key=lambda check: check.name))


def operateurs_of(manager: pluggy.PluginManager) -> Operateurs | None:
    """Return who billed what, as the plugins of *manager* tell; None when none does.

    Raises:
        LayoutError: A plugin fails, what it brings is no `Operateurs`, or two plugins give one facture to two
            operators.
    """
    brought = [one for _, one in specs_of(manager, "tiers_payant_operateurs", Operateurs, LayoutError)]
    return Operateurs.joined(brought) if brought else None


def modeles_of(manager: pluggy.PluginManager) -> Mapping[str, ModeleSpec]:
    """Return every template of a letter, by name: the library's, replaced and completed by those of plugins.

    Raises:
        LetterError: A plugin fails, what it brings is no template or one at fault, or two plugins bring one name; the
            plugins are named.
    """
    from tiers_payant.dunning.lettres import merge_modeles  # here: most runs write no letter

    ours, theirs = _letter_specs(manager, "tiers_payant_modeles", ModeleSpec)
    return merge_modeles(theirs, defaut=ours)


def rendus_of(manager: pluggy.PluginManager) -> Mapping[Support, RendererSpec]:
    """Return who makes each support of a letter: the library, or a plugin in its place.

    Raises:
        LetterError: A plugin fails, what it brings is no renderer, or two plugins bring one name or one support; the
            plugins are named.
    """
    from tiers_payant.dunning.lettres import merge_rendus

    ours, theirs = _letter_specs(manager, "tiers_payant_rendus", RendererSpec)
    return merge_rendus(theirs, defaut=ours)


def _letter_specs(manager: pluggy.PluginManager, hook: str, kind: type[_Letter]) -> tuple[list[_Letter], list[_Letter]]:
    """Return what the library brings, then what plugins do."""
    every = list(specs_of(manager, hook, kind, LetterError))
    return [spec for name, spec in every if name == BUILTIN], [spec for name, spec in every if name != BUILTIN]
