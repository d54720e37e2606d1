"""The passes for credits without a return, in order, each a named object: structures first, then sums."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Creances, lot_codes, pass_text, row_codes

__all__ = ["SANS_RETOUR", "SansRetour"]

Rows = npt.NDArray[np.int64]


@attrs.frozen(kw_only=True)
class SansRetour:
    """One way to recognise what a credit pays although no return says so."""

    name: str = attrs.field(validator=pass_text)
    """Written on each link that it makes."""
    label: str = attrs.field(validator=pass_text)
    """What it means, in French."""
    rassemble: Callable[[Creances], Rows] | None
    """For each créance a number, int64: those of one officine and one number may be paid together, all of them, or all
    that one debtor owes of them. None: any set of at most six may."""


# Functions, not lambdas: passes are sent to other processes by name.
def _by_lot(creances: Creances) -> Rows:
    return lot_codes([creances])[0]


def _by_day(creances: Creances) -> Rows:
    return row_codes([(creances.officine, creances.lot_date)])[0]


def _alone(creances: Creances) -> Rows:
    return np.arange(len(creances), dtype=np.int64)


SANS_RETOUR = (
    SansRetour(
        name="lot_entier",
        label="un virement est la somme de tout ce qui reste ouvert d'un lot, et d'aucun autre choix",
        rassemble=_by_lot,
    ),
    SansRetour(
        name="journee_entiere",
        label="un virement est la somme de tout ce qui reste ouvert des lots d'un jour, et d'aucun autre choix",
        rassemble=_by_day,
    ),
    SansRetour(
        name="creance_seule",
        label="un virement est du montant d'une créance, et d'aucun autre choix",
        rassemble=_alone,
    ),
    SansRetour(
        name="somme_de_creances",
        label="un virement est la somme de deux à six créances, et d'aucun autre choix",
        rassemble=None,
    ),
)
