"""What a plugin brings to keep the history of reminders: a store of runs, one text a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, runtime_checkable

import attrs
from attrs.validators import instance_of, matches_re

__all__ = ["Journal", "JournalSpec"]


@runtime_checkable
class Journal(Protocol):
    """A history of reminders that is open: one text a day, which the library writes and reads.

    The text is the run file of `docs/reference/relances-json.md`, kept to the letter. As a context manager it holds
    the lock: while the block runs, nobody else enters a journal of the same history, from another process or machine
    either. Letters are none of its business: they stay files of the folder.
    """

    def __enter__(self) -> object:
        """Take the lock; raise when another holds it."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> object:
        """Give the lock back. What was recorded stays, whatever the block raised afterwards."""

    def runs(self) -> Iterable[tuple[dt.date, str]]:
        """Return every run, each day once, in order of days.

        It is asked inside the block, and outside it by whoever only reads: then it takes no lock, and makes nothing,
        not even the folder. Where there is no history yet, there is no run.
        """

    def record(self, day: dt.date, text: str) -> None:
        """Keep *text* as the run of *day*, in place of that day's: whole, and on the disk, or not at all.

        Asked inside the block alone.
        """


@attrs.frozen(kw_only=True)
class JournalSpec:
    """A way to keep the history of reminders, under a name.

    Raises:
        ValueError: Its name is none.
    """

    name: str = attrs.field(validator=matches_re(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}"))
    """ASCII letters, digits and dashes; a folder keeps the name of its journal, so that it never changes."""
    label: str = attrs.field(validator=instance_of(str))
    """Where the history is kept, in French."""
    open: Callable[[Path], Journal]
    """Given the folder of letters, which may not exist yet, returns its journal. It takes no lock and makes nothing.
    A file of its own in that folder has a name that begins with `relances.`: readers of facts pass over it."""
    provider: str = "tiers-payant"
    """The distribution that brings it."""
    version: str = attrs.field(default="", eq=False)
    requires_api: str = ""
