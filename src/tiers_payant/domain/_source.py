"""Where facts come from: the entry that a reader is given, and what is remembered of it."""

from __future__ import annotations

import io
import mmap
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import attrs

from tiers_payant.errors import SourceError

__all__ = ["Entree", "Source"]

HEAD = 4096


@attrs.frozen(kw_only=True)
class Source:
    """One file read: what it was taken for, and how far its layout can be trusted."""

    nom: str
    """Name relative to what the caller gave."""
    format: str = ""
    """Name of the format, as its plugin gives it; empty when none claimed it."""
    reference: str = ""
    """Exchange reference, norm or schema version that the file states."""
    octets: int = 0
    enregistrements: int = 0
    """Records, entities or entries read."""
    confiance: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    """For each field of the file that decides a figure, the confidence in its position: A, B or C."""

    @property
    def confiance_min(self) -> str:
        """The weakest confidence among the deciding fields; empty when nothing was decided."""
        return max(self.confiance.values(), default="")


@attrs.define(kw_only=True, slots=False)
class Entree:
    """What a reader is given: a file, or bytes under a name."""

    nom: str
    chemin: Path | None = None
    contenu: bytes | None = attrs.field(default=None, repr=False)
    options: Mapping[str, str] = attrs.field(factory=dict)
    """What the caller wants the reader to assume, such as `{"cadrage": "blocs"}`."""

    def head(self) -> bytes:
        """Return the first 4096 bytes."""
        with self.flux() as stream:
            return stream.read(HEAD)

    def flux(self) -> BinaryIO:
        """Open the entry for reading from its start.

        Raises:
            SourceError: The file cannot be opened.
        """
        if self.contenu is not None:
            return io.BytesIO(self.contenu)
        if self.chemin is None:
            raise SourceError(f"{self.nom}: neither a path nor a content")
        try:
            return self.chemin.open("rb")
        except OSError as error:
            raise SourceError(f"{self.nom}: {error.strerror}") from error

    @cached_property
    def octets(self) -> memoryview:
        """The whole content, mapped into memory rather than copied when it is a file.

        Raises:
            SourceError: The file cannot be opened.
        """
        if self.contenu is not None:
            return memoryview(self.contenu)
        with self.flux() as stream:
            try:
                return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
            except ValueError:  # an empty file cannot be mapped
                return memoryview(b"")
