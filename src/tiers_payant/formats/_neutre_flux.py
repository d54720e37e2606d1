"""The lines of a text file whose encoding nobody told: blocks of UTF-8, and where each line stands in the file."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from typing import BinaryIO

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["LONGEST_LINE", "Bloc", "Flux", "LongueLigne"]

Ints = npt.NDArray[np.int64]

_BLOCK = 1 << 20
LONGEST_LINE = 1 << 20
"""Bytes of the longest line that is sure to be cut into cells; more is no table, and is kept raw."""

_UTF_8 = b"\xef\xbb\xbf"
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@attrs.frozen(eq=False)
class Bloc:
    """Whole lines, in UTF-8, each with its line feed."""

    ligne: int
    """Number of the first one, from 1."""
    texte: bytes
    octets: Ints
    """Byte of the file where each starts."""

    def after(self, count: int) -> Bloc:
        """Return the same lines without the *count* first."""
        rest = self.texte.split(b"\n", count)[count]
        return Bloc(self.ligne + count, rest, self.octets[count:])

    def joined(self, other: Bloc) -> Bloc:
        """Return these lines, then those of the block that follows."""
        return Bloc(self.ligne, self.texte + other.texte, np.concatenate([self.octets, other.octets]))


@attrs.frozen(eq=False)
class LongueLigne:
    """A line too long to be one of a table."""

    ligne: int
    octet: int
    contenu: bytes


class Flux:
    """Reads a file by blocks of lines.

    Lines are UTF-8 each by itself; one that is not is read as Windows-1252, or as Latin-1 when it holds a byte that
    Windows-1252 does not have. A byte order mark tells UTF-16. A file without any line feed ends its lines by carriage
    returns.
    """

    def __init__(self, stream: BinaryIO) -> None:
        head = stream.read(_BLOCK)
        self.utf_16 = _UTF_16.get(head[:2], "")
        self.supposed: dict[str, int] = {}
        """How many lines were read in an encoding that nothing tells, by its name."""
        self._octet = 2 if self.utf_16 else len(_UTF_8) if head.startswith(_UTF_8) else 0
        self._read: Callable[[], bytes] = partial(stream.read, _BLOCK)
        head = head[self._octet :]
        if self.utf_16:
            self._read = partial(next, _transcoded(stream, head, self.utf_16), b"")
            head = self._read()
        self._ending = b"\r" if b"\r" in head and b"\n" not in head else b"\n"
        self._rest = head
        self._ligne = 1

    def __iter__(self) -> Iterator[Bloc | LongueLigne]:
        while raw := self._next():
            if raw.endswith(self._ending):
                yield self._bloc(raw)
            elif len(raw) > LONGEST_LINE:
                yield self._long(raw)
            else:
                yield self._bloc(raw + self._ending)

    def _next(self) -> bytes:
        """Return a block of whole lines, what ends the file without an end of line, or the start of a long line."""
        while True:
            more = self._read() if len(self._rest) <= LONGEST_LINE else b""
            raw, self._rest = self._rest + more, b""
            end = raw.rfind(self._ending) + 1
            if not more or (not end and len(raw) > LONGEST_LINE):
                return raw
            if end:
                self._rest = raw[end:]
                return raw[:end]
            self._rest = raw

    def _long(self, start: bytes) -> LongueLigne:
        parts = [start]
        while more := self._read():
            line, ending, self._rest = more.partition(self._ending)
            parts += [line, ending]
            if ending:
                break
        long = LongueLigne(self._ligne, self._octet, b"".join(parts))
        self._ligne += 1
        text = long.contenu
        self._octet += len(text.decode("utf-8", "replace").encode(self.utf_16) if self.utf_16 else text)
        return long

    def _bloc(self, raw: bytes) -> Bloc:
        if self._ending == b"\r":
            raw = raw.replace(b"\r", b"\n")
        sizes = self._sizes(raw)
        starts = np.fromiter(accumulate(sizes[:-1], initial=self._octet), dtype=np.int64, count=len(sizes))
        bloc = Bloc(self._ligne, self._as_utf_8(raw), starts)
        self._ligne += len(sizes)
        self._octet = int(starts[-1]) + sizes[-1]
        return bloc

    def _sizes(self, raw: bytes) -> list[int]:
        if self.utf_16:
            return [len(f"{line}\n".encode(self.utf_16)) for line in raw.decode().split("\n")[:-1]]
        ends = np.flatnonzero(np.frombuffer(raw, dtype=np.uint8) == ord("\n")) + 1
        sizes: list[int] = np.diff(ends, prepend=0).tolist()
        return sizes

    def _as_utf_8(self, raw: bytes) -> bytes:
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return b"\n".join(map(self._line_as_utf_8, raw.split(b"\n")))
        return raw

    def _line_as_utf_8(self, line: bytes) -> bytes:
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            try:
                text, name = line.decode("cp1252"), "Windows-1252"
            except UnicodeDecodeError:
                text, name = line.decode("latin-1"), "Latin-1"
            self.supposed[name] = self.supposed.get(name, 0) + 1
            return text.encode("utf-8")
        return line


def _transcoded(stream: BinaryIO, head: bytes, encoding: str) -> Iterator[bytes]:
    """Yield the blocks of a stream in UTF-8, *head* first; none is empty."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    raw = head
    while raw:
        if text := decoder.decode(raw):
            yield text.encode("utf-8", "replace")
        raw = stream.read(_BLOCK)
    if text := decoder.decode(b"", final=True):
        yield text.encode("utf-8", "replace")
