"""Where facts come from: the entry that a reader is given, and what is remembered of it."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import attrs

from tiers_payant.domain._copies import open_bounded, open_view, private_copy_of
from tiers_payant.domain._surcharges import Surcharges
from tiers_payant.errors import SourceError

__all__ = ["Entree", "Source", "printable", "source_error"]

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
    """Length; once expanded, when it came out of an archive."""
    enregistrements: int = 0
    """Records, entities or entries read."""
    confiance: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    """For each field of the file that decides a figure, the confidence in its position: A, B or C."""
    surcharges: tuple[str, ...] = ()
    """Overrides of the layout that it was read with, in French: what of which record, and the file that says so."""
    lecteur: str = ""
    """The plugin whose format read it; empty when no reader did, and for what never was a file."""
    lecteur_version: str = ""
    """Version of that plugin; empty when it tells none."""

    @property
    def confiance_min(self) -> str:
        """The weakest confidence among the deciding fields; empty when nothing was decided."""
        return max(self.confiance.values(), default="")


@attrs.frozen(kw_only=True, slots=False, eq=False)
class Entree:
    """What a reader is given: a file, or bytes under a name."""

    nom: str
    chemin: Path | None = None
    contenu: bytes | memoryview | None = attrs.field(default=None, repr=False)
    options: Mapping[str, str] = attrs.field(factory=dict)
    """What the caller wants the reader to assume, such as `{"cadrage": "blocs"}`."""
    surcharges: Surcharges = Surcharges()
    """Corrections of the built-in layouts."""

    def head(self) -> bytes:
        """Return the first 4096 bytes.

        Raises:
            SourceError: The file cannot be opened.
        """
        if self.contenu is not None:
            return bytes(self.contenu[:HEAD])
        with self.flux() as stream:
            return stream.read(HEAD)

    def flux(self) -> BinaryIO:
        """Open the entry for reading from its start; a file that grows ends where it ended when it was opened.

        Raises:
            SourceError: The file cannot be opened.
        """
        if self.contenu is not None:
            return io.BytesIO(self.contenu) if isinstance(self.contenu, bytes) else open_view(self.contenu)
        return open_bounded(self._fichier())

    @cached_property
    def octets(self) -> memoryview:
        """The whole content, read-only: of a file, a copy that nobody else can change.

        The file itself is never mapped into memory: another program that cut it while a reader looks would end the
        process, without any exception.

        Raises:
            SourceError: The file cannot be opened.
        """
        if self.contenu is not None:
            return memoryview(self.contenu).toreadonly()
        with self._fichier() as file:
            return private_copy_of(file)

    def _fichier(self) -> io.FileIO:
        if self.chemin is None:
            raise SourceError(f"{self.nom}: neither a path nor a content")
        try:
            return self.chemin.open("rb", buffering=0)
        except OSError as error:
            raise SourceError(f"{self.nom}: {error.strerror}") from error


def printable(name: str) -> str:
    """Return *name* fit for screen and JSON: escapes for line feeds, terminal codes, bytes that are no UTF-8."""
    return "".join(
        letter if letter.isprintable() or unicodedata.category(letter) == "Zs"  # spaces of all widths stay
        else letter.encode("unicode_escape").decode("ascii")
        for letter in name
    )  # fmt: skip


def source_error(path: Path, error: OSError | ValueError) -> SourceError:
    """Return what to raise for a path that the system does not give: its name fit for a screen, and the reason."""
    return SourceError(f"{printable(str(path))}: {getattr(error, 'strerror', None) or error}")
