"""Notes in the very tables that it is given what it has written."""

from __future__ import annotations

from typing import Any

from tests.plugins.fautifs import bon

from tiers_payant.domain import Tables


def write(tables: Tables, out: Any) -> None:
    bon.write(tables, out)
    column = tables.factures.total_cents
    owner = column if column.base is None else column.base
    owner.flags.writeable = True
    owner[:] = 1


tiers_payant_formats = bon.spoilt("change-les-tables", write=write)
