"""What the matching is asked besides the facts: one object, sent with every batch."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from tiers_payant.domain import Decision, PassReponseSpec, PassSpec, Payeurs, load_payeurs
from tiers_payant.matching._decisions import LIBELLES
from tiers_payant.matching._noms_passes import distinct, passes_of
from tiers_payant.matching._partiels import LIBELLES_PARTIELS
from tiers_payant.matching._passes import PASSES
from tiers_payant.matching._passes_reponses import REPONSES
from tiers_payant.matching._passes_sans_retour import SANS_RETOUR, SansRetour
from tiers_payant.matching._passes_sommes import SOMMES, Somme
from tiers_payant.matching._politique import MatchPolicy
from tiers_payant.matching._reponses import PASSES_REPONSES

__all__ = ["Reglages"]


# One function for each kind of pass: mypy solves no type variable through a converter of attrs, `tuple` included.
def _reponses(given: Iterable[PassReponseSpec]) -> tuple[PassReponseSpec, ...]:
    return passes_of(PassReponseSpec, given, "reponses")


def _passes(given: Iterable[PassSpec]) -> tuple[PassSpec, ...]:
    return passes_of(PassSpec, given, "passes")


def _sommes(given: Iterable[Somme]) -> tuple[Somme, ...]:
    return passes_of(Somme, given, "sommes")


def _decisions(given: Iterable[Decision]) -> tuple[Decision, ...]:
    return tuple(given)


def _sans_retour(given: Iterable[SansRetour]) -> tuple[SansRetour, ...]:
    return passes_of(SansRetour, given, "sans_retour")


@attrs.frozen(kw_only=True)
class Reglages:
    """How to match; what is not given is the library's own.

    Raises:
        PassError: What is given as a pass is none, or two have one name.
    """

    policy: MatchPolicy = attrs.field(factory=MatchPolicy)
    payeurs: Payeurs = attrs.field(factory=load_payeurs)
    """Who pays behind the names of bank lines."""
    reponses: tuple[PassReponseSpec, ...] = attrs.field(default=REPONSES, converter=_reponses)
    """How an answer finds its créance when its key does not, in order."""
    passes: tuple[PassSpec, ...] = attrs.field(default=PASSES, converter=_passes)
    """How a group's credit is recognised, in order."""
    sommes: tuple[Somme, ...] = attrs.field(default=SOMMES, converter=_sommes)
    """How sums are recognised, after the passes and all together."""
    sans_retour: tuple[SansRetour, ...] = attrs.field(default=SANS_RETOUR, converter=_sans_retour)
    """How a credit that no return announces is recognised, after everything else."""
    decisions: tuple[Decision, ...] = attrs.field(default=(), converter=_decisions)
    """What people decided."""

    def __attrs_post_init__(self) -> None:
        kinds = ("reponses", "passes", "sommes", "sans_retour")
        distinct(
            ((f"{kind}[{rank}]", one.name) for kind in kinds for rank, one in enumerate(getattr(self, kind))),
            [*PASSES_REPONSES, *LIBELLES_PARTIELS, *LIBELLES],
        )

    @property
    def libelles(self) -> dict[str, str]:
        """What each pass that a link may name means, in French."""
        given: list[PassReponseSpec | PassSpec | Somme | SansRetour] = [*self.reponses, *self.passes]
        given += [*self.sommes, *self.sans_retour]
        return {**PASSES_REPONSES, **{passe.name: passe.label for passe in given}, **LIBELLES_PARTIELS, **LIBELLES}

    @property
    def fournies(self) -> dict[str, tuple[str, str]]:
        """Who brought each pass that is not the library's, and its version."""
        given: list[PassReponseSpec | PassSpec] = [*self.reponses, *self.passes]
        return {one.name: (one.provider, one.version) for one in given if one.provider != "tiers-payant"}

    @property
    def by_officine(self) -> bool:
        """Whether an answer is only ever about a créance of its own officine: else nothing may be matched apart."""
        return all("officine" in passe.egales for passe in self.reponses)

    @property
    def builtin(self) -> bool:
        """Whether every pass is one of the library's own: then it is known which tables they look at."""
        given = {*self.reponses, *self.passes, *self.sommes, *self.sans_retour}
        return given <= {*REPONSES, *PASSES, *SOMMES, *SANS_RETOUR}
