"""Names for what has no key of its own: announced groups and bank lines. They do not depend on the order of files."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import Part
from tiers_payant.domain.tables import Tables, Virements

__all__ = ["groupe_id", "groupe_ids", "line_contents", "print_of", "same_day", "virement_id", "virement_ids"]

_PRINT = 12
"""Characters of a fingerprint that are shown: enough to tell a pharmacy's returns apart."""


def groupe_ids(tables: Tables) -> list[str]:
    """Name each announced group: its return's fingerprint, its rank in that return, and its share if it is split."""
    groups = tables.groupes
    ranks: Counter[int] = Counter()
    names = []
    for retour, part in zip(groups.retour.tolist(), groups.part.tolist(), strict=True):
        names.append(_groupe_name(tables, retour, ranks[retour], part))
        ranks[retour] += 1
    return names


def groupe_id(tables: Tables, row: int) -> str:
    """Name one announced group, as `groupe_ids` does, without looking at the others."""
    groups, retour = tables.groupes, int(tables.groupes.retour[row])
    rank = int(np.count_nonzero(groups.retour[:row] == retour))
    return _groupe_name(tables, retour, rank, int(groups.part[row]))


def _groupe_name(tables: Tables, retour: int, rank: int, part: int) -> str:
    return f"{print_of(tables, retour)}/{rank}" + (f"/{Part(part).name}" if part else "")


def print_of(tables: Tables, retour: int) -> str:
    """Return the mark of a return in names: the head of its fingerprint."""
    return tables.retours.empreinte[retour].decode()[:_PRINT] if retour >= 0 else "objet"


def virement_ids(tables: Tables) -> list[str]:
    """Name each bank line: account, booking date, and rank among that day's lines sorted by content."""
    return _line_names(tables.virements)


def virement_id(tables: Tables, row: int) -> str:
    """Name one bank line, as `virement_ids` does, from the lines of its account and day alone."""
    rows = same_day(tables.virements, tables.virements.compte[row], tables.virements.date[row])
    return _line_names(tables.virements.take(rows))[int(np.searchsorted(rows, row))]


def same_day(lines: Virements, compte: bytes, day: np.datetime64) -> npt.NDArray[np.int64]:
    """Return the rows of the bank lines of one account and day, in order."""
    booked = np.flatnonzero(np.isnat(lines.date) if np.isnat(day) else lines.date == day)
    found: npt.NDArray[np.int64] = booked[lines.compte[booked] == compte]
    return found


def _line_names(lines: Virements) -> list[str]:
    content = line_contents(lines)
    names = [""] * len(content)
    ranks: Counter[tuple[bytes, str]] = Counter()
    for row in sorted(range(len(content)), key=content.__getitem__):
        compte, date = content[row][0], content[row][1]
        names[row] = f"{compte.decode('latin-1')}:{date}:{ranks[compte, date]}"
        ranks[compte, date] += 1
    return names


def line_contents(lines: Virements) -> list[tuple[Any, ...]]:
    """Return what each bank line says, account and day first: it sorts them whatever the order of files.

    Two lines of one content are one another's equal; whether each is booked, and its currency, is part of it.
    """
    return list(
        zip(
            lines.compte.tolist(), map(str, lines.date.tolist()), lines.montant_cents.tolist(), lines.libelle.tolist(),
            lines.emetteur.tolist(), lines.textes.tolist(), map(str, lines.date_valeur.tolist()),
            lines.statut.tolist(), lines.devise.tolist(), strict=True,
        )
    )  # fmt: skip
