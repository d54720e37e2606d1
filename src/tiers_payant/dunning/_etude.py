"""The claims as they stand: where each is in its scenario, and which of them decides first."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Calendrier, Echanges, Porteuse
from tiers_payant.dunning._anciens import walked
from tiers_payant.dunning._destinataires import Destinataires
from tiers_payant.dunning._gates import Arrets
from tiers_payant.dunning._histoire import Histoire
from tiers_payant.dunning._jours import INCONNU, Jours
from tiers_payant.dunning._paliers import Echelle
from tiers_payant.dunning._vue import Vue

__all__ = ["Etude", "Pas", "Socle", "ranked", "stood"]

Rows = npt.NDArray[np.int64]

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
    arrets: Arrets
    """What holds claims back on any day."""
    verifie: Rows
    """For each claim that a levée freed of these, the last day on which somebody had looked; `JAMAIS` for others."""


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
    """For each debtor, the last contact of its addressee, about any claim."""
    approche: Jours
    """The same, those about debtors who owe nothing any more included."""

    @property
    def echelle(self) -> Echelle:
        """Every step."""
        return self.socle.echelle

    @property
    def groupe(self) -> Rows:
        """For each claim, a number that those asked for together share."""
        return self.socle.groupe

    @property
    def arrets(self) -> Arrets:
        """What holds claims back on any day."""
        return self.socle.arrets

    @property
    def verifie(self) -> Rows:
        """For each claim that a levée freed of these, the last day on which somebody had looked."""
        return self.socle.verifie


def stood(socle: Socle, known: Echanges, histoire: Histoire, before: Pas, rows: Rows, calendrier: Calendrier) -> Etude:
    """Return the claims after the contacts that are *known*, those of *rows* alone at another step than *before*."""
    dues, consignes = socle.vue.dues, socle.vue.consignes.de[rows]
    place, over, echus = before.place.copy(), before.depuis.copy(), before.echus.copy()
    placed = socle.echelle.next_places(consignes, _reached(socle, known, histoire, rows, calendrier))
    days = dues.echeance[rows]
    due = socle.echelle.due(consignes, placed, days, histoire.dernier[rows], calendrier)
    place[rows], over[rows], echus[rows] = placed, _over(placed, due, days), _due(placed, due, days)
    addressees = socle.vue.destinataires
    last = _contacted(addressees, histoire.debiteurs(dues))
    return Etude(
        socle=socle,
        vue=attrs.evolve(socle.vue, echus=echus),
        connus=known,
        histoire=histoire,
        place=place,
        depuis=over,
        contacte=last[addressees.cles],
        approche=_approached(addressees, histoire, last)[addressees.cles],
    )


def _reached(socle: Socle, known: Echanges, histoire: Histoire, rows: Rows, calendrier: Calendrier) -> Rows:
    """Return the place that each of these claims reached, counting contacts at steps that the policy has no more."""
    place, vue = histoire.place[rows], socle.vue
    lost = np.flatnonzero(histoire.anciens[rows] & (place < 0))
    if len(lost):
        place[lost] = walked(
            vue.dues, vue.genres, socle.echelle, vue.consignes.de, vue.policy, known, rows[lost], calendrier
        )  # fmt: skip
    return place


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


def _contacted(addressees: Destinataires, debtors: Jours) -> Jours:
    """Return the last contact of each addressee, whichever debtor it was about."""
    last = np.full(int(addressees.cles.max(initial=-1)) + 1, INCONNU)
    np.fmax.at(last, addressees.cles, debtors)
    return last


def _approached(addressees: Destinataires, histoire: Histoire, contacted: Jours) -> Jours:
    """Return the same with what was sent about debtors who owe nothing: who answers for them today was contacted.

    Of a debtor without any claim here, the history alone tells the name.
    """
    last, known = contacted.copy(), addressees.de >= 0
    np.fmax.at(last, addressees.cles[known], histoire.appeles[known])
    others = addressees.cles_of(histoire.absents)
    days = np.array([*histoire.absents.values()], dtype=np.int64).astype("datetime64[D]")
    np.fmax.at(last, others[others >= 0], days[others >= 0])
    return last


def ranked(etude: Etude, rows: Rows) -> Rows:
    """Sort these claims by group, the one that decides first: the oldest, or the largest; ties by key.

    Returns:
        Places in *rows*.
    """
    dues, consignes = etude.vue.dues, etude.vue.consignes
    largest = np.array([one.porteuse is Porteuse.PLUS_FORTE for one in consignes.toutes], dtype=np.bool_)
    first = np.where(largest[consignes.de[rows]], -dues.reste[rows], dues.echeance[rows].astype(np.int64))
    groupe = etude.groupe[rows]
    order = np.lexsort((first, groupe))
    same = (np.diff(groupe[order]) == 0) & (np.diff(first[order]) == 0)
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same)) if len(rows) else order
    some = order[tied]
    creances = dues.creances.take(dues.rangs[rows[some]])
    keys = (creances.part, creances.facture, creances.lot, creances.lot_date.astype(np.int64), creances.officine)
    order[tied] = some[np.lexsort((*keys, first[some], groupe[some]))]
    return order
