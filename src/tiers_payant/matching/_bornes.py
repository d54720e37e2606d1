"""Amounts that can be added: a sum that leaves int64 would come back as another amount, and the laws would hold."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import Tables
from tiers_payant.errors import ColumnError

__all__ = ["check_sums"]

_MOST = 2.0**61
"""Two columns are added at most."""
_ADDED = (
    ("factures", "part_amo_cents"),
    ("factures", "part_amc_cents"),
    ("reponses", "annonce_cents"),
    ("mouvements", "montant_cents"),
    ("virements", "montant_cents"),
    ("comptes_clients", "du_cents"),
    ("encaissements", "montant_cents"),
)


def check_sums(tables: Tables) -> None:
    """Refuse amounts whose sum may leave int64.

    Raises:
        ColumnError: It names the table and the column.
    """
    for name, column in _ADDED:
        cents = getattr(getattr(tables, name), column)
        if np.abs(cents).sum(dtype=np.float64) > _MOST:
            raise ColumnError(f"{name}.{column}: the sum of the amounts is beyond int64")
