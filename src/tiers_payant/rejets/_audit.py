"""What really changed between two periods."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from tiers_payant.domain import NIVEAU, Audit, Axe, Cellule, Changement, Statistiques, difference

__all__ = ["audit"]

_NOT_COMPARED = (Axe.MOIS,)
"""The months of two periods are not the same."""


@attrs.frozen
class _Compte:
    """Factures sent, refused and without an answer of one period, and the euros refused."""

    envoyees: int = 0
    refusees: int = 0
    cents: int = 0
    sans_reponse: int = 0

    @property
    def repondues(self) -> int:
        return self.envoyees - self.sans_reponse


def audit(before: Statistiques, after: Statistiques) -> Audit:
    """Compare how often factures are refused in two periods.

    A rate has really changed when Newcombe's interval of the difference leaves 0 out, and the interval is widened for
    many comparisons (Bonferroni: with m of them each is judged at 1 - 0.05 / m), so that in a hundred audits where
    nothing changed, five at most say that something did. Rates are of the factures answered: a period that is not all
    answered yet is compared by what was, which `Ecart.incomplete` tells. Factures are taken as independent of one
    another: a patient who comes back each month with the same closed contract makes intervals look narrower than they
    are.

    Args:
        before: Statistics of the first period.
        after: Those of the second, along the same axes; an axis that one of them has not is left out, and so is a value
            that holds all that both periods sent.
    """
    axes = sorted(({*before.axe.tolist()} & {*after.axe.tolist()}) - {int(axe) for axe in _NOT_COMPARED})
    rows = [row for axe in axes for row in _paired(Axe(axe), before, after) if not _says_again(row, before, after)]
    compared = sum(1 for _, _, one, other in rows if one.repondues and other.repondues)
    judged = [(*row, _judge(row[2], row[3], compared)) for row in rows]
    judged.sort(key=lambda row: (row[4] not in _CHANGED, row[0], -max(row[2].cents, row[3].cents), row[1]))
    return Audit.of(
        len(judged),
        axe=[axe for axe, _, _, _, _ in judged],
        valeur=[value for _, value, _, _, _ in judged],
        avant_envoyees=[one.envoyees for _, _, one, _, _ in judged],
        avant_refusees=[one.refusees for _, _, one, _, _ in judged],
        apres_envoyees=[other.envoyees for _, _, _, other, _ in judged],
        apres_refusees=[other.refusees for _, _, _, other, _ in judged],
        avant_refuses_cents=[one.cents for _, _, one, _, _ in judged],
        apres_refuses_cents=[other.cents for _, _, _, other, _ in judged],
        avant_sans_reponse=[one.sans_reponse for _, _, one, _, _ in judged],
        apres_sans_reponse=[other.sans_reponse for _, _, _, other, _ in judged],
        changement=[said for _, _, _, _, said in judged],
    )


_CHANGED = (Changement.BAISSE, Changement.HAUSSE)


def _paired(axe: Axe, before: Statistiques, after: Statistiques) -> list[tuple[Axe, str, _Compte, _Compte]]:
    ones, others = _counts(axe, before), _counts(axe, after)
    nothing = (_absent(axe, before), _absent(axe, after))
    return [
        (axe, value, ones.get(value, nothing[0]), others.get(value, nothing[1])) for value in sorted({*ones, *others})
    ]


def _counts(axe: Axe, period: Statistiques) -> Mapping[str, _Compte]:
    return {cell.valeur: _told(cell) for cell in _of(axe, period)}


def _told(cell: Cellule) -> _Compte:
    return _Compte(cell.envoyees, cell.refusees, cell.refuses_cents, cell.sans_reponse)


def _says_again(row: tuple[Axe, str, _Compte, _Compte], before: Statistiques, after: Statistiques) -> bool:
    """Tell a value that holds all that both periods sent: `ENSEMBLE` says the same, and each comparison costs."""
    axe, _, one, other = row
    if axe in (Axe.ENSEMBLE, Axe.FAMILLE):
        return False
    wholes = [list(_counts(Axe.ENSEMBLE, period).values()) for period in (before, after)]
    return [[one], [other]] == wholes


def _of(axe: Axe, period: Statistiques) -> list[Cellule]:
    return list(period.par(axe))


def _absent(axe: Axe, period: Statistiques) -> _Compte:
    """Return what a period says of a value that it does not hold: a family refused none of all that was sent."""
    if axe is not Axe.FAMILLE:
        return _Compte()
    cells = (*_of(axe, period), *_of(Axe.ENSEMBLE, period))
    sent, mute = max(((cell.envoyees, cell.sans_reponse) for cell in cells), default=(0, 0))
    return _Compte(sent, sans_reponse=mute)


def _judge(one: _Compte, other: _Compte, compared: int) -> Changement:
    if not one.repondues or not other.repondues:
        return Changement.INCOMPARABLE
    level = 1 - (1 - NIVEAU) / compared
    _, low, high = difference((one.refusees, one.repondues), (other.refusees, other.repondues), level)
    return Changement.BAISSE if high < 0 else Changement.HAUSSE if low > 0 else Changement.INDECIS
