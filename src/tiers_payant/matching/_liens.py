"""The links from groups to bank lines, as a table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import LiensVirements
from tiers_payant.matching._candidats import Edges

__all__ = ["bank_links"]

Rows = npt.NDArray[np.int64]


def bank_links(pairs: Edges, cents: Rows, passe: str, classe: Rows | None = None) -> LiensVirements:
    """Return settled pairs of a group and a bank line as links.

    Args:
        pairs: Groups on the left, bank lines on the right.
        cents: What of each line goes to its group.
        passe: Name of the pass that settled them.
        classe: Number of the class of each; alone when not given.
    """
    return LiensVirements.of(
        len(pairs),
        groupe=pairs.left.astype(np.int32),
        virement=pairs.right.astype(np.int32),
        cents=cents,
        passe=np.full(len(pairs), passe.encode()),
        classe=np.zeros(len(pairs), dtype=np.int64) if classe is None else classe,
    )
