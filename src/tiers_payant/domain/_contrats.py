"""What payers promised, as dated data: which rule gives their delay, their time limit, their penalty."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from pathlib import Path

import attrs

from tiers_payant.domain._donnees import Confiance, read_builtin, read_path, structure
from tiers_payant.errors import LayoutError

__all__ = ["Contrat", "Contrats", "load_contrats"]

_PROMISES = ("paiement", "forclusion", "penalite")
_AMC = re.compile(r"AMC:[0-9]{1,10}")
_DEBTOR = re.compile(r"AM[OC]([:-].+)?")
"""How the names of all debtors begin: another would bind nobody, and nothing would tell it."""


def _canonical(names: Iterable[str]) -> tuple[str, ...]:
    """Write AMC numbers in ten characters, as créances do."""
    return tuple(f"AMC:{name[4:].zfill(10)}" if _AMC.fullmatch(name) else name for name in names)


@attrs.frozen(kw_only=True)
class Contrat:
    """What one contract or convention gives, each as the code of a rule; empty for what it does not give.

    Raises:
        LayoutError: It binds nobody, or a debtor that cannot be, its days are the wrong way round, or its penalty has
            no delay.
    """

    id: str
    nom: str
    """In French."""
    debiteurs: tuple[str, ...] = attrs.field(default=(), converter=_canonical)
    """Who owes: `AMO`, `AMC`, or the beginning of the name of a debtor, up to one of its separators."""
    payeurs: tuple[str, ...] = ()
    """Ids of the payer table: who pays, for whoever owes."""
    paiement: str = ""
    """Rule of the delay of payment."""
    forclusion: str = ""
    """Rule of the time limit of the claim."""
    penalite: str = ""
    """Rule of the penalty for late payment: a part of what is owed."""
    du: dt.date | None = None
    """First day of the lots that it covers; None when always."""
    au: dt.date | None = None
    """Last day; None while it holds."""
    actif: bool = True
    suppose: bool = False
    """Whether it is only supposed to bind the payer."""
    reference: str
    confiance: Confiance

    def __attrs_post_init__(self) -> None:
        if not (self.debiteurs or self.payeurs):
            raise LayoutError(f"{self.id}: neither debiteurs nor payeurs")
        if not all(_DEBTOR.fullmatch(name) for name in self.debiteurs):
            raise LayoutError(f"{self.id}: debiteurs: expected names that begin with AMO or AMC, in a list")
        if self.du and self.au and self.au < self.du:
            raise LayoutError(f"{self.id}: au comes before du")
        if self.penalite and not self.paiement:
            raise LayoutError(f"{self.id}: penalite without paiement, the delay that makes it due")

    def holds_on(self, day: dt.date) -> bool:
        """Say whether it covers a lot of *day*."""
        return (self.du or dt.date.min) <= day <= (self.au or dt.date.max)

    def rank(self, debiteur: str, payeur: str) -> int:
        """Say how narrowly it fits: 0 for not at all, then the whole kind of debtors, the payer, a part of the name."""
        fits = [
            len(name) for name in self.debiteurs if debiteur == name or debiteur.startswith((f"{name}:", f"{name}-"))
        ]
        longest = max(fits, default=0)
        if longest > len("AMC"):
            return longest
        return 2 if payeur and payeur in self.payeurs else int(longest > 0)


@attrs.frozen(kw_only=True)
class Contrats:
    """Every contract known; only those that are `actif` bind.

    Raises:
        LayoutError: Two that bind promise one thing for one payer on the same day; or one id stands twice.
    """

    contrats: tuple[Contrat, ...]

    def __attrs_post_init__(self) -> None:
        ids = [contrat.id for contrat in self.contrats]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            raise LayoutError(f"contrat: {name!r} stands twice")
        for one, other in combinations([contrat for contrat in self.contrats if contrat.actif], 2):
            _check_apart(one, other)

    def enable(self, *ids: str) -> Contrats:
        """Return the same contracts, those of *ids* binding.

        Raises:
            LayoutError: No contract of that id, or two contracts now contradict each other.
        """
        return self._switched(ids, actif=True)

    def disable(self, *ids: str) -> Contrats:
        """Return the same contracts, those of *ids* not binding.

        Raises:
            LayoutError: No contract of that id.
        """
        return self._switched(ids, actif=False)

    def promises(self, champ: str, debiteur: str, payeur: str = "") -> tuple[Contrat, ...]:
        """Return the contracts that bind this debtor and give *champ*, the narrowest first.

        Args:
            champ: `paiement`, `forclusion` or `penalite`.
            debiteur: Who owes, as `Creances.debiteur` names it.
            payeur: Who pays for it, by its id in the payer table; empty when not known.
        """
        ranked = [
            (-rank, contrat.id, contrat)
            for contrat in self.contrats
            if contrat.actif and getattr(contrat, champ) and (rank := contrat.rank(debiteur, payeur))
        ]
        return tuple(contrat for _, _, contrat in sorted(ranked, key=lambda one: one[:2]))

    def _switched(self, ids: tuple[str, ...], *, actif: bool) -> Contrats:
        missing = sorted(set(ids) - {contrat.id for contrat in self.contrats})
        if missing:
            raise LayoutError(f"no contract {missing[0]!r}")
        return Contrats(
            contrats=tuple(attrs.evolve(one, actif=actif) if one.id in ids else one for one in self.contrats)
        )


def _check_apart(one: Contrat, other: Contrat) -> None:
    shared = {*one.debiteurs, *one.payeurs} & {*other.debiteurs, *other.payeurs}
    meet = max(one.du or dt.date.min, other.du or dt.date.min) <= min(one.au or dt.date.max, other.au or dt.date.max)
    promised = [champ for champ in _PROMISES if getattr(one, champ) and getattr(other, champ)]
    if shared and meet and promised:
        ids = " and ".join(sorted((one.id, other.id)))
        raise LayoutError(f"{promised[0]}: {ids} both bind {min(shared)!r} on the same day")


@attrs.frozen(kw_only=True)
class _Table:
    contrat: tuple[Contrat, ...]


def load_contrats(path: str | Path | None = None) -> Contrats:
    """Return the contracts of the library, completed by the `[[contrat]]` of the TOML file *path*.

    One of the file replaces ours of the same id.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: The file holds no contracts, or some that contradict each other; the file, the entry (from 0) and
            the field are told.
    """
    if path is None:
        return _builtin()
    theirs = structure(read_path(Path(path)), _Table, Path(path).name).contrat
    ids = {contrat.id for contrat in theirs}
    return Contrats(contrats=(*(one for one in _builtin().contrats if one.id not in ids), *theirs))


@cache
def _builtin() -> Contrats:
    return Contrats(contrats=structure(read_builtin("contrats.toml"), _Table, "contrats.toml").contrat)
