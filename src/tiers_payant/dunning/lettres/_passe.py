"""Earlier contacts about the same claims: what a letter recalls, and since when interest runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs
import numpy as np

from tiers_payant.domain import Canal, Echanges, PlanRelances, Rapprochement, text_codes

__all__ = ["Cle", "Contacts", "Passe", "key_of"]

Cle = tuple[str, dt.date | None, str, str, int]
"""What a claim is known by: officine, lot date, lot, facture and share."""


@attrs.frozen(order=True)
class Passe:
    """One contact made about a claim."""

    le: dt.date
    relance: str
    canal: Canal
    mise_en_demeure: bool


class Contacts:
    """The contacts made about the claims of a plan, before it."""

    def __init__(self, result: Rapprochement, plan: PlanRelances, echanges: Echanges) -> None:
        self._of: dict[Cle, list[Passe]] = {}
        wanted, told_of = text_codes([result.creances.facture[plan.creances.creance], echanges.facture])
        ours = set(plan.relances.id.tolist())
        for row in np.flatnonzero(np.isin(told_of, wanted)).tolist():
            told = echanges.row(row)
            if told["le"] is None or told["le"] > plan.today or echanges.relance[row] in ours:
                continue
            passe = Passe(told["le"], told["relance"], Canal(told["canal"]), told["mise_en_demeure"])
            self._of.setdefault(key_of(told), []).append(passe)

    def about(self, keys: Iterable[Cle]) -> tuple[Passe, ...]:
        """Return the contacts about any of these claims, each once, the oldest first."""
        return tuple(sorted({passe for key in keys for passe in self._of.get(key, ())}))


def key_of(row: dict[str, object]) -> Cle:
    """Return what names a claim, from a row of `creances` or of `echanges`: numbers whatever their leading zeros."""
    day = row["lot_date"]
    return (
        str(row["officine"]),
        day if isinstance(day, dt.date) else None,
        _bare(str(row["lot"])),
        _bare(str(row["facture"])),
        int(str(row["part"])),
    )


def _bare(text: str) -> str:
    """Return a text as `text_codes` compares it."""
    return text.lstrip("0") or "0" if text.isascii() and text.isdigit() else text
