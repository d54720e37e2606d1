"""Writing a file whole: another reader sees the old one or the new one, never a part."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from tiers_payant.domain._source import printable
from tiers_payant.errors import SourceError

__all__ = ["write_whole", "writing_whole"]


def write_whole(path: Path, data: bytes, *, private: bool = True) -> None:
    """Write a file, in place of the one that was there, with its permissions.

    Args:
        path: The file.
        data: What it holds.
        private: Whether a new one is its owner's alone, as one that may hold names must be.

    Raises:
        SourceError: It cannot be written; the file that was there is as it was.
    """
    with writing_whole(path, private=private) as out:
        out.write(data)


@contextmanager
def writing_whole(path: Path, *, private: bool = True) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes the place of *path* when the block ends well, as for `write_whole`.

    What the block raises leaves the file that was there as it was, and none beside it. A link is followed; a pipe or a
    device is no file to take the place of.

    Raises:
        SourceError: It cannot be written; an `OSError` or a `ValueError` of the block is taken for that.
    """
    try:
        place = Path(os.path.realpath(path))
        if place.exists() and not place.is_file():
            raise OSError(errno.EISDIR if place.is_dir() else errno.EINVAL, "not a file")
        with TemporaryDirectory(dir=place.parent, prefix=f".{path.name[:40]}.") as folder:
            draft = Path(folder) / "draft"
            draft.touch(0o600 if private else 0o666)
            with draft.open("wb") as out:
                yield out
            with suppress(FileNotFoundError):
                draft.chmod(place.stat().st_mode)
            draft.replace(place)
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise _refused(path, error) from None


def _refused(path: Path, error: Exception) -> SourceError:
    return SourceError(f"{printable(path.name)}: {getattr(error, 'strerror', None) or 'no path'}")
