"""What the matching is asked besides the facts: one object, sent with every batch."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from tiers_payant.domain import Payeurs, load_payeurs
from tiers_payant.matching._passes import PASSES, Passe
from tiers_payant.matching._passes_sommes import SOMMES, Somme
from tiers_payant.matching._politique import MatchPolicy

__all__ = ["Reglages"]


def _passes(given: Iterable[Passe]) -> tuple[Passe, ...]:
    return tuple(given)


def _sommes(given: Iterable[Somme]) -> tuple[Somme, ...]:
    return tuple(given)


@attrs.frozen(kw_only=True)
class Reglages:
    """How to match; what is not given is the library's own."""

    policy: MatchPolicy = attrs.field(factory=MatchPolicy)
    payeurs: Payeurs = attrs.field(factory=load_payeurs)
    """Who pays behind the names of bank lines."""
    passes: tuple[Passe, ...] = attrs.field(default=PASSES, converter=_passes)
    """How a group's credit is recognised, in order."""
    sommes: tuple[Somme, ...] = attrs.field(default=SOMMES, converter=_sommes)
    """How sums are recognised, after the passes and all together."""

    @property
    def builtin(self) -> bool:
        """Whether every pass is one of the library's own: then it is known which tables they look at."""
        return set(self.passes) <= set(PASSES) and set(self.sommes) <= set(SOMMES)
