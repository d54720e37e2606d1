"""The whole way through: paths to a book, a book to a result. Files are chosen here; readers open what they get."""

from __future__ import annotations

from pathlib import Path

from tiers_payant.domain import Rapprochement
from tiers_payant.matching import MatchPolicy, reconcile
from tiers_payant.pipeline._donnees import write_csv, write_donnees
from tiers_payant.pipeline._fichiers import source_error
from tiers_payant.pipeline._inspection import inspect
from tiers_payant.pipeline._livre import Progress, read, read_parts
from tiers_payant.pipeline._parquet import Bilan, reconcile_to_parquet
from tiers_payant.pipeline._surcharges import read_surcharges
from tiers_payant.reports import rapprochement_chunks

__all__ = [
    "Bilan",
    "MatchPolicy",
    "Progress",
    "inspect",
    "read",
    "read_parts",
    "read_surcharges",
    "reconcile",
    "reconcile_to_parquet",
    "write_csv",
    "write_donnees",
    "write_json",
]


def write_json(result: Rapprochement, path: str | Path) -> None:
    """Write *result* as JSON of schema `tiers-payant/rapprochement/1`: the same bytes for the same facts.

    Raises:
        SourceError: The file cannot be written.
    """
    try:
        with Path(path).open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(rapprochement_chunks(result))
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise source_error(Path(path), error) from error
