"""What a bank line's text says: who pays, and the references in it. Text is evidence, never a key by itself."""

from __future__ import annotations

import re

import attrs

from tiers_payant.domain import Payeur, Payeurs, Virements, plain_text

__all__ = ["Textes", "texts_of"]

_DATED = re.compile(r"TP(\d{8})")
"""The date of a `TP-<date>-<payer>-...` block, spaces and signs left out."""

_SHORTEST_LABEL = 8
"""A shorter transfer label could stand in a bank line by chance."""

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
    dates: frozenset[str]
    """The dates of the `TP-` blocks in its texts."""

    def holds(self, label: str) -> bool:
        """Say whether the line holds the whole transfer *label* that a return announces."""
        wanted = plain_text(label).replace(" ", "")
        return len(wanted) >= _SHORTEST_LABEL and any(map(str.isdigit, wanted)) and wanted in self.compact

    def denies(self, *labels: str) -> bool:
        """Say whether the line dates its transfer on another day than these *labels* of one announcement do.

        Only the date of a `TP-` block is compared: what follows may be cut short, run into the bank's own wording, or
        differ between the two transfers of one announcement.
        """
        if not self.dates:
            return False
        own = frozenset().union(*map(dates_of, labels))
        return bool(own) and not own & self.dates


def dates_of(text: str) -> frozenset[str]:
    """Return the dates of the `TP-<date>-` blocks of *text*, as they are written."""
    return _dates_in(plain_text(text).replace(" ", "")) if text else _NO_DATE


def _dates_in(compact: str) -> frozenset[str]:
    return frozenset(_DATED.findall(compact)) if "TP" in compact else _NO_DATE


_NO_DATE: frozenset[str] = frozenset()


def texts_of(virements: Virements, payeurs: Payeurs) -> list[Textes]:
    """Read the text of each bank line."""
    lines = zip(virements.emetteur.tolist(), virements.libelle.tolist(), virements.textes.tolist(), strict=True)
    return [_read(emetteur, libelle, textes, payeurs) for emetteur, libelle, textes in lines]


def _read(emetteur: str, libelle: str, textes: str, payeurs: Payeurs) -> Textes:
    name, label, rest = plain_text(emetteur), plain_text(libelle), plain_text(textes)
    every = f"{label} {rest}"
    compact = label.replace(" ", ""), rest.replace(" ", "")
    return Textes(
        compact=compact[0] + compact[1],
        payeur=(payeurs.named_in(name) if name else None) or payeurs.named_in(label),
        typed=_TYPED.search(every) is not None,
        dates=_dates_in(compact[0]) | _dates_in(compact[1]),
    )
