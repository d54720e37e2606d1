"""What every bank format checks: that a statement adds up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import Statut
from tiers_payant.domain._problemes import ProblemLog
from tiers_payant.domain.tables import Releves, Virements

__all__ = ["Place", "check_balances", "one_line", "unwrapped"]

_SLICE = 1 << 13
"""Lines worked on at a time: what bounds the memory of a check."""

_BREAKS = re.compile(r"\s*[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


@attrs.frozen(kw_only=True)
class Place:
    """Where a statement stands in its file, and whether it was read to its end."""

    line: int | None = None
    offset: int | None = None
    complete: bool = True


def _booked_cents(releves: Releves, virements: Virements) -> npt.NDArray[np.int64]:
    """Return, for each statement, the sum of its lines that are booked in its currency, signed hundredths."""
    total = np.zeros(len(releves), dtype=np.int64)
    for begin in range(0, len(virements), _SLICE):
        rows = slice(begin, begin + _SLICE)
        owner = virements.releve[rows]
        counted = (owner >= 0) & (virements.statut[rows] == Statut.COMPTABILISE)
        counted[counted] = virements.devise[rows][counted] == releves.devise[owner[counted]]
        np.add.at(total, owner[counted], virements.montant_cents[rows][counted])
    return total


def check_balances(releves: Releves, virements: Virements, places: Sequence[Place], log: ProblemLog) -> None:
    """Report every statement whose closing balance does not follow from its opening balance and its lines.

    The gap is closing - (opening + credits - debits). A check that cannot be made is reported as not made, but of an
    advice, which owes no balance.
    """
    gaps = releves.final_cents - releves.initial_cents - _booked_cents(releves, virements)
    for number, place in enumerate(places):
        absent = _missing(place, known=(bool(releves.initial_connu[number]), bool(releves.final_connu[number])))
        if absent and not releves.avis[number]:
            log.add("RELEVE_NON_CONTROLE", line=place.line, offset=place.offset, absent=absent)
        elif gaps[number] and not absent:
            gap = int(gaps[number])
            log.add("RELEVE_DESEQUILIBRE", line=place.line, offset=place.offset, field="solde", ecart_cents=gap)


def _missing(place: Place, *, known: tuple[bool, bool]) -> str:
    """Name, in French, what the check lacks; empty when it can be made."""
    if not place.complete:
        return "la fin du relevé"
    names = [name for name, given in zip(("le solde initial", "le solde final"), known, strict=True) if not given]
    return ", ".join(names)


def one_line(text: str) -> str:
    """Return *text* with a space for whatever Python takes for the end of a line: one text, one line of `textes`."""
    return text if text.isprintable() else _BREAKS.sub(" ", text)


def unwrapped(text: str, width: int) -> str:
    r"""Return a text that a bank cut every *width* characters, on one line: a full line may end inside a word.

    >>> unwrapped("VIR CPA\nM EX\nMERCI", 7)
    'VIR CPAM EX MERCI'
    """
    lines = text.split("\n")
    gaps = ["" if len(line) >= width or after.startswith(" ") else " " for line, after in pairwise(lines)]
    return one_line("".join(map("".join, zip(lines, [*gaps, ""], strict=True))).strip())
