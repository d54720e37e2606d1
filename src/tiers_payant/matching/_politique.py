"""What the matching tolerates."""

from __future__ import annotations

import attrs

__all__ = ["MatchPolicy"]


@attrs.frozen(kw_only=True)
class MatchPolicy:
    """Windows of the matching, in calendar days. Amounts have no tolerance: a sum is right or it is not.

    The defaults are wide because width costs no safety: a wider window can only bring more rivals, hence more refusals.
    A credit was seen booked up to 3 days after its accounting day (public labels, 2015-2025), and announced credits
    came 7 jours ouvrés late in April 2025.
    """

    avant_jours: int = attrs.field(default=1, validator=attrs.validators.ge(0))
    """How long before its announced date a credit may be booked."""
    apres_jours: int = attrs.field(default=15, validator=attrs.validators.ge(0))
    """How long after its announced date a credit may be booked, when nothing but the amount and the payer tells it."""
    memoire_jours: int = attrs.field(default=90, validator=attrs.validators.ge(0))
    """How long an announced transfer that nothing settled may still claim a credit of its amount.

    A credit that comes weeks late falls into the period of a later transfer of the same amount: as long as the older
    one is open, the two are rivals. A label settles within this time; what only the amount tells is then proposed.
    """

    reponse_jours: int = attrs.field(default=90, validator=attrs.validators.ge(0))
    """How long after its lot a share may be answered by an answer that does not repeat its key."""
    lot_jours: int = attrs.field(default=7, validator=attrs.validators.ge(0))
    """How far the lot date that such an answer tells may be from the true one. The whole key or the day of the answer
    being wrong is no reason to believe a date of another month."""

    accidents_max: float = attrs.field(default=0.0001, validator=attrs.validators.ge(0))
    """How many sums may be expected by accident where one is settled, at most.

    It bounds the risk that an amount which no announcement explains is taken for a sum; smaller is surer, and settles
    fewer. On books of unrelated amounts, where every sum is false (1 500 officines, 3 to 12 groups and as many credits
    each), 0.01 settled up to 66 sums, 0.001 up to 9, the default none.
    """

    @property
    def horizon_jours(self) -> int:
        """The longest time that any pass looks ahead."""
        return max(self.apres_jours, self.memoire_jours)
