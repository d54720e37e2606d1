"""The nearest things that did not match: bank lines of about a transfer's net, transfers of about a line's amount."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import EtatVirement
from tiers_payant.domain._identites import line_contents
from tiers_payant.domain._table import Entiers, Jours

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["equal_groups", "equal_lines", "near_groups", "near_lines"]

Rows = npt.NDArray[np.int64]
Key = tuple[Any, ...]

_NEAR = 20
"""What is within a twentieth of the amount is near."""
_ORDERED = 50
"""How many distances are put in order: more than are ever shown."""
_BEFORE, _AFTER = 31, 123
"""Days around the announcement in which a credit is near: a month before, four after."""


def equal_lines(result: Rapprochement, groupe: int) -> list[int]:
    """Return the bank lines of exactly the net of a group, booked around its date, the soonest first."""
    return _lines(result, groupe, 0)


def near_lines(result: Rapprochement, groupe: int) -> list[int]:
    """Return the in-scope bank lines of about the net of a group, booked around its date: the free ones first."""
    rows = _lines(result, groupe, abs(int(result.net_groupes_cents[groupe])) // _NEAR)
    rows = [row for row in rows if result.etats_virements[row] != EtatVirement.HORS_PERIMETRE]
    return sorted(rows, key=lambda row: result.etats_virements[row] == EtatVirement.EXPLIQUE)


def equal_groups(result: Rapprochement, line: int) -> list[int]:
    """Return the groups whose net is exactly the amount of a bank line, announced around its date."""
    return _groups(result, line, 0)


def near_groups(result: Rapprochement, line: int) -> list[int]:
    """Return the groups whose net is about the amount of a bank line, announced around its date: the open first."""
    rows = _groups(result, line, abs(int(result.tables.virements.montant_cents[line])) // _NEAR)
    paid = np.isin(rows, result.liens_virements.groupe).tolist()
    return [row for _, row in sorted(zip(paid, rows, strict=True), key=lambda one: one[0])]


def _lines(result: Rapprochement, groupe: int, width: int) -> list[int]:
    tables, net = result.tables, int(result.net_groupes_cents[groupe])
    lines = tables.virements
    rows = np.flatnonzero((np.abs(lines.montant_cents - net) <= width) & (lines.montant_cents != 0))
    rows = rows[~np.isin(lines.compte[rows], _accounts_of_others(result, tables.groupes.officine[groupe]))]
    waited = _waited(tables.groupes.date[groupe], lines.date[rows])
    return _nearest(rows, lines.montant_cents[rows] - net, waited, lambda row: _line_key(result, row))


def _groups(result: Rapprochement, line: int, width: int) -> list[int]:
    tables, net = result.tables, result.net_groupes_cents
    amount = int(tables.virements.montant_cents[line])
    rows = np.flatnonzero((np.abs(net - amount) <= width) & (net != 0))
    claims = tables.comptes.officine[tables.comptes.compte == tables.virements.compte[line]]
    if len(claims):
        rows = rows[np.isin(tables.groupes.officine[rows], claims)]
    waited = -_waited(tables.virements.date[line], tables.groupes.date[rows])
    return _nearest(rows, net[rows] - amount, waited, lambda row: _group_key(result, row))


def _accounts_of_others(result: Rapprochement, officine: bytes) -> npt.NDArray[np.bytes_]:
    """Return the accounts that other officines claim, and this one does not."""
    comptes = result.tables.comptes
    mine = comptes.officine == officine
    return np.setdiff1d(comptes.compte[~mine], comptes.compte[mine])


def _waited(first: np.datetime64, then: Jours) -> Entiers:
    """Return the days from one day to others; far beyond any window where one is not known."""
    waited = (then - first).astype(np.int64)
    return np.where(np.isnat(then) | np.isnat(first), np.int64(1 << 30), waited)


def _nearest(rows: Rows, gaps: Entiers, waited: Entiers, key: Callable[[int], Key]) -> list[int]:
    """Keep the rows in the window, the smallest gap first, then the fewest days, then by *key*."""
    around = (waited >= -_BEFORE) & (waited <= _AFTER)
    rows, gaps, waited = rows[around], np.abs(gaps[around]), waited[around]
    order = np.lexsort((waited, np.abs(waited), gaps))
    rows, gaps, waited = rows[order], gaps[order], waited[order]
    changes = np.flatnonzero((gaps[1:] != gaps[:-1]) | (waited[1:] != waited[:-1])) + 1
    equals = np.split(rows, changes)
    # Only what may be shown needs an order of its own, whatever that of files: the rest is counted.
    return [row for rank, ties in enumerate(equals) for row in (_by(key, ties) if rank < _ORDERED else ties.tolist())]


def _by(key: Callable[[int], Key], rows: Rows) -> list[int]:
    return sorted(rows.tolist(), key=key) if len(rows) > 1 else rows.tolist()


def _line_key(result: Rapprochement, row: int) -> Key:
    return line_contents(result.tables.virements.take(np.array([row])))[0]


def _group_key(result: Rapprochement, row: int) -> Key:
    retour = int(result.tables.groupes.retour[row])
    return result.tables.retours.empreinte[retour] if retour >= 0 else b"", row
