"""Books made of a few reject lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tiers_payant.domain import Factures, Rejets, Reponses, Retours, Tables

__all__ = ["DAY", "tables_of"]

DAY = "2026-01-05"


def tables_of(
    rejets: Sequence[dict[str, object]],
    retours: Sequence[dict[str, object]] = ({"emetteur_type": b"CP", "emetteur": b"01991", "date": DAY},),
    *,
    factures: Sequence[dict[str, object]] = (),
    reponses: Sequence[dict[str, object]] = (),
) -> Tables:
    """Tables of these rows; a reject line is of the first return and of facture 1 unless it says otherwise."""
    key = {"officine": b"999000019", "lot_date": DAY, "lot": b"001", "facture": b"1"}
    return Tables(
        retours=_table(Retours, retours),
        rejets=_table(Rejets, [{**key, "retour": 0, **row} for row in rejets]),
        factures=_table(Factures, [{**key, **row} for row in factures]),
        reponses=_table(Reponses, [{**key, "retour": 0, **row} for row in reponses]),
    )


def _table(kind, rows):
    names = dict.fromkeys(name for row in rows for name in row)
    return kind.of(len(rows), **{name: _column(kind.kinds()[name], name, rows) for name in names})


def _column(kind, name, rows):
    values = [row.get(name, kind.absent) for row in rows]
    return np.array([value or "NaT" for value in values], dtype=kind.dtype) if kind.dtype[0] == "d" else values
