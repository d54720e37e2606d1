"""Suspensions, promises and instalment plans, written as the CSV files that `_suspensions_csv` reads."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from tiers_payant.domain._cellules import amount_cell, day_cell, reference_cell, text_cell
from tiers_payant.domain._ecrire import write_whole
from tiers_payant.domain._feuilles import Feuille
from tiers_payant.domain._suspensions import Cible, Echeancier, Promesse, Suspension, Trace
from tiers_payant.domain._suspensions_csv import FEUILLE_ECHEANCIERS, FEUILLE_PROMESSES, FEUILLE_SUSPENSIONS, SUITE
from tiers_payant.domain._tableur import write_rows
from tiers_payant.errors import PolicyError

__all__ = ["write_echeanciers", "write_promesses", "write_suspensions"]


def write_suspensions(suspensions: Iterable[Suspension], path: str | Path) -> None:
    """Write suspensions as `read_suspensions` reads them; spaces around a text are left out.

    Raises:
        SourceError: The file cannot be written; the one that was there is as it was.
        PolicyError: A text, or a reference, that no cell can hold.
    """
    rows = (
        [
            one.type, *_target_cells(one.cible), day_cell(one.du), day_cell(one.au), text_cell(one.raison),
            text_cell("\n".join(map(_trace_text, one.historique))),
        ]
        for one in suspensions
    )  # fmt: skip
    _write(FEUILLE_SUSPENSIONS, rows, path)


def write_promesses(promesses: Iterable[Promesse], path: str | Path) -> None:
    """Write promises as `read_promesses` reads them.

    Raises:
        SourceError: As for `write_suspensions`.
        PolicyError: A reference that no cell can hold.
    """
    rows = (
        [*_target_cells(one.cible), day_cell(one.faite_le), day_cell(one.le), amount_cell(one.cents)]
        for one in promesses
    )
    _write(FEUILLE_PROMESSES, rows, path)


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
            *_target_cells(plan.cible), day_cell(plan.accorde_le), amount_cell(plan.total_cents), day_cell(one.le),
            amount_cell(one.cents),
        ]
        for plan in plans
        for one in plan.mensualites
    )  # fmt: skip
    _write(FEUILLE_ECHEANCIERS, rows, path)


def _write(feuille: Feuille, rows: Iterable[Sequence[object]], path: str | Path) -> None:
    out = io.BytesIO()
    write_rows(out, list(feuille.lecteurs), rows)
    write_whole(Path(path), out.getvalue())


def _target_cells(cible: Cible) -> list[str]:
    part = cible.part.name if cible.part is not None else ""
    return [
        reference_cell(cible.officine), reference_cell(cible.debiteur), day_cell(cible.lot_date),
        reference_cell(cible.lot), reference_cell(cible.facture), part,
    ]  # fmt: skip


def _trace_text(trace: Trace) -> str:
    words = trace.texte.replace("\n", f"\n{SUITE}")
    return f"{trace.le.isoformat()} {words}"
