"""Reject lines of a share that the insurer re-processes: whatever they say, nothing is to be sent again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Part, Rejets, Reponse, Tables, facture_codes, row_codes

__all__ = ["reprocessed"]

Mask = npt.NDArray[np.bool_]


def reprocessed(tables: Tables, rejets: Rejets) -> Mask:
    """Tell which lines of *rejets* are about a share answered `TRAITEMENT_CAISSE` in their return, and none rejected.

    A line that says `C` is about the AMC share, `O` about the AMO one, neither about both.
    """
    answers = tables.reponses
    answers = answers.take(np.isin(answers.reponse, (Reponse.TRAITEMENT_CAISSE, Reponse.REJETEE)))
    waits = answers.reponse == Reponse.TRAITEMENT_CAISSE
    if not waits.any():
        return np.zeros(len(rejets), dtype=np.bool_)
    factures = facture_codes([answers, rejets])
    answered, refused = row_codes([(factures[0], answers.retour), (factures[1], rejets.retour)])
    some, none = np.zeros((2, len(rejets)), dtype=np.bool_)
    for part, other in ((Part.AMO, b"C"), (Part.AMC, b"O")):
        about = (answers.part == part) | (answers.part == Part.NON_PRECISEE)
        mine = rejets.part != other
        some |= mine & np.isin(refused, answered[waits & about])
        none |= mine & np.isin(refused, answered[~waits & about])
    return some & ~none
