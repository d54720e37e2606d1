"""What gates read of a result again and again, on whatever day: computed once, when first asked."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import AMC_SENDERS, AMO_SENDERS, Calendrier, Rapprochement
from tiers_payant.dunning._argent import Argent, money_of
from tiers_payant.dunning._creances import Dues
from tiers_payant.dunning._jours import INCONNU, Jours, each_day
from tiers_payant.dunning._natures import Natures
from tiers_payant.dunning._reprises import taken_over
from tiers_payant.dunning._semblables import Semblables

__all__ = ["Faits", "Precedent"]


@attrs.frozen(kw_only=True, eq=False)
class Precedent:
    """What was known of the result before, whose créances are the first ones of this one."""

    kept: npt.NDArray[np.int64]
    """For each claim, the one that it was; -1 for none."""
    transmises: Jours
    semblables: Semblables


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Faits:
    """The claims of one result, and what neither a day nor a policy changes about them."""

    result: Rapprochement
    dues: Dues
    calendrier: Calendrier
    avant: Precedent | None = attrs.field(default=None, repr=False)
    """What is known of some of the claims; None where this result follows no other."""

    @cached_property
    def transmises(self) -> Jours:
        """For each claim, the jour ouvré after its lot, on which an insurer may pay it at the earliest."""
        if self.avant is None:
            return self._next_ouvres(self.dues.lot_date)
        found: Jours = taken_over(self.avant.transmises, self.avant.kept, INCONNU)
        new = np.flatnonzero(self.avant.kept < 0)
        found[new] = self._next_ouvres(self.dues.lot_date[new])
        return found

    def _next_ouvres(self, days: Jours) -> Jours:
        return each_day(days, lambda day: self.calendrier.next_ouvre(day + dt.timedelta(days=1)))

    @cached_property
    def semblables(self) -> Semblables:
        """The créances of which another may bear the number."""
        creances = self.result.creances
        return Semblables.of(creances) if self.avant is None else self.avant.semblables.after(creances)

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
