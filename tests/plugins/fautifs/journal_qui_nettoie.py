"""Takes away the blanks around what it records."""

from __future__ import annotations

import datetime as dt

from tiers_payant.domain import JournalSpec, hookimpl
from tiers_payant.journal import JournalDossier


class Faux(JournalDossier):
    def record(self, day: dt.date, text: str) -> None:
        super().record(day, text.strip())


@hookimpl
def tiers_payant_journaux() -> list[JournalSpec]:
    return [JournalSpec(name="journal-qui-nettoie", label="Exemple", open=Faux, provider="mon-lgo")]
