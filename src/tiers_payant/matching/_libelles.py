"""What a bank line's text says: who pays, and the references in it. Text is evidence, never a key by itself."""

from __future__ import annotations

import re
from functools import lru_cache

import attrs

from tiers_payant.domain import Payeur, Payeurs, Virements, plain_text

__all__ = ["Textes", "texts_of"]

_SHORTEST_LABEL = 8
"""A shorter transfer label could stand in a bank line by chance."""

_REMEMBERED = 1024
"""Texts of bank lines remembered, during one call, once made plain: names of payers come back, labels rarely do."""

_TYPED = re.compile(r"\bTP \d{8}\b|\bLOT (?:NUMERO )?[A-Z]*\d+|\b\d{2}(?:[0-2]\d{2}|3[0-5]\d|36[0-6])\d{7}\b")
"""References that only third-party payers write: the `TP-` block, a lot number, the 12 digits of a CPAM transfer
(year, day of the year, rank). Sources: labels seen in public code, 2015-2026."""


@attrs.frozen
class Textes:
    """What was read in the text of one bank line."""

    compact: str
    """Every text of the line, plain, without spaces: a reference may be cut by a line wrap."""
    payeur: Payeur | None
    typed: bool
    """Whether it holds a typed reference."""

    def holds(self, label: str) -> bool:
        """Say whether the line holds the whole transfer *label* that a return announces."""
        wanted = plain_text(label).replace(" ", "")
        return len(wanted) >= _SHORTEST_LABEL and any(map(str.isdigit, wanted)) and wanted in self.compact


def texts_of(virements: Virements, payeurs: Payeurs) -> list[Textes]:
    """Read the text of each bank line."""
    lines = zip(virements.emetteur.tolist(), virements.libelle.tolist(), virements.textes.tolist(), strict=True)
    plain = lru_cache(_REMEMBERED)(plain_text)
    return [_read(plain(emetteur), plain(libelle), plain(textes), payeurs) for emetteur, libelle, textes in lines]


def _read(name: str, label: str, rest: str, payeurs: Payeurs) -> Textes:
    every = f"{label} {rest}"
    return Textes(
        compact=every.replace(" ", ""),
        payeur=(payeurs.named_in(name) if name else None) or payeurs.named_in(label),
        typed=_TYPED.search(every) is not None,
    )
