"""Suspensions, promises and instalment plans as CSV files that a person keeps: read whole or not at all; written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tiers_payant.domain._cases import day_of
from tiers_payant.domain._cellules import amount_cell, amount_of, day_cell, free_text, one_of, optional, text_cell
from tiers_payant.domain._feuilles import Faults, Row
from tiers_payant.domain._feuilles_cibles import (
    CIBLE,
    each_row,
    made,
    read_sheets,
    sheet,
    target_cells,
    target_of,
    write_sheet,
)
from tiers_payant.domain._suspensions import Cible, Echeancier, Mensualite, Promesse, Suspension, Trace, TypeSuspension
from tiers_payant.errors import PolicyError

__all__ = [
    "FEUILLE_ECHEANCIERS",
    "FEUILLE_PROMESSES",
    "FEUILLE_SUSPENSIONS",
    "read_echeanciers",
    "read_promesses",
    "read_suspensions",
    "write_echeanciers",
    "write_promesses",
    "write_suspensions",
]

_INDENT = "  "
"""What begins a line that goes on with the text of the line above it, in a history."""


def read_suspensions(*paths: str | Path) -> tuple[Suspension, ...]:
    """Read suspensions, one row for each, in the order of files and rows, which changes nothing.

    Columns: `type`, what it is about (`officine`, and `debiteur` or `lot` and `facture`; `lot_date` and `part` when
    wanted), `du`, `au`, `raison`, and `historique`, a line for each day: `AAAA-MM-JJ text`; a line that begins with
    two spaces goes on with the one above.

    Raises:
        SourceError: A file cannot be opened.
        LayoutError: Something is wrong in one of them, and nothing is kept: one line per fault, with its place, what
            was expected, and the shape of what was found.
    """
    return read_sheets(paths, FEUILLE_SUSPENSIONS, lambda rows, faults: each_row(rows, faults, _suspension))


def read_promesses(*paths: str | Path) -> tuple[Promesse, ...]:
    """Read promises, one row for each: what it is about as for `read_suspensions`, `faite_le`, `le`, `montant`.

    Raises:
        SourceError: As for `read_suspensions`.
        LayoutError: As for `read_suspensions`.
    """
    return read_sheets(paths, FEUILLE_PROMESSES, lambda rows, faults: each_row(rows, faults, _promesse))


def read_echeanciers(*paths: str | Path) -> tuple[Echeancier, ...]:
    """Read instalment plans, one row for each instalment: those of one plan say the same of it, and make its total.

    Columns: what it is about as for `read_suspensions`, `accorde_le`, `total`, then `le` and `montant` of the
    instalment. A plan stands in one file.

    Raises:
        SourceError: As for `read_suspensions`.
        LayoutError: As for `read_suspensions`.
    """
    return read_sheets(paths, FEUILLE_ECHEANCIERS, _plans)


def write_suspensions(suspensions: Iterable[Suspension], path: str | Path) -> None:
    """Write suspensions as `read_suspensions` reads them; spaces around a text are left out.

    Raises:
        SourceError: The file cannot be written; the one that was there is as it was.
        PolicyError: A text, or a reference, that no cell can hold.
    """
    rows = (
        [
            one.type, *target_cells(one.cible), day_cell(one.du), day_cell(one.au), text_cell(one.raison),
            text_cell("\n".join(map(_trace_text, one.historique))),
        ]
        for one in suspensions
    )  # fmt: skip
    write_sheet(FEUILLE_SUSPENSIONS, rows, path)


def write_promesses(promesses: Iterable[Promesse], path: str | Path) -> None:
    """Write promises as `read_promesses` reads them.

    Raises:
        SourceError: As for `write_suspensions`.
        PolicyError: A reference that no cell can hold.
    """
    rows = (
        [*target_cells(one.cible), day_cell(one.faite_le), day_cell(one.le), amount_cell(one.cents)]
        for one in promesses
    )
    write_sheet(FEUILLE_PROMESSES, rows, path)


def write_echeanciers(echeanciers: Iterable[Echeancier], path: str | Path) -> None:
    """Write instalment plans as `read_echeanciers` reads them.

    Raises:
        SourceError: As for `write_suspensions`.
        PolicyError: A reference that no cell can hold, or two plans agreed on one day for one sum about the same: a row
            could not say whose it is.
    """
    plans = list(echeanciers)
    if len({(one.cible, one.accorde_le, one.total_cents) for one in plans}) < len(plans):
        raise PolicyError("two plans of one day and one sum about the same")
    rows = (
        [
            *target_cells(plan.cible), day_cell(plan.accorde_le), amount_cell(plan.total_cents), day_cell(one.le),
            amount_cell(one.cents),
        ]
        for plan in plans
        for one in plan.mensualites
    )  # fmt: skip
    write_sheet(FEUILLE_ECHEANCIERS, rows, path)


# --- reading


def _suspension(row: Row) -> Suspension:
    values = {name: row.values[name] for name in ("type", "du", "au", "raison", "historique")}
    return Suspension(cible=target_of(row), **values)


def _promesse(row: Row) -> Promesse:
    values = row.values
    return Promesse(cible=target_of(row), faite_le=values["faite_le"], le=values["le"], cents=values["montant"])


def _plans(rows: Sequence[Row], faults: Faults) -> list[Echeancier]:
    by_plan: dict[tuple[Cible, dt.date, int], list[Row]] = {}
    for row in rows:
        for cible in made(row, faults, target_of):
            by_plan.setdefault((cible, row.values["accorde_le"], row.values["total"]), []).append(row)
    return [one for key, members in by_plan.items() for one in made(members[0], faults, _plan_of(key, members))]


def _plan_of(key: tuple[Cible, dt.date, int], members: Sequence[Row]) -> Callable[[Row], Echeancier]:
    cible, agreed, total = key
    ordered = sorted(members, key=lambda row: row.values["le"])  # of one day, in the order of the file
    return lambda _: Echeancier(
        cible=cible,
        accorde_le=agreed,
        total_cents=total,
        mensualites=[Mensualite(le=row.values["le"], cents=row.values["montant"]) for row in ordered],
    )


def _traces(text: str) -> tuple[Trace, ...]:
    """Return the history that a cell tells, a line for each day."""
    found: list[tuple[dt.date, list[str]]] = []
    for line in free_text(lines=True)(text).split("\n") if text else ():
        if line.startswith(_INDENT) and found:
            found[-1][1].append(line.removeprefix(_INDENT))
        else:
            day, _, words = line.partition(" ")
            found.append((day_of(day), [words]))
    return tuple(Trace(le=day, texte="\n".join(words)) for day, words in found)


# --- writing


def _trace_text(trace: Trace) -> str:
    words = trace.texte.replace("\n", f"\n{_INDENT}")
    return f"{trace.le.isoformat()} {words}"


FEUILLE_SUSPENSIONS = sheet(
    "table of suspensions",
    {"au", "raison", "historique"},
    type=one_of(TypeSuspension),
    **CIBLE,
    du=day_of,
    au=optional(day_of),
    raison=free_text(lines=True),
    historique=_traces,
)
FEUILLE_PROMESSES = sheet("table of promises", (), **CIBLE, faite_le=day_of, le=day_of, montant=amount_of)
FEUILLE_ECHEANCIERS = sheet(
    "table of instalments", (), **CIBLE, accorde_le=day_of, total=amount_of, le=day_of, montant=amount_of
)
