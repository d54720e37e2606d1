"""Whether the letters of a plan can be written, asked before anything is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tiers_payant.domain import Entete, ModeleSpec, PlanRelances, TypeDebiteur

__all__ = ["faults_of"]


def faults_of(
    plan: PlanRelances, entetes: Mapping[str, Entete] | None, modeles: Mapping[str, ModeleSpec]
) -> tuple[str, ...]:
    """Return why letters of *plan* cannot be written: a template absent or for somebody else, a letterhead missing.

    Args:
        plan: Whom to remind; steps and officines that it has no contact for are not looked at.
        entetes: The letterhead of each officine; None when nobody signs yet, which is no fault of a preview.
        modeles: Templates by name.
    """
    table = plan.relances
    told = [
        fault
        for genre, code in sorted(set(zip(table.type.tolist(), table.palier.tolist(), strict=True)))
        for fault in _template(plan, TypeDebiteur(genre.decode()), code.decode(), modeles)
    ]
    if entetes is not None:
        named = np.unique(table.officine).tolist()
        told += [f"{one.decode()}: no letterhead for this officine" for one in named if one.decode() not in entetes]
    return tuple(told)


def _template(plan: PlanRelances, genre: TypeDebiteur, code: str, modeles: Mapping[str, ModeleSpec]) -> list[str]:
    scenario = plan.policy.scenario(genre)
    wanted = scenario.palier(code).modele if scenario is not None else ""
    at = f"{genre.value}.{code}"
    if wanted not in modeles:
        return [f"{at}: no template {wanted!r}"]
    types = modeles[wanted].types
    if types and genre not in types:
        return [f"{at}: the template {wanted!r} is for {' or '.join(types)}, not {genre}"]
    return []
