"""How near a deadline is: what must happen, how many days are left, from when it is told of."""

from __future__ import annotations

from enum import IntEnum

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._table import Codes, Entiers
from tiers_payant.errors import PolicyError

__all__ = ["Horizon", "Horizons", "NatureEcheance", "Urgence"]


class NatureEcheance(IntEnum):
    """What must happen in time, or should have."""

    ENVOI = 0
    """The form was sent late: nothing to do but to know it. Counted to the day of the lot, not to today."""
    RENVOI = 1
    """A facture that came back refused is sent again, where sending again is the answer."""
    PAIEMENT = 2
    """An insurer pays."""
    FORCLUSION = 3
    """The claim is lost after that day."""
    INDU = 4
    """An undue sum is paid back, or the officine answers."""


class Urgence(IntEnum):
    """How near a deadline is; the greater, the more pressing. `INCONNUE` is no day at all: look at it too."""

    INCONNUE = 0
    """The last day cannot be told."""
    OK = 1
    BIENTOT = 2
    URGENT = 3
    DEPASSE = 4


def _not_negative(horizon: object, field: attrs.Attribute[int], value: int) -> None:
    if value < 0:
        raise PolicyError(f"{field.name}: expected days, got {value}")


@attrs.frozen(kw_only=True)
class Horizon:
    """From how many days left a deadline is told of, in the days of its rule (open days, or calendar days).

    Raises:
        PolicyError: A negative number, or an alert that comes after the urgent one.
    """

    bientot: int = attrs.field(validator=_not_negative)
    urgent: int = attrs.field(validator=_not_negative)

    def __attrs_post_init__(self) -> None:
        if self.urgent > self.bientot:
            raise PolicyError(f"urgent: expected at most bientot, {self.bientot}, got {self.urgent}")


@attrs.frozen(kw_only=True)
class Horizons:
    """How long before its last day each deadline becomes near, then urgent.

    The defaults are choices of this library, in no text: a forclusion needs months, since a claim may come back
    refused several times; a payer's delay needs no alert before it is over.
    """

    renvoi: Horizon = Horizon(bientot=3, urgent=1)
    paiement: Horizon = Horizon(bientot=1, urgent=0)
    forclusion: Horizon = Horizon(bientot=180, urgent=60)
    indu: Horizon = Horizon(bientot=30, urgent=10)

    def of(self, nature: NatureEcheance) -> Horizon:
        """Return the horizon of one nature. What was sent late is never to come."""
        return {
            NatureEcheance.ENVOI: _NEVER,
            NatureEcheance.RENVOI: self.renvoi,
            NatureEcheance.PAIEMENT: self.paiement,
            NatureEcheance.FORCLUSION: self.forclusion,
            NatureEcheance.INDU: self.indu,
        }[nature]

    def levels(self, natures: Codes, jours: Entiers, known: npt.NDArray[np.bool_]) -> Codes:
        """Return the `Urgence` of each deadline, from the days left."""
        by_nature = [self.of(nature) for nature in NatureEcheance]
        soon = np.array([one.bientot for one in by_nature])[natures]
        urgent = np.array([one.urgent for one in by_nature])[natures]
        masks = [~known, jours < 0, jours <= urgent, jours <= soon]
        levels = [Urgence.INCONNUE, Urgence.DEPASSE, Urgence.URGENT, Urgence.BIENTOT]
        return np.select(masks, levels, Urgence.OK).astype(np.int8)


_NEVER = Horizon(bientot=0, urgent=0)
