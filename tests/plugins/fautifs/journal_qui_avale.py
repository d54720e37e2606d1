"""Keeps to itself what goes wrong while it is held."""

from __future__ import annotations

from tiers_payant.domain import JournalSpec, hookimpl
from tiers_payant.journal import JournalDossier


class Faux(JournalDossier):
    def __exit__(self, *error: object) -> bool:  # type: ignore[override]
        super().__exit__(*error)
        return True


@hookimpl
def tiers_payant_journaux() -> list[JournalSpec]:
    return [JournalSpec(name="journal-qui-avale", label="Exemple", open=Faux, provider="mon-lgo")]
