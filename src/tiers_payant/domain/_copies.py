"""Bytes that nobody else can change while they are read: copies of files, streams that end where they should."""

from __future__ import annotations

import errno
import io
import mmap
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

import numpy as np

__all__ = ["open_bounded", "open_view", "private_copy", "private_copy_of"]

IN_MEMORY = 1 << 30
"""Bytes of a file that are copied to memory; what is longer is copied to an unnamed temporary file, and mapped."""
PIECE = 1 << 20


def private_copy_of(file: io.FileIO) -> memoryview:
    """Copy an open file, as long as it is now, into memory or, beyond `IN_MEMORY`, to a temporary file.

    A file that is cut meanwhile gives what could be read of it; one that grows, no more than its length at the start.
    """
    size = os.fstat(file.fileno()).st_size
    if size > IN_MEMORY:
        return private_copy(_pieces(file, size), in_memory=0)
    # numpy asks the system for large pages, which makes this twice as fast as `file.read()`.
    content = np.empty(size, dtype=np.uint8).data
    place = 0
    while place < size and (count := file.readinto(content[place : place + PIECE])):
        place += count
    return content[:place].toreadonly()


def private_copy(pieces: Iterable[bytes | memoryview], *, in_memory: int) -> memoryview:
    """Gather *pieces* in memory or, once they are longer than *in_memory* bytes, in an unnamed temporary file.

    Raises:
        OSError: The temporary file cannot be written.
    """
    gathered = io.BytesIO()
    rest = iter(pieces)
    for piece in rest:
        gathered.write(piece)
        if gathered.tell() > in_memory:
            return _on_disk(chain([gathered.getbuffer()], rest))
    return gathered.getbuffer().toreadonly()


def _pieces(file: io.FileIO, size: int) -> Iterator[bytes]:
    left = size
    while left and (piece := file.read(min(PIECE, left))):
        left -= len(piece)
        yield piece


def _on_disk(pieces: Iterable[bytes | memoryview]) -> memoryview:
    """Write to a file without a name, which only this process can reach, and map it.

    The system may drop its pages from memory and read them again. It is given back with the last view of the mapping.
    """
    with tempfile.TemporaryFile(prefix="tiers-payant-") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


class _Window(io.RawIOBase):
    """A stream over bytes whose number does not change."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, "Invalid argument")  # as a file does, which `zipfile` counts on
        self._place = start + offset
        return self._place

    def _room(self, wanted: int) -> int:
        return max(0, min(wanted, self._size - self._place))


class _View(_Window):
    def __init__(self, view: memoryview) -> None:
        super().__init__(len(view))
        self._view = view

    def readinto(self, target: bytearray | memoryview, /) -> int:  # type: ignore[override]
        count = self._room(len(target))
        target[:count] = self._view[self._place : self._place + count]
        self._place += count
        return count


class _Bounded(_Window):
    def __init__(self, file: io.FileIO) -> None:
        super().__init__(os.fstat(file.fileno()).st_size)
        self._file = file

    def readinto(self, target: bytearray | memoryview, /) -> int:  # type: ignore[override]
        self._file.seek(self._place)
        count = self._file.readinto(memoryview(target)[: self._room(len(target))]) or 0
        self._place += count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def open_view(view: memoryview) -> BinaryIO:
    """Open bytes of memory as a stream."""
    return io.BufferedReader(_View(view))


def open_bounded(file: io.FileIO) -> BinaryIO:
    """Buffer an open file, which is read no further than it reached when it was opened."""
    return io.BufferedReader(_Bounded(file))
