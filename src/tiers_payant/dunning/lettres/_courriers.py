"""What the contacts of a plan tell, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tiers_payant.domain import (
    Courrier,
    Echanges,
    Entete,
    MotifNirFictif,
    PlanRelances,
    Rapprochement,
    Regles,
    Suspension,
)
from tiers_payant.dunning.lettres._faits import Faits

__all__ = ["courriers"]


def courriers(
    result: Rapprochement,
    plan: PlanRelances,
    entetes: Mapping[str, Entete],
    echanges: Echanges | None = None,
    *,
    suspensions: Sequence[Suspension] = (),
    nirs_fictifs: Iterable[MotifNirFictif] | None = None,
    regles: Regles | None = None,
) -> Iterator[Courrier]:
    """Say what each contact of a plan tells, in the order of the plan.

    Args:
        result: The facts that the plan was made on.
        plan: Whom to contact.
        entetes: The letterhead of each officine, by its provider number.
        echanges: Contacts made before.
        suspensions: Those of confidential care and of death are asked once more here, the plan being only a file.
        nirs_fictifs: Patterns of fictive numbers; those of the library when None.
        regles: Rules of law, for the rate of interest; those of the library when None.

    Raises:
        LetterError: The plan was made on other facts, which is told before the first; an officine has no letterhead,
            nobody is known to write to, or nobody may be written to.
    """
    facts = Faits(
        result, plan, entetes, echanges, suspensions=suspensions, nirs_fictifs=nirs_fictifs, regles=regles
    )  # fmt: skip
    return (facts.courrier(row) for row in range(len(plan)))
