"""Who is plugged in, and what was set aside of what they bring."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib import metadata

import attrs

__all__ = ["BUILTIN", "Code", "Greffon", "Origine", "Quarantaine", "library_version"]

BUILTIN = "tiers-payant"
"""Name of the plugin that brings what the library ships, and of its distribution."""


class Origine(StrEnum):
    """How a plugin came in."""

    INTERNE = "interne"
    ENTRY_POINT = "entry point"
    FICHIER = "fichier"
    ARGUMENT = "argument"


class Code(StrEnum):
    """Why something was set aside."""

    IMPORT = "IMPORT"
    """Its code could not be loaded."""
    API = "API"
    """It asks for another level of the API, or says its need in words that are none."""
    SIGNATURE = "SIGNATURE"
    """A function is not one that its hook can call: other arguments, a wrapper, or no mark."""
    INCONNU = "INCONNU"
    """A marked function answers no hook: its name is misspelt, or from a later API."""
    EXCEPTION = "EXCEPTION"
    """It raised, or tried to leave the program."""
    TYPE = "TYPE"
    """It gave something else than its hook takes."""
    DOUBLON = "DOUBLON"
    """It gave one name twice."""
    CONFLIT = "CONFLIT"
    """Another plugin claims the same name: neither is used."""


@attrs.frozen(kw_only=True)
class Greffon:
    """One plugin: who it is, where it comes from, what it answers."""

    name: str
    distribution: str = ""
    """The installed distribution that declares it; empty when none does."""
    version: str = ""
    """Of the distribution, else the `__version__` of the plugin; empty when unknown."""
    requires_api: str = ""
    hooks: tuple[str, ...] = ()
    """Hooks that it answers, sorted; for one that is not active, those that it was meant to answer, and empty when
    nobody can tell."""
    origine: Origine
    actif: bool = True
    """False when it was set aside whole, before any of its functions was called."""

    @property
    def told(self) -> str:
        """Who it is, for a message: `lgo (lgo-exemple 1.2)`."""
        of = " ".join(part for part in (self.distribution, self.version) if part)
        return f"{self.name} ({of})" if of else self.name


@attrs.frozen(kw_only=True)
class Quarantaine:
    """Something that a plugin brought, or was to bring, and that is not used."""

    plugin: str
    version: str = ""
    hook: str = ""
    """The hook that was asked; empty when the plugin was set aside as it was loaded."""
    code: Code
    raison: str
    """In English, without a value of any file: of an exception, its type alone."""
    detail: str = ""
    """What the words of `raison` are about: the type of an exception, the nearest spelling, the other plugin."""
    secondes: float = 0.0
    """How long the call took that failed."""


@cache
def library_version() -> str:
    """Return the version of the library that is installed; empty when it runs from its sources."""
    try:
        return metadata.version(BUILTIN)
    except metadata.PackageNotFoundError:
        return ""
