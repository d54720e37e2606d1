"""What money and dates alone can decide: every solution is enumerated, and a link stands only when there is one.

This is the judge of the matching, so it shares nothing with it: no payer, no label, no packed key, no order of passes.
A transfer and a credit fit when they have one amount, to the cent, and the credit comes from the day before to fifteen
calendar days after the day announced. Credits may also come later than that: so for ninety days an older transfer of
the same amount is a rival for a credit. A debit is to an announcement below zero what a credit is to a transfer.

An answer whose key was lost is about the share that its beneficiary names with the number of the lot and of the
facture, or with the amount, among those sent in the ninety days before it: the only one, for that answer alone.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import attrs

__all__ = [
    "APRES",
    "AVANT",
    "MEMOIRE",
    "Demande",
    "Enumerateur",
    "LienReponse",
    "Montant",
    "Part",
    "Refacturation",
    "ReponseSansCle",
    "unique_refacturations",
    "unique_reponses",
]

AVANT, APRES = 1, 15
"""Calendar days before and after the day announced, within which a credit may answer."""
MEMOIRE = 90
"""Calendar days after the day announced within which a late credit may still come."""


@attrs.frozen(kw_only=True)
class Montant:
    """An amount of a day: an announced transfer, or a credit. `cle` tells which."""

    cle: int
    jour: dt.date
    cents: int


class _Cote:
    """One side: the transfers, or the credits; *back* and *ahead* say how far its days may lie from the other's."""

    def __init__(self, items: Iterable[Montant], *, back: int, ahead: int) -> None:
        self.back, self.ahead = back, ahead
        self.by_day: defaultdict[int, list[Montant]] = defaultdict(list)
        self.by_cents: defaultdict[int, list[Montant]] = defaultdict(list)
        for item in items:
            self.by_day[item.jour.toordinal()].append(item)
            self.by_cents[item.cents].append(item)

    def within(self, other: Montant) -> Iterator[Montant]:
        """Every item whose day may answer *other*."""
        day = other.jour.toordinal()
        for near in range(day - self.back, day + self.ahead + 1):
            yield from self.by_day.get(near, ())

    def singles(self, other: Montant, cents: int | None = None) -> list[Montant]:
        """Every item that is alone the amount of *other*, or *cents*."""
        wanted, day = other.cents if cents is None else cents, other.jour.toordinal()
        return [
            item
            for item in self.by_cents.get(wanted, ())
            if day - self.back <= item.jour.toordinal() <= day + self.ahead
        ]

    def pairs(self, other: Montant) -> set[frozenset[int]]:
        """Every two items that add up to *other*."""
        return {
            frozenset((one.cle, two.cle))
            for one in self.within(other)
            for two in self.singles(other, other.cents - one.cents)
            if one.cle != two.cle
        }

    def completes(self, other: Montant, one: Montant) -> bool:
        """Tell whether some item adds up with *one* to *other*."""
        return any(two.cle != one.cle for two in self.singles(other, other.cents - one.cents))


class Enumerateur:
    """The transfers and the credits of one officine; it answers what is unique, both ways."""

    def __init__(self, groupes: Sequence[Montant], credits_: Sequence[Montant]) -> None:
        self._groupes = _Cote(groupes, back=APRES, ahead=AVANT)
        self._credits = _Cote(credits_, back=AVANT, ahead=APRES)
        self._older = _Cote(groupes, back=MEMOIRE, ahead=AVANT)

    def is_direct(self, groupe: Montant, credit: Montant) -> bool:
        """One transfer, one credit: tell whether each is the only one that fits the other, older transfers included."""
        return [credit] == self._credits.singles(groupe) and [groupe] == self._older.singles(credit)

    def is_eclate(self, groupe: Montant, credits_: tuple[Montant, Montant]) -> bool:
        """One transfer, two credits: tell whether no other sum of one or two explains any of the three."""
        return self._is_only_sum(groupe, credits_, self._groupes, self._credits)

    def is_groupe(self, groupes: tuple[Montant, Montant], credit: Montant) -> bool:
        """Two transfers, one credit: tell whether no other sum of one or two explains any of the three."""
        return self._is_only_sum(credit, groupes, self._credits, self._groupes)

    @staticmethod
    def _is_only_sum(whole: Montant, parts: tuple[Montant, Montant], wholes: _Cote, others: _Cote) -> bool:
        if others.singles(whole) or any(wholes.singles(part) for part in parts):
            return False
        if others.pairs(whole) != {frozenset(part.cle for part in parts)}:
            return False
        return not any(
            wholes.pairs(part)
            or any(others.completes(rival, part) for rival in wholes.within(part) if rival.cle != whole.cle)
            for part in parts
        )


@attrs.frozen(kw_only=True)
class Part:
    """A share as billed: whose, when, how much, and when it was sent. `cle` tells which."""

    cle: int
    beneficiaire: tuple[str, ...]
    """Officine, NIR, birth date, birth rank and which share."""
    soins: dt.date
    cents: int
    envoi: dt.date
    refus: tuple[dt.date, ...] = ()
    """Days on which it was refused."""


@attrs.frozen
class Refacturation:
    """A refused share, and the one that replaces it."""

    ancienne: int
    nouvelle: int


def unique_refacturations(parts: Iterable[Part]) -> set[Refacturation]:
    """Return the replacements that are unique both ways by beneficiary, care date and amount.

    A share may replace a refused one of the same beneficiary, care date and amount, when it was sent on the day of the
    refusal or later.
    """
    alike: defaultdict[tuple[object, ...], list[Part]] = defaultdict(list)
    for part in parts:
        alike[part.beneficiaire, part.soins, part.cents].append(part)
    found: set[Refacturation] = set()
    for same in alike.values():
        links = [
            Refacturation(old.cle, new.cle)
            for old in same
            for new in same
            if old.cle != new.cle and any(new.envoi >= day for day in old.refus)
        ]
        found |= {
            link
            for link in links
            if sum(other.ancienne == link.ancienne for other in links) == 1
            and sum(other.nouvelle == link.nouvelle for other in links) == 1
        }
    return found


@attrs.frozen(kw_only=True)
class Demande:
    """A share as billed: whose, in which lot, how much, and when it was sent. `cle` tells which."""

    cle: int
    facture_rang: int
    """Which facture: its shares have one."""
    personne: tuple[str, ...]
    """Officine, NIR and birth date."""
    part: str
    lot: str
    facture: str
    cents: int
    envoi: dt.date


@attrs.frozen(kw_only=True)
class ReponseSansCle:
    """An answer that does not bear the key of its facture, as it is written."""

    cle: int
    personne: tuple[str, ...]
    part: str
    """Empty when it names no share."""
    lot: str
    facture: str
    cents: int
    """What it says was asked, else what it pays; 0 when it says neither."""
    jour: dt.date
    numerotee: bool
    """Whether only the date of its lot is lost."""


@attrs.frozen
class LienReponse:
    """An answer, and a share that it is about."""

    reponse: int
    demande: int


def unique_reponses(demandes: Iterable[Demande], reponses: Sequence[ReponseSansCle]) -> set[LienReponse]:
    """Return the links between answers without key and shares that are unique both ways.

    An answer whose numbers are right is about the only facture of its person with that lot and facture number; another
    about the only share of its person with that amount. No other such answer may claim the share.
    """
    shares: defaultdict[tuple[str, ...], list[Demande]] = defaultdict(list)
    for demande in demandes:
        shares[demande.personne].append(demande)
    fitting = {answer.cle: [each for each in shares[answer.personne] if _fits(each, answer)] for answer in reponses}
    claims = Counter(each.cle for found in fitting.values() for each in found)
    return {
        LienReponse(answer, each.cle)
        for answer, found in fitting.items()
        if len({other.facture_rang for other in found}) == 1 and len({other.part for other in found}) == len(found)
        for each in found
        if all(claims[other.cle] == 1 for other in found)
    }


def _fits(demande: Demande, answer: ReponseSansCle) -> bool:
    if answer.part not in ("", demande.part) or not 0 <= (answer.jour - demande.envoi).days <= MEMOIRE:
        return False
    if answer.numerotee:
        return (answer.lot, answer.facture) == (demande.lot, demande.facture)
    return answer.part != "" and answer.cents == demande.cents
