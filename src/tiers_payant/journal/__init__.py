"""What happened: the history of reminders, kept in a folder. This room touches the disk, and knows no plan."""

from __future__ import annotations

from tiers_payant.journal._disque import put_whole, see_written
from tiers_payant.journal._dossier import DOSSIER, JOURNAUX, MOST_BYTES, JournalDossier, run_file
from tiers_payant.journal._marque import Marque, is_run, is_upkeep, mark, mark_of
from tiers_payant.journal._orphelines import drop_orphans
from tiers_payant.journal._verrou import VERROU_RELANCES, locked

__all__ = [
    "DOSSIER",
    "JOURNAUX",
    "MOST_BYTES",
    "VERROU_RELANCES",
    "JournalDossier",
    "Marque",
    "drop_orphans",
    "is_run",
    "is_upkeep",
    "locked",
    "mark",
    "mark_of",
    "put_whole",
    "run_file",
    "see_written",
]
