"""What checks would have stopped: the factures that each flags, against those that came back refused or paid."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tiers_payant.domain import Alertes, CheckSpec, ClassementRejets, Etat, Famille, Part, Prevention, Rapprochement
from tiers_payant.rejets.controle._colonnes import Ints, Rows

__all__ = ["prevention"]


def prevention(
    result: Rapprochement, classement: ClassementRejets, alertes: Alertes, checks: Iterable[CheckSpec]
) -> Prevention:
    """Count, for each check, the refused factures that it would have flagged before sending, and its false alarms.

    A facture counts once for each family that it was refused for, whatever its shares and reject lines. A false alarm
    is a facture that no reject is about and whose insurers' shares are all credited: what is still open is neither.

    Args:
        result: The history, reconciled.
        classement: What its reject lines mean.
        alertes: What the checks found in `result.tables`, examined as a history.
        checks: The checks that were asked, those that found nothing included.
    """
    refused = _refused(result, classement)
    sizes = {famille: len(rows) for famille, rows in refused.items()}
    paid = _paid(result)
    names, families, stopped, alarms = [], [], [], []
    for check in sorted(checks, key=lambda one: one.name):
        flagged = np.unique(alertes.facture[alertes.controle == check.name.encode()]).astype(np.int64)
        false = len(np.intersect1d(flagged, paid, assume_unique=True))
        for famille in Famille:
            met = np.intersect1d(flagged, refused.get(famille, _NOTHING), assume_unique=True)
            if len(met) or famille is check.famille:
                names.append(check.name.encode())
                families.append(int(famille))
                stopped.append(len(met))
                alarms.append(false)
    return Prevention.of(
        len(names),
        controle=names,
        famille=np.array(families, dtype=np.int8),
        rejets=[sizes.get(Famille(famille), 0) for famille in families],
        arretes=stopped,
        alertes_payees=alarms,
    )


_NOTHING: Rows = np.zeros(0, dtype=np.int64)


def _refused(result: Rapprochement, classement: ClassementRejets) -> dict[Famille, Rows]:
    """Return the factures refused for each family."""
    families = np.zeros(len(result.tables.rejets), dtype=np.int8)
    families[classement.rejet] = classement.famille
    of_pairs = families[result.rejets_rangs]
    factures: Ints = result.creances.facture_rang[result.rejets_creances].astype(np.int64)
    return {
        Famille(famille): np.unique(factures[(of_pairs == famille) & (factures >= 0)])
        for famille in np.unique(of_pairs).tolist()
    }


def _paid(result: Rapprochement) -> Rows:
    """Return the factures whose insurers' shares are all credited, and that no reject is about."""
    creances = result.creances
    owed = (creances.part != Part.ASSURE) & (creances.facture_rang >= 0)
    factures = creances.facture_rang[owed].astype(np.int64)
    open_ones = factures[creances.etat[owed] != Etat.CREDITEE]
    refused = creances.facture_rang[result.rejets_creances].astype(np.int64)
    return np.setdiff1d(factures, np.concatenate([open_ones, refused]))
