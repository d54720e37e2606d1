"""Contacts made at steps that the policy has no more: how far they had brought their claims."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Calendrier, Canal, Echanges, RelancePolicy, Scenario
from tiers_payant.dunning._creances import CLE, Dues
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._jours import INCONNU, Jours
from tiers_payant.dunning._paliers import Echelle

__all__ = ["landmark", "steps_gone", "walked"]

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]


def landmark(scenario: Scenario, canal: Canal | None, *, mise_en_demeure: bool) -> int:
    """Return the place that a contact at a step that is gone had reached for certain; -1 when nothing tells.

    A hand-over to a collector is the last of all: it stands for that of the scenario, or for every step of it. A formal
    summons stands for the first one of the scenario.
    """
    paliers = scenario.paliers
    if canal is Canal.RECOUVREMENT:
        return next((place for place, one in enumerate(paliers) if one.canal is canal), len(paliers) - 1)
    if mise_en_demeure:
        return next((place for place, one in enumerate(paliers) if one.mise_en_demeure), -1)
    return -1


def steps_gone(policy: RelancePolicy, echanges: Echanges) -> Mask:
    """Say which contacts were made at a step that the scenario of their kind of debtor has no more."""
    found = np.zeros(len(echanges), dtype=np.bool_)
    for scenario in policy.scenarios:
        codes = [palier.code.encode() for palier in scenario.paliers]
        found |= (echanges.type == scenario.debiteur.value.encode()) & ~np.isin(echanges.palier, codes)
    return found


def walked(
    dues: Dues, genres: Codes, echelle: Echelle, consignes: Rows, policy: RelancePolicy, known: Echanges, rows: Rows,
    calendrier: Calendrier,
) -> Rows:  # fmt: skip
    """Return the place that contacts at steps that are gone stand for, claim by claim; -1 for none.

    On its day, each stands for the next step, where that was due by then; never for a formal summons nor for a
    hand-over, which somebody either received or did not.

    Args:
        dues: The claims.
        genres: The kind of debtor of each, as a place in `GENRES`.
        echelle: The steps.
        consignes: The consigne of each claim.
        policy: Where the steps stand.
        known: The contacts made.
        rows: Claims none of whose contacts tells its place.
        calendrier: To count delays.
    """
    claims, days = _contacts(dues, genres, policy, known, rows)
    place, last = np.full(len(dues), -1, dtype=np.int64), np.full(len(dues), INCONNU)
    begins = np.flatnonzero(np.diff(claims, prepend=-1))
    ranks = np.arange(len(claims)) - np.repeat(begins, np.diff(np.append(begins, len(claims))))
    for rank in range(int(ranks.max(initial=-1)) + 1):
        mine, day = claims[ranks == rank], days[ranks == rank]
        following = echelle.next_places(consignes[mine], place[mine])
        due = echelle.due(consignes[mine], following, dues.echeance[mine], last[mine], calendrier)
        passed = (due <= day) & ~_certain(echelle, consignes[mine], following)
        place[mine[passed]] = following[passed]
        last[mine] = day
    return place[rows]


def _contacts(dues: Dues, genres: Codes, policy: RelancePolicy, known: Echanges, rows: Rows) -> tuple[Rows, Jours]:
    """Return the claims among *rows* contacted at steps that are gone, and the days, each pair once, in order."""
    gone = known.take(steps_gone(policy, known))
    found = dues.find([getattr(gone, name) for name in CLE])
    wanted = np.zeros(len(dues) + 1, dtype=np.bool_)
    wanted[rows] = True
    kinds = np.array([*(genre.value.encode() for genre in GENRES), b""], dtype="S")
    kept = np.flatnonzero(wanted[found] & (np.append(kinds[genres], b"")[found] == gone.type))
    claims, days = found[kept], gone.le[kept]
    order = np.lexsort((days.astype(np.int64), claims))
    claims, days = claims[order], days[order]
    new = (np.diff(claims, prepend=-1) != 0) | (np.diff(days.astype(np.int64), prepend=-1) != 0)
    return claims[new], days[new]


def _certain(echelle: Echelle, consignes: Rows, places: Rows) -> Mask:
    """Say which steps are formal summons or hand-overs."""
    found = np.zeros(len(places), dtype=np.bool_)
    for palier, rows in echelle.each(consignes, places):
        found[rows] = palier.mise_en_demeure or palier.canal is Canal.RECOUVREMENT
    return found
