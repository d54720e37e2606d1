"""How often factures come back refused, along each axis: counts, from which rates and their intervals follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Axe,
    ClassementRejets,
    Famille,
    Operateurs,
    Rapprochement,
    Statistiques,
    summed,
)
from tiers_payant.rejets._axes import values_of
from tiers_payant.rejets._refus import Envois, envois_of
from tiers_payant.rejets._repartition import Repartition
from tiers_payant.rejets._verdicts import check_classement

__all__ = ["AXES", "statistics"]

Ints = npt.NDArray[np.int64]

AXES = (Axe.ENSEMBLE, Axe.FAMILLE, Axe.PAYEUR, Axe.MOIS, Axe.PRESCRIPTEUR, Axe.PRODUIT)


def statistics(
    result: Rapprochement,
    classement: ClassementRejets,
    *,
    par: Iterable[Axe] = AXES,
    operateurs: Operateurs | None = None,
) -> Statistiques:
    """Count the factures sent, answered and refused along each axis.

    The unit is the facture; along `Axe.PAYEUR` it is a facture as one payer received it. It is answered when one of its
    shares is. The cells of `FAMILLE` share one denominator, all factures; a facture whose shares were refused for two
    reasons is in two of them. The euros refused of each axis add up to those of `ENSEMBLE`: shares refused, in whole.

    Args:
        result: The reconciliation.
        classement: What each of its reject lines means.
        par: The axes; `OPERATEUR` is added when *operateurs* is given. `OFFICINE` is for several of them.
        operateurs: Who billed what.

    Raises:
        ColumnError: *classement* is not that of these rejects.
    """
    check_classement(result, classement)
    envois = envois_of(result, classement)
    axes = list(dict.fromkeys([*par, *([Axe.OPERATEUR] if operateurs is not None else [])]))
    cells = [cell for axe in axes for cell in _cells(axe, result, envois, operateurs)]
    cells.sort(key=lambda cell: (cell.axe, -cell.refuses_cents, -cell.refusees, cell.valeur))
    return _table(cells)


@attrs.frozen
class _Cell:
    axe: Axe
    valeur: str
    envoyees: int
    sans_reponse: int
    refusees: int
    envoyes_cents: int
    refuses_cents: int


def _cells(axe: Axe, result: Rapprochement, envois: Envois, operateurs: Operateurs | None) -> Iterable[_Cell]:
    if axe is Axe.FAMILLE:
        return _families(envois)
    return _counted(axe, values_of(axe, result, envois, operateurs))


def _families(envois: Envois) -> Iterable[_Cell]:
    """Yield a cell for each family that refused something, over all that was sent."""
    total, cents = len(np.unique(envois.facture)), int(envois.cents.sum())
    mute = total - len(np.unique(envois.facture[envois.repondue]))
    for famille in Famille:
        rows = envois.famille == famille
        if rows.any():
            refused = len(np.unique(envois.facture[rows]))
            yield _Cell(Axe.FAMILLE, famille.name, total, mute, refused, cents, int(envois.cents[rows].sum()))


def _counted(axe: Axe, spread: Repartition) -> Iterable[_Cell]:
    length = len(spread.valeurs)
    no = spread.refusee
    said = spread.repondue
    sent = _distinct(spread.rang, spread.facture, length)
    mute = sent - _distinct(spread.rang[said], spread.facture[said], length)
    refused = _distinct(spread.rang[no], spread.facture[no], length)
    cents = summed(spread.rang, spread.cents, length)
    lost = summed(spread.rang[no], spread.cents[no], length)
    for rank, value in enumerate(spread.valeurs):
        if sent[rank]:
            counts = (int(each[rank]) for each in (sent, mute, refused, cents, lost))
            yield _Cell(axe, value, *counts)


def _distinct(ranks: Ints, factures: Ints, length: int) -> Ints:
    """Return, for each value, how many factures it has."""
    width = int(factures.max(initial=0)) + 1
    pairs = np.unique(ranks * width + factures)
    return np.bincount(pairs // width, minlength=length).astype(np.int64)


def _table(cells: Sequence[_Cell]) -> Statistiques:
    names = [field.name for field in attrs.fields(_Cell)]
    return Statistiques.of(len(cells), **{name: [getattr(cell, name) for cell in cells] for name in names})
