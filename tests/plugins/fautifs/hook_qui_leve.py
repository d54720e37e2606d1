"""A hook that fails, and quotes a name."""

from __future__ import annotations

from typing import Any

from tiers_payant.domain import hookimpl


@hookimpl
def tiers_payant_payeurs() -> list[Any]:
    raise ValueError("SECRETNOM")
