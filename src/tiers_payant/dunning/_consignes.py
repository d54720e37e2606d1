"""What rules each claim: the scenario of its debtor, with what derogations change, the narrowest last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Derogation, Porteuse, Rapprochement, RelancePolicy, Scenario, TypeDebiteur, text_codes
from tiers_payant.dunning._creances import Dues
from tiers_payant.dunning._debiteurs import GENRES
from tiers_payant.dunning._destinataires import Destinataires

__all__ = ["Consigne", "Consignes", "rules_of"]

Rows = npt.NDArray[np.int64]


@attrs.frozen(kw_only=True)
class Consigne:
    """What rules some claims."""

    genre: TypeDebiteur | None
    scenario: Scenario | None
    """None when the policy reminds nobody of that kind, or leaves no step."""
    paliers: tuple[int, ...] = ()
    """Places of its steps in the scenario."""
    porteuse: Porteuse = Porteuse.PLUS_ANCIENNE
    repos_jours: int = 0
    montant_min_cents: int | None = None
    """Takes the place of that of each step."""
    suspendu: bool = False

    def least(self, place: int) -> int:
        """Return the least amount for the step at a place of its scenario."""
        if self.montant_min_cents is not None or self.scenario is None:
            return self.montant_min_cents or 0
        return self.scenario.paliers[place].montant_min_cents


@attrs.frozen(eq=False)
class Consignes:
    """Every consigne that some claim has, and which it is."""

    toutes: tuple[Consigne, ...]
    de: Rows
    """For each claim, the place of its consigne."""


def rules_of(
    result: Rapprochement, dues: Dues, addressees: Destinataires, genres: npt.NDArray[np.int8], policy: RelancePolicy
) -> Consignes:
    """Return what rules each claim under *policy*."""
    derogations = sorted(policy.derogations, key=_narrowness)
    plain = [_plain(policy, number) for number in range(-1, len(GENRES))]
    if not derogations:
        return Consignes(tuple(plain), genres.astype(np.int64) + 1)
    of_debtors = _by_debtor(dues, addressees, derogations)
    of_claims = _by_claim(result, dues, derogations)
    told: dict[tuple[int, ...], int] = {(): 0}
    of_debtor = np.zeros(len(dues.debiteurs.noms), dtype=np.int64)
    for number, ranks in of_debtors.items():
        of_debtor[number] = told.setdefault(ranks, len(told))
    de = of_debtor[dues.debiteur]
    for row, mine in of_claims.items():
        ranks = tuple(sorted({*of_debtors.get(int(dues.debiteur[row]), ()), *mine}))
        de[row] = told.setdefault(ranks, len(told))
    codes = de * len(plain) + genres + 1
    changed = np.flatnonzero(np.bincount(codes, minlength=len(plain))[len(plain) :]) + len(plain)
    places = np.arange(max(len(plain), int(codes.max(initial=0)) + 1))
    places[changed] = len(plain) + np.arange(len(changed))
    said = [[derogations[rank] for rank in ranks] for ranks in told]
    more = (_changed(plain[code % len(plain)], said[code // len(plain)]) for code in changed.tolist())
    return Consignes((*plain, *more), places[codes])


def _plain(policy: RelancePolicy, number: int) -> Consigne:
    genre = GENRES[number] if number >= 0 else None
    scenario = policy.scenario(genre) if genre else None
    if scenario is None:
        return Consigne(genre=genre, scenario=None)
    places = tuple(range(len(scenario.paliers)))
    return Consigne(
        genre=genre, scenario=scenario, paliers=places, porteuse=scenario.porteuse, repos_jours=scenario.repos_jours
    )  # fmt: skip


def _narrowness(one: Derogation) -> tuple[object, ...]:
    """Order derogations from the widest to the narrowest; of two as narrow, the strictest comes last and wins."""
    return (
        one.rang, bool(one.officine), bool(one.suspendu), one.montant_min_cents or 0, one.repos_jours or 0,
        one.porteuse or "", one.paliers or (),
    )  # fmt: skip


def _changed(consigne: Consigne, derogations: Iterable[Derogation]) -> Consigne:
    for one in derogations:
        if one.suspendu is not None:
            consigne = attrs.evolve(consigne, suspendu=one.suspendu)
        if one.montant_min_cents is not None:
            consigne = attrs.evolve(consigne, montant_min_cents=one.montant_min_cents)
        if one.repos_jours is not None:
            consigne = attrs.evolve(consigne, repos_jours=one.repos_jours)
        if one.porteuse is not None:
            consigne = attrs.evolve(consigne, porteuse=one.porteuse)
        if one.paliers is not None and consigne.scenario is not None:
            every = enumerate(consigne.scenario.paliers)
            consigne = attrs.evolve(
                consigne, paliers=tuple(place for place, palier in every if palier.code in one.paliers)
            )  # fmt: skip
    return consigne if consigne.paliers else attrs.evolve(consigne, scenario=None)


def _by_debtor(dues: Dues, addressees: Destinataires, derogations: Sequence[Derogation]) -> dict[int, tuple[int, ...]]:
    """Return the derogations of each debtor that has some, by rank: those of its officine, and its own."""
    named: dict[str, list[int]] = defaultdict(list)
    wide: dict[str, list[int]] = defaultdict(list)
    for rank, one in enumerate(derogations):
        if not one.facture:
            (named[one.debiteur] if one.debiteur else wide[one.officine]).append(rank)
    if not named and not wide:
        return {}
    found: dict[int, tuple[int, ...]] = {}
    ids = [*(contact.id for contact in addressees.contacts), ""]
    pairs = zip(dues.debiteurs.officines.tolist(), dues.debiteurs.noms.tolist(), addressees.de.tolist(), strict=True)
    for number, (officine, name, contact) in enumerate(pairs):
        here = officine.decode("latin-1")
        told = {*named.get(name.decode("latin-1"), ()), *(named.get(ids[contact], ()) if contact >= 0 else ())}
        told = {rank for rank in told if derogations[rank].officine in ("", here)}
        told.update(wide.get(here, ()))
        if told:
            found[number] = tuple(sorted(told))
    return found


def _by_claim(result: Rapprochement, dues: Dues, derogations: Sequence[Derogation]) -> dict[int, tuple[int, ...]]:
    """Return the derogations of each claim that has one of its own; numbers agree whatever their leading zeros."""
    ranks = [rank for rank, one in enumerate(derogations) if one.facture]
    found: dict[int, list[int]] = defaultdict(list)
    if not ranks or not len(dues):
        return {}
    creances = result.creances.take(dues.rangs)
    told = [_texts([getattr(derogations[rank], name) for rank in ranks]) for name in ("officine", "lot", "facture")]
    owned = (creances.officine, creances.lot, creances.facture)
    pairs = [text_codes([theirs, ours]) for theirs, ours in zip(told, owned, strict=True)]
    for place, rank in enumerate(ranks):
        mine = pairs[2][1] == pairs[2][0][place]
        for theirs, ours in pairs[:2]:
            mine &= ours == theirs[place]
        if derogations[rank].debiteur:
            mine &= (dues.debiteurs.noms == derogations[rank].debiteur.encode("latin-1", "replace"))[dues.debiteur]
        for row in np.flatnonzero(mine).tolist():
            found[row].append(rank)
    return {row: tuple(mine) for row, mine in found.items()}


def _texts(values: Sequence[str]) -> npt.NDArray[np.bytes_]:
    return np.array([value.encode("latin-1", "replace") for value in values], dtype="S")
