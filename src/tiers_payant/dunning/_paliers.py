"""Steps in columns: which one is next for each claim, when it is due, and why one is skipped for the one after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Calendrier, Canal, Palier, Raison, Regles, RelancePolicy
from tiers_payant.dunning._consignes import Consigne, Consignes
from tiers_payant.dunning._couts import cost_cents
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._destinataires import Destinataires
from tiers_payant.dunning._jours import INCONNU, Jours, due_days

__all__ = ["Candidats", "Ecart", "Echelle", "Recherche", "search"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_CANAUX = tuple(Canal)


@attrs.frozen(eq=False)
class Echelle:
    """The steps of every consigne, side by side; a step is known by its place in its scenario."""

    consignes: tuple[Consigne, ...]
    suivant: Rows
    """For each consigne, and each place from -1 on, the place of the step that comes next; -1 for none."""

    @classmethod
    def of(cls, consignes: Consignes) -> Echelle:
        """Lay out the steps of these consignes."""
        most = max((len(one.scenario.paliers) for one in consignes.toutes if one.scenario), default=0)
        following = [
            [
                min((step for step in one.paliers if step > place and one.scenario), default=-1)
                for place in range(-1, most)
            ]
            for one in consignes.toutes
        ]
        return cls(consignes.toutes, np.array(following, dtype=np.int64).reshape(len(following), most + 1))

    @property
    def hauteur(self) -> int:
        """Most steps that a scenario has."""
        return int(self.suivant.shape[1]) - 1

    def next_places(self, consignes: Rows, places: Rows) -> Rows:
        """Return the step that comes after a place, for claims of these consignes; -1 for none."""
        found: Rows = self.suivant[consignes, places + 1]
        return found

    def each(self, consignes: Rows, places: Rows) -> Iterator[tuple[Palier, Rows]]:
        """Yield each step that stands in *places*, with the rows where it does."""
        numbers = np.array([GENRES.index(one.genre) if one.genre else -1 for one in self.consignes], dtype=np.int64)
        codes = np.where(places >= 0, numbers[consignes] * (self.hauteur + 1) + places, -1)
        for code in np.flatnonzero(np.bincount(codes[codes >= 0])).tolist() if (codes >= 0).any() else ():
            rows = np.flatnonzero(codes == code)
            scenario = self.consignes[int(consignes[rows[0]])].scenario
            if scenario is not None:
                yield scenario.paliers[code % (self.hauteur + 1)], rows

    def due(self, consignes: Rows, places: Rows, echeances: Jours, derniers: Jours, calendrier: Calendrier) -> Jours:
        """Return the day from which the step at each place is due; `NaT` where there is none, or no day is known."""
        found = np.full(len(places), INCONNU)
        for palier, rows in self.each(consignes, places):
            found[rows] = due_days(echeances[rows], derniers[rows], palier.delai, calendrier)
        return found


@attrs.frozen(kw_only=True, eq=False)
class Candidats:
    """The claims that nothing holds back; every array has one entry for each."""

    consigne: Rows
    """Place of what rules it."""
    groupe: Rows
    """Number of those asked for together."""
    contact: Rows
    """Place of the addressee; -1 for nobody."""
    reste: Rows
    """Cents."""
    meneuse: Rows
    """Place of the claim that decides for it: itself, where each claim decides for itself."""
    place: Rows
    """The step that is looked at first, that of the claim that decides."""
    echeance: Jours
    dernier: Jours


@attrs.frozen(eq=False)
class Ecart:
    """Some claims for which one step is not applied."""

    rows: Rows
    place: Rows
    raison: npt.NDArray[np.int8]
    jusqu_au: Jours


@attrs.frozen(eq=False)
class Recherche:
    """Which step is applied to each claim, and what was skipped on the way."""

    place: Rows
    """The step applied; -1 for none."""
    ecarts: tuple[Ecart, ...]


@attrs.frozen(kw_only=True, eq=False)
class Mesures:
    """What steps need, cost and may bring on one day, by consigne and place."""

    canal: Rows
    """Place of the channel in `Canal`."""
    cout: Rows
    """Cents, of one contact."""
    espoir: Rows
    """Percent of what is claimed."""
    least: Rows
    """Cents: below it the step is skipped."""
    gain_min_cents: int
    reached: Mask
    """For each channel and each contact, whether what it needs is known; the last contact is nobody."""

    @classmethod
    def of(
        cls, echelle: Echelle, addressees: Destinataires, policy: RelancePolicy, regles: Regles, today: dt.date
    ) -> Mesures:
        """Measure every step on *today*."""
        shape = len(echelle.consignes), max(1, echelle.hauteur)
        canal, cout, espoir, least = np.zeros((4, *shape), dtype=np.int64)
        for number, consigne in enumerate(echelle.consignes):
            for place, palier in enumerate(consigne.scenario.paliers if consigne.scenario else ()):
                canal[number, place] = _CANAUX.index(palier.canal)
                cout[number, place] = cost_cents(palier, policy, today, regles)
                espoir[number, place] = palier.espoir
                least[number, place] = consigne.least(place)
        reached = np.stack([addressees.reached(one) for one in _CANAUX])
        return cls(
            canal=canal, cout=cout, espoir=espoir, least=least, gain_min_cents=policy.gain_min_cents, reached=reached
        )  # fmt: skip

    def gain(self, consignes: Rows, place: Rows | int, cents: Rows) -> Rows:
        """Return what is hoped for of *cents*, the cost taken off: cents, negative where the step costs more."""
        found: Rows = cents * self.espoir[consignes, place] // 100 - self.cout[consignes, place]
        return found

    def refusals(self, claims: Candidats, rows: Rows, place: int) -> npt.NDArray[np.int8]:
        """Say why the step is not applied to each of these claims, which are all that it would ask for; -1: it is."""
        groups, consignes, contacts = claims.groupe[rows], claims.consigne[rows], claims.contact[rows]
        asked = np.bincount(groups, weights=claims.reste[rows])[groups].astype(np.int64)  # whole numbers, below 2**53
        reached = self.reached[self.canal[consignes, place], contacts]
        gain = self.gain(consignes, place, asked)
        masks = [
            ~reached & (contacts < 0), ~reached, asked < self.least[consignes, place],
            (gain <= 0) | (gain < self.gain_min_cents),
        ]  # fmt: skip
        said = [Raison.CONTACT_INCONNU, Raison.ADRESSE_MANQUANTE, Raison.MONTANT_INSUFFISANT, Raison.SOUS_LE_COUT]
        return np.select(masks, [np.int8(one) for one in said], default=np.int8(-1)).astype(np.int8)


def search(echelle: Echelle, claims: Candidats, mesures: Mesures, calendrier: Calendrier, today: dt.date) -> Recherche:
    """Find the step of each claim: the first that nothing refuses, from the one due on.

    A step that is refused is told, and the next one is looked at when its own delay is over, counted for the claim
    that decides. Steps are looked at in their order, so that claims that skip one join those that are at the next.
    """
    place, applied = claims.place.copy(), np.full(len(claims.reste), -1, dtype=np.int64)
    skipped: list[Ecart] = []
    for step in range(echelle.hauteur):
        rows = np.flatnonzero(place == step)
        if not len(rows):
            continue
        reasons = mesures.refusals(claims, rows, step)
        refused = rows[reasons >= 0]
        applied[rows[reasons < 0]] = step
        place[rows] = -1
        if len(refused):
            skipped.append(_told(refused, place=step, raison=reasons[reasons >= 0]))
            skipped += _moved(echelle, claims, refused, place, step, calendrier, today)
    return Recherche(applied, tuple(skipped))


def _moved(
    echelle: Echelle, claims: Candidats, rows: Rows, place: Rows, step: int, calendrier: Calendrier, today: dt.date
) -> Sequence[Ecart]:
    """Bring these claims to their next step where it is due; tell those for which it is not."""
    following = echelle.next_places(claims.consigne[rows], np.full(len(rows), step, dtype=np.int64))
    leaders = claims.meneuse[rows]
    due = echelle.due(claims.consigne[rows], following, claims.echeance[leaders], claims.dernier[leaders], calendrier)
    ready = due <= np.datetime64(today)
    place[rows[ready]] = following[ready]
    early = (following >= 0) & ~ready
    if not early.any():
        return ()
    reasons = np.full(int(early.sum()), Raison.DELAI_SUIVANT, dtype=np.int8)
    return (Ecart(rows[early], following[early], reasons, due[early] - 1),)


def _told(rows: Rows, *, place: int, raison: npt.NDArray[np.int8]) -> Ecart:
    return Ecart(rows, np.full(len(rows), place, dtype=np.int64), raison, np.full(len(rows), INCONNU))
