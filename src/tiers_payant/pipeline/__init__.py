"""The whole way through: paths to a book, a book to a result. Files are chosen here; readers open what they get."""

from __future__ import annotations

from pathlib import Path

from tiers_payant.domain import Delta, Rapprochement
from tiers_payant.matching import Fenetres, MatchPolicy, Suivi, suivre
from tiers_payant.pipeline._actions import plan_actions, statistics, write_actions_csv, write_rejets_json
from tiers_payant.pipeline._controle import check_lots, chosen_checks
from tiers_payant.pipeline._decisions import read_decisions, write_decisions
from tiers_payant.pipeline._donnees import write_csv, write_donnees
from tiers_payant.pipeline._fichiers import source_error
from tiers_payant.pipeline._inspection import inspect
from tiers_payant.pipeline._journal_relances import RelancesFaites, commit_relances, read_echanges
from tiers_payant.pipeline._livre import Progress, read, read_lectures, read_parts
from tiers_payant.pipeline._parquet import Bilan, reconcile_to_parquet
from tiers_payant.pipeline._rapprocher import reconcile
from tiers_payant.pipeline._rejets import classify_rejets
from tiers_payant.pipeline._relances import plan_relances, write_relances_json
from tiers_payant.pipeline._simulation_relances import simulate_relances
from tiers_payant.pipeline._sorties import export, indicators
from tiers_payant.pipeline._surcharges import read_surcharges
from tiers_payant.pipeline._trace import Trace, trace_formats
from tiers_payant.rejets import audit, read_accreditations, read_operateurs
from tiers_payant.reports import delta_chunks, rapprochement_chunks

__all__ = [
    "Bilan",
    "Fenetres",
    "MatchPolicy",
    "Progress",
    "RelancesFaites",
    "Suivi",
    "Trace",
    "audit",
    "check_lots",
    "chosen_checks",
    "classify_rejets",
    "commit_relances",
    "export",
    "indicators",
    "inspect",
    "plan_actions",
    "plan_relances",
    "read",
    "read_accreditations",
    "read_decisions",
    "read_echanges",
    "read_lectures",
    "read_operateurs",
    "read_parts",
    "read_surcharges",
    "reconcile",
    "reconcile_to_parquet",
    "simulate_relances",
    "statistics",
    "suivre",
    "trace_formats",
    "write_actions_csv",
    "write_csv",
    "write_decisions",
    "write_donnees",
    "write_json",
    "write_rejets_json",
    "write_relances_json",
]


def write_json(result: Rapprochement | Delta, path: str | Path) -> None:
    """Write *result* as JSON: the same bytes for the same facts.

    A reconciliation is of schema `tiers-payant/rapprochement/1`, what a step changed of `tiers-payant/delta/1`.

    Raises:
        SourceError: The file cannot be written.
    """
    try:
        with Path(path).open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(delta_chunks(result) if isinstance(result, Delta) else rapprochement_chunks(result))
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise source_error(Path(path), error) from error
