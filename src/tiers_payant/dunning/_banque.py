"""How far the bank statements of each officine go, without a hole."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Calendrier, Releves, Statut, Tables
from tiers_payant.dunning._jours import INCONNU, Jours
from tiers_payant.errors import CalendarError

__all__ = ["EURO", "Couverture", "accounts_of", "coverage"]

EURO = (b"EUR", b"")
_DAY = dt.timedelta(days=1)


@attrs.frozen(eq=False)
class Couverture:
    """What the statements of each officine cover: every account of it, from a day to another."""

    depuis: Jours
    """First day from which none is missing; `NaT` when an account has no statement."""
    dernier: Jours
    """Last day that all of them cover."""


@attrs.frozen(kw_only=True)
class _Periode:
    du: dt.date
    au: dt.date
    initial: int | None
    final: int | None


def _order(period: _Periode) -> tuple[dt.date, dt.date]:
    return period.du, period.au


def coverage(tables: Tables, officines: npt.NDArray[np.bytes_], calendrier: Calendrier, today: dt.date) -> Couverture:
    """Return how far the statements of each of *officines* go, as lines booked by *today* tell.

    Advices (avis) do not count: nothing says that they tell everything. Statements follow one another when the balance
    that opens one is the balance that closed the one before, or, where balances are not known or come back by
    themselves, when no jour ouvré lies between. An officine that lists no account has those that nobody lists.
    """
    spans = {
        account: _unbroken(sorted(periods, key=_order), calendrier)
        for account, periods in _periods(tables, _booked(tables, today)).items()
    }
    listed = accounts_of(tables)
    known = {account for accounts in listed.values() for account in accounts}
    shared = sorted(spans.keys() - known)
    found = [_all_of(spans, listed.get(officine) or shared) for officine in officines.tolist()]
    return Couverture(*(np.array([one[side] for one in found], dtype="datetime64[D]") for side in (0, 1)))


def accounts_of(tables: Tables) -> dict[bytes, list[bytes]]:
    """Return the accounts that each officine claims."""
    found: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for officine, account in zip(tables.comptes.officine.tolist(), tables.comptes.compte.tolist(), strict=True):
        found[officine].add(account)
    return {officine: sorted(accounts) for officine, accounts in found.items()}


def _all_of(
    spans: dict[bytes, tuple[dt.date, dt.date]], accounts: Iterable[bytes]
) -> tuple[dt.date | None, dt.date | None]:
    """Return the days that all these accounts cover; nothing when one has no statement, or there is none."""
    found = [spans.get(account) for account in accounts]
    if not found or None in found:
        return None, None
    known = [span for span in found if span is not None]
    return max(span[0] for span in known), min(span[1] for span in known)


def _booked(tables: Tables, today: dt.date) -> npt.NDArray[np.bool_]:
    """Say which bank lines are booked by *today*: one of a day to come says nothing of the days before it."""
    lines = tables.virements
    booked: npt.NDArray[np.bool_] = (lines.statut == Statut.COMPTABILISE) & (lines.date <= np.datetime64(today))
    return booked


def _periods(tables: Tables, booked: npt.NDArray[np.bool_]) -> dict[bytes, list[_Periode]]:
    """Return the statements of each account in euros; lines of no statement make one of their own."""
    found: defaultdict[bytes, list[_Periode]] = defaultdict(list)
    for account, period in (*_statements(tables, booked), *_loose_lines(tables, booked)):
        found[account].append(period)
    return found


def _statements(tables: Tables, booked: npt.NDArray[np.bool_]) -> Iterator[tuple[bytes, _Periode]]:
    releves, lines = tables.releves, tables.virements
    first, last = np.full((2, len(releves)), INCONNU)
    inside = np.flatnonzero((lines.releve >= 0) & booked)
    np.fmin.at(first, lines.releve[inside], lines.date[inside])
    np.fmax.at(last, lines.releve[inside], lines.date[inside])
    first, last = np.fmin(first, releves.du), np.fmax(last, releves.au)
    kept = ~releves.avis & np.isin(releves.devise, EURO) & ~np.isnat(last)
    for row in np.flatnonzero(kept).tolist():
        yield bytes(releves.compte[row]), _period(releves, row, first[row].item(), last[row].item())


def _period(releves: Releves, row: int, first: dt.date | None, last: dt.date) -> _Periode:
    return _Periode(
        du=first or last,
        au=last,
        initial=int(releves.initial_cents[row]) if releves.initial_connu[row] else None,
        final=int(releves.final_cents[row]) if releves.final_connu[row] else None,
    )


def _loose_lines(tables: Tables, booked: npt.NDArray[np.bool_]) -> Iterator[tuple[bytes, _Periode]]:
    lines = tables.virements
    rows = np.flatnonzero((lines.releve < 0) & np.isin(lines.devise, EURO) & booked)
    accounts, places = np.unique(lines.compte[rows], return_inverse=True)
    first, last = np.full((2, len(accounts)), INCONNU)
    np.fmin.at(first, places, lines.date[rows])
    np.fmax.at(last, places, lines.date[rows])
    for account, du, au in zip(accounts.tolist(), first.tolist(), last.tolist(), strict=True):
        yield account, _Periode(du=du, au=au, initial=None, final=None)


def _unbroken(periods: list[_Periode], calendrier: Calendrier) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of the last run of statements that nothing interrupts."""
    start, end = periods[0].du, periods[0].au
    closings = {periods[0].final}
    for period in periods[1:]:
        if period.du > end and not _follows(period, end, closings, calendrier):
            start = period.du
        if period.au > end:
            end, closings = period.au, {period.final}
        elif period.au == end:
            closings.add(period.final)
    return start, end


def _follows(period: _Periode, end: dt.date, closings: set[int | None], calendrier: Calendrier) -> bool:
    if period.initial is not None and None not in closings and period.initial not in closings:
        return False
    if period.initial not in (None, 0, period.final) and None not in closings:
        return True
    return not _open_between(end, period.du, calendrier)


def _open_between(first: dt.date, last: dt.date, calendrier: Calendrier) -> bool:
    """Say whether a jour ouvré lies between two days, both excluded."""
    try:
        return calendrier.next_ouvre(first + _DAY) < last
    except (CalendarError, OverflowError):
        return True
