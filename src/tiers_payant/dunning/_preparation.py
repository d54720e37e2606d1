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
    Porteuse,
    Rapprochement,
    Regles,
    RelancePolicy,
    Requalifications,
)
from tiers_payant.dunning._banque import Couverture, coverage
from tiers_payant.dunning._creances import Dues, dues_of, lost_days
from tiers_payant.dunning._debiteurs import Destinataires, addressees_of
from tiers_payant.dunning._gates import Gate, Retenues, stop
from tiers_payant.dunning._histoire import Histoire, history_of
from tiers_payant.dunning._jours import INCONNU, Jours
from tiers_payant.dunning._paliers import Echelle
from tiers_payant.dunning._regimes import Regimes, rules_of
from tiers_payant.dunning._requalification import requalifications
from tiers_payant.dunning._verifications import verified
from tiers_payant.dunning._vue import Vue

__all__ = ["Etude", "Preparation"]

Rows = npt.NDArray[np.int64]

_ALWAYS = np.datetime64("1000-01-01", "D")
"""Before any day: the claim is over its delay whatever the day."""


@attrs.frozen(kw_only=True, eq=False)
class Etude:
    """The claims as they stand until the next contact, or the next change of the annuaire."""

    vue: Vue
    """On a day: what depends on it is asked of another one."""
    histoire: Histoire
    echelle: Echelle
    place: Rows
    """For each claim, the place of its next step; -1 when none is left."""
    depuis: Jours
    """For each claim, the first day on which it is over its delay."""
    groupe: Rows
    """For each claim, a number that those asked for together share."""
    contacte: Jours
    """For each claim, the last contact of its addressee, about any claim."""
    ordre: Rows
    """Rows of the claims, by group, the claim that decides first."""
    retenues: Retenues
    """What holds claims back on any day."""
    verifie: Rows
    """For each claim that a levée freed of these, the last day on which somebody had looked; `JAMAIS` for others."""


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
    _etudes: list[tuple[Echanges, object, Etude]] = attrs.field(factory=list, init=False, repr=False)

    @cached_property
    def dues(self) -> Dues:
        """What is still owed."""
        return dues_of(self.result, self.echeances)

    @cached_property
    def couverture(self) -> Couverture:
        """How far the bank statements go."""
        return coverage(self.result.tables, self.dues.officines, self.calendrier)

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
        key = _later(echanges, today), _period(self.annuaire, today), levees
        for history, known, etude in self._etudes:
            if history is echanges and known == key:
                return etude
        etude = self._study(echanges, today, levees)
        self._etudes[:] = [(echanges, key, etude)]
        return etude

    def _study(self, echanges: Echanges, today: dt.date, levees: frozenset[Levee]) -> Etude:
        dues = self.dues
        addressees = addressees_of(dues.debiteurs, self.annuaire, today)
        genres = addressees.genres[dues.debiteur]
        regimes = rules_of(self.result, dues, addressees, genres, self.policy)
        histoire = history_of(self.result, dues, genres, self.policy, echanges, today)
        echelle = Echelle.of(regimes)
        place = echelle.next_places(regimes.de, histoire.place)
        due = echelle.due(regimes.de, place, dues.echeance, histoire.dernier, self.calendrier)
        groupe = _groups(addressees.cles[dues.debiteur], regimes)
        vue = Vue(
            result=self.result, dues=dues, policy=self.policy, calendrier=self.calendrier,
            nirs_fictifs=self.nirs_fictifs, today=today, destinataires=addressees, genres=genres, regimes=regimes,
            echus=np.where((place < 0) & ~np.isnat(dues.echeance), dues.echeance, due),
            perdus=lost_days(dues, genres, self.regles, self.calendrier),
            requalifications=self.requalifications, couverture=self.couverture, levees=tuple(levees),
        )  # fmt: skip
        asked = [gate for gate in self.gates if not gate.quotidien]
        return Etude(
            vue=vue,
            histoire=histoire,
            echelle=echelle,
            place=place,
            depuis=_over(place, due, dues.echeance),
            groupe=groupe,
            contacte=_contacted(addressees, histoire)[dues.debiteur],
            ordre=_order(self.result, dues, groupe, regimes),
            retenues=stop(vue, asked),
            verifie=verified(vue, asked),
        )


def _later(echanges: Echanges, today: dt.date) -> int:
    """Return how many rows of the history come after *today*: they are not known yet."""
    return int((echanges.le > np.datetime64(today)).sum()) if len(echanges) else 0


def _period(annuaire: Annuaire, today: dt.date) -> int:
    """Return a number that is the same for two days between which nobody comes or goes."""
    bounds = {one.du for one in annuaire if one.du} | {
        one.au + dt.timedelta(days=1) for one in annuaire if one.au and one.au < dt.date.max
    }  # fmt: skip
    return sum(bound <= today for bound in bounds)


def _over(place: Rows, due: Jours, echeances: Jours) -> Jours:
    """Return the first day on which each claim is over its delay.

    With a step left, the day on which it is due; without, the day after the échéance. What cannot be told, and what
    the officine should act on, always is.
    """
    found = np.where(place >= 0, due, echeances + 1)
    return np.where(np.isnat(found), _ALWAYS, found)


def _groups(addressees: Rows, regimes: Regimes) -> Rows:
    """Number the claims asked for together: of one officine, one addressee and one regime."""
    codes = addressees * len(regimes.regimes) + regimes.de
    groups: Rows = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    return groups


def _contacted(addressees: Destinataires, histoire: Histoire) -> Jours:
    """Return, for each debtor, the last contact of its addressee, whichever debtor it was about."""
    last = np.full(int(addressees.cles.max(initial=-1)) + 1, INCONNU)
    np.fmax.at(last, addressees.cles, histoire.debiteurs)
    found: Jours = last[addressees.cles]
    return found


def _order(result: Rapprochement, dues: Dues, groupe: Rows, regimes: Regimes) -> Rows:
    """Sort the claims by group, the one that decides first: the oldest, or the largest; ties by key."""
    largest = np.array([one.porteuse is Porteuse.PLUS_FORTE for one in regimes.regimes], dtype=np.bool_)[regimes.de]
    first = np.where(largest, -dues.reste, dues.echeance.astype(np.int64))
    return np.lexsort((_key_ranks(result, dues), first, groupe))


def _key_ranks(result: Rapprochement, dues: Dues) -> Rows:
    """Return the rank of each claim by its key, whatever the order of rows."""
    creances = result.creances.take(dues.rangs)
    days = creances.lot_date.astype(np.int64)
    ranks = np.empty(len(dues), dtype=np.int64)
    keys = (creances.part, creances.facture, creances.lot, days, creances.officine)
    ranks[np.lexsort(keys)] = np.arange(len(dues))
    return ranks
