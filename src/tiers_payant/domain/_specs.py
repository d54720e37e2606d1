"""What plugins hand over: typed objects, once per run, never per row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

import attrs
import pluggy

from tiers_payant.domain._apercu import Element
from tiers_payant.domain._champs import as_tuple
from tiers_payant.domain._source import Entree
from tiers_payant.domain.tables import Tables
from tiers_payant.errors import Problem, ProblemsError

__all__ = ["PROJECT", "FormatSpec", "Lecture", "hookimpl"]

PROJECT = "tiers_payant"
"""Name of the pluggy project and of the entry-point group."""

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a plugin's functions; see `tiers_payant.plugins.hookspecs`."""


@attrs.frozen
class Lecture:
    """What one reader gives back: all that could be read, and all that could not."""

    tables: Tables
    problems: tuple[Problem, ...] = attrs.field(default=(), converter=as_tuple)

    def check(self) -> Lecture:
        """Return itself when nothing is wrong.

        Raises:
            ProblemsError: There are problems; the exception holds them all.
        """
        if self.problems:
            raise ProblemsError(self.problems)
        return self


@attrs.frozen(kw_only=True)
class FormatSpec:
    """A file format: how to recognise it, read it and, where it can be, write it."""

    name: str
    """Short and unique: `b2`, `noemie`, `camt053`."""
    label: str
    """What a pharmacist calls it, in French."""
    sniff: Callable[[bytes], float]
    """From the first 4096 bytes: 0 not mine, 1 certainly mine. Never raises."""
    read: Callable[[Entree], Lecture]
    """Never raises on bad content: what is wrong goes to the problems."""
    read_parts: Callable[[Entree, int], Iterator[Lecture]] | None = None
    """Read a file of any size in parts of about so many bytes, each a lecture of its own, in memory that does not grow
    with the file. The parts together hold the rows and the problems that `read` gives."""
    write: Callable[[Tables, BinaryIO], None] | None = None
    """Write the facts that this format can hold."""
    elements: Callable[[Entree, Lecture], Iterator[Element]] | None = None
    """From a file and what was read of it, what the file is made of, in order: for whoever inspects it."""
    provider: str = "tiers-payant"
    """The distribution that brings it; a vendor's outranks a built-in on equal scores."""
    version: str = attrs.field(default="", eq=False)
    """Of the plugin that brings it; what its distribution or its `__version__` says when empty."""
    requires_api: str = ""
    """API levels that it needs, as `>=1,<2`; those of its plugin when empty."""
