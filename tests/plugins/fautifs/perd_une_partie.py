"""Gives no part after the last whole one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.plugins.fautifs import bon

from tiers_payant.domain import Entree, Lecture


def read_parts(entree: Entree, octets: int) -> Iterator[Lecture]:
    before = None
    for part in bon.read_parts(entree, octets):
        if before is not None:
            yield before
        before = part


tiers_payant_formats = bon.spoilt("perd-une-partie", read_parts=read_parts)
