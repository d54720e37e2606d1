"""What a gate may look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Calendrier,
    Echeancier,
    Levee,
    MotifNirFictif,
    Promesse,
    Raison,
    Rapprochement,
    RelancePolicy,
    Requalifications,
    Suspension,
    TypeDebiteur,
)
from tiers_payant.dunning._argent import Argent
from tiers_payant.dunning._banque import Couverture
from tiers_payant.dunning._consignes import Consignes
from tiers_payant.dunning._creances import Dues
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._destinataires import Destinataires
from tiers_payant.dunning._faits import Faits
from tiers_payant.dunning._jours import Jours
from tiers_payant.dunning._levees import JAMAIS, Levees, lifted
from tiers_payant.dunning._natures import Natures
from tiers_payant.dunning._promesses import Maintien, holds

__all__ = ["Vue"]

Mask = npt.NDArray[np.bool_]


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Vue:
    """The claims of one result under one policy, on one day.

    Gates that are not `quotidien` look at nothing that depends on the day: `today`, `echus`, and what people agreed.
    Levées are those that hold on that day: one that begins or ends makes another view.
    """

    faits: Faits
    policy: RelancePolicy
    calendrier: Calendrier
    nirs_fictifs: Sequence[MotifNirFictif]
    today: dt.date
    destinataires: Destinataires
    genres: npt.NDArray[np.int8]
    """For each claim, the place of its debtor's kind in `GENRES`; -1 when not known."""
    consignes: Consignes
    echus: Jours
    """For each claim, the day from which its next step is due; `NaT` when not known."""
    perdus: Jours
    """For each claim, the last day on which it can be asked for."""
    requalifications: Requalifications
    couverture: Couverture
    """How far the bank statements go."""
    suspensions: Sequence[Suspension] = ()
    promesses: Sequence[Promesse] = ()
    echeanciers: Sequence[Echeancier] = ()
    levees: Sequence[Levee] = ()

    @property
    def result(self) -> Rapprochement:
        """The reconciliation."""
        return self.faits.result

    @property
    def dues(self) -> Dues:
        """What is still owed."""
        return self.faits.dues

    @property
    def engages(self) -> bool:
        """Whether people agreed on anything."""
        return bool(self.suspensions or self.promesses or self.echeanciers)

    @cached_property
    def maintiens(self) -> Mapping[Raison, Maintien]:
        """What people agreed holds back, over every créance of the result."""
        return holds(self.result, self.suspensions, self.promesses, self.echeanciers, self.today)

    @cached_property
    def leve(self) -> Levees:
        """What people who looked lift."""
        return lifted(self.result, self.dues, self.levees)

    def vus(self, raison: Raison) -> npt.NDArray[np.int64]:
        """Return, for each claim, the last day up to which somebody looked for that reason, from 1970; `JAMAIS`."""
        return self.leve.vus[raison]

    def doutes(self, raison: Raison) -> Mask:
        """Return the claims that nobody looked at for that reason."""
        found: Mask = self.vus(raison) == JAMAIS
        return found

    @property
    def argent(self) -> Argent:
        """Money that nothing explains for certain."""
        return self.faits.argent

    @property
    def natures(self) -> Natures:
        """What kind of insurer owes each claim."""
        return self.faits.natures

    @property
    def rangs_virements(self) -> npt.NDArray[np.int64]:
        """For each bank line, its rank: of several that may pay, the greatest is the evidence."""
        return self.faits.rangs_virements

    @property
    def patient(self) -> Mask:
        """The claims that a person owes."""
        found: Mask = self.genres == GENRES.index(TypeDebiteur.PATIENT)
        return found
