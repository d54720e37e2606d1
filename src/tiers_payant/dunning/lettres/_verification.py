"""What would stop letters half way, found before the first one is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tiers_payant.domain import (
    Canal,
    Entete,
    ModeleSpec,
    Palier,
    PlanRelances,
    RendererSpec,
    Support,
    TypeDebiteur,
    reference_of,
)
from tiers_payant.dunning.lettres._rendus import SUPPORTS
from tiers_payant.errors import LetterError

__all__ = ["check_redaction", "merge_entetes"]


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
    """Check that what every letter of *plan* needs is there: a preview can tell, and nothing is half written.

    What only one letter can tell, such as an address that does not fit, is found when that letter is rendered.

    Args:
        plan: Whom to contact.
        entetes: The letterhead of each officine, as `merge_entetes` gives them.
        modeles: Templates by name, as `merge_modeles` gives them.
        rendus: Who makes each support, as `merge_rendus` gives them.

    Raises:
        LetterError: An officine has no letterhead, or one without the e-mail that its messages need; a step is in no
            scenario; a template does not exist or is for other debtors; nobody makes a support; two contacts have one
            reference.
    """
    table = plan.relances
    columns = (table.officine, table.type, table.palier, table.canal)
    for officine, kind, palier, canal in sorted(set(zip(*(column.tolist() for column in columns), strict=True))):
        _check_entete(officine.decode("ascii"), Canal(canal.decode("ascii")), entetes)
        debtor = TypeDebiteur(kind.decode("ascii"))
        _check_modele(_palier(plan, debtor, palier.decode("ascii")), debtor, modeles)
        missing = [one for one in SUPPORTS[Canal(canal.decode("ascii"))] if one not in rendus]
        if missing:
            raise LetterError(f"nobody makes {missing[0].value}")
    _check_references(one.decode("ascii") for one in table.id.tolist())


def _check_entete(officine: str, canal: Canal, entetes: Mapping[str, Entete]) -> None:
    if officine not in entetes:
        raise LetterError(f"no letterhead for the officine {officine}")
    if canal is Canal.EMAIL and not entetes[officine].email:
        raise LetterError(f"no e-mail in the letterhead of the officine {officine}, whose messages need one")


def _palier(plan: PlanRelances, kind: TypeDebiteur, code: str) -> Palier:
    scenario = plan.policy.scenario(kind)
    if scenario is None:
        raise LetterError(f"the policy {plan.policy.nom!r} has no scenario for {kind}")
    return scenario.palier(code)


def _check_modele(palier: Palier, kind: TypeDebiteur, modeles: Mapping[str, ModeleSpec]) -> None:
    modele = modeles.get(palier.modele)
    if modele is None:
        raise LetterError(f"step {palier.code!r} for {kind}: no template {palier.modele!r}")
    if modele.types and kind not in modele.types:
        whom = " or ".join(modele.types)
        raise LetterError(f"step {palier.code!r}: the template {modele.nom!r} is for {whom}, not {kind}")


def _check_references(relances: Iterable[str]) -> None:
    """A payment that quotes a reference is about one contact."""
    found = dict[str, str]()
    for relance in relances:
        other = found.setdefault(reference_of(relance), relance)
        if other != relance:
            raise LetterError(f"{min(other, relance)} and {max(other, relance)}: one reference for two contacts")
