"""Bank lines that several deliveries tell: each counts once.

A bank tells one booking in several ways: an advice in the day (camt.052, camt.054, CFONB 240), a statement in the
evening (camt.053, CFONB 120), the same file again. Two equal lines of one delivery are two bookings; the same two
lines in two deliveries are still two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
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

    Inside the period of a statement whose balances follow from its lines, which proves that it holds them all, the
    lines of advices are set aside. Elsewhere an advice gives only what no statement of its account, currency and day
    holds: the statement may be cut, or an extract. Deliveries of one rank merge as multisets: the most often that one
    holds a line. Those of one format are compared on amount and text, or on the amount alone where the balances of
    both prove that they tell the same lines; formats with one another on the amount alone, since each words its lines
    in its own way.
    """
    lines = tables.virements
    kept = np.ones(len(lines), dtype=np.bool_)
    advices = _are_advices(lines, tables.releves)
    if not advices.any() and len(set(lines.source.tolist())) < 2:
        return kept, []
    (days,) = row_codes([(lines.compte, lines.devise, lines.date)])
    proven = _are_proven(lines, tables.releves)
    merger = _Merger(tables, days, _DayBalances(lines, tables.releves, proven))
    kept[merger.repeated(np.flatnonzero(~advices))] = False
    covered = _covered(lines, tables.releves, proven, advices)
    kept[merger.repeated(np.flatnonzero(advices & ~covered))] = False
    told = _are_told(lines, days, kept, advices, covered)
    kept[told | covered] = False
    alike = np.zeros(len(lines), dtype=np.bool_)
    alike[merger.alike] = True
    return kept, [
        *_problems("LIGNES_DEJA_LUES", tables, np.flatnonzero(~kept & ~(covered & ~told))),
        *_problems("AVIS_SANS_ECRITURE", tables, np.flatnonzero(covered & ~told)),
        *_problems("LIGNES_SEMBLABLES", tables, np.flatnonzero(kept & alike)),
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


def _are_told(lines: Virements, days: Rows, kept: Mask, advices: Mask, covered: Mask) -> Mask:
    """Tell which lines of advices have an equal in a statement: the first ones of each day, as many as it books.

    One delivery at a time on covered days; on the others the advices were merged before. A pending line and the same
    one booked are each compared: the first became the second.
    """
    told = np.zeros(len(lines), dtype=np.bool_)
    rows = np.flatnonzero(advices & kept)
    if not len(rows):
        return told
    (amounts,) = row_codes([(days, lines.montant_cents)])
    booked = kept & ~advices & (lines.statut == Statut.COMPTABILISE)
    counts = np.bincount(amounts[booked], minlength=int(amounts.max()) + 1)
    deliveries = np.where(covered, lines.source, -1)
    (groups,) = row_codes([(amounts[rows], lines.statut[rows], deliveries[rows])])
    told[rows] = _ranks(groups) < counts[amounts[rows]]
    return told


def _ranks(groups: Rows) -> Rows:
    """Return the rank of each row among those of its group, from 0."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, np.diff(np.append(starts, len(groups))))
    return ranks


def _covered(lines: Virements, releves: Releves, proven: Mask, advices: Mask) -> Mask:
    """Tell which lines of advices stand in the period of a statement that is proven."""
    covered = np.zeros(len(lines), dtype=np.bool_)
    periods = _periods(releves, proven) if advices.any() else {}
    rows_of: defaultdict[tuple[bytes, bytes], list[int]] = defaultdict(list)
    for row in np.flatnonzero(advices).tolist() if periods else ():
        rows_of[bytes(lines.compte[row]), bytes(lines.devise[row])].append(row)
    for account in rows_of.keys() & periods.keys():
        rows = np.array(rows_of[account])
        for first, last in periods[account]:
            covered[rows] |= (lines.date[rows] >= first) & (lines.date[rows] <= last)
    return covered


def _counted(lines: Virements, releves: Releves) -> Mask:
    """Tell which lines make the balance of their statement: booked, and in its currency."""
    counted: Mask = (lines.releve >= 0) & (lines.statut == Statut.COMPTABILISE)
    counted[counted] = lines.devise[counted] == releves.devise[lines.releve[counted]]
    return counted


def _are_proven(lines: Virements, releves: Releves) -> Mask:
    """Tell which statements have balances that follow from their lines."""
    sums = np.zeros(len(releves), dtype=np.int64)
    counted = _counted(lines, releves)
    np.add.at(sums, lines.releve[counted], lines.montant_cents[counted])
    proven: Mask = releves.initial_connu & releves.final_connu & ~releves.avis & (releves.compte != b"")
    proven &= releves.final_cents - releves.initial_cents == sums
    return proven


def _periods(releves: Releves, proven: Mask) -> dict[tuple[bytes, bytes], set[tuple[Any, Any]]]:
    """Return, by account and currency, the first and last day of every statement that is proven.

    The opening balance is that of the evening before, or of a day that the statement may hold in part only: its day is
    left out, unless it is also that of the closing balance.
    """
    first = np.where(releves.du < releves.au, releves.du + 1, releves.du)
    periods: defaultdict[tuple[bytes, bytes], set[tuple[Any, Any]]] = defaultdict(set)
    for row in np.flatnonzero(proven & (releves.du <= releves.au)).tolist():
        periods[bytes(releves.compte[row]), bytes(releves.devise[row])].add((first[row], releves.au[row]))
    return periods


class _DayBalances:
    """The balances of an account before and after each day of the statements that are proven.

    Two statements that give a day the same two balances tell the same lines. Two that follow each other in one day,
    as morning and evening do, give it different ones.
    """

    def __init__(self, lines: Virements, releves: Releves, proven: Mask) -> None:
        rows = np.flatnonzero(_counted(lines, releves))
        rows = rows[proven[lines.releve[rows]]]
        self._known = np.zeros(len(lines), dtype=np.bool_)
        self._before, self._after = np.zeros((2, len(lines)), dtype=np.int64)
        if not len(rows):
            return
        rows = rows[np.lexsort((lines.date[rows], lines.releve[rows]))]
        owner, days = lines.releve[rows], lines.date[rows].astype(np.int64)
        sums = np.concatenate(([0], np.cumsum(lines.montant_cents[rows])))
        news = np.diff(owner, prepend=-1) != 0
        begins = np.flatnonzero(news | (np.diff(days, prepend=days[0]) != 0))
        sizes = np.diff(np.append(begins, len(rows)))
        opened = np.repeat(np.flatnonzero(news), np.diff(np.append(np.flatnonzero(news), len(rows))))
        start = releves.initial_cents[owner] - sums[opened]
        self._known[rows] = True
        self._before[rows] = start + np.repeat(sums[begins], sizes)
        self._after[rows] = start + np.repeat(sums[begins + sizes], sizes)

    def of(self, row: int) -> tuple[int, int] | None:
        """Return the balances around the day of a line, in hundredths; None when nothing proves them."""
        return (int(self._before[row]), int(self._after[row])) if self._known[row] else None


class _Merger:
    """Merges deliveries of one rank: statements, then advices."""

    def __init__(self, tables: Tables, days: Rows, balances: _DayBalances) -> None:
        self.alike: list[int] = []
        """Booked lines of statements that another delivery of their format has for the same amount, worded in another
        way: nothing proves that they are one, nor that they are two."""
        self._tables = tables
        self._days = days
        self._balances = balances

    def repeated(self, rows: Rows) -> list[int]:
        """Return the lines among *rows* that another delivery of their account, currency and day already holds."""
        source = self._tables.virements.source
        order = rows[np.lexsort((source[rows], self._days[rows]))]
        edges = np.flatnonzero(np.diff(self._days[order], prepend=-1, append=-1))
        return [
            row
            for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
            if source[order[begin]] != source[order[end - 1]]
            for row in self._superfluous(order[begin:end].tolist())
        ]

    def _superfluous(self, rows: Iterable[int]) -> list[int]:
        """Merge the lines of one account and day: deliveries of one format first, then the formats."""
        lines, sources = self._tables.virements, self._tables.sources
        amounts: defaultdict[tuple[int, int], defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            amount = int(lines.montant_cents[row]), int(lines.statut[row])
            amounts[amount][sources[int(lines.source[row])].format].append(row)
        superfluous: list[int] = []
        for formats in amounts.values():
            _fullest({name: self._of_format(held, superfluous) for name, held in formats.items()}, superfluous)
        return superfluous

    def _of_format(self, rows: list[int], superfluous: list[int]) -> list[int]:
        """Merge the lines of one amount that deliveries of one format hold."""
        bookings = [self._by_delivery(one) for one in self._bookings(rows)]
        self.alike.extend(
            row
            for one in bookings
            if any(one.keys().isdisjoint(other) for other in bookings)
            for held in one.values()
            for row in held
            if self._is_booked_line(row)
        )
        return [row for one in bookings for row in _fullest(one, superfluous)]

    def _bookings(self, rows: list[int]) -> list[list[int]]:
        """Group the lines that are told in the same words, or between the same two balances."""
        above: dict[object, object] = {}

        def top(key: object) -> object:
            while (higher := above.setdefault(key, key)) != key:
                key = higher
            return key

        lines = self._tables.virements
        for row in rows:
            balances = self._balances.of(row)
            if balances is not None:
                above[top(_texts(lines, row))] = top(balances)
        groups: defaultdict[object, list[int]] = defaultdict(list)
        for row in rows:
            groups[top(_texts(lines, row))].append(row)
        return list(groups.values())

    def _by_delivery(self, rows: list[int]) -> dict[tuple[str, int], list[int]]:
        tables = self._tables
        held: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for row in rows:
            number = int(tables.virements.source[row])  # two folders may each hold a file of one name: two deliveries
            held[tables.sources[number].nom, number].append(row)
        return held

    def _is_booked_line(self, row: int) -> bool:
        lines, releves = self._tables.virements, self._tables.releves
        owner = int(lines.releve[row])
        return lines.statut[row] == Statut.COMPTABILISE and (owner < 0 or not releves.avis[owner])


def _fullest(held: Mapping[_Holder, list[int]], superfluous: list[int]) -> list[int]:
    """Return the lines of whoever holds most, the first by name when several do; the others' are superfluous."""
    chosen = min(held, key=lambda name: (-len(held[name]), name))
    superfluous.extend(row for name, rows in held.items() if name != chosen for row in rows)
    return held[chosen]


def _texts(lines: Virements, row: int) -> tuple[Any, ...]:
    return lines.libelle[row], lines.emetteur[row], lines.textes[row], str(lines.date_valeur[row])
