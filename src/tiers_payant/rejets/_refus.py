"""Which shares were answered, which were refused, once at least, and of which family."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import ClassementRejets, Etat, Famille, Part, Rapprochement, Reponse, facture_codes
from tiers_payant.rejets._verdicts import verdicts

__all__ = ["Envois", "envois_of"]

Ints = npt.NDArray[np.int64]


@attrs.frozen(kw_only=True, eq=False)
class Envois:
    """Every share sent to an insurer: one row each, int64 and bool arrays of one length."""

    creance: Ints
    facture: Ints
    """Code of its facture: equal for the shares of one facture, from 0."""
    facture_rang: Ints
    """Row of its facture in `tables.factures`, or -1."""
    cents: Ints
    """Billed."""
    part: Ints
    """`Part`."""
    repondue: npt.NDArray[np.bool_]
    """Whether anything was said of it: paid, refused, deferred, processed again, its lot refused, or money came."""
    refusee: npt.NDArray[np.bool_]
    famille: Ints
    """`Famille` of the refusal; -1 for what was not refused."""


def envois_of(result: Rapprochement, classement: ClassementRejets) -> Envois:
    """Return what was sent, and what became of it.

    A share is refused when an answer says so, when its lot is, or when reject lines are about it and less than all of
    it was announced. What the insurer re-processes by itself is not refused. A share billed again stays refused, and
    the facture that bills it again is one more sent.
    """
    table = result.creances
    families = np.full(len(table), -1, dtype=np.int64)
    said = verdicts(result, classement)
    short = table.annonce_cents < table.du_cents
    for row, verdict in said.items():
        if short[row]:
            families[row] = verdict.famille
    refused = _rejected(result)
    families[refused & (families < 0)] = Famille.INCONNU
    families[families == Famille.TRAITEMENT_CAISSE] = -1
    families[table.etat == Etat.LOT_REFUSE] = Famille.TECHNIQUE
    rows = np.flatnonzero(np.isin(table.part, (Part.AMO, Part.AMC)))
    _, codes = np.unique(facture_codes([table])[0][rows], return_inverse=True)
    return Envois(
        creance=rows,
        facture=codes.astype(np.int64),
        facture_rang=table.facture_rang[rows].astype(np.int64),
        cents=table.du_cents[rows],
        part=table.part[rows].astype(np.int64),
        repondue=_answered(result)[rows] | (families[rows] >= 0),
        refusee=families[rows] >= 0,
        famille=families[rows],
    )


def _answered(result: Rapprochement) -> npt.NDArray[np.bool_]:
    """Return, for each créance, whether an answer or a reject line is about it, or its state comes from elsewhere."""
    found = ~np.isin(result.creances.etat, (Etat.NON_REPONDUE, Etat.RETRANSMISE))
    found[result.liens_reponses.creance] = True
    found[result.rejets_creances] = True
    return found


def _rejected(result: Rapprochement) -> npt.NDArray[np.bool_]:
    """Return, for each créance, whether an answer tied to it is a reject."""
    links = result.liens_reponses
    found = np.zeros(len(result.creances), dtype=np.bool_)
    found[links.creance[result.tables.reponses.reponse[links.reponse] == Reponse.REJETEE]] = True
    return found
