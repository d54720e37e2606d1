"""Hooks of reading and writing: file formats."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import FormatSpec
from tiers_payant.plugins.hookspecs._marque import hookspec

__all__ = ["tiers_payant_formats"]


@hookspec
def tiers_payant_formats() -> Iterable[FormatSpec]:  # type: ignore[empty-body]
    """Return the file formats that this plugin brings.

    Each is asked, by its `sniff`, about every file: the highest score wins. A vendor's format beats a built-in one on
    a tie; two vendors tied on a file is a problem that names both, and the file is not read.

    Example:
        A plugin is any object, often a module, that carries the marked function::

            from tiers_payant.domain import FormatSpec, Lecture, Tables, hookimpl

            def sniff(head):
                return 0.9 if head.startswith(b"MON-LGO;") else 0

            def read(entree):
                return Lecture(Tables())

            @hookimpl
            def tiers_payant_formats():
                return [FormatSpec(name="mon-lgo", label="Mon LGO", sniff=sniff, read=read, provider="mon-lgo")]
    """
