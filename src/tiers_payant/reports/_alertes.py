"""The alerts of checks as a reader meets them: each with the key of its facture."""

from __future__ import annotations

import attrs

from tiers_payant.domain import Alertes, Factures, Severite, Tables

__all__ = ["WORDS", "Alerte", "lot_days", "read_alertes"]

WORDS = {Severite.BLOQUANT: "BLOQUANT", Severite.AVERTISSEMENT: "avertissement", Severite.INFORMATION: "information"}
"""How severities are shown."""


@attrs.frozen(order=True)
class Alerte:
    """One alert as it is read: by officine, lot and facture, the most severe first."""

    officine: str
    lot_date: str
    """As `lot_days` writes it."""
    lot: str
    facture: str
    gravite: int
    """The least first."""
    controle: str


def read_alertes(tables: Tables, alertes: Alertes) -> list[Alerte]:
    """Return the alerts in the order in which they are read."""
    factures = tables.factures.take(alertes.facture)
    return sorted(
        Alerte(officine.decode("latin-1"), day, lot.decode("latin-1"), number.decode("latin-1"), -grave,
               name.decode("ascii"))
        for officine, day, lot, number, grave, name in zip(
            factures.officine.tolist(), lot_days(factures), factures.lot.tolist(), factures.facture.tolist(),
            alertes.severite.tolist(), alertes.controle.tolist(), strict=True,
        )
    )  # fmt: skip


def lot_days(factures: Factures) -> list[str]:
    """Return the day of each lot as numpy writes it, since it may be beyond the years of Python; empty if unknown."""
    return [day.replace("NaT", "") for day in factures.lot_date.astype(str).tolist()]
