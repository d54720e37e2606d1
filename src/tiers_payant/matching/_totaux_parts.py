"""The totals of a result, part by part: they add up to those of the whole."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import EtatVirement, Part, Rapprochement, Totaux
from tiers_payant.errors import LawError

__all__ = ["TOTAUX", "totals_by_part", "totaux_of"]

Rows = npt.NDArray[np.int64]

TOTAUX = tuple(field.name for field in attrs.fields(Totaux))


def totals_by_part(result: Rapprochement, parts: Mapping[str, Rows], count: int) -> Rows:
    """Return the totals of each part, one row for each, in the order of `TOTAUX`.

    Args:
        result: What was concluded of several parts together.
        parts: For créances, answers, movements and bank lines, the part of each row.
        count: How many parts there are.

    Raises:
        LawError: The parts do not add up to the whole.
    """
    tables, creances = result.tables, result.creances
    insurers, owed = creances.part != Part.ASSURE, creances.remplacee_par < 0
    moved = result.mouvements_verses
    placed = np.zeros(len(tables.reponses), dtype=np.bool_)
    placed[result.liens_reponses.reponse] = True
    amounts, etats, moves = tables.virements.montant_cents, result.etats_virements, tables.mouvements.montant_cents
    columns = (
        ("du_cents", "creances", creances.du_cents, insurers & owed),
        ("annonce_cents", "creances", creances.annonce_cents, insurers),
        ("credite_cents", "creances", creances.credite_cents, insurers),
        ("mouvements_cents", "mouvements", moves, moved),
        ("retenu_cents", "mouvements", np.minimum(moves, 0), moved),
        ("non_ventile_cents", "reponses", tables.reponses.annonce_cents, result.reponses_versees & ~placed),
        ("non_ventile_cents", "virements", amounts, etats == EtatVirement.PARTIEL),
        ("propose_cents", "virements", amounts, etats == EtatVirement.PROPOSE),
        ("inexplique_cents", "virements", amounts, etats == EtatVirement.INEXPLIQUE),
        ("virements_cents", "virements", amounts, etats != EtatVirement.HORS_PERIMETRE),
    )
    totals = np.zeros((count, len(TOTAUX)), dtype=np.int64)
    for total, name, cents, kept in columns:
        np.add.at(totals[:, TOTAUX.index(total)], parts[name][kept], cents[kept])
    if totaux_of(totals.sum(axis=0)) != result.totaux:
        raise LawError("the totals of the parts do not add up to those of the whole")
    return totals


def totaux_of(cents: Rows) -> Totaux:
    """Return totals given in the order of `TOTAUX`."""
    return Totaux(**dict(zip(TOTAUX, cents.tolist(), strict=True)))
