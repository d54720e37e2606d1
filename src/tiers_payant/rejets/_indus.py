"""Withholdings and debts that returns tell of: one action for each return of each officine."""

from __future__ import annotations

from collections import defaultdict

import attrs
import numpy as np

from tiers_payant.domain import NatureMouvement, Tables, print_of

__all__ = ["Indu", "indus_of"]

_NATURES = (NatureMouvement.RETENUE, NatureMouvement.INDU)


@attrs.frozen(kw_only=True)
class Indu:
    """What one return takes back from one officine, or says that it owes."""

    officine: str
    marque: str
    """Mark of the return in names: the head of its fingerprint."""
    cents: int
    """Withheld by this return, and the debts that remain after it; each debt that remains counts once, in the latest
    return that tells of it."""
    mouvements: tuple[int, ...]
    """Rows of `tables.mouvements`."""


def indus_of(tables: Tables) -> list[Indu]:
    """Return what is withheld or claimed, by officine and return; what nets to nothing is left out."""
    table = tables.mouvements
    rows = np.flatnonzero(np.isin(table.nature, _NATURES)).tolist()
    latest = _latest_told(tables, rows)
    groups: dict[tuple[bytes, str], list[int]] = defaultdict(list)
    for row in rows:
        groups[table.officine[row], print_of(tables, int(table.retour[row]))].append(row)
    found = []
    for (officine, mark), members in groups.items():
        cents = sum(-int(table.montant_cents[row]) for row in members)
        cents += sum(int(table.solde_cents[row]) for row in members if row in latest)
        if cents > 0:
            name = officine.decode("latin-1")
            found.append(Indu(officine=name, marque=mark, cents=cents, mouvements=tuple(members)))
    return found


def _latest_told(tables: Tables, rows: list[int]) -> set[int]:
    """Return, of the movements about one debt, the one that tells last how much of it remains."""
    table = tables.mouvements
    last: dict[tuple[bytes, bytes] | int, tuple[tuple[str, str, int], int]] = {}
    for row in rows:
        reference = table.reference[row]
        debt = (table.officine[row], reference) if reference else row
        retour = int(table.retour[row])
        day = str(tables.retours.date[retour]) if retour >= 0 else ""
        # The smallest remainder of one return is what remains after all that it withholds.
        when = ("" if day == "NaT" else day, print_of(tables, retour), -int(table.solde_cents[row]))
        if debt not in last or when > last[debt][0]:
            last[debt] = when, row
    return {row for _, row in last.values()}
