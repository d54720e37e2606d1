"""Why a thing stands where it stands, in French: what is said, and the facts under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

__all__ = ["Bloc", "Explication", "joined"]

SHOWN = 5
"""Most rivals, candidates or parts that are named; the others are counted."""


@attrs.frozen(kw_only=True, repr=False)
class Explication:
    """Why one créance, answer, announced transfer or bank line stands where it stands.

    Printed, it is a French text of a few lines. It holds what was read, such as labels of bank lines and words of
    rejects: keep it as you keep the files.
    """

    sujet: str
    """`creance`, `reponse`, `groupe` or `virement`."""
    id: str
    """Its name: `Rapprochement.explain` takes it back."""
    lignes: tuple[str, ...]
    """The text; what hangs from a line is indented below it."""
    faits: Mapping[str, Any] = attrs.field(hash=False)
    """The same as values that JSON can hold: cents, days, identifiers, ISO dates."""

    def __str__(self) -> str:
        return "\n".join(self.lignes)

    def __repr__(self) -> str:
        return f"<Explication of a {self.sujet}, {len(self.lignes)} lines>"

    def __contains__(self, words: str) -> bool:
        """Tell whether the text says these words."""
        return words in str(self)


@attrs.frozen
class Bloc:
    """A part of an explanation: lines of text, and the facts under them."""

    lignes: tuple[str, ...] = ()
    faits: Mapping[str, Any] = attrs.field(factory=dict, hash=False)

    def indented(self) -> Bloc:
        return Bloc(tuple(f"  {line}" for line in self.lignes), self.faits)


def joined(blocs: Iterable[Bloc]) -> tuple[str, ...]:
    """Return the lines of several blocs, one under the other."""
    return tuple(line for bloc in blocs for line in bloc.lignes)
