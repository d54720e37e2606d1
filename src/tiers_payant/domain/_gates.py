"""What a plugin brings to keep claims from being chased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain._raisons import Raison
from tiers_payant.errors import PolicyError

if TYPE_CHECKING:
    from tiers_payant.domain._rapprochement import Rapprochement

__all__ = ["GateSpec"]


def _of_claims(spec: object, field: attrs.Attribute[Raison], value: Raison) -> None:
    if value > Raison.REQUALIFICATION:
        raise PolicyError(f"{field.name}: expected a reason that holds a claim back whatever the step")


@attrs.frozen(kw_only=True)
class GateSpec:
    """One more reason to leave claims alone: what an officine knows and no file says.

    Raises:
        PolicyError: Its reason is told of a step.
    """

    name: str
    raison: Raison = attrs.field(validator=_of_claims)
    """What is told of the claims that it holds; up to `REQUALIFICATION`."""
    label: str
    """What it looks at, in French."""
    hold: Callable[[Rapprochement, dt.date], npt.NDArray[np.bool_]]
    """Given a result and a day, says of each of its créances whether it is held back."""
    provider: str = "tiers-payant"
    """The distribution that brought it."""
    version: str = attrs.field(default="", eq=False)
    requires_api: str = ""
