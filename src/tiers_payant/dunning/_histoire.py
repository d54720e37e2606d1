"""What was already sent: the furthest step of each claim, its last contact, its mise en demeure."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Canal, Echanges, RelancePolicy
from tiers_payant.dunning._anciens import landmark, steps_gone
from tiers_payant.dunning._creances import CLE, Dues
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._jours import INCONNU, Jours

__all__ = ["Histoire", "Suite", "carried", "known_on", "more_than", "no_history", "same_values", "told_of"]

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]

_LUES = (*CLE, "le", "debiteur", "type", "palier", "canal", "mise_en_demeure")
"""The columns of a history that a plan reads."""


@attrs.frozen(kw_only=True, eq=False)
class Histoire:
    """What became of each claim, and of each debtor, until one day."""

    place: Rows
    """For each claim, place in its scenario of the furthest step applied; -1 when none was."""
    anciens: npt.NDArray[np.bool_]
    """For each claim, whether a contact was made at a step that the policy has no more."""
    dernier: Jours
    """For each claim, its last contact."""
    mise_en_demeure: Jours
    """For each claim, its first formal summons."""
    nommes: Jours
    """For each debtor, its last contact under its name."""

    def debiteurs(self, dues: Dues) -> Jours:
        """Return, for each debtor, its last contact about any claim; none for who owes nothing any more."""
        found = np.where(np.bincount(dues.debiteur, minlength=len(self.nommes)) > 0, self.nommes, INCONNU)
        _keep_last(found, dues.debiteur, self.dernier)
        return found


@attrs.frozen(eq=False)
class Suite:
    """A history that went on."""

    histoire: Histoire
    claims: Rows
    """The claims of which something changed; one may come twice."""


def no_history(dues: Dues) -> Histoire:
    """Return what stands before any contact."""
    claims, debtors = np.full(len(dues), INCONNU), np.full(len(dues.debiteurs.noms), INCONNU)
    places = np.full(len(dues), -1, dtype=np.int64)
    gone = np.zeros(len(dues), dtype=np.bool_)
    return Histoire(place=places, anciens=gone, dernier=claims, mise_en_demeure=claims, nommes=debtors)


def carried(before: Histoire, kept: Rows, debtors: int) -> Histoire:
    """Return what stands of *before* for other claims: *kept* says which each was, -1 for none.

    Args:
        before: What was told of the claims that were there.
        kept: One entry for each of those that are.
        debtors: How many debtors there are: those of before, under their number, then others.
    """
    last, summons = (np.append(days, INCONNU)[kept] for days in (before.dernier, before.mise_en_demeure))
    names = np.append(before.nommes, np.full(debtors - len(before.nommes), INCONNU))
    place, gone = np.append(before.place, -1)[kept], np.append(before.anciens, False)[kept]
    return Histoire(place=place, anciens=gone, dernier=last, mise_en_demeure=summons, nommes=names)


def told_of(dues: Dues, genres: Codes, policy: RelancePolicy, before: Histoire, echanges: Echanges) -> Suite:
    """Return *before* with what contacts of later days, or of other claims, add to it; their order does not matter.

    A step counts for its claim when it is one of the scenario of the claim's debtor; the furthest, not the last, says
    what comes next, so that a claim joined to a contact of a younger one does not start again. One that the scenario
    has no more counts for what it was for certain: see `landmark`. Any contact counts as a contact.
    """
    if not len(echanges):
        return Suite(before, np.empty(0, dtype=np.int64))
    found = dues.par_cle.find([getattr(echanges, name) for name in CLE])
    rows = np.flatnonzero(found >= 0)
    claims, days = found[rows], echanges.le[rows]
    last, summons, place = before.dernier.copy(), before.mise_en_demeure.copy(), before.place.copy()
    _keep_last(last, claims, days)
    formal = echanges.mise_en_demeure[rows]
    np.fmin.at(summons, claims[formal], days[formal])
    np.maximum.at(place, claims, _places(policy, echanges, rows, genres[claims]))
    gone = before.anciens.copy()
    gone[claims[steps_gone(policy, echanges)[rows]]] = True
    debtors = before.nommes.copy()
    named = dues.debiteurs.par_nom.find([echanges.officine, echanges.debiteur])
    _keep_last(debtors, named[named >= 0], echanges.le[named >= 0])
    after = Histoire(place=place, anciens=gone, dernier=last, mise_en_demeure=summons, nommes=debtors)
    return Suite(after, claims)


def _keep_last(days: Jours, rows: Rows, others: Jours) -> None:
    """Put the last of the days of each row there; one that is not known is before all of them, as a number too."""
    np.maximum.at(days.view(np.int64), rows, others.view(np.int64))


def known_on(echanges: Echanges, today: dt.date) -> Echanges:
    """Return what was sent until *today*, that day included; later contacts are not known yet."""
    known = echanges.le <= np.datetime64(today)
    return echanges if known.all() else echanges.take(known)


def more_than(echanges: Echanges, before: Echanges) -> Echanges | None:
    """Return the rows that come after *before*, which the first rows are; None when they are not."""
    length = len(before)
    if len(echanges) < length:
        return None
    for name in _LUES:
        now, then = getattr(echanges, name), getattr(before, name)
        if now is not then and not same_values(now[:length], then):
            return None
    return echanges.take(np.arange(length, len(echanges)))


def same_values(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    """Say whether two columns hold the same, days that are not known being equal; memory is compared at once."""
    if one is other:
        return True
    if one.shape != other.shape:
        return False
    if one.dtype == other.dtype and one.dtype.kind in "SMib":
        return bool(np.array_equal(_bytes(one), _bytes(other)))
    return bool((one == other).all())


def _bytes(column: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(column).view(np.uint8)


def _places(policy: RelancePolicy, echanges: Echanges, rows: Rows, genres: Codes) -> Rows:
    """Return the place of each step of the history in the scenario of its claim; -1 when it is not one of it."""
    found = np.full(len(rows), -1, dtype=np.int64)
    for number, genre in enumerate(GENRES):
        scenario = policy.scenario(genre)
        if scenario is None:
            continue
        same = (genres == number) & (echanges.type[rows] == genre.encode())
        for place, palier in enumerate(scenario.paliers):
            found[same & (echanges.palier[rows] == palier.code.encode())] = place
        gone = same & steps_gone(policy, echanges)[rows]
        handed, formal = echanges.canal[rows] == Canal.RECOUVREMENT.value.encode(), echanges.mise_en_demeure[rows]
        found[gone & formal] = landmark(scenario, None, mise_en_demeure=True)
        found[gone & handed] = landmark(scenario, Canal.RECOUVREMENT, mise_en_demeure=False)
    return found
