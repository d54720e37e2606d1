"""Makes its folder before anything is recorded."""

from __future__ import annotations

from pathlib import Path

from tiers_payant.domain import JournalSpec, hookimpl
from tiers_payant.journal import JournalDossier


class Faux(JournalDossier):
    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        super().__init__(folder)


@hookimpl
def tiers_payant_journaux() -> list[JournalSpec]:
    return [JournalSpec(name="journal-qui-prepare", label="Exemple", open=Faux, provider="mon-lgo")]
