"""The days that returns and deadlines tell of each créance."""

from __future__ import annotations

import numpy as np

from tiers_payant.domain import Echeances, Etat, NatureEcheance, Rapprochement
from tiers_payant.dunning._jours import INCONNU, Jours

__all__ = ["announced_days", "deadline_of"]


def announced_days(result: Rapprochement) -> tuple[Jours, Jours]:
    """Return the first and the last day on which a transfer that is not credited was announced for each créance.

    Who announces a transfer has until then to make it: the claim is not late before.
    """
    tables, links = result.tables, result.liens_reponses
    rows = np.flatnonzero((links.cents > 0) & ~result.reponses_versees[links.reponse])
    answers = links.reponse[rows]
    of_group = np.append(tables.groupes.date, INCONNU)[tables.reponses.groupe[answers]]
    of_return = np.append(tables.retours.date, INCONNU)[tables.reponses.retour[answers]]
    first, last = np.full((2, len(result.creances)), INCONNU)
    np.fmin.at(first, links.creance[rows], np.fmin(of_group, of_return))
    np.fmax.at(last, links.creance[rows], np.fmax(of_group, of_return))
    waits = result.creances.etat == Etat.ANNONCEE
    return np.where(waits, first, INCONNU), np.where(waits, last, INCONNU)


def deadline_of(echeances: Echeances, nature: NatureEcheance, length: int, *, last: bool) -> Jours:
    """Return a deadline of each créance; of several, the last to be paid by, the first to be lost after."""
    rows = np.flatnonzero((echeances.nature == nature) & (echeances.creance >= 0))
    found = np.full(length, INCONNU)
    claims, days = echeances.creance[rows], echeances.le[rows]
    if (claims[1:] > claims[:-1]).all():  # one for each, as they mostly are
        found[claims] = days
    else:
        (np.fmax if last else np.fmin).at(found, claims, days)
        found[claims[np.isnat(days)]] = INCONNU
    return found
