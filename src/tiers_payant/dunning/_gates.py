"""Gates: each a named object that says which claims it holds back, until when, and which bank line may pay them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import LEVABLES, GateSpec, Raison, Rapprochement
from tiers_payant.dunning._jours import INCONNU, Jours
from tiers_payant.dunning._vue import Vue
from tiers_payant.errors import GateError, kind_of

__all__ = ["LIBRE", "Arret", "Arrets", "Gate", "brought", "stop"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

LIBRE = 127
"""What stands where no gate holds a claim: beyond any `Raison`."""


@attrs.frozen(eq=False)
class Arret:
    """What one gate holds back; each array has one entry for each claim of the view."""

    masque: Mask
    jusqu_au: Jours | None = None
    """Last day of what holds it, `NaT` where nothing ends by itself; None when nothing does."""
    preuve: Rows | None = None
    """Row of the bank line that may pay it, -1 for none; None when it is nowhere a bank line."""


@attrs.frozen(kw_only=True)
class Gate:
    """One reason to leave claims alone whatever the step.

    What it says may depend on the day only when `quotidien`: the rest is asked once for all the days of a result.
    """

    raison: Raison
    hold: Callable[[Vue], Arret]
    quotidien: bool = False
    parole: bool = False
    """Whether it tells what people agreed: it holds nothing where they agreed on nothing."""


@attrs.frozen(eq=False)
class Arrets:
    """What stops each claim first; one entry for each."""

    raison: npt.NDArray[np.int8]
    """`Raison`, or `LIBRE`."""
    jusqu_au: Jours
    preuve: npt.NDArray[np.int32]


def stop(vue: Vue, gates: Sequence[Gate], before: Arrets | None = None) -> Arrets:
    """Ask *gates* in the order of `Raison`; of two gates of one reason, the first keeps its claims.

    Args:
        vue: The claims, on one day or for any day.
        gates: Each is asked once.
        before: What other gates said of these claims; it stands where its reason comes first, or is the same.
    """
    length = len(vue.dues)
    if before is None:
        raison = np.full(length, LIBRE, dtype=np.int8)
        found = Arrets(raison, np.full(length, INCONNU), np.full(length, -1, dtype=np.int32))
    else:
        found = Arrets(before.raison.copy(), before.jusqu_au.copy(), before.preuve.copy())
    asked = [gate for gate in gates if not gate.parole or vue.engages]
    for gate in sorted(asked, key=lambda one: one.raison):
        held = gate.hold(vue)
        if not held.masque.any():
            continue
        rows = np.flatnonzero(held.masque & (found.raison > gate.raison))
        found.raison[rows] = gate.raison
        found.jusqu_au[rows] = INCONNU if held.jusqu_au is None else held.jusqu_au[rows]
        found.preuve[rows] = -1 if held.preuve is None else held.preuve[rows]
    return found


def brought(spec: GateSpec) -> Gate:
    """Return the gate that a plugin brings: asked each day about every créance.

    Raises:
        GateError: When asked, it raises or gives anything but a yes or no for each créance.
    """

    def hold(vue: Vue) -> Arret:
        held = _asked(spec, vue.result, vue)[vue.dues.rangs]
        return Arret(held & vue.doutes(spec.raison) if spec.raison in LEVABLES else held)

    return Gate(raison=spec.raison, hold=hold, quotidien=True)


def _asked(spec: GateSpec, result: Rapprochement, vue: Vue) -> Mask:
    try:
        told = spec.hold(result, vue.today)
        held = np.asarray(told)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # its message may quote what it read
        raise GateError(f"gate {spec.name} of {spec.provider}: failed ({kind_of(error)})") from None
    if np.ma.is_masked(told):  # what is masked holds a yes or no that nobody gave
        raise GateError(f"gate {spec.name} of {spec.provider}: expected a yes or no for each créance, some are masked")
    if held.dtype != np.bool_ or held.shape != (len(result.creances),):
        raise GateError(
            f"gate {spec.name} of {spec.provider}: expected a yes or no for each of {len(result.creances)} créances, "
            f"got {held.dtype} of shape {held.shape}"
        )
    return held
