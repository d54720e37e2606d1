"""Files that are on the disk, not only in the memory of the system, when it is said that they are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tiers_payant.domain import source_error

__all__ = ["put_whole", "see_written"]


def see_written(paths: Iterable[Path]) -> None:
    """See files on the disk, not only in the memory of the system."""
    for path in paths:
        try:
            with path.open("r+b") as file:
                os.fsync(file.fileno())
        except OSError as error:
            raise source_error(path, error) from error


def put_whole(path: Path, content: bytes) -> None:
    """Put a file in place whole or not at all."""
    other = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with other.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        other.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            other.unlink(missing_ok=True)
        raise source_error(path, error) from error


def _sync_folder(folder: Path) -> None:
    """See the new name on the disk; a system that cannot open a folder does it by itself."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
