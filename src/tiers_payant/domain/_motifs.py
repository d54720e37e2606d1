"""The catalogue of reasons and of exceptions: stable codes, and the French words of each, as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import attrs

from tiers_payant.domain._donnees import read_builtin, structure

__all__ = ["MotifException", "motif_texte", "motifs_exceptions"]


@attrs.frozen(kw_only=True)
class MotifException:
    """One code of exception, in words."""

    sujet: tuple[str, ...]
    """What it may be told of: `creance`, `reponse`, `groupe`, `virement`."""
    phrase: str
    """One sentence, in which `{nombre}` stands for the count of the exception."""
    phrase_un: str = ""
    """The sentence when the count is 1, where it differs."""
    phrase_zero: str = ""
    """The sentence when the count is 0, where it differs."""
    compte: str = ""
    """What the count is of; empty when the code has none."""
    montant: str
    """What its cents are."""
    sens: str
    faire: str
    """What to do about it."""
    attend: bool = False
    """Whether time alone may settle it."""

    def phrase_de(self, nombre: int) -> str:
        """Return the sentence, for this count."""
        special = {0: self.phrase_zero, 1: self.phrase_un}.get(nombre, "")
        return (special or self.phrase).format(nombre=nombre)


@cache
def motifs_exceptions() -> Mapping[str, MotifException]:
    """Return every code of exception, in the order of the catalogue."""
    return {
        code: structure(body, MotifException, f"exceptions.toml: {code}")
        for code, body in read_builtin("exceptions.toml").items()
    }


@cache
def _motifs() -> dict[str, str]:
    return read_builtin("motifs.toml")


def motif_texte(code: str) -> str:
    """Return the French sentence of a reason code; empty for none."""
    return _motifs()[code] if code else ""
