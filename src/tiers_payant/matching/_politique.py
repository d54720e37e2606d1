"""What the matching tolerates."""

from __future__ import annotations

import math
from typing import Any

import attrs

from tiers_payant.errors import PolicyError

__all__ = ["Fenetres", "MatchPolicy"]

_LONGEST = 36_500
"""Days: a century. What is longer is a mistake, and days must stay far from the ends of int64."""


def _days(owner: Any, field: attrs.Attribute[Any], value: object) -> None:
    # `type(...) is`: True is an int to isinstance.
    if type(value) is not int or not 0 <= value <= _LONGEST:
        raise PolicyError(f"{field.name}: expected days from 0 to {_LONGEST}, got {value!r}")


def _accidents(owner: Any, field: attrs.Attribute[Any], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, float | int) or math.isnan(value) or value < 0:
        raise PolicyError(f"{field.name}: expected a number of sums, 0 or more, got {value!r}")


def _by_payer(value: Any) -> tuple[tuple[str, Fenetres], ...]:
    try:
        pairs = dict(value)
    except (TypeError, ValueError):
        raise PolicyError("par_payeur: expected windows by the id of a payer") from None
    for payeur, fenetres in pairs.items():
        if not isinstance(payeur, str) or not isinstance(fenetres, Fenetres):
            raise PolicyError(f"par_payeur: expected Fenetres by the id of a payer, got {type(fenetres).__name__}")
    return tuple(sorted(pairs.items()))


@attrs.frozen(kw_only=True)
class Fenetres:
    """The windows of one payer, in calendar days; None leaves those of the policy.

    Raises:
        PolicyError: A window is no number of days.
    """

    avant_jours: int | None = attrs.field(default=None, validator=attrs.validators.optional(_days))
    apres_jours: int | None = attrs.field(default=None, validator=attrs.validators.optional(_days))
    memoire_jours: int | None = attrs.field(default=None, validator=attrs.validators.optional(_days))


@attrs.frozen(kw_only=True)
class MatchPolicy:
    """Windows of the matching, in calendar days. Amounts have no tolerance: a sum is right or it is not.

    The defaults are wide because width costs no safety: a wider window can only bring more rivals, hence more refusals.
    A credit was seen booked up to 3 days after its accounting day (public labels, 2015-2025), and announced credits
    came 7 jours ouvrés late in April 2025. The common contract of the AMC gives 7 jours ouvrés (IGAS, 2017).

    Raises:
        PolicyError: A window is no number of days, or a bound no number.
    """

    avant_jours: int = attrs.field(default=1, validator=_days)
    """How long before its announced date a credit may be booked."""
    apres_jours: int = attrs.field(default=15, validator=_days)
    """How long after its announced date a credit may be booked, when nothing but the amount and the payer tells it."""
    memoire_jours: int = attrs.field(default=90, validator=_days)
    """How long an announced transfer that nothing settled may still claim a credit of its amount.

    A credit that comes weeks late falls into the period of a later transfer of the same amount: as long as the older
    one is open, the two are rivals. A label settles within this time; what only the amount tells is then proposed.
    """
    par_payeur: tuple[tuple[str, Fenetres], ...] = attrs.field(default=(), converter=_by_payer)
    """Windows of some payers, by the id that the payer table gives them: `{"cpam": Fenetres(apres_jours=5)}`. They hold
    for the bank lines that name the payer; a line that names none has those of the policy."""

    reponse_jours: int = attrs.field(default=90, validator=_days)
    """How long after its lot a share may be answered by an answer that does not repeat its key."""
    lot_jours: int = attrs.field(default=7, validator=_days)
    """How far the lot date that such an answer tells may be from the true one. The whole key or the day of the answer
    being wrong is no reason to believe a date of another month."""

    accidents_max: float = attrs.field(default=0.0001, validator=_accidents)
    """How many sums may be expected by accident where one is settled, at most.

    It bounds the risk that an amount which no announcement explains is taken for a sum; smaller is surer, and settles
    fewer. On books of unrelated amounts, where every sum is false (1 500 officines, 3 to 12 groups and as many credits
    each), 0.01 settled up to 66 sums, 0.001 up to 9, the default none.
    """

    rivales_max: float = attrs.field(default=0.01, validator=_accidents)
    """How many sums may be expected by accident where one makes a pair doubtful that only its amount decides, at most.

    To doubt takes less than to settle; but where chance makes sums, one more says nothing, and every pair would be
    doubtful. Larger is surer, and settles fewer; 0 judges pairs by themselves alone.
    """

    @property
    def horizon_jours(self) -> int:
        """The longest time that any pass looks ahead."""
        return max(self.apres_jours, self.memoire_jours)

    def of_payeur(self, payeur: str | None) -> MatchPolicy:
        """Return this policy as it holds for one payer, by id; for none, itself."""
        own = dict(self.par_payeur).get(payeur or "")
        changes = {} if own is None else {name: days for name, days in attrs.asdict(own).items() if days is not None}
        return attrs.evolve(self, **changes) if changes else self
