"""Which of its debts a payment settles, when the debtor owes several: code civil 1342-10.

The debtor's choice first. Without it, on the debts that are due; among them, on those that the debtor has most interest
in paying; at equal interest, on the oldest; all things equal, in proportion.

Choices, since the sources that were read do not say: a debt that bears interest, after a mise en demeure, is the one
that a debtor has most interest in paying; what is left once every debt that is due is paid goes to the others in the
same order; and whether the interest of a debt is paid before its principal is a parameter.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import attrs

from tiers_payant.errors import PolicyError

__all__ = ["Dette", "Imputation", "PartImputee", "allocate"]


def _not_negative(dette: object, field: attrs.Attribute[int], value: int) -> None:
    if value < 0:
        raise PolicyError(f"{field.name}: expected cents, 0 or more")


@attrs.frozen(kw_only=True)
class Dette:
    """One debt of a debtor.

    Raises:
        PolicyError: A negative amount.
    """

    cle: str = attrs.field(repr=False)
    """What it is known by; no two debts of one debtor share it."""
    principal_cents: int = attrs.field(validator=_not_negative)
    """What is still owed of it."""
    interets_cents: int = attrs.field(default=0, validator=_not_negative)
    """Interest that it bore."""
    nee_le: dt.date | None = None
    """Day on which it was born, the facture's: what makes it older than another. None, not known, is the youngest."""
    echeance: dt.date | None = None
    """Day on which it is due; None when not known: it is paid after those that are."""
    porte_interets: bool = False
    """Whether it bears interest: there was a mise en demeure."""

    @property
    def total_cents(self) -> int:
        """All that is owed of it."""
        return self.principal_cents + self.interets_cents


@attrs.frozen(kw_only=True)
class PartImputee:
    """What a payment settles of one debt."""

    principal_cents: int = 0
    interets_cents: int = 0

    @property
    def total_cents(self) -> int:
        """All that is paid of it."""
        return self.principal_cents + self.interets_cents


@attrs.frozen(kw_only=True)
class Imputation:
    """What becomes of a payment."""

    parts: Mapping[str, PartImputee] = attrs.field(repr=lambda parts: f"<{len(parts)} debts>")
    """By debt, in the order given; each stands there."""
    surplus_cents: int
    """What is left once every debt is paid."""


def allocate(
    cents: int, dettes: Sequence[Dette], *, today: dt.date, choix: Iterable[str] = (), interets_avant: bool = False
) -> Imputation:
    """Say which debts a payment settles.

    What is given in proportion is shared to the cent: each part is rounded down, and the odd cents go to the largest
    remainders, then to the first keys. The order of *dettes* changes nothing.

    >>> old = Dette(cle="A", principal_cents=500, nee_le=dt.date(2026, 1, 5), echeance=dt.date(2026, 1, 5))
    >>> new = Dette(cle="B", principal_cents=500, nee_le=dt.date(2026, 2, 5), echeance=dt.date(2026, 2, 5))
    >>> made = allocate(700, [new, old], today=dt.date(2026, 3, 2))
    >>> made.parts["A"].total_cents, made.parts["B"].total_cents
    (500, 200)

    Args:
        cents: What was paid.
        today: The day of the payment: debts are due on their day and after it.
        choix: Keys of the debts that the debtor said to pay, in their order; what is left follows the law.
        interets_avant: Whether the interest of a debt is paid before its principal.

    Raises:
        PolicyError: A negative payment, two debts of one key, or a choice that names none, or one twice.
    """
    _check(cents, dettes, chosen := tuple(choix))
    by_key = {dette.cle: dette for dette in dettes}
    ranked = sorted((dette for dette in dettes if dette.cle not in chosen), key=lambda dette: _rank(dette, today))
    equals = [[by_key[cle]] for cle in chosen]
    equals += [list(group) for _, group in groupby(ranked, key=lambda dette: _rank(dette, today))]
    left, paid = cents, dict.fromkeys(by_key, 0)
    for group in equals:
        shares = _proportion(min(left, sum(dette.total_cents for dette in group)), group)
        paid |= shares
        left -= sum(shares.values())
    return Imputation(
        parts={cle: _part(by_key[cle], amount, interets_avant) for cle, amount in paid.items()}, surplus_cents=left
    )


def _check(cents: int, dettes: Sequence[Dette], chosen: Sequence[str]) -> None:
    if cents < 0:
        raise PolicyError("cents: expected 0 or more")
    keys = Counter(dette.cle for dette in dettes)
    if len(keys) < len(dettes):
        raise PolicyError("dettes: two have one key")
    if any(times > 1 for times in Counter(chosen).values()) or not keys.keys() >= set(chosen):
        raise PolicyError("choix: expected keys of the debts, each once")


def _rank(dette: Dette, today: dt.date) -> tuple[bool, bool, dt.date]:
    """Return the order of the law: due, most interest in paying it, oldest."""
    due = dette.echeance is not None and dette.echeance <= today
    return not due, not dette.porte_interets, dette.nee_le or dt.date.max


def _proportion(cents: int, dettes: Sequence[Dette]) -> dict[str, int]:
    """Share *cents*, no more than is owed, in proportion to what each owes: largest remainders first."""
    total = sum(dette.total_cents for dette in dettes)
    if not total:
        return {dette.cle: 0 for dette in dettes}
    shares = {dette.cle: divmod(cents * dette.total_cents, total) for dette in dettes}
    odd = cents - sum(share for share, _ in shares.values())
    first = sorted(shares, key=lambda cle: (-shares[cle][1], cle))[:odd]
    return {cle: share + (cle in first) for cle, (share, _) in shares.items()}


def _part(dette: Dette, cents: int, interets_avant: bool) -> PartImputee:
    if interets_avant:
        interest = min(cents, dette.interets_cents)
        return PartImputee(principal_cents=cents - interest, interets_cents=interest)
    principal = min(cents, dette.principal_cents)
    return PartImputee(principal_cents=principal, interets_cents=cents - principal)
