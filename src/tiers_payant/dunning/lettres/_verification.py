"""What would stop letters half way, found before the first one is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from tiers_payant.domain import (
    Canal,
    Entete,
    ModeleSpec,
    PlanRelances,
    RendererSpec,
    Support,
    TypeDebiteur,
    reference_of,
)
from tiers_payant.dunning.lettres._rendus import SUPPORTS
from tiers_payant.errors import LetterError

__all__ = ["check_redaction", "merge_entetes", "redaction_faults"]


def merge_entetes(entetes: Iterable[Entete]) -> Mapping[str, Entete]:
    """Return letterheads by the provider number of their officine.

    Raises:
        LetterError: Two are of one officine, which is named: neither is more right than the other.
    """
    found = dict[str, Entete]()
    for one in entetes:
        if one.officine in found:
            raise LetterError(f"two letterheads for the officine {one.officine}: give one")
        found[one.officine] = one
    return MappingProxyType(found)


def check_redaction(
    plan: PlanRelances,
    entetes: Mapping[str, Entete],
    modeles: Mapping[str, ModeleSpec],
    rendus: Mapping[Support, RendererSpec],
) -> None:
    """Check that what every letter of *plan* needs is there, as `redaction_faults` tells.

    Raises:
        LetterError: Something is missing; every fault is told, one a line.
    """
    faults = redaction_faults(plan, entetes, modeles, rendus)
    if faults:
        raise LetterError("\n".join(faults))


def redaction_faults(
    plan: PlanRelances,
    entetes: Mapping[str, Entete] | None,
    modeles: Mapping[str, ModeleSpec],
    rendus: Mapping[Support, RendererSpec],
) -> tuple[str, ...]:
    """Return why no letter of some steps, or of some officines, of *plan* can be written; empty when nothing is amiss.

    An officine has no letterhead, or one without the e-mail that its messages need; a step is in no scenario; a
    template does not exist or is for other debtors; nobody makes a support; two contacts have one reference. What only
    one letter can tell, such as an address that does not fit, is found when that letter is rendered.

    Args:
        plan: Whom to contact; steps and officines that it has no contact for are not looked at.
        entetes: The letterhead of each officine, as `merge_entetes` gives them; None when nobody signs yet, which is no
            fault of a preview.
        modeles: Templates by name, as `merge_modeles` gives them.
        rendus: Who makes each support, as `merge_rendus` gives them.
    """
    table = plan.relances
    steps = sorted(set(zip(table.type.tolist(), table.palier.tolist(), strict=True)))
    channels = sorted({Canal(one.decode("ascii")) for one in table.canal.tolist()})
    found = [
        *(
            fault
            for kind, code in steps
            for fault in _of_step(plan, TypeDebiteur(kind.decode("ascii")), code.decode("ascii"), modeles)
        ),
        *(() if entetes is None else _of_officines(plan, entetes)),
        *(f"nobody makes {one.value}" for canal in channels for one in SUPPORTS[canal] if one not in rendus),
        *_of_references(one.decode("ascii") for one in table.id.tolist()),
    ]
    return tuple(dict.fromkeys(found))


def _of_officines(plan: PlanRelances, entetes: Mapping[str, Entete]) -> Iterator[str]:
    table = plan.relances
    for name, channel in sorted(set(zip(table.officine.tolist(), table.canal.tolist(), strict=True))):
        officine = name.decode("ascii")
        if officine not in entetes:
            yield f"{officine}: no letterhead for this officine"
        elif Canal(channel.decode("ascii")) is Canal.EMAIL and not entetes[officine].email:
            yield f"{officine}: no e-mail in the letterhead of this officine, whose messages need one"


def _of_step(plan: PlanRelances, kind: TypeDebiteur, code: str, modeles: Mapping[str, ModeleSpec]) -> Iterator[str]:
    scenario = plan.policy.scenario(kind)
    if scenario is None:
        yield f"the policy {plan.policy.nom!r} has no scenario for {kind}"
        return
    wanted = {palier.code: palier.modele for palier in scenario.paliers}.get(code)
    if wanted is None:
        yield f"{kind.value}.{code}: the policy {plan.policy.nom!r} has no such step"
    elif wanted not in modeles:
        yield f"{kind.value}.{code}: no template {wanted!r}"
    elif modeles[wanted].types and kind not in modeles[wanted].types:
        whom = " or ".join(modeles[wanted].types)
        yield f"{kind.value}.{code}: the template {wanted!r} is for {whom}, not {kind}"


def _of_references(relances: Iterable[str]) -> Iterator[str]:
    """Tell contacts that share a reference: a payment that quotes one is about one contact."""
    found = dict[str, str]()
    for relance in relances:
        other = found.setdefault(reference_of(relance), relance)
        if other != relance:
            yield f"{min(other, relance)} and {max(other, relance)}: one reference for two contacts"
