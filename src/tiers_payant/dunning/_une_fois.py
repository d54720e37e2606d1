"""One contact a day for one addressee, whatever derogations make of its claims."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Raison
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._etude import Etude
from tiers_payant.dunning._paliers import Ecart

__all__ = ["Gardees", "once_a_day"]

Rows = npt.NDArray[np.int64]


@attrs.frozen(kw_only=True, eq=False)
class Gardees:
    """The claims asked for today: those of one addressee are all at one step."""

    rows: Rows
    """Claims; of one addressee, the one that decided comes first."""
    place: Rows
    """For each, the place of the step applied."""
    groupe: Rows
    """For each, a number that those of one contact share."""


def once_a_day(etude: Etude, rows: Rows, places: Rows, rest: Rows, today: dt.date) -> tuple[Gardees, Ecart]:
    """Choose, for each addressee to whom several contacts would go on *today*, the one that does.

    Those at one step of one scenario are one contact, which the oldest claim carries. Of several, the most advanced
    goes, then that of the most cents, then that of the first kind of debtor; what the others are about waits, as after
    any contact.

    Args:
        etude: The claims.
        rows: Those to which a step is applied, in the order of `ranked`.
        places: For each, the place of that step.
        rest: For each, the days that a contact leaves in peace.
        today: The day of the plan.

    Returns:
        What goes, and what does not: claims, not places among *rows*.
    """
    vue = etude.vue
    cles = vue.destinataires.cles[vue.dues.debiteur[rows]]
    codes = etude.groupe[rows] * (etude.echelle.hauteur + 1) + places
    one = np.zeros(int(cles.max(initial=-1)) + 1, dtype=np.int64)
    one[cles] = codes
    several = np.zeros(len(one), dtype=np.bool_)
    several[cles[one[cles] != codes]] = True
    order, goes = np.arange(len(rows)), np.ones(len(rows), dtype=np.bool_)
    if several.any():
        some = np.flatnonzero(several[cles])
        goes[some] = _chosen(etude, rows[some], places[some], cles[some])
        order[some] = some[_by_age(etude, rows[some])]
        order = order[goes[order]]
    late = np.flatnonzero(~goes)
    until = np.datetime64(today) + rest[late] - 1
    reasons = np.full(len(late), Raison.CONTACT_RECENT, dtype=np.int8)
    return (
        Gardees(rows=rows[order], place=places[order], groupe=cles[order]),
        Ecart(rows[late], places[late], reasons, until),
    )


def _chosen(etude: Etude, rows: Rows, places: Rows, cles: Rows) -> npt.NDArray[np.bool_]:
    """Say which of these claims are of the contact that goes to their addressee."""
    vue = etude.vue
    genres = vue.genres[rows].astype(np.int64)
    codes = (cles * (len(GENRES) + 1) + genres + 1) * (etude.echelle.hauteur + 1) + places
    _, first, of = np.unique(codes, return_index=True, return_inverse=True)
    cents = np.zeros(len(first), dtype=np.int64)
    np.add.at(cents, of, vue.dues.reste[rows])
    best = np.lexsort((genres[first], -cents, -places[first], cles[first]))
    goes = np.zeros(len(first), dtype=np.bool_)
    goes[best[np.flatnonzero(np.diff(cles[first][best], prepend=-1))]] = True
    found: npt.NDArray[np.bool_] = goes[of]
    return found


def _by_age(etude: Etude, rows: Rows) -> Rows:
    """Sort these claims: the oldest first, ties by key."""
    dues = etude.vue.dues
    creances = dues.creances.take(dues.rangs[rows])
    keys = (creances.part, creances.facture, creances.lot, creances.lot_date.astype(np.int64), creances.officine)
    return np.lexsort((*keys, dues.echeance[rows].astype(np.int64)))
