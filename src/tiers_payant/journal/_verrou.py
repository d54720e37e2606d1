"""One run at a time in a folder: a lock file, which tells who holds it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tiers_payant.domain import printable, source_error
from tiers_payant.errors import RelanceError

__all__ = ["VERROU_RELANCES", "locked"]

VERROU_RELANCES = "relances.verrou"
"""Lock of a commit of dunning."""
_LONGEST = 32


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock file *name* of *folder* while the block runs.

    A lock that its process left behind is told, and never broken: two runs that both break it would both go on.

    Raises:
        RelanceError: Another process holds it, or left it.
        SourceError: It cannot be made.
    """
    path = folder / name
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise RelanceError(f"{printable(str(path))}: {_held_by(path)}") from None
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise source_error(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(f"{os.getpid()}\n")
        yield
    finally:
        with suppress(OSError):
            path.unlink()


def _held_by(path: Path) -> str:
    """Say who holds a lock."""
    try:
        text = path.read_bytes()[:_LONGEST].decode("ascii", "replace").strip()
    except OSError:
        text = ""
    if not text.isdigit():
        return "another run is at work, or was cut short; delete this file if none is"
    if not _is_gone(int(text)):
        return f"another run is at work (process {text})"
    return f"a run was cut short (process {text} is gone); delete this file"


def _is_gone(process: int) -> bool:
    """Tell whether no process of that number lives on this machine; where it cannot be asked, one may."""
    if os.name != "posix":  # elsewhere, signal 0 is not a question
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:
        return False
    return False
