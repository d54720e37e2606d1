"""What a bank line's text says: who pays, and the references in it. Text is evidence, never a key by itself."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import attrs

from tiers_payant.domain._blocs import Bloc, blocs_in, blocs_of
from tiers_payant.domain._formules import payer_in_label
from tiers_payant.domain._payeurs import Payeur, Payeurs, plain_text
from tiers_payant.domain.tables import Virements

__all__ = ["LibelleAnnonce", "Textes", "announced", "announced_blocs", "texts_of"]

LibelleAnnonce = tuple[tuple[str, ...], ...]
"""Ways in which an announced label may stand in a line: the texts of one of them are all wanted."""

_FULL = 31
"""A first text of that length fills its field, 32 characters less a blank that was cut: the second goes on."""

_SHORTEST_LABEL = 8
"""A shorter transfer label could stand in a bank line by chance."""

_TYPED = re.compile(
    r"\bTP ?2 ?0 ?\d ?\d ?[01] ?\d ?[0-3] ?\d\b"
    r"|\bLOT (?:NUMERO )?[A-Z]*\d+"
    r"|\b\d{2}(?:00[1-9]|0[1-9]\d|[12]\d{2}|3[0-5]\d|36[0-6])\d{7}\b"
)
"""References that only third-party payers write: the `TP-` block, whose date a line wrap may cut, a lot number, the 12
digits of a CPAM transfer (year, day of the year, rank). Sources: labels seen in public code, 2015-2026. The day in the
12 digits denies nothing: most of those labels pay insured persons, and none is shown to pay a professional."""


@attrs.frozen
class Textes:
    """What was read in the text of one bank line."""

    compact: str
    """Every text of the line, plain, without spaces: a reference may be cut by a line wrap."""
    payeur: Payeur | None
    typed: bool
    """Whether it holds a typed reference."""
    blocs: tuple[Bloc, ...]
    """Each `TP-` block in its texts, with what follows it."""

    def holds(self, label: str) -> bool:
        """Say whether the line holds the whole transfer *label* that a return announces."""
        wanted = _compact(label)
        return _tells(wanted) and wanted in self.compact

    def holds_whole(self, label: LibelleAnnonce) -> bool:
        """Say whether the line holds all of the label that a return announces.

        No digit follows it, nor stands before its own: that would be a longer number. Some banks print a label twice,
        glued.
        """
        return any(all(map(self._has, texts)) for texts in label)

    def _has(self, wanted: str) -> bool:
        text, size = self.compact, len(wanted)
        start = text.find(wanted)
        while start >= 0:
            end = start + size
            while text.startswith(wanted, end):  # printed again, glued
                end += size
            before = wanted[0].isdigit() and text[start - 1 : start].isdigit()
            if not before and not text[end : end + 1].isdigit():
                return True
            start = text.find(wanted, start + 1)
        return False

    def denies(self, first: str, second: str) -> bool:
        """Say whether the line names another transfer than the one that a return announces in these two texts.

        A `TP-` block is compared with the announced one, date, payer and numbers, as far as both go.
        """
        return bool(self.blocs) and self.contradicts(announced_blocs(first, second))

    def contradicts(self, announced: Sequence[Bloc]) -> bool:
        """Say whether the blocks of the line are all of another transfer than the *announced* ones; not if none is."""
        blocs = self.blocs
        return bool(blocs and announced) and all(own.contradicts(line) for own in announced for line in blocs)


def announced_blocs(first: str, second: str) -> tuple[Bloc, ...]:
    """Return the `TP-` blocks of the label that a return announces in two texts."""
    return blocs_of(f"{first}{second}" if len(first) >= _FULL else first) or blocs_of(second)


def announced(first: str, second: str) -> LibelleAnnonce:
    """Return how the label that a return announces in two texts may stand in a line; empty when it tells too little.

    The second text goes on where the first is full, or stands for itself: both are wanted, together or apart.
    """
    if not first and not second:
        return ()
    texts = tuple(filter(None, (_compact(first), _compact(second))))
    ways = [("".join(texts),), texts] if len(texts) > 1 else [texts]
    return tuple(way for way in ways if way and all(map(_tells, way)))


def _compact(text: str) -> str:
    return plain_text(text).replace(" ", "")


def _tells(wanted: str) -> bool:
    """Say whether a label, plain and without spaces, is long enough, and holds a number."""
    return len(wanted) >= _SHORTEST_LABEL and any(map(str.isdigit, wanted))


def texts_of(virements: Virements, payeurs: Payeurs) -> list[Textes]:
    """Read the text of each bank line."""
    lines = zip(
        virements.emetteur.tolist(), virements.libelle.tolist(), virements.textes.tolist(), virements.date.tolist(),
        virements.montant_cents.tolist(), strict=True,
    )  # fmt: skip
    return [_read(*line, payeurs) for line in lines]


def _read(emetteur: str, libelle: str, textes: str, day: dt.date | None, cents: int, payeurs: Payeurs) -> Textes:
    name, label, rest = plain_text(emetteur), plain_text(libelle), plain_text(textes)
    every = f"{label} {rest}"
    compact = label.replace(" ", ""), rest.replace(" ", "")
    return Textes(
        compact=compact[0] + compact[1],
        payeur=_payer_of(name, label, day, payeurs, credit=cents > 0),
        typed=_TYPED.search(every) is not None,
        blocs=(*blocs_in(label), *blocs_in(rest)),
    )


def _payer_of(name: str, label: str, day: dt.date | None, payeurs: Payeurs, *, credit: bool) -> Payeur | None:
    """Name the payer of a line.

    The name that the bank gives to a credit tells its payer, known or not: what a patient writes beside it may name any
    insurer. The name on a debit may be the officine's own.
    """
    found = payeurs.named_in(name, day) if name else None
    return found if found or (name and credit) else payeurs.named_in(payer_in_label(label), day)
