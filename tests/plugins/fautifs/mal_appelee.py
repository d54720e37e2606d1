"""A reader that wants more than it is given."""

from __future__ import annotations

from typing import Any

from tests.plugins.fautifs import bon

from tiers_payant.domain import Entree, FormatSpec, Lecture, hookimpl


def read(entree: Entree, encoding: str) -> Lecture:
    return bon.read(entree)


@hookimpl
def tiers_payant_formats() -> list[FormatSpec]:
    wrong: Any = read
    return [FormatSpec(name="mal-appelee", label="Export", sniff=bon.sniff, read=wrong, provider="mon-lgo")]
