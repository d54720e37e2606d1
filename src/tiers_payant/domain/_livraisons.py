"""Bank lines that several deliveries tell: each counts once.

A bank tells one booking in several ways: an advice in the day (camt.052, camt.054, CFONB 240), a statement in the
evening (camt.053, CFONB 120), the same file again. Two equal lines of one delivery are two bookings; the same two
lines in two deliveries are still two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from tiers_payant.domain._cles import row_codes
from tiers_payant.domain._codes import Statut
from tiers_payant.domain.tables import Releves, Tables, Virements
from tiers_payant.errors import Location, Problem

__all__ = ["virements_once"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

_Holder = TypeVar("_Holder", str, tuple[str, int])


def virements_once(tables: Tables) -> tuple[Mask, list[Problem]]:
    """Tell which bank lines to keep, and what to report of the others.

    A statement outranks the advices of the account-days that it covers: those on which it books a line, and those of
    its period when its balances follow from its lines, which proves that it holds them all. Elsewhere an advice
    counts. What is left of one account and day merges as multisets: the most often that one delivery holds a line.
    Deliveries of one format are compared on amount and text; formats with one another on the amount alone, since each
    words its lines in its own way.
    """
    lines = tables.virements
    kept = np.ones(len(lines), dtype=np.bool_)
    advices = _are_advices(lines, tables.releves)
    if not advices.any() and len(set(lines.source.tolist())) < 2:
        return kept, []
    (days,) = row_codes([(lines.compte, lines.date)])
    told, absent = _outranked(lines, tables.releves, advices, days)
    kept[told | absent] = False
    kept[_repeated(tables, np.flatnonzero(kept), days)] = False
    return kept, [
        *_problems("LIGNES_DEJA_LUES", tables, np.flatnonzero(~kept & ~absent)),
        *_problems("AVIS_SANS_ECRITURE", tables, np.flatnonzero(absent)),
    ]


def _problems(code: str, tables: Tables, rows: Rows) -> list[Problem]:
    """One problem for each file that holds some of *rows*."""
    counts: defaultdict[str, int] = defaultdict(int)
    for source in tables.virements.source[rows].tolist():
        counts[tables.file_of(source)] += 1
    return [Problem(code=code, at=Location(file=name), params={"nombre": n}) for name, n in sorted(counts.items())]


def _are_advices(lines: Virements, releves: Releves) -> Mask:
    """Tell which lines an advice holds; a line of no statement is nobody's advice."""
    advices = lines.releve >= 0
    advices[advices] = releves.avis[lines.releve[advices]]
    return advices


def _outranked(lines: Virements, releves: Releves, advices: Mask, days: Rows) -> tuple[Mask, Mask]:
    """Return the advices of days on which a statement books lines; then those of the other days that one covers."""
    booked = lines.statut == Statut.COMPTABILISE
    told = advices & np.isin(days, days[booked & ~advices])
    absent = np.zeros(len(lines), dtype=np.bool_)
    periods = _proven_periods(lines, releves) if (advices & ~told).any() else {}
    rows_of: defaultdict[tuple[bytes, bytes], list[int]] = defaultdict(list)
    for row in np.flatnonzero(advices & ~told).tolist():
        rows_of[bytes(lines.compte[row]), bytes(lines.devise[row])].append(row)
    for account in rows_of.keys() & periods.keys():
        rows = np.array(rows_of[account])
        for first, last in periods[account]:
            absent[rows] |= (lines.date[rows] >= first) & (lines.date[rows] <= last)
    return told, absent


def _proven_periods(lines: Virements, releves: Releves) -> dict[tuple[bytes, bytes], set[tuple[Any, Any]]]:
    """Return, by account and currency, the first and last day of every statement whose balances prove its lines.

    The opening balance is that of the evening before, or of a day that the statement may hold in part only: its day is
    left out, unless it is also that of the closing balance.
    """
    sums = np.zeros(len(releves), dtype=np.int64)
    counted = (lines.releve >= 0) & (lines.statut == Statut.COMPTABILISE)
    counted[counted] = lines.devise[counted] == releves.devise[lines.releve[counted]]
    np.add.at(sums, lines.releve[counted], lines.montant_cents[counted])
    proven = releves.initial_connu & releves.final_connu & ~releves.avis & (releves.compte != b"")
    proven &= (releves.final_cents - releves.initial_cents == sums) & (releves.du <= releves.au)
    first = np.where(releves.du < releves.au, releves.du + 1, releves.du)
    periods: defaultdict[tuple[bytes, bytes], set[tuple[Any, Any]]] = defaultdict(set)
    for row in np.flatnonzero(proven).tolist():
        periods[bytes(releves.compte[row]), bytes(releves.devise[row])].add((first[row], releves.au[row]))
    return periods


def _repeated(tables: Tables, rows: Rows, days: Rows) -> list[int]:
    """Return the lines among *rows* that another delivery of their account and day already holds."""
    source = tables.virements.source
    order = rows[np.lexsort((source[rows], days[rows]))]
    edges = np.flatnonzero(np.diff(days[order], prepend=-1, append=-1))
    return [
        row
        for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        if source[order[begin]] != source[order[end - 1]]
        for row in _superfluous(tables, order[begin:end].tolist())
    ]


def _superfluous(tables: Tables, rows: Iterable[int]) -> list[int]:
    """Merge the lines of one account and day: deliveries of one format first, then the formats."""
    lines, sources = tables.virements, tables.sources
    alike: defaultdict[tuple[Any, ...], dict[tuple[str, int], list[int]]] = defaultdict(dict)
    for row in rows:
        number = int(lines.source[row])  # two folders may each hold a file of one name: two deliveries
        source = sources[number]
        delivery = alike[source.format, _amount(lines, row), _texts(lines, row)]
        delivery.setdefault((source.nom, number), []).append(row)
    superfluous: list[int] = []
    by_amount: defaultdict[tuple[Any, ...], dict[str, list[int]]] = defaultdict(dict)
    for (name, amount, _), deliveries in alike.items():
        by_amount[amount].setdefault(name, []).extend(_fullest(deliveries, superfluous))
    for formats in by_amount.values():
        _fullest(formats, superfluous)
    return superfluous


def _fullest(held: dict[_Holder, list[int]], superfluous: list[int]) -> list[int]:
    """Return the lines of whoever holds most, the first by name when several do; the others' are superfluous."""
    chosen = min(held, key=lambda name: (-len(held[name]), name))
    superfluous.extend(row for name, rows in held.items() if name != chosen for row in rows)
    return held[chosen]


def _amount(lines: Virements, row: int) -> tuple[Any, ...]:
    return int(lines.montant_cents[row]), int(lines.statut[row]), bytes(lines.devise[row])


def _texts(lines: Virements, row: int) -> tuple[Any, ...]:
    return lines.libelle[row], lines.emetteur[row], lines.textes[row], str(lines.date_valeur[row])
