"""A hook whose name is none."""

from __future__ import annotations

from typing import Any

from tiers_payant.domain import hookimpl


@hookimpl
def tiers_payant_format() -> list[Any]:
    return []
