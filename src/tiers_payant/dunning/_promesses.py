"""What holds claims back today, suspensions, promises, instalment plans, and what became of what was promised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    Echeancier,
    Issue,
    Promesse,
    Raison,
    Rapprochement,
    SuiviEngagement,
    Suspension,
    TypeSuspension,
)
from tiers_payant.dunning._cibles import Visee, claims_of
from tiers_payant.dunning._jours import Jours
from tiers_payant.dunning._versements import Versements, payments_of

__all__ = ["MAINTIENS", "Maintien", "holds", "verdicts"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_RAISONS = {
    TypeSuspension.CONTESTATION: Raison.CONTESTATION,
    TypeSuspension.PIECE: Raison.PIECE_ATTENDUE,
    TypeSuspension.DECES: Raison.DECES,
    TypeSuspension.CONFIDENTIEL: Raison.SOINS_CONFIDENTIELS,
    TypeSuspension.ACCORD: Raison.ACCORD,
    TypeSuspension.AUTRE: Raison.ACCORD,
}

MAINTIENS = tuple(sorted({*_RAISONS.values(), Raison.PROMESSE, Raison.ECHEANCIER}))
"""The reasons that a person's word gives, in their order."""


@attrs.frozen(eq=False)
class Maintien:
    """Which claims one reason holds back, and until when."""

    masque: Mask
    """One entry for each créance."""
    jusqu_au: Jours
    """Last day of what holds it, the latest of several; `NaT` where nothing does, and where it ends by no day."""


@attrs.frozen(kw_only=True)
class _Tenu:
    raison: Raison
    visee: Visee
    au: dt.date | None


def holds(
    result: Rapprochement,
    suspensions: Sequence[Suspension],
    promesses: Sequence[Promesse],
    echeanciers: Sequence[Echeancier],
    today: dt.date,
) -> Mapping[Raison, Maintien]:
    """Return what holds each claim back on *today*, for every reason of `MAINTIENS`.

    A suspension holds from its first day to its last. A promise holds until its last day, unless all of it was paid
    before; an instalment plan, from the day it was agreed until all of it is paid, while what was due before today has
    been paid. Both are about what was billed by the day they were made, when they name a debtor; a suspension is about
    what is billed later too. A promise made after *today* is not known yet.

    What was paid is compared as `verdicts` does.
    """
    held = [
        _Tenu(raison=_RAISONS[one.type], visee=Visee(cible=one.cible), au=one.au)
        for one in suspensions
        if one.holds_on(today)
    ]
    for suivi in verdicts(result, promesses, echeanciers, today):
        if suivi.issue is Issue.EN_COURS:
            raison = Raison.PROMESSE if isinstance(suivi.engagement, Promesse) else Raison.ECHEANCIER
            held.append(_Tenu(raison=raison, visee=_visee(suivi.engagement), au=suivi.prochain))
    return _maintiens(result, held)


def verdicts(
    result: Rapprochement, promesses: Iterable[Promesse], echeanciers: Iterable[Echeancier], today: dt.date
) -> tuple[SuiviEngagement, ...]:
    """Compare each promise and each instalment plan made by *today* with what was paid since, in their order.

    What patients paid are the receipts of the claims; what insurers paid, the bank lines that pay them, on their
    booking day. A payment of which the day is not known, or that one of several lines may be, is counted for the
    debtor: it keeps a promise from being broken, and does not end what holds before its last day.

    Returns:
        Promises first, then plans; none of those made after *today*.
    """
    made: list[Promesse | Echeancier] = [one for one in promesses if one.faite_le <= today]
    made += [one for one in echeanciers if one.accorde_le <= today]
    ranks, rows = claims_of(result, [_visee(one) for one in made])
    versements = payments_of(result, np.unique(rows))
    bounds = np.searchsorted(ranks, np.arange(len(made) + 1))
    return tuple(
        _judged(one, versements.of(rows[first:last]), today)
        for one, first, last in zip(made, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    )


def _visee(engagement: Promesse | Echeancier) -> Visee:
    made = engagement.faite_le if isinstance(engagement, Promesse) else engagement.accorde_le
    return Visee(cible=engagement.cible, connue_le=made)


def _judged(engagement: Promesse | Echeancier, paid: Versements, today: dt.date) -> SuiviEngagement:
    if isinstance(engagement, Promesse):
        total, steps = engagement.cents, [(engagement.le, engagement.cents)]
        surely, maybe = paid.between(engagement.faite_le, min(today, engagement.le))
    else:
        total, steps = engagement.total_cents, list(_running(engagement))
        surely, maybe = paid.between(engagement.accorde_le, today)
    due = max((cents for le, cents in steps if le < today), default=0)
    unpaid = [le for le, cents in steps if le >= today and cents > maybe]
    if not paid.creances:
        issue = Issue.SANS_OBJET
    elif surely >= total or (due == total and maybe >= total):
        issue = Issue.TENUE
    else:
        issue = Issue.EN_COURS if not due or maybe >= due else Issue.ROMPUE  # more may have been taken back than paid
    still = steps[-1][0] if issue is Issue.EN_COURS else None
    return SuiviEngagement(
        engagement=engagement,
        issue=issue,
        creances=paid.creances,
        total_cents=total,
        attendu_cents=due,
        paye_cents=maybe,
        prochain=min(unpaid, default=still),
    )


def _running(plan: Echeancier) -> Iterator[tuple[dt.date, int]]:
    """Yield the day of each instalment, and all that should be paid by then."""
    for one in plan.mensualites:
        yield one.le, plan.due_by(one.le)


_NEVER = np.iinfo(np.int64).max
_EPOCH = dt.date(1970, 1, 1).toordinal()


def _maintiens(result: Rapprochement, held: Sequence[_Tenu]) -> Mapping[Raison, Maintien]:
    length = len(result.creances)
    ranks, rows = claims_of(result, [one.visee for one in held])
    raisons = np.array([one.raison for one in held], dtype=np.int64)[ranks]
    lasts = np.array([_NEVER if one.au is None else one.au.toordinal() for one in held], dtype=np.int64)[ranks]
    nothing = _maintien(np.zeros(length, dtype=np.int64))
    found = dict.fromkeys(MAINTIENS, nothing)
    for raison in np.unique(raisons).tolist():
        until, mine = np.zeros(length, dtype=np.int64), raisons == raison
        np.maximum.at(until, rows[mine], lasts[mine])
        found[Raison(raison)] = _maintien(until)
    return MappingProxyType(found)


def _maintien(until: Rows) -> Maintien:
    """Return what is held until days counted from 1, `_NEVER` for no last day; 0 where nothing holds."""
    days = np.full(len(until), np.datetime64("NaT"), dtype="datetime64[D]")
    ends = (until > 0) & (until < _NEVER)
    days[ends] = (until[ends] - _EPOCH).astype("datetime64[D]")
    held = until > 0
    for column in (held, days):
        column.flags.writeable = False
    return Maintien(held, days)
