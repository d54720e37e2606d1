"""What was already sent: the furthest step of each claim, its last contact, its mise en demeure."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Echanges, Rapprochement, RelancePolicy, facture_codes, row_codes
from tiers_payant.dunning._cibles import equal_pairs
from tiers_payant.dunning._creances import Dues
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._jours import INCONNU, Jours

__all__ = ["Histoire", "history_of"]

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]


@attrs.frozen(kw_only=True, eq=False)
class Histoire:
    """What became of each claim, and of each debtor, until one day."""

    place: Rows
    """For each claim, place in its scenario of the furthest step applied; -1 when none was."""
    dernier: Jours
    """For each claim, its last contact."""
    mise_en_demeure: Jours
    """For each claim, its first formal summons."""
    debiteurs: Jours
    """For each debtor, its last contact about any claim."""


def history_of(
    result: Rapprochement, dues: Dues, genres: Codes, policy: RelancePolicy, echanges: Echanges, today: dt.date
) -> Histoire:
    """Read what was sent until *today*, that day included; later contacts are not known yet.

    A step counts for its claim when it is one of the scenario of the claim's debtor; the furthest, not the last, says
    what comes next, so that a claim joined to a contact of a younger one does not start again. Any contact counts as a
    contact.
    """
    nothing, debtors = np.full(len(dues), INCONNU), np.full(len(dues.debiteurs.noms), INCONNU)
    place = np.full(len(dues), -1, dtype=np.int64)
    known = echanges.take(echanges.le <= np.datetime64(today)) if len(echanges) else echanges
    if not len(known):
        return Histoire(place=place, dernier=nothing, mise_en_demeure=nothing, debiteurs=debtors)
    rows, claims = _pairs(result, dues, known)
    last, summons = nothing.copy(), nothing.copy()
    np.fmax.at(last, claims, known.le[rows])
    formal = known.mise_en_demeure[rows]
    np.fmin.at(summons, claims[formal], known.le[rows][formal])
    np.maximum.at(place, claims, _places(policy, known, rows, genres[claims]))
    np.fmax.at(debtors, dues.debiteur[claims], known.le[rows])
    named, theirs = _by_name(dues, known)
    np.fmax.at(debtors, theirs, known.le[named])
    return Histoire(place=place, dernier=last, mise_en_demeure=summons, debiteurs=debtors)


def _pairs(result: Rapprochement, dues: Dues, echanges: Echanges) -> tuple[Rows, Rows]:
    """Return each row of the history with the claim that it is about."""
    theirs, ours = facture_codes([echanges, result.creances.take(dues.rangs)])
    return equal_pairs(*row_codes([(theirs, echanges.part), (ours, dues.part)]))


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
    return found


def _by_name(dues: Dues, echanges: Echanges) -> tuple[Rows, Rows]:
    """Return each row of the history with the debtor that it names."""
    debtors = dues.debiteurs
    return equal_pairs(*row_codes([(echanges.officine, echanges.debiteur), (debtors.officines, debtors.noms)]))
