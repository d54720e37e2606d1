"""What every command shares of the screen: exit statuses, complaints, how far long work is."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable

from tiers_payant.errors import Gravite, Problem

__all__ = [
    "DONE",
    "INTERRUPTED",
    "NOTHING",
    "USAGE",
    "WITH_PROBLEMS",
    "ProgressLine",
    "columns",
    "complain",
    "forget_output",
    "status_of",
]

_SANS_TERMINAL = 100

DONE, WITH_PROBLEMS, USAGE, NOTHING, INTERRUPTED = 0, 1, 2, 3, 130


def status_of(problems: Iterable[Problem]) -> int:
    """Return the exit status of work that is done, whatever is merely told for information."""
    return WITH_PROBLEMS if any(problem.gravite is not Gravite.INFORMATION for problem in problems) else DONE


def columns() -> int:
    """Return the columns of the terminal; 100 where there is none, as in a file."""
    return shutil.get_terminal_size((_SANS_TERMINAL, 0)).columns


def complain(message: str) -> None:
    """Write one line on the error stream; what would move a terminal is escaped."""
    from tiers_payant.domain import printable

    print(f"tiers-payant : {printable(message)}", file=sys.stderr)


def forget_output() -> None:
    """Send nowhere what is still to be written, so that Python does not try again, and fail, when it ends."""
    if sys.stdout is sys.__stdout__ and sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class ProgressLine:
    """One line on the error stream that says how far long work is; silent when nobody looks at a terminal."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def files(self, rank: int, total: int, name: str) -> None:
        self._show(rank, total, name)

    def counts(self, rank: int, total: int) -> None:
        self._show(rank, total, "")

    def _show(self, rank: int, total: int, name: str) -> None:
        if self._shown and total:
            share = 100 * rank // total
            print(f"\r\033[K{self._what} {share:3d} %  {name[-60:]}", end="", file=sys.stderr, flush=True)
