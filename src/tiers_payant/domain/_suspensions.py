"""What stops dunning for a while: disputes, promises, instalments, pieces awaited; each ends by itself."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from itertools import pairwise

import attrs

from tiers_payant.domain._champs import as_tuple
from tiers_payant.domain._codes import Part
from tiers_payant.errors import PolicyError

__all__ = ["Cible", "Echeancier", "Mensualite", "Promesse", "Suspension", "Trace", "TypeSuspension"]


class TypeSuspension(StrEnum):
    """Why nobody is reminded for a while."""

    CONTESTATION = "contestation"
    PIECE = "piece"
    """A document is awaited, from either side."""
    DECES = "deces"
    CONFIDENTIEL = "confidentiel"
    """Care that the household must not learn of: no letter ever."""
    ACCORD = "accord"
    """A pause agreed by word."""
    AUTRE = "autre"


@attrs.frozen(kw_only=True)
class Cible:
    """What a suspension, a promise or an instalment plan is about: a debtor of an officine, or some of its claims.

    Raises:
        PolicyError: It names nothing.
    """

    officine: str
    debiteur: str = attrs.field(default="", repr=lambda name: name.partition(":")[0])
    """As créances name it, or `CLIENT:` and the officine's own reference; empty when claims are named."""
    lot_date: dt.date | None = None
    """Empty for any lot of that number."""
    lot: str = ""
    facture: str = ""
    part: Part | None = None
    """One share alone; None for every share."""

    def __attrs_post_init__(self) -> None:
        if not self.officine or not (self.debiteur or self.facture):
            raise PolicyError("expected an officine, and a debtor or a facture")
        if self.facture and not self.lot:
            raise PolicyError("facture: expected with its lot")


@attrs.frozen(kw_only=True)
class Trace:
    """One line of the history of a suspension."""

    le: dt.date
    texte: str = attrs.field(repr=False)
    """What happened, in French; a person wrote it, so that it is never shown in a letter or a log."""


@attrs.frozen(kw_only=True)
class Suspension:
    """Nobody is reminded of what it is about, from a day to another; then dunning resumes by itself.

    Raises:
        PolicyError: It ends before it begins, or never ends without being one of those that may.
    """

    type: TypeSuspension
    cible: Cible
    du: dt.date
    au: dt.date | None = None
    """Last day; None until somebody ends it, for a death and for confidential care alone."""
    raison: str = attrs.field(default="", repr=False)
    historique: tuple[Trace, ...] = attrs.field(default=(), converter=as_tuple, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.au is None and self.type not in _ENDLESS:
            raise PolicyError(f"au: expected a last day: {self.type} ends by itself")
        if self.au is not None and self.au < self.du:
            raise PolicyError("au comes before du")

    def holds_on(self, day: dt.date) -> bool:
        """Say whether it stops dunning on *day*."""
        return self.du <= day and (self.au is None or day <= self.au)

    def extended(self, au: dt.date, *, le: dt.date, texte: str) -> Suspension:
        """Return the same until another day, the change told in its history."""
        return attrs.evolve(self, au=au, historique=(*self.historique, Trace(le=le, texte=texte)))

    def ended(self, *, le: dt.date, texte: str) -> Suspension:
        """Return the same, ended: *le* is its last day."""
        return self.extended(le, le=le, texte=texte)


_ENDLESS = (TypeSuspension.DECES, TypeSuspension.CONFIDENTIEL)


def _positive(instance: object, field: attrs.Attribute[int], value: int) -> None:
    if value <= 0:
        raise PolicyError(f"{field.name}: expected more than 0")


@attrs.frozen(kw_only=True)
class Promesse:
    """A debtor said that it would pay so much by a day: nobody reminds it before, and what it pays is compared.

    Raises:
        PolicyError: No amount, or a day before it was made.
    """

    cible: Cible
    faite_le: dt.date
    le: dt.date
    """Last day on which the payment is in time."""
    cents: int = attrs.field(validator=_positive)

    def __attrs_post_init__(self) -> None:
        if self.le < self.faite_le:
            raise PolicyError("le comes before faite_le")


@attrs.frozen(kw_only=True)
class Mensualite:
    """One instalment."""

    le: dt.date
    cents: int = attrs.field(validator=_positive)


@attrs.frozen(kw_only=True)
class Echeancier:
    """An instalment plan: it covers what it is about to the cent.

    Raises:
        PolicyError: No instalment, days out of order, or instalments that do not add up to the sum.
    """

    cible: Cible
    accorde_le: dt.date
    total_cents: int = attrs.field(validator=_positive)
    mensualites: tuple[Mensualite, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        if not self.mensualites:
            raise PolicyError("mensualites: expected one at least")
        days = [self.accorde_le, *(one.le for one in self.mensualites)]
        if any(later < earlier for earlier, later in pairwise(days)):
            raise PolicyError("mensualites: expected in order of day, none before the agreement")
        total = sum(one.cents for one in self.mensualites)
        if total != self.total_cents:
            raise PolicyError(f"mensualites: {total} cents in all, expected {self.total_cents}")

    @classmethod
    def split(cls, cible: Cible, total_cents: int, jours: tuple[dt.date, ...], *, accorde_le: dt.date) -> Echeancier:
        """Split a sum into equal instalments, the odd cents in the first ones.

        Raises:
            PolicyError: No day, no sum, or less than a cent each.
        """
        if not jours or total_cents < len(jours):
            raise PolicyError("expected a day at least, and a cent for each")
        each, more = divmod(total_cents, len(jours))
        return cls(
            cible=cible,
            accorde_le=accorde_le,
            total_cents=total_cents,
            mensualites=tuple(Mensualite(le=day, cents=each + (rank < more)) for rank, day in enumerate(jours)),
        )

    def due_by(self, day: dt.date) -> int:
        """Return what should have been paid by that day, that day included. Cents."""
        return sum(one.cents for one in self.mensualites if one.le <= day)
