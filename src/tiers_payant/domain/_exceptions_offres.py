"""The exceptions that proposals are: the code that each reason gives its transfer and its bank line."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._exceptions_rangs import marked, most_of, rivals_of
from tiers_payant.domain._table import Entiers

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["Case", "asked_groups", "asked_lines"]

Mask = npt.NDArray[np.bool_]
Case = tuple[Mask, bytes, Entiers | int, Entiers | int]
"""Where it holds, and there: the code, the cents, the count."""

_OF_RETURNS = {
    b"AMBIGU": b"AMBIGU",
    b"FORTUIT": b"FORTUIT",
    b"HORS_PERIODE": b"HORS_PERIODE",
    b"BRUT": b"ECART_MONTANT",
    b"MONTANT_INFERIEUR": b"ECART_MONTANT",
    b"MONTANT_SUPERIEUR": b"ECART_MONTANT",
    b"PAYEUR_INCONNU": b"PAYEUR_INCONNU",
}
"""The reason of a proposal, and the code it gives its group and its bank line; the first of several."""
_WITHOUT_RETURN = (b"AMBIGU", b"HORS_BUDGET", b"FORTUIT")
"""The reasons of a proposal without a return, which are codes of exceptions too; the first of several."""


def asked_groups(result: Rapprochement, cents: Entiers) -> list[Case]:
    """Return the cases of the groups that bank lines are proposed for; *cents* are what each group has at risk."""
    asked = result.propositions
    return _cases(asked.groupe, asked.motif, most_of(asked.groupe, rivals_of(result), len(cents)), cents)


def asked_lines(result: Rapprochement, cents: Entiers) -> list[Case]:
    """Return the cases of the bank lines that are proposed for groups, then of those proposed for créances."""
    asked, directs = result.propositions, result.propositions_directes
    rivals = _direct_rivals(result, len(cents))
    return [
        *_cases(asked.virement, asked.motif, most_of(asked.virement, rivals_of(result), len(cents)), cents),
        *(
            (marked(directs.virement[directs.motif == motif], len(cents)), motif, cents, _counted(motif, rivals))
            for motif in _WITHOUT_RETURN
        ),
    ]


def _cases(rows: npt.NDArray[np.int32], motifs: npt.NDArray[np.bytes_], rivals: Entiers, cents: Entiers) -> list[Case]:
    return [
        (marked(rows[motifs == motif], len(cents)), code, cents, _counted(code, rivals))
        for motif, code in _OF_RETURNS.items()
    ]


def _counted(code: bytes, rivals: Entiers) -> Entiers | int:
    return rivals if code == b"AMBIGU" else 0


def _direct_rivals(result: Rapprochement, length: int) -> Entiers:
    """Return, for each bank line proposed for créances, how many other sets of them, and other lines, compete."""
    asked = result.propositions_directes
    sets: dict[int, set[int]] = defaultdict(set)
    lines: dict[int, set[str]] = defaultdict(set)
    for line, number, names in zip(
        asked.virement.tolist(), asked.ensemble.tolist(), asked.rivaux.tolist(), strict=True
    ):
        sets[line].add(number)
        lines[line].update(names.split())
    rivals = np.zeros(length, dtype=np.int64)
    for line, numbers in sets.items():
        rivals[line] = len(numbers) - 1 + len(lines[line])
    return rivals
