"""Who prints a code: the scopes in which it is looked up, the narrowest first."""

from __future__ import annotations

from tiers_payant.domain import AMC_SENDERS, AMO_SENDERS
from tiers_payant.rejets._lignes import number_of

__all__ = ["ANYONE", "Niveaux", "classe_of", "niveaux_of"]

Niveaux = tuple[tuple[str, ...], ...]
"""Scopes to look a code up in, the narrowest first; those of one level must agree."""

ANYONE = "*"


def niveaux_of(emetteur_type: str, emetteur: str, part: str) -> Niveaux:
    """Return the scopes of whoever prints a code, the narrowest first.

    The kind of the sender tells AMO from AMC, since the sender prints the code; where it does not (a concentrator, or
    a file that names nobody), the part does: `C` is the AMC's, `O` the AMO's. Where neither does, both are looked up
    and must agree.
    """
    kind, number = emetteur_type.strip().upper(), emetteur.strip()
    own = [(f"{kind}:{number_of(number)}",)] if kind and number else []
    return (*own, *([(kind,)] if kind else []), classe_of(kind, part), (ANYONE,))


def classe_of(kind: str, part: str) -> tuple[str, ...]:
    """Return whose numbering a code is of: `AMO`, `AMC`, or either."""
    if kind.encode() in AMO_SENDERS:
        return ("AMO",)
    if kind.encode() in AMC_SENDERS or part == "C":
        return ("AMC",)
    return ("AMO",) if part == "O" else ("AMO", "AMC")
