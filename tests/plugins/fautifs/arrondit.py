"""Writes whole euros: cents are lost."""

from __future__ import annotations

from typing import Any

from tests.plugins.fautifs import bon

from tiers_payant.domain import Tables


def write(tables: Tables, out: Any) -> None:
    factures = tables.factures
    euros = factures.with_columns(part_amo_cents=factures.part_amo_cents // 100 * 100)
    bon.write(Tables(factures=euros), out)


tiers_payant_formats = bon.spoilt("arrondit", write=write)
