"""gzip and zip, opened in passing: what they hold is read as if it stood beside them. Nothing is written under a name.

What an archive says of its sizes is not believed: bytes are counted as they come out. An archive may give 64 MiB
whatever its own size, then 200 times its own size, and never more than 2 GiB; beyond, it is taken for a bomb, and the
member that went too far is left out. What was expanded stands in memory up to 64 MiB, then in an unnamed temporary
file. An archive inside an archive is refused, as are encrypted members, symbolic links and rare compressions.
"""

from __future__ import annotations

import gzip
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import chain, count
from pathlib import PurePosixPath
from typing import BinaryIO, cast

import attrs

from tiers_payant.domain import Entree, printable, private_copy
from tiers_payant.errors import Location, Problem

__all__ = [
    "FREE_BYTES",
    "IN_MEMORY",
    "MOST_BYTES",
    "MOST_DIRECTORY",
    "MOST_MEMBERS",
    "MOST_RATIO",
    "expand",
    "is_archive",
]

FREE_BYTES = 64 << 20
"""Bytes that any archive may expand to, however small it is."""
MOST_RATIO = 200
"""Beyond them, how many bytes may come out for each byte of the archive. Real statements and lots give 5 to 40."""
MOST_BYTES = 2 << 30
"""Bytes that no archive may expand to."""
MOST_MEMBERS = 10_000
MOST_DIRECTORY = 4 << 20
"""Bytes that the directory of a zip may take: it is held in memory whole."""
IN_MEMORY = 64 << 20
"""Bytes of one member held in memory; a longer one stands in a temporary file."""

_GZIP, _ZIP, _EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
_PIECE = 1 << 16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF")
"""What makes of a zip a document or a program, whose members mean nothing apart."""
_ENCRYPTED = 1

_END, _END_SIZE = b"PK\x05\x06", 22
_LOCATOR, _LOCATOR_SIZE = b"PK\x06\x07", 20
_END64, _END64_SIZE = b"PK\x06\x06", 56
_LONGEST_COMMENT = 0xFFFF


def is_archive(head: bytes) -> bool:
    """Tell whether a file that starts with *head* is a gzip or a zip."""
    return head.startswith((_GZIP, _ZIP, _EMPTY_ZIP))


def expand(entree: Entree) -> Iterator[Entree | Problem]:
    """Yield what an archive holds, one entry at a time, and what is wrong with it; nothing is raised for its content.

    A gzip gives one entry, under its own name. A zip gives one entry per member, sorted, under the name of the zip, a
    slash, and the name of the member with escapes for what cannot be printed; the second member of one name gets `#2`.
    Folders and hidden members are passed over, as they are on a disk. Of a member that is broken, what stands before
    the fault is given, then the problem.

    Raises:
        SourceError: The file cannot be opened.
    """
    with entree.flux() as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        opened = _Archive(entree, _Budget(min(MOST_BYTES, max(FREE_BYTES, MOST_RATIO * size))))
        if entree.head().startswith(_GZIP):
            with gzip.GzipFile(fileobj=stream) as unzipped:
                yield from opened.member(entree.nom, unzipped.read1)
        else:
            yield from opened.members(stream)


class _TooLarge(Exception):  # noqa: N818 - it never leaves this module
    pass


@attrs.define
class _Budget:
    """How many bytes an archive may still give."""

    left: int

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise _TooLarge


@attrs.frozen
class _Archive:
    """One archive being opened."""

    entree: Entree
    budget: _Budget

    def members(self, stream: BinaryIO) -> Iterator[Entree | Problem]:
        """Yield the members of a zip."""
        if _directory_size(stream) > MOST_DIRECTORY:
            yield self._problem("ARCHIVE_TROP_DE_MEMBRES", self.entree.nom, plafond=MOST_MEMBERS)
            return
        try:
            archive = zipfile.ZipFile(stream)
        except Exception:  # the module promises no list of what a broken directory raises
            yield self._problem("ARCHIVE_ILLISIBLE", self.entree.nom)
            return
        with archive:
            names = archive.NameToInfo.keys()
            if any(name in names for name in _OFFICE):
                yield self._problem("FORMAT_INCONNU", self.entree.nom)
                return
            members = list(_labelled(archive.infolist()))
            if not members:
                yield self._problem("ARCHIVE_VIDE", self.entree.nom)
            for label, info in sorted(members, key=lambda member: member[0])[:MOST_MEMBERS]:
                nom = f"{self.entree.nom}/{label}"
                refusal = _refusal(info)
                if refusal:
                    yield self._problem(refusal, nom)
                    continue
                yield from self._open(archive, info, nom)
                if self.budget.left < 0:
                    return
            if len(members) > MOST_MEMBERS:
                yield self._problem("ARCHIVE_TROP_DE_MEMBRES", self.entree.nom, plafond=MOST_MEMBERS)

    def _open(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, nom: str) -> Iterator[Entree | Problem]:
        try:
            member = cast(zipfile.ZipExtFile, archive.open(info))  # the only one that is read without losing a piece
        except Exception:  # its local header may hold anything
            yield self._problem("ARCHIVE_ILLISIBLE", nom)
            return
        with member:
            yield from self.member(nom, member.read1)

    def member(self, nom: str, read: Callable[[int], bytes]) -> Iterator[Entree | Problem]:
        """Yield one member as an entry, and what is wrong with it."""
        pieces = _Pieces(read, self.budget)
        try:
            content = private_copy(pieces, in_memory=IN_MEMORY)
        except _TooLarge:
            yield self._problem("ARCHIVE_TROP_GRANDE", nom, plafond_mo=MOST_BYTES >> 20, rapport=MOST_RATIO)
            return
        if is_archive(bytes(content[:4])):
            yield self._problem("ARCHIVE_IMBRIQUEE", nom)
        elif len(content) or not pieces.broken:
            yield attrs.evolve(self.entree, nom=nom, chemin=None, contenu=content)
        if pieces.broken:
            yield self._problem("ARCHIVE_ILLISIBLE", nom)

    def _problem(self, code: str, nom: str, **params: object) -> Problem:
        return Problem(code=code, at=Location(file=nom), params=params)


@attrs.define
class _Pieces:
    """What comes out of a member, as far as it can be expanded."""

    read: Callable[[int], bytes]
    budget: _Budget
    broken: bool = False

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._next():
            self.budget.spend(len(piece))
            yield piece

    def _next(self) -> bytes:
        try:
            return self.read(_PIECE)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
            self.broken = True
            return b""


def _labelled(infos: list[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Name each member that may hold something, no two alike: of one name, the second gets `#2`."""
    given: set[str] = set()
    for info in infos:
        name = info.filename.replace("\\", "/")  # as some tools of Windows write it
        parts = PurePosixPath(name).parts
        hidden = any(part.startswith(".") and part != ".." for part in parts)
        if name.endswith("/") or hidden:
            continue
        label = printable(name) or "?"
        names = chain([label], (f"{label}#{rank}" for rank in count(2)))
        free = next(one for one in names if one not in given)
        given.add(free)
        yield free, info


def _refusal(info: zipfile.ZipInfo) -> str:
    """Return the code of the problem for which a member is not opened; empty when it may be."""
    if info.flag_bits & _ENCRYPTED:
        return "ARCHIVE_CHIFFREE"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "ARCHIVE_LIEN"
    return "" if info.compress_type in _METHODS else "ARCHIVE_COMPRESSION"


def _directory_size(stream: BinaryIO) -> int:
    """Return how long the directory of a zip says it is, in either of the two places where it may; 0 for neither.

    The numbers are read where `zipfile` reads them: it would hold as much in memory.
    """
    stream.seek(0, 2)
    start = max(0, stream.tell() - _LONGEST_COMMENT - _END_SIZE - _LOCATOR_SIZE - _END64_SIZE)
    stream.seek(start)
    tail: bytes = stream.read()
    stream.seek(0)
    bare = tail[-_END_SIZE:]
    end = len(tail) - len(bare) if bare.startswith(_END) and bare.endswith(b"\0\0") else tail.rfind(_END)
    end64 = end - _LOCATOR_SIZE - _END64_SIZE
    if end64 >= 0 and tail.startswith(_LOCATOR, end - _LOCATOR_SIZE) and tail.startswith(_END64, end64):
        return int.from_bytes(tail[end64 + 40 : end64 + 48], "little")
    return int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
