"""What a plan needs that no day changes, computed once: the claims, their debtors, their gates, their next steps."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Annuaire,
    Calendrier,
    Echanges,
    Echeances,
    Levee,
    MotifNirFictif,
    Rapprochement,
    Regles,
    RelancePolicy,
    Requalifications,
)
from tiers_payant.dunning._banque import Couverture, coverage
from tiers_payant.dunning._consignes import Consignes, rules_of
from tiers_payant.dunning._creances import Dues, dues_of, lost_days
from tiers_payant.dunning._destinataires import Destinataires, addressees_of
from tiers_payant.dunning._etude import Etude, Pas, Socle, stood
from tiers_payant.dunning._faits import Faits
from tiers_payant.dunning._gates import Gate, stop
from tiers_payant.dunning._histoire import known_on, more_than, no_history, told_of
from tiers_payant.dunning._jours import INCONNU
from tiers_payant.dunning._paliers import Echelle
from tiers_payant.dunning._requalification import requalifications
from tiers_payant.dunning._semblables import Semblables
from tiers_payant.dunning._verifications import verified
from tiers_payant.dunning._vue import Vue

__all__ = ["Preparation"]

Rows = npt.NDArray[np.int64]

_SPARSE = 16
"""Numbers for each claim beyond which a table of them all is larger than what sorting them takes."""


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Preparation:
    """A result and a policy, ready to be planned day after day; `prepare` makes it.

    Nothing of it changes; what was computed for one day is kept for the next ones.
    """

    result: Rapprochement
    echeances: Echeances
    policy: RelancePolicy
    annuaire: Annuaire
    calendrier: Calendrier
    regles: Regles
    nirs_fictifs: tuple[MotifNirFictif, ...]
    gates: tuple[Gate, ...]
    repris: Dues | None = attrs.field(default=None, repr=False)
    """What is still owed, where it is known already."""
    avant: Semblables | None = attrs.field(default=None, repr=False)
    """What is known of the créances of the result before, the first ones of this one."""
    couvertures: list[tuple[dt.date, Couverture]] = attrs.field(factory=list, init=False, repr=False)
    """How far the bank statements go, and the day up to which lines told it."""
    socles: list[tuple[tuple[int, frozenset[Levee]], Socle]] = attrs.field(factory=list, init=False, repr=False)
    """What was laid last, and when the annuaire was the same."""
    etudes: list[tuple[Echanges, int, Etude]] = attrs.field(factory=list, init=False, repr=False)
    """The last study: its history, how many rows of it were not known yet, and itself."""

    @cached_property
    def dues(self) -> Dues:
        """What is still owed."""
        return dues_of(self.result, self.echeances) if self.repris is None else self.repris

    def couverture(self, today: dt.date) -> Couverture:
        """Return how far the bank statements go, as lines booked by *today* tell."""
        days = self.result.tables.virements.date
        booked = min(today, np.fmax.reduce(days, initial=np.datetime64(dt.date.min)).item())
        for known, couverture in self.couvertures:
            if known == booked:
                return couverture
        couverture = coverage(self.result.tables, self.dues.officines, self.calendrier, booked)
        self.couvertures[:] = [(booked, couverture)]
        return couverture

    @cached_property
    def faits(self) -> Faits:
        """What no day changes about the claims."""
        return Faits(result=self.result, dues=self.dues, avant=self.avant)

    @cached_property
    def requalifications(self) -> Requalifications:
        """Shares of patients that somebody else may owe."""
        return requalifications(self.result)

    def etude(self, echanges: Echanges, today: dt.date, levees: frozenset[Levee]) -> Etude:
        """Return the claims as they stand with this history, for every day on which nothing of it changes.

        Args:
            echanges: What was already sent.
            today: The day.
            levees: Those that hold on that day.
        """
        socle, later = self._socle(today, levees), _later(echanges, today)
        for history, known, etude in self.etudes:
            if history is echanges and known == later and etude.socle is socle:
                return etude
        etude = self._study(socle, known_on(echanges, today))
        self.etudes[:] = [(echanges, later, etude)]
        return etude

    def _socle(self, today: dt.date, levees: frozenset[Levee]) -> Socle:
        key = _period(self.annuaire, today), levees
        for known, socle in self.socles:
            if known == key:
                return socle
        socle = self.laid(today, levees)
        self.socles[:] = [(key, socle)]
        return socle

    def laid(self, today: dt.date, levees: frozenset[Levee], addressees: Destinataires | None = None) -> Socle:
        """Return what no contact changes, on a day of some period of the annuaire.

        Args:
            today: The day.
            levees: Those that hold on that day.
            addressees: Who answers for the debtors, when it is known.
        """
        dues = self.dues
        addressees = addressees or addressees_of(dues.debiteurs, self.annuaire, today)
        genres = addressees.genres[dues.debiteur]
        consignes = rules_of(self.result, dues, addressees, genres, self.policy)
        vue = Vue(
            faits=self.faits, policy=self.policy, calendrier=self.calendrier,
            nirs_fictifs=self.nirs_fictifs, today=today, destinataires=addressees, genres=genres, consignes=consignes,
            echus=dues.echeance, perdus=lost_days(dues, genres, self.regles, self.calendrier),
            requalifications=self.requalifications, couverture=self.couverture(today),
            levees=tuple(levees),
        )  # fmt: skip
        asked = [gate for gate in self.gates if not gate.quotidien]
        return Socle(
            vue=vue,
            echelle=Echelle.of(consignes),
            groupe=_groups(addressees.cles[dues.debiteur], consignes),
            arrets=stop(vue, asked),
            verifie=verified(vue, asked),
        )

    def _study(self, socle: Socle, known: Echanges) -> Etude:
        """Return the claims after these contacts: where more were made since the last time, those alone are read."""
        for _, _, etude in self.etudes:
            more = more_than(known, etude.connus) if etude.socle is socle else None
            if more is not None:
                return self._gone_on(etude, known, more)
        return self._gone_on(self._begun(socle), known, known)

    def _begun(self, socle: Socle) -> Etude:
        """Return the claims before any contact."""
        length = len(self.dues)
        nothing = np.full(length, INCONNU)
        steps = Pas(place=np.full(length, -1, dtype=np.int64), depuis=nothing, echus=nothing)
        return stood(socle, Echanges.empty(), no_history(self.dues), steps, np.arange(length), self.calendrier)

    def _gone_on(self, etude: Etude, known: Echanges, more: Echanges) -> Etude:
        """Return the claims once *more* contacts were made, *known* being all of them."""
        told = told_of(self.dues, etude.socle.vue.genres, self.policy, etude.histoire, more)
        steps = Pas(place=etude.place, depuis=etude.depuis, echus=etude.vue.echus)
        return stood(etude.socle, known, told.histoire, steps, told.claims, self.calendrier)


def _later(echanges: Echanges, today: dt.date) -> int:
    """Return how many rows of the history come after *today*: they are not known yet."""
    return int((echanges.le > np.datetime64(today)).sum()) if len(echanges) else 0


def _period(annuaire: Annuaire, today: dt.date) -> int:
    """Return a number that is the same for two days between which nobody comes or goes."""
    bounds = {one.du for one in annuaire if one.du} | {
        one.au + dt.timedelta(days=1) for one in annuaire if one.au and one.au < dt.date.max
    }  # fmt: skip
    return sum(bound <= today for bound in bounds)


def _groups(addressees: Rows, consignes: Consignes) -> Rows:
    """Number the claims asked for together: of one officine, one addressee and one consigne, whatever its rest."""
    alike = [attrs.evolve(one, repos_jours=0) for one in consignes.toutes]
    of = np.array([alike.index(one) for one in alike], dtype=np.int64)[consignes.de]
    codes: Rows = addressees * len(consignes.toutes) + of
    if codes.max(initial=0) < len(codes):
        return codes  # numbers that nobody has cost nothing
    if codes.max(initial=0) > _SPARSE * len(codes):
        groups: Rows = np.unique(codes, return_inverse=True)[1].astype(np.int64)
        return groups
    there = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.bool_)
    there[codes] = True
    dense: Rows = (np.cumsum(there) - 1)[codes]
    return dense
