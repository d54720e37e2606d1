"""The nearest things that did not match: bank lines of about a transfer's net, transfers of about a line's amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._codes import EtatVirement
from tiers_payant.domain._table import Entiers, Jours

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["equal_groups", "equal_lines", "near_groups", "near_lines"]

Rows = npt.NDArray[np.int64]

_NEAR = 20
"""What is within a twentieth of the amount is near."""
_EXAMINED = 50
"""Most neighbours looked at closely: ten thousand equal amounts would say nothing more."""
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
    return _nearest(rows, lines.montant_cents[rows] - net, _waited(tables.groupes.date[groupe], lines.date[rows]))


def _groups(result: Rapprochement, line: int, width: int) -> list[int]:
    tables, net = result.tables, result.net_groupes_cents
    amount = int(tables.virements.montant_cents[line])
    rows = np.flatnonzero((np.abs(net - amount) <= width) & (net != 0))
    claims = tables.comptes.officine[tables.comptes.compte == tables.virements.compte[line]]
    if len(claims):
        rows = rows[np.isin(tables.groupes.officine[rows], claims)]
    waited = -_waited(tables.virements.date[line], tables.groupes.date[rows])
    return _nearest(rows, net[rows] - amount, waited)


def _accounts_of_others(result: Rapprochement, officine: bytes) -> npt.NDArray[np.bytes_]:
    """Return the accounts that other officines claim, and this one does not."""
    comptes = result.tables.comptes
    mine = comptes.officine == officine
    return np.setdiff1d(comptes.compte[~mine], comptes.compte[mine])


def _waited(first: np.datetime64, then: Jours) -> Entiers:
    """Return the days from one day to others; far beyond any window where one is not known."""
    waited = (then - first).astype(np.int64)
    return np.where(np.isnat(then) | np.isnat(first), np.int64(1 << 30), waited)


def _nearest(rows: Rows, gaps: Entiers, waited: Entiers) -> list[int]:
    """Keep the rows in the window, the smallest gap first, then the fewest days."""
    around = (waited >= -_BEFORE) & (waited <= _AFTER)
    rows, gaps, waited = rows[around], gaps[around], waited[around]
    order = np.lexsort((rows, waited, np.abs(waited), np.abs(gaps)))
    return [int(row) for row in rows[order[:_EXAMINED]]]
