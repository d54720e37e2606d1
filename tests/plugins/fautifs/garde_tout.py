"""Keeps every part that it gave: memory grows with the file."""

from __future__ import annotations

from collections.abc import Iterator

from tests.plugins.fautifs import bon

from tiers_payant.domain import Entree, Lecture


def read_parts(entree: Entree, octets: int) -> Iterator[Lecture]:
    kept = []
    for part in bon.read_parts(entree, octets):
        kept.append((part, b"@" * octets))
        yield part


tiers_payant_formats = bon.spoilt("garde-tout", read_parts=read_parts)
