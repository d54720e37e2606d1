"""What a letter becomes, its files, and what a plugin brings to write one: templates and renderers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

import attrs

from tiers_payant.domain._champs import as_tuple
from tiers_payant.domain._choix import Canal, TypeDebiteur
from tiers_payant.domain._courriers import Courrier
from tiers_payant.errors import LetterError, SourceError, TiersPayantError

__all__ = ["Lettre", "LettreImpossible", "ModeleSpec", "RendererSpec", "Support"]

_BINARY: int = getattr(os, "O_BINARY", 0)
"""Windows would write line ends its own way."""
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


class Support(StrEnum):
    """What a renderer makes."""

    TEXTE = "texte"
    HTML = "html"
    PDF = "pdf"
    EMAIL = "email"
    """A message ready to send, RFC 5322; nobody here sends it."""
    SCRIPT = "script"
    """What to say on the telephone, or to type on a portal."""
    BORDEREAU = "bordereau"
    """The factures concerned, as a table (CSV)."""
    REMISE = "remise"
    """The file handed to a collector (CSV)."""


@attrs.frozen(kw_only=True)
class Lettre:
    """What one contact gave: the files to post, to send or to read."""

    relance: str
    """Id of the contact."""
    canal: Canal
    objet: str
    """Subject, in French: nothing medical."""
    fichiers: Mapping[str, bytes] = attrs.field(repr=lambda files: f"<{len(files)} files>")
    """Content by file name; names are opaque, of ASCII letters, digits, dots and dashes."""
    provider: str = "tiers-payant"
    """The distribution that brought the renderer of its first file."""
    rendus: Mapping[str, tuple[str, str]] = attrs.field(factory=dict)
    """For each file, by its name, the distribution that brought its renderer, and its version."""
    modele: str = ""
    """Name of its template."""
    modele_provider: str = ""
    """The distribution that brought the template."""
    modele_version: str = ""
    remarque: str = ""
    """What whoever sends it should know, in French: a page to print, for want of the extra `pdf`."""

    def __attrs_post_init__(self) -> None:
        wrong = [name for name in self.fichiers if _FILE.fullmatch(name) is None]
        if wrong:
            raise LetterError(f"{self.relance}: a file name that may tell something, or leave its folder")

    def write(self, folder: str | Path) -> tuple[Path, ...]:
        """Write the files into *folder*, which is made when it is not there; return their paths.

        They name people and what they owe: a file or a folder that is made here is its owner's alone.

        Raises:
            SourceError: One cannot be written.
        """
        place = Path(folder)
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name, content in self.fichiers.items():
                handle = os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600)
                with os.fdopen(handle, "wb") as out:
                    out.write(content)
        except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
            raise SourceError(f"{place.name}: {getattr(error, 'strerror', None) or 'no path'}") from None
        return tuple(place / name for name in self.fichiers)


@attrs.frozen(kw_only=True)
class LettreImpossible:
    """A contact whose letter cannot be written: that of the others can."""

    relance: str
    """Id of the contact."""
    raison: str
    """Why, in English, without any value of a file; the command line says it in French."""

    @classmethod
    def of(cls, relance: str, error: TiersPayantError) -> LettreImpossible:
        """Return what an error says of a contact, which it may name already."""
        return cls(relance=relance, raison=str(error).removeprefix(f"{relance}: "))


@attrs.frozen(kw_only=True)
class ModeleSpec:
    """One template: the words of a letter. A field that `Courrier` has not is refused when it is loaded."""

    name: str
    """As `Palier.modele` names it."""
    types: tuple[TypeDebiteur, ...] = attrs.field(default=(), converter=as_tuple)
    """For whom; empty for anybody."""
    objet: str
    """Subject: a Jinja template."""
    corps: str
    """Body: a Jinja template of plain paragraphs, parted by blank lines; lines that begin with a dash are a list."""
    source: str = ""
    provider: str = "tiers-payant"
    version: str = attrs.field(default="", eq=False)
    requires_api: str = ""


@attrs.frozen(kw_only=True)
class RendererSpec:
    """One way to put a letter on paper or on screen."""

    name: str
    support: Support
    label: str
    """In French."""
    suffix: str
    """Of the file, with its dot: `.pdf`."""
    render: Callable[[Courrier, ModeleSpec], bytes]
    """Raises `LetterError` for what cannot be written; never half a letter."""
    provider: str = "tiers-payant"
    version: str = attrs.field(default="", eq=False)
    requires_api: str = ""
