"""What gates read of a result again and again, on whatever day: computed once, when first asked."""

from __future__ import annotations

from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import AMC_SENDERS, AMO_SENDERS, Rapprochement
from tiers_payant.dunning._argent import Argent, money_of
from tiers_payant.dunning._creances import Dues
from tiers_payant.dunning._jours import INCONNU, Jours
from tiers_payant.dunning._natures import Natures
from tiers_payant.dunning._semblables import Semblables

__all__ = ["Faits"]


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Faits:
    """The claims of one result, and what neither a day nor a policy changes about them."""

    result: Rapprochement
    dues: Dues
    avant: Semblables | None = attrs.field(default=None, repr=False)
    """What is known of the first créances, those of the result before; None where this one follows no other."""

    @cached_property
    def semblables(self) -> Semblables:
        """The créances of which another may bear the number."""
        creances = self.result.creances
        return Semblables.of(creances) if self.avant is None else self.avant.after(creances)

    @cached_property
    def argent(self) -> Argent:
        """Money that nothing explains for certain."""
        return money_of(self.result, self.dues)

    @cached_property
    def natures(self) -> Natures:
        """What kind of insurer owes each claim."""
        return self.dues.debiteurs.kinds

    @cached_property
    def rangs_virements(self) -> npt.NDArray[np.int64]:
        """For each bank line, a rank made of what it says: of several that may pay, the greatest is the evidence."""
        lines = self.result.tables.virements
        texts = [np.unique(column.astype("U"), return_inverse=True)[1] for column in (lines.textes, lines.libelle)]
        ranks = np.empty(len(lines), dtype=np.int64)
        ranks[np.lexsort((*texts, lines.compte, lines.montant_cents, lines.date))] = np.arange(len(lines))
        return ranks

    @cached_property
    def derniers_retours(self) -> tuple[Jours, Jours]:
        """The day of the last return of the AMO, then of an AMC, to each officine of the claims."""
        answers, tables, officines = self.result.tables.reponses, self.result.tables, self.dues.officines
        days = _answer_days(self.result)
        place = np.searchsorted(officines, answers.officine)
        ours = np.flatnonzero(np.append(officines, b"")[place] == answers.officine)
        senders = np.append(tables.retours.emetteur_type, b"")[answers.retour]
        found = np.full((2, len(officines)), INCONNU)
        for side, others in enumerate((AMC_SENDERS, AMO_SENDERS)):
            rows = ours[~np.isin(senders[ours], others)]
            np.fmax.at(found[side], place[rows], days[rows])
        return found[0], found[1]


def _answer_days(result: Rapprochement) -> Jours:
    """Return the day of the return of each answer; that of its transfer when the return tells none."""
    tables = result.tables
    of_return = np.append(tables.retours.date, INCONNU)[tables.reponses.retour]
    of_group = np.append(tables.groupes.date, INCONNU)[tables.reponses.groupe]
    found: Jours = np.where(np.isnat(of_return), of_group, of_return)
    return found
