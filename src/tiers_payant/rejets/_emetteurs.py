"""Who sent each reject line, and what it says of the share: distinct senders, and the rank of that of each line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import count
from typing import TypeVar

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Rejets, Tables

__all__ = ["PARTS", "Emetteurs", "coded"]

Ints = npt.NDArray[np.int64]
T = TypeVar("T", bound=Hashable)

PARTS = ("", "O", "C")
"""What a reject line says of the share."""


def coded(values: Sequence[T]) -> tuple[list[T], Ints]:
    """Return the distinct values, and the rank of each one among them; a dictionary, since texts sort slowly."""
    ranks: defaultdict[T, int] = defaultdict(count().__next__)
    found = np.fromiter(map(ranks.__getitem__, values), dtype=np.int64, count=len(values))
    return list(ranks), found


@attrs.frozen(eq=False)
class Emetteurs:
    """Who sent each reject line: the kinds and numbers met, and the rank of that of each row."""

    connus: list[tuple[str, str]]
    rangs: Ints
    parts: Ints
    """Rank in `PARTS` of what each row says of the share."""

    @classmethod
    def of(cls, tables: Tables, rejets: Rejets) -> Emetteurs:
        retours = tables.retours
        kinds = [kind.strip().upper() for kind in _texts(retours.emetteur_type)]
        pairs = list(zip(kinds, _texts(retours.emetteur), strict=True))
        connus, of_retour = coded([*pairs, ("", "")])  # the last is that of a line of no return, whose rank is -1
        parts = np.select([rejets.part == b"O", rejets.part == b"C"], [1, 2], default=0)
        return cls(connus, of_retour[rejets.retour], parts.astype(np.int64))


def _texts(column: npt.NDArray[np.bytes_]) -> list[str]:
    return [text.decode("latin-1") for text in column.tolist()]
