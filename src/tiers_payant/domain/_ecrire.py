"""Writing a small file whole: another reader sees the old one or the new one, never a part."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from tiers_payant.domain._source import printable
from tiers_payant.errors import SourceError

__all__ = ["write_whole"]


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, in place of the one that was there, with its permissions; a new one is its owner's alone.

    Raises:
        SourceError: It cannot be written; the file that was there is as it was.
    """
    try:
        handle, draft = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise _refused(path, error) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        with suppress(FileNotFoundError):
            Path(draft).chmod(path.stat().st_mode)
        Path(draft).replace(path)
    except OSError as error:
        with suppress(OSError):
            Path(draft).unlink()
        raise _refused(path, error) from None


def _refused(path: Path, error: Exception) -> SourceError:
    return SourceError(f"{printable(path.name)}: {getattr(error, 'strerror', None) or 'no path'}")
