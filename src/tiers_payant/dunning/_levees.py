"""What levées lift: bank lines that hold nothing any more, and for each reason, up to which day somebody looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import LEVABLES, Levee, Raison, Rapprochement, Sujet
from tiers_payant.dunning._cibles import Visee, claims_of
from tiers_payant.dunning._creances import Dues
from tiers_payant.dunning._jours import day_number

__all__ = ["JAMAIS", "Levees", "lifted"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

JAMAIS = -(1 << 40)
"""Before all days, counted from 1970: nobody looked."""


@attrs.frozen(kw_only=True, eq=False)
class Levees:
    """What the levées of a day lift."""

    lignes: Rows
    """For each bank line, the last day on which somebody said that it pays nothing of what is chased; `JAMAIS`."""
    vus: Mapping[Raison, Rows]
    """For each reason of `LEVABLES` and each claim, the last day up to which somebody looked; `JAMAIS`."""
    sans_objet: tuple[Levee, ...]
    """Those that name nothing."""

    @property
    def tenues(self) -> Mask:
        """The bank lines that may still hold claims."""
        kept: Mask = self.lignes == JAMAIS
        return kept


def lifted(result: Rapprochement, dues: Dues, levees: Sequence[Levee]) -> Levees:
    """Find what *levees* name, their order being of no account; all of them are taken to hold."""
    lines = np.full(len(result.tables.virements), JAMAIS)
    if not levees:  # most days: a view of a million claims costs next to nothing
        nobody = np.full(len(dues), JAMAIS)
        return Levees(lignes=lines, vus=dict.fromkeys(LEVABLES, nobody), sans_objet=())
    seen = {raison: np.full(len(dues), JAMAIS) for raison in LEVABLES}
    lost = [one for one in levees if one.virement and not _line_lifted(result, one, lines)]
    about = [one for one in levees if one.cible is not None]
    targets = [Visee(cible=one.cible, connue_le=one.le) for one in about if one.cible is not None]
    ranks, rows = claims_of(result, targets)
    places = np.full(len(result.creances), -1, dtype=np.int64)
    places[dues.rangs] = np.arange(len(dues))
    for rank, one in enumerate(about):
        mine = places[rows[ranks == rank]]
        if one.raison is not None:
            days = seen[one.raison]
            days[mine[mine >= 0]] = np.maximum(days[mine[mine >= 0]], day_number(one.le))
    lost += [one for rank, one in enumerate(about) if rank not in ranks]
    return Levees(lignes=lines, vus=seen, sans_objet=tuple(lost))


def _line_lifted(result: Rapprochement, levee: Levee, lines: Rows) -> bool:
    """Note the bank line that a levée names; say whether there is one."""
    found = [one.rang for one in result.named(levee.virement) if one.sujet is Sujet.VIREMENT]
    for row in found:
        lines[row] = max(lines[row], day_number(levee.le))
    return bool(found)
