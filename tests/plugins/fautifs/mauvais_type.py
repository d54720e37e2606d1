"""A format told as a dictionary."""

from __future__ import annotations

from typing import Any

from tiers_payant.domain import hookimpl


@hookimpl
def tiers_payant_formats() -> list[Any]:
    return [{"name": "mon-lgo", "label": "Export de mon LGO"}]
