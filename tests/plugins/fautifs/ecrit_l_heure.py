"""Writes how often it wrote: no two files are alike."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.plugins.fautifs import bon

from tiers_payant.domain import Tables

TIMES = count()


def write(tables: Tables, out: Any) -> None:
    bon.write(tables, out)
    out.write(b"\n" * (next(TIMES) % 7))


tiers_payant_formats = bon.spoilt("ecrit-l-heure", write=write)
