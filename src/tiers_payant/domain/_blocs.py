"""The `TP-<date>-<payer>-<numbers>` blocks of transfer labels: what two of them say against each other.

A bank cuts a label anywhere, puts blanks into its numbers, and writes words of its own after it. So two blocks
contradict each other only where neither can be the other one cut short. Source: labels seen in public code, 2015-2026.
"""

from __future__ import annotations

import re

import attrs

from tiers_payant.domain._formules import wording
from tiers_payant.domain._payeurs import plain_text

__all__ = ["Bloc", "blocs_in", "blocs_of"]

_BLOC = re.compile(r"TP ?2 ?0 ?\d ?\d ?(?:0 ?[1-9]|1 ?[0-2]) ?(?:0 ?[1-9]|[12] ?\d|3 ?[01])")
"""Its mark and its date; digits that are no date are a provider's number, after a payer whose name ends in TP."""
_DATED = len("TP20260101")


@attrs.frozen
class Bloc:
    """A block and all that follows it in its text, plain."""

    texte: str
    signes: str = attrs.field(init=False, eq=False, repr=False)
    """Without spaces."""

    @signes.default
    def _compact(self) -> str:
        return self.texte.replace(" ", "")

    def word_at(self, place: int) -> str:
        """Return the word that begins at that sign; empty when none does."""
        seen = 0
        for word in self.texte.split():
            if seen >= place:
                return word if seen == place else ""
            seen += len(word)
        return ""

    def contradicts(self, line: Bloc) -> bool:
        """Say whether the block of a bank *line* is of another transfer than this announced one."""
        ours, theirs = self.signes, line.signes
        if ours[:_DATED] != theirs[:_DATED] and min(len(ours), len(theirs)) >= _DATED:
            return True  # of another day: nearly every pair that is compared
        place = _agreeing(ours, theirs)
        if place in (len(ours), len(theirs)):
            return False
        if place < _DATED:
            return True
        if ours[place].isdigit() != theirs[place].isdigit():
            return False  # cut, then words of the bank
        word, own = line.word_at(place), self.word_at(place)
        if not word:
            return True
        if ours[place].isdigit():
            return len(own) == len(word)
        return bool(own) and place == _DATED and word not in wording()


def blocs_of(label: str) -> tuple[Bloc, ...]:
    """Return the blocks of a label that a return announces."""
    return blocs_in(plain_text(label)) if "TP" in label.upper() else ()


def blocs_in(text: str) -> tuple[Bloc, ...]:
    """Return the blocks of *text*, as `plain_text` leaves it."""
    if "TP" not in text:
        return ()
    return tuple(Bloc(text[found.start() :]) for found in _BLOC.finditer(text))


def _agreeing(one: str, other: str) -> int:
    """Return how many signs the two begin with in common."""
    length = min(len(one), len(other))
    return next((place for place in range(length) if one[place] != other[place]), length)
