"""What kind of insurer a debtor is, as far as bank lines can tell."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import AMC_SENDERS, AMO_SENDERS, REGIMES, Payeur

__all__ = ["Nature", "Natures", "natures_of_names"]

Rows = npt.NDArray[np.int64]

_ANY_REGIME = ("", "99")
_FOR_AMO = frozenset(sender.decode() for sender in AMO_SENDERS)
_FOR_AMC = frozenset(sender.decode() for sender in AMC_SENDERS)


@attrs.frozen
class Nature:
    """What kind of debtor an insurer is, as far as bank lines can tell."""

    obligatoire: bool
    regime: str = ""

    def paid_by(self, payeur: Payeur | None) -> bool:
        """Say whether a payer may pay for it; one that is not known may."""
        if payeur is None:
            return True
        if not self.obligatoire:
            return not _FOR_AMC.isdisjoint(payeur.emetteurs)
        senders = payeur.emetteurs & _FOR_AMO
        return any(self.regime in _ANY_REGIME or REGIMES.get(one, self.regime) == self.regime for one in senders)


@attrs.frozen(eq=False)
class Natures:
    """The kinds of some debtors, or of the debtors of some claims."""

    natures: tuple[Nature, ...]
    de: Rows
    """For each, the place of its kind; -1 for a patient, or a debtor that is not known."""

    def take(self, rows: Rows) -> Natures:
        """Return the kinds of these rows."""
        return Natures(self.natures, self.de[rows])


def natures_of_names(names: npt.NDArray[np.bytes_], patients: npt.NDArray[np.bool_]) -> Natures:
    """Return what kind of insurer each of these debtors is.

    Args:
        names: As créances name them.
        patients: Whether each owes shares of patients: it is no insurer.
    """
    found: dict[Nature, int] = {}
    insurers = np.flatnonzero(~patients)
    distinct, numbers = np.unique(names[insurers], return_inverse=True)
    told = np.full(len(distinct), -1, dtype=np.int64)
    for number, name in enumerate(distinct.tolist()):
        nature = _nature((name.partition(b"-")[0] if name.startswith(b"AMO:") else name[:4]).decode("latin-1"))
        if nature is not None:
            told[number] = found.setdefault(nature, len(found))
    places = np.full(len(names), -1, dtype=np.int64)
    places[insurers] = told[numbers]
    return Natures(tuple(found), places)


def _nature(name: str) -> Nature | None:
    kind, _, code = name.partition(":")
    if kind == "AMO":
        return Nature(True, code)
    return Nature(False) if kind == "AMC" else None
