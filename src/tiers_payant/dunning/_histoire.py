"""What was already sent: the furthest step of each claim, its last contact, its mise en demeure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Canal, Echanges, RelancePolicy
from tiers_payant.dunning._anciens import landmark, steps_gone
from tiers_payant.dunning._creances import CLE, Dues
from tiers_payant.dunning._debiteurs import GENRES, Debiteurs, distinct
from tiers_payant.dunning._jours import INCONNU, Jours
from tiers_payant.dunning._reprises import same_values, taken_over

__all__ = ["Histoire", "Suite", "carried", "known_on", "more_than", "no_history", "told_of"]

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]

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
    demandes: Jours
    """For each debtor, the last contact about the claims that it owes."""
    nommes: Jours
    """For each debtor, its last contact under its name."""
    appeles: Jours
    """The same, under the very letters of its name and of its officine."""
    absents: Mapping[tuple[bytes, bytes], int]
    """The last contact of each other debtor, by officine and name: days from 1970."""

    def debiteurs(self, dues: Dues) -> Jours:
        """Return, for each debtor, its last contact about any claim; none for who owes nothing any more."""
        return np.fmax(np.where(dues.debiteurs.presents, self.nommes, INCONNU), self.demandes)


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
    return Histoire(
        place=places, anciens=gone, dernier=claims, mise_en_demeure=claims, demandes=debtors, nommes=debtors,
        appeles=debtors, absents={},
    )  # fmt: skip


def carried(before: Histoire, kept: Rows, dues: Dues) -> Histoire:
    """Return what stands of *before* for other claims: *kept* says which each was, -1 for none.

    Args:
        before: What was told of the claims that were there.
        kept: One entry for each of those that are.
        dues: Those that are; their debtors are those of before, under their number, then others.
    """
    length = len(dues.debiteurs.noms)
    more, asked = np.full(length - len(before.nommes), INCONNU), np.full(length, INCONNU)
    last = taken_over(before.dernier, kept, INCONNU)
    _keep_last(asked, dues.debiteur, last)
    return attrs.evolve(
        before,
        place=taken_over(before.place, kept, -1),
        anciens=taken_over(before.anciens, kept, False),
        dernier=last,
        mise_en_demeure=taken_over(before.mise_en_demeure, kept, INCONNU),
        demandes=asked,
        nommes=np.append(before.nommes, more),
        appeles=np.append(before.appeles, more),
    )


def told_of(dues: Dues, genres: Codes, policy: RelancePolicy, before: Histoire, echanges: Echanges) -> Suite:
    """Return *before* with what contacts of later days, or of other claims, add to it; their order does not matter.

    A step counts for its claim when it is one of the scenario of the claim's debtor; the furthest, not the last, says
    what comes next, so that a claim joined to a contact of a younger one does not start again. One that the scenario
    has no more counts for what it was for certain: see `landmark`. Any contact counts as a contact.
    """
    if not len(echanges):
        return Suite(before, np.empty(0, dtype=np.int64))
    found = dues.find([getattr(echanges, name) for name in CLE])
    rows = np.flatnonzero(found >= 0)
    claims, days = found[rows], echanges.le[rows]
    last, asked, place = before.dernier.copy(), before.demandes.copy(), before.place.copy()
    _keep_last(last, claims, days)
    _keep_last(asked, dues.debiteur[claims], days)
    summons, formal = before.mise_en_demeure, echanges.mise_en_demeure[rows]
    if formal.any():
        summons = summons.copy()
        np.fmin.at(summons, claims[formal], days[formal])
    gone = steps_gone(policy, echanges)[rows]
    np.maximum.at(place, claims, _places(policy, echanges, rows, gone, genres[claims]))
    anciens = before.anciens.copy()
    anciens[claims[gone]] = True
    named = _named(dues.debiteurs, before, echanges)
    after = attrs.evolve(named, place=place, anciens=anciens, dernier=last, mise_en_demeure=summons, demandes=asked)
    return Suite(after, claims)


def _named(debtors: Debiteurs, before: Histoire, echanges: Echanges) -> Histoire:
    """Return *before* with the contacts of each debtor, and of each name that is no debtor's."""
    named, called = before.nommes.copy(), before.appeles.copy()
    found = _debtors(debtors, echanges)
    exact = found >= 0
    _keep_last(named, found[exact], echanges.le[exact])
    for theirs, ours in ((debtors.officines, echanges.officine), (debtors.noms, echanges.debiteur)):
        exact[exact] = theirs[found[exact]] == ours[exact]
    _keep_last(called, found[exact], echanges.le[exact])
    others = echanges.take(~exact)
    if not len(others):
        return attrs.evolve(before, nommes=named, appeles=called)
    first, numbers = distinct([others.officine, others.debiteur])
    last = np.full(len(first), INCONNU)
    _keep_last(last, numbers, others.le)
    absents, pairs = dict(before.absents), others.take(first)
    told = zip(pairs.officine.tolist(), pairs.debiteur.tolist(), last.astype(np.int64).tolist(), strict=True)
    for officine, name, day in told:
        absents[officine, name] = max(day, absents.get((officine, name), day))
    return attrs.evolve(before, nommes=named, appeles=called, absents=absents)


def _debtors(debtors: Debiteurs, echanges: Echanges) -> Rows:
    """Return the debtor that each contact names; -1 for none. Those of one contact stand together: they are few."""
    names = [echanges.officine, echanges.debiteur]
    other = [column[1:] != column[:-1] for column in names]
    first = np.append(0, np.flatnonzero(other[0] | other[1]) + 1)
    found = debtors.table.par_nom.find([column[first] for column in names])
    return np.repeat(found, np.diff(np.append(first, len(echanges))))


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


def _places(policy: RelancePolicy, echanges: Echanges, rows: Rows, gone: Mask, genres: Codes) -> Rows:
    """Return the place of each step of the history in the scenario of its claim; -1 when it is not one of it.

    Args:
        policy: Where the steps stand.
        echanges: The history.
        rows: Those of its rows that are asked for; what follows has one entry for each.
        gone: Whether the step is one that is gone.
        genres: The kind of debtor of the claim, as a place in `GENRES`.
    """
    found = np.full(len(rows), -1, dtype=np.int64)
    types, codes, formal = echanges.type[rows], echanges.palier[rows], echanges.mise_en_demeure[rows]
    handed = echanges.canal[rows] == Canal.RECOUVREMENT.value.encode()
    for number, genre in enumerate(GENRES):
        scenario = policy.scenario(genre)
        if scenario is None:
            continue
        same = (genres == number) & (types == genre.encode())
        for place, palier in enumerate(scenario.paliers):
            found[same & (codes == palier.code.encode())] = place
        lost = same & gone
        found[lost & formal] = landmark(scenario, None, mise_en_demeure=True)
        found[lost & handed] = landmark(scenario, Canal.RECOUVREMENT, mise_en_demeure=False)
    return found
