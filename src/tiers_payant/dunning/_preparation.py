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
from tiers_payant.dunning._histoire import Histoire, known_on, more_than, no_history, told_of
from tiers_payant.dunning._jours import INCONNU, Jours
from tiers_payant.dunning._paliers import Echelle
from tiers_payant.dunning._regimes import Regimes, rules_of
from tiers_payant.dunning._requalification import requalifications
from tiers_payant.dunning._vue import Vue

__all__ = ["Etude", "Pas", "Preparation", "Socle", "ranked", "stood"]

Rows = npt.NDArray[np.int64]

_SPARSE = 16
"""Numbers for each claim beyond which a table of them all is larger than what sorting them takes."""
_ALWAYS = np.datetime64("1000-01-01", "D")
"""Before any day: the claim is over its delay whatever the day."""


@attrs.frozen(kw_only=True, eq=False)
class Socle:
    """The claims as they stand until somebody comes into the annuaire, or leaves it: no contact changes it."""

    vue: Vue
    """On a day: what depends on it, and on what was sent, is asked of another one."""
    echelle: Echelle
    groupe: Rows
    """For each claim, a number that those asked for together share."""
    retenues: Retenues
    """What holds claims back on any day."""


@attrs.frozen(kw_only=True, eq=False)
class Pas:
    """Where each claim is in its scenario."""

    place: Rows
    """The place of its next step; -1 when none is left."""
    depuis: Jours
    """The first day on which it is over its delay."""
    echus: Jours
    """The day from which its next step is due; `NaT` when not known."""


@attrs.frozen(kw_only=True, eq=False)
class Etude:
    """The claims as they stand until the next contact."""

    socle: Socle
    vue: Vue
    """On a day: what depends on it is asked of another one."""
    connus: Echanges
    """What was sent."""
    histoire: Histoire
    place: Rows
    """For each claim, the place of its next step; -1 when none is left."""
    depuis: Jours
    """For each claim, the first day on which it is over its delay."""
    contacte: Jours
    """For each claim, the last contact of its addressee, about any claim."""

    @property
    def echelle(self) -> Echelle:
        """Every step."""
        return self.socle.echelle

    @property
    def groupe(self) -> Rows:
        """For each claim, a number that those asked for together share."""
        return self.socle.groupe

    @property
    def retenues(self) -> Retenues:
        """What holds claims back on any day."""
        return self.socle.retenues


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Preparation:
    """A result and a policy, ready to be planned day after day; `preparer` makes it.

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
    socles: list[tuple[int, Socle]] = attrs.field(factory=list, init=False, repr=False)
    """What was laid last, and when the annuaire was the same."""
    etudes: list[tuple[Echanges, int, Etude]] = attrs.field(factory=list, init=False, repr=False)
    """The last study: its history, how many rows of it were not known yet, and itself."""

    @cached_property
    def dues(self) -> Dues:
        """What is still owed."""
        return dues_of(self.result, self.echeances) if self.repris is None else self.repris

    @cached_property
    def couverture(self) -> Couverture:
        """How far the bank statements go."""
        return coverage(self.result.tables, self.dues.officines, self.calendrier)

    @cached_property
    def requalifications(self) -> Requalifications:
        """Shares of patients that somebody else may owe."""
        return requalifications(self.result)

    def etude(self, echanges: Echanges, today: dt.date) -> Etude:
        """Return the claims as they stand with this history, for every day on which nothing of it changes."""
        socle, later = self._socle(today), _later(echanges, today)
        for history, known, etude in self.etudes:
            if history is echanges and known == later and etude.socle is socle:
                return etude
        etude = self._study(socle, known_on(echanges, today))
        self.etudes[:] = [(echanges, later, etude)]
        return etude

    def _socle(self, today: dt.date) -> Socle:
        period = _period(self.annuaire, today)
        for known, socle in self.socles:
            if known == period:
                return socle
        socle = self.laid(today)
        self.socles[:] = [(period, socle)]
        return socle

    def laid(self, today: dt.date, addressees: Destinataires | None = None) -> Socle:
        """Return what no contact changes, on a day of some period of the annuaire; *addressees* when they are known."""
        dues = self.dues
        addressees = addressees or addressees_of(dues.debiteurs, self.annuaire, today)
        genres = addressees.genres[dues.debiteur]
        regimes = rules_of(self.result, dues, addressees, genres, self.policy)
        vue = Vue(
            result=self.result, dues=dues, policy=self.policy, calendrier=self.calendrier,
            nirs_fictifs=self.nirs_fictifs, today=today, destinataires=addressees, genres=genres, regimes=regimes,
            echus=dues.echeance, perdus=lost_days(dues, genres, self.regles, self.calendrier),
            requalifications=self.requalifications, couverture=self.couverture,
        )  # fmt: skip
        return Socle(
            vue=vue,
            echelle=Echelle.of(regimes),
            groupe=_groups(addressees.cles[dues.debiteur], regimes),
            retenues=stop(vue, [gate for gate in self.gates if not gate.quotidien]),
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
        return stood(self, socle, Echanges.empty(), no_history(self.dues), steps, np.arange(length))

    def _gone_on(self, etude: Etude, known: Echanges, more: Echanges) -> Etude:
        """Return the claims once *more* contacts were made, *known* being all of them."""
        told = told_of(self.dues, etude.socle.vue.genres, self.policy, etude.histoire, more)
        steps = Pas(place=etude.place, depuis=etude.depuis, echus=etude.vue.echus)
        return stood(self, etude.socle, known, told.histoire, steps, told.claims)


def stood(ready: Preparation, socle: Socle, known: Echanges, histoire: Histoire, before: Pas, rows: Rows) -> Etude:
    """Return the claims after the contacts that are *known*, those of *rows* alone at another step than *before*."""
    dues, regimes = ready.dues, socle.vue.regimes.de[rows]
    place, over, echus = before.place.copy(), before.depuis.copy(), before.echus.copy()
    placed = socle.echelle.next_places(regimes, histoire.place[rows])
    days = dues.echeance[rows]
    due = socle.echelle.due(regimes, placed, days, histoire.dernier[rows], ready.calendrier)
    place[rows], over[rows], echus[rows] = placed, _over(placed, due, days), _due(placed, due, days)
    contacted = _contacted(socle.vue.destinataires, histoire.debiteurs(dues))
    return Etude(
        socle=socle,
        vue=attrs.evolve(socle.vue, echus=echus),
        connus=known,
        histoire=histoire,
        place=place,
        depuis=over,
        contacte=contacted[dues.debiteur],
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


def _due(place: Rows, due: Jours, echeances: Jours) -> Jours:
    """Return the day from which the next step of each claim is due; once none is left, its échéance."""
    return np.where((place < 0) & ~np.isnat(echeances), echeances, due)


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
    if codes.max(initial=0) > _SPARSE * len(codes):
        groups: Rows = np.unique(codes, return_inverse=True)[1].astype(np.int64)
        return groups
    there = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.bool_)
    there[codes] = True
    dense: Rows = (np.cumsum(there) - 1)[codes]
    return dense


def _contacted(addressees: Destinataires, debtors: Jours) -> Jours:
    """Return, for each debtor, the last contact of its addressee, whichever debtor it was about."""
    last = np.full(int(addressees.cles.max(initial=-1)) + 1, INCONNU)
    np.fmax.at(last, addressees.cles, debtors)
    found: Jours = last[addressees.cles]
    return found


def ranked(etude: Etude, rows: Rows) -> Rows:
    """Sort these claims by group, the one that decides first: the oldest, or the largest; ties by key.

    Returns:
        Places in *rows*.
    """
    dues, regimes = etude.vue.dues, etude.vue.regimes
    largest = np.array([one.porteuse is Porteuse.PLUS_FORTE for one in regimes.regimes], dtype=np.bool_)
    first = np.where(largest[regimes.de[rows]], -dues.reste[rows], dues.echeance[rows].astype(np.int64))
    groupe = etude.groupe[rows]
    order = np.lexsort((first, groupe))
    same = (np.diff(groupe[order]) == 0) & (np.diff(first[order]) == 0)
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same)) if len(rows) else order
    some = order[tied]
    creances = dues.creances.take(dues.rangs[rows[some]])
    keys = (creances.part, creances.facture, creances.lot, creances.lot_date.astype(np.int64), creances.officine)
    order[tied] = some[np.lexsort((*keys, first[some], groupe[some]))]
    return order
