"""Tells on the screen what it records."""

from __future__ import annotations

import datetime as dt

from tiers_payant.domain import JournalSpec, hookimpl
from tiers_payant.journal import JournalDossier


class Faux(JournalDossier):
    def record(self, day: dt.date, text: str) -> None:
        print(text)  # noqa: T201
        super().record(day, text)


@hookimpl
def tiers_payant_journaux() -> list[JournalSpec]:
    return [JournalSpec(name="journal-bavard", label="Exemple", open=Faux, provider="mon-lgo")]
