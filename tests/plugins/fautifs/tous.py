"""Every plugin of this folder whose defect is that of one thing: one run of the kit judges them all."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from tiers_payant.domain import hookimpl

__all__ = ["SEULS", "each"]

SEULS = frozenset({
    "code_sans_source", "hook_mal_ecrit", "hook_qui_leve", "mal_appelee", "mauvais_type", "mauvaise_signature",
    "vient_tard",
})  # fmt: skip
"""Those whose defect is that of the plugin: each is run by itself."""


def each(hook: str) -> list[Any]:
    """What the plugins of this folder give to a hook, the sound one among them."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    modules = [import_module(f"tests.plugins.fautifs.{name}") for name in names if name not in {*SEULS, "tous"}]
    return [spec for module in modules if hasattr(module, hook) for spec in getattr(module, hook)()]


@hookimpl
def tiers_payant_formats() -> list[Any]:
    return each("tiers_payant_formats")


@hookimpl
def tiers_payant_rendus() -> list[Any]:
    return each("tiers_payant_rendus")


@hookimpl
def tiers_payant_modeles() -> list[Any]:
    return each("tiers_payant_modeles")


@hookimpl
def tiers_payant_controles() -> list[Any]:
    return each("tiers_payant_controles")


@hookimpl
def tiers_payant_gates() -> list[Any]:
    return each("tiers_payant_gates")


@hookimpl
def tiers_payant_passes() -> list[Any]:
    return each("tiers_payant_passes")


@hookimpl
def tiers_payant_indicateurs() -> list[Any]:
    return each("tiers_payant_indicateurs")


@hookimpl
def tiers_payant_journaux() -> list[Any]:
    return each("tiers_payant_journaux")


@hookimpl
def tiers_payant_exports() -> list[Any]:
    return each("tiers_payant_exports")
