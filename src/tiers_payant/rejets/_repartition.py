"""What was sent, shared out between the values of one axis."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["Repartition"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(kw_only=True, eq=False)
class Repartition:
    """The shares, or parts of shares, that each value holds: arrays of one length."""

    valeurs: tuple[str, ...]
    rang: Ints
    """Index in `valeurs`."""
    facture: Ints
    cents: Ints
    """Billed: those of all values are those of all shares."""
    repondue: Mask
    refusee: Mask
