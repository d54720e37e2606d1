"""A hook with an argument that it has not."""

from __future__ import annotations

from typing import Any

from tiers_payant.domain import hookimpl


@hookimpl
def tiers_payant_formats(dossier: str) -> list[Any]:
    return []
