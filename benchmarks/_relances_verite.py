"""What is true of each billed share, day by day: told from the simulated world, never from a file nor from a result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum

import attrs

from tiers_payant.simulation import Cle, Genre, Monde, ReponseRecue, Vente
from tiers_payant.simulation._vraies_cles import cle_of

__all__ = ["DEMANDABLES", "PartVraie", "Sort", "parts_of"]


class Sort(StrEnum):
    """What became of a share by the end of the world."""

    PAYEE = "payee"
    RETRANSMISE = "retransmise"
    """Billed again."""
    REJETEE = "rejetee"
    REPRISE = "reprise"
    """Paid, then taken back."""
    EN_ROUTE = "en_route"
    """The insurer still works on it, or its transfer leaves after the end."""
    MUETTE = "muette"
    """Never answered."""
    PROMISE = "promise"
    """Announced, and the money never came."""
    ENTAMEE = "entamee"
    """Paid for less than what was asked."""


DEMANDABLES = (Sort.MUETTE, Sort.PROMISE, Sort.ENTAMEE)
"""What is never paid though nobody refused it: what an insurer can be asked for."""


@attrs.frozen(kw_only=True, eq=False)
class PartVraie:
    """A billed share; cents."""

    cle: Cle
    du_cents: int
    sort: Sort
    credits: tuple[tuple[dt.date, int], ...]
    """What the bank shows of it, signed."""
    refaite: dt.date | None
    """Day on which it was billed again."""
    annoncee: dt.date | None
    """Last day on which a transfer that never came was announced for it."""

    @property
    def soldee(self) -> dt.date | None:
        """Day from which nothing is owed: that of its last money, or that on which it was billed again."""
        if self.refaite is not None or not self.credits:
            return self.refaite
        return max(day for day, _ in self.credits)

    def reste_le(self, day: dt.date) -> int:
        """Return what was owed of it in the evening of *day*: nothing once it was billed again."""
        if self.refaite is not None and self.refaite <= day:
            return 0
        return max(self.du_cents - sum(cents for when, cents in self.credits if when <= day), 0)


def parts_of(world: Monde) -> Mapping[Cle, PartVraie]:
    """Return every billed share of *world*, by its key."""
    return {cle_of(vente, part): _part(vente, part) for vente in world.ventes() for part in vente.parts()}


def _part(vente: Vente, part: str) -> PartVraie:
    answers = [each for each in vente.reponses if each.part == part]
    credits_ = tuple((day, each.annonce) for each in answers if (day := _credited(each)) is not None)
    again = vente.remplacantes.get(part)
    return PartVraie(
        cle=cle_of(vente, part),
        du_cents=vente.montant(part),
        sort=_sort(vente, part, answers, [cents for _, cents in credits_]),
        credits=credits_,
        refaite=None if again is None or again.lot is None else again.lot.date,
        annoncee=max((each.date for each in answers if each.annonce > 0 and _credited(each) is None), default=None),
    )


def _sort(vente: Vente, part: str, answers: Sequence[ReponseRecue], credits_: Sequence[int]) -> Sort:
    """Return the first that holds."""
    last = max(answers, key=lambda each: each.date, default=None)
    said = None if last is None else last.genre
    works = said in (Genre.TRAITEMENT_CAISSE, Genre.DIFFEREE)
    cases = (
        (part in vente.remplacantes, Sort.RETRANSMISE),
        (sum(credits_) >= vente.montant(part), Sort.PAYEE),
        (sum(credits_) <= 0 < max(credits_, default=0), Sort.REPRISE),
        (said is Genre.REJETEE, Sort.REJETEE),
        (works or any(map(_comes_later, answers)), Sort.EN_ROUTE),
        (sum(credits_) > 0, Sort.ENTAMEE),
        (any(each.annonce > 0 for each in answers), Sort.PROMISE),
    )
    return next((sort for holds, sort in cases if holds), Sort.MUETTE)


def _credited(reponse: ReponseRecue) -> dt.date | None:
    """Return the day on which the bank shows the money of an answer."""
    for paid in reponse.groupe.versements if reponse.groupe is not None else ():
        if paid.ligne is not None and any(each is reponse for each in paid.reponses):
            return paid.ligne.date
    return None


def _comes_later(reponse: ReponseRecue) -> bool:
    """Say whether the transfer of an answer leaves after the end of the world."""
    payments = [] if reponse.groupe is None else reponse.groupe.versements
    return any(paid.ligne is None and any(each is reponse for each in paid.reponses) for paid in payments)
