"""Registering plugins and asking them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar, cast

import attrs
import pluggy

from tiers_payant.domain import (
    PROJECT,
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
from tiers_payant.errors import CheckError, LayoutError, LetterError, TiersPayantError
from tiers_payant.plugins import builtins, hookspecs

__all__ = [
    "BUILTIN",
    "Claim",
    "asked",
    "build_manager",
    "claim",
    "codes_rejets_of",
    "controles_of",
    "formats_of",
    "modeles_of",
    "operateurs_of",
    "payeurs_of",
    "rendus_of",
    "scores",
]

BUILTIN = "tiers-payant"
_Spec = TypeVar("_Spec", ModeleSpec, RendererSpec)


def build_manager(*plugins: object, entry_points: bool = False) -> pluggy.PluginManager:
    """Build a manager that knows the built-in formats and *plugins*.

    Args:
        plugins: Objects that carry functions marked with `hookimpl`.
        entry_points: Whether to load what installed distributions declare in the group `tiers_payant`. Off unless
            asked for, so that a test or a script sees just what it registers.

    Raises:
        pluggy.PluginValidationError: A marked function answers no hook, or with other arguments than the hook's.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(builtins, name=BUILTIN)
    for plugin in plugins:
        manager.register(plugin)
    if entry_points:
        manager.load_setuptools_entrypoints(PROJECT)
    manager.check_pending()
    return manager


def formats_of(manager: pluggy.PluginManager) -> tuple[FormatSpec, ...]:
    """Return every format that the plugins of *manager* bring, those registered last first."""
    return tuple(spec for specs in manager.hook.tiers_payant_formats() for spec in specs)


def payeurs_of(manager: pluggy.PluginManager) -> Payeurs:
    """Return the payers that the plugins of *manager* bring: the library's, replaced and completed by the others.

    Raises:
        LayoutError: What a plugin brings is no payer, or two plugins claim one text on the same day.
    """
    brought = [payeur for payeurs in manager.hook.tiers_payant_payeurs() for payeur in payeurs]
    wrong = [payeur for payeur in brought if not isinstance(payeur, Payeur)]
    if wrong:
        raise LayoutError(f"tiers_payant_payeurs: expected Payeur, got {type(wrong[0]).__name__}")
    ours = Payeurs(payeurs=tuple(builtins.tiers_payant_payeurs()))
    return ours.with_payeurs(payeur for payeur in brought if payeur not in ours.payeurs)


def codes_rejets_of(manager: pluggy.PluginManager) -> tuple[CodeRejet, ...]:
    """Return the reject codes that the plugins of *manager* bring over the library's own.

    Raises:
        LayoutError: A plugin fails, what it brings is no line of a code table, or two plugins say different families
            of one code on the same day; the plugins are named.
    """
    from tiers_payant.rejets import check_conflicts  # here: most runs classify nothing

    brought = asked(manager, "tiers_payant_codes_rejets", LayoutError)
    # What they hold is checked there, line by line.
    return check_conflicts({name: cast(Sequence[CodeRejet], each) for name, each in brought if name != BUILTIN})


def controles_of(manager: pluggy.PluginManager) -> tuple[CheckSpec, ...]:
    """Return every check before sending that the plugins of *manager* bring, by name.

    Raises:
        CheckError: A plugin fails, what it brings is no check, or two checks have one name; both providers are told.
    """
    from tiers_payant.rejets import check_names  # here: the checks load numpy

    brought = [check for _, checks in asked(manager, "tiers_payant_controles", CheckError) for check in checks]
    return tuple(sorted(check_names(cast(Sequence[CheckSpec], brought)), key=lambda check: check.nom))


def operateurs_of(manager: pluggy.PluginManager) -> Operateurs | None:
    """Return who billed what, as the plugins of *manager* tell; None when none does.

    Raises:
        LayoutError: A plugin fails, what it brings is no `Operateurs`, or two plugins give one facture to two
            operators.
    """
    given = [one for _, each in asked(manager, "tiers_payant_operateurs", LayoutError) for one in each]
    brought = [one for one in given if isinstance(one, Operateurs)]
    if len(brought) < len(given):
        wrong = next(one for one in given if not isinstance(one, Operateurs))
        raise LayoutError(f"tiers_payant_operateurs: expected Operateurs, got {type(wrong).__name__}")
    return Operateurs.joined(brought) if brought else None


def modeles_of(manager: pluggy.PluginManager) -> Mapping[str, ModeleSpec]:
    """Return every template of a letter, by name: the library's, replaced and completed by those of plugins.

    Raises:
        LetterError: A plugin fails, what it brings is no template or one at fault, or two plugins bring one name; the
            plugins are named.
    """
    from tiers_payant.dunning.lettres import merge_modeles  # here: most runs write no letter

    return merge_modeles(_specs(manager, "tiers_payant_modeles", ModeleSpec))


def rendus_of(manager: pluggy.PluginManager) -> Mapping[Support, RendererSpec]:
    """Return who makes each support of a letter: the library, or a plugin in its place.

    Raises:
        LetterError: A plugin fails, what it brings is no renderer, or two plugins bring one name or one support; the
            plugins are named.
    """
    from tiers_payant.dunning.lettres import merge_rendus

    return merge_rendus(_specs(manager, "tiers_payant_rendus", RendererSpec))


def _specs(manager: pluggy.PluginManager, hook: str, kind: type[_Spec]) -> Iterator[_Spec]:
    """Yield what vendors bring, with the name of their plugin where they give none.

    Raises:
        LetterError: It is of another kind.
    """
    for name, each in asked(manager, hook, LetterError):
        for spec in each if name != BUILTIN else ():
            if not isinstance(spec, kind):
                raise LetterError(f"{hook} of {name}: expected {kind.__name__}, got {type(spec).__name__}")
            yield attrs.evolve(spec, provider=name) if spec.provider == BUILTIN else spec


def asked(
    manager: pluggy.PluginManager, hook: str, refused: type[TiersPayantError]
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the name of each plugin that answers *hook*, and all that it brings; None brings nothing.

    Raises:
        TiersPayantError: One fails: as *refused*, without its words, which may quote a name.
    """
    for impl in getattr(manager.hook, hook).get_hookimpls():
        try:
            given = impl.function()
            brought: tuple[object, ...] = () if given is None else tuple(given)
        except TiersPayantError:
            raise
        except (Exception, SystemExit) as error:  # a plugin that leaves would end us with a status of its own
            raise refused(f"{hook} of {impl.plugin_name}: failed ({type(error).__name__})") from None
        yield impl.plugin_name, brought


@attrs.frozen(kw_only=True)
class Claim:
    """Who reads a file: one format, none, or several vendors that nothing tells apart."""

    spec: FormatSpec | None
    tied: tuple[FormatSpec, ...] = ()


def claim(head: bytes, formats: Sequence[FormatSpec]) -> Claim:
    """Return the format with the highest score on *head*; a vendor's beats a built-in one of the same score."""
    scored = scores(head, formats)
    best = scored[0][1] if scored else 0.0
    if best <= 0:
        return Claim(spec=None)
    winners = [spec for spec, score in scored if score == best]
    vendors = [spec for spec in winners if spec.provider != BUILTIN]
    chosen = vendors or winners
    return Claim(spec=chosen[0]) if len(chosen) == 1 else Claim(spec=None, tied=tuple(chosen))


def scores(head: bytes, formats: Sequence[FormatSpec]) -> list[tuple[FormatSpec, float]]:
    """Return how sure each format is that *head* opens a file of its own, the most sure first."""
    return sorted(((spec, _score(spec, head)) for spec in formats), key=lambda scored: -scored[1])


def _score(spec: FormatSpec, head: bytes) -> float:
    """Ask a format; one whose `sniff` raises, against its contract, does not recognise the file."""
    try:
        return spec.sniff(head)
    except Exception:
        return 0.0
