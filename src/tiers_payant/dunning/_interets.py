"""Interest at the legal rate, from the mise en demeure on, and the words that a letter needs to claim it.

The debtor of a sum of money owes interest at the legal rate from the mise en demeure on, without any loss to prove
(code civil 1231-6, 1344-1); the rate of a creditor that is no private individual is set for each semester (CMF L313-2,
rule `taux_interet_legal`). The source of each rate is in the rule.

Choices, in none of the texts that were read: interest runs from the day after the mise en demeure to the day asked,
both included; it is simple; a year counts 365 days, leap years too; a fraction of a cent is dropped.

Not claimed: the five points more (CMF L313-3, rule `majoration_interet_legal`), which need an enforceable judgment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Regles, TypeDebiteur, UniteRegle, VersionRegle, load_regles
from tiers_payant.dunning._jours import Jours, day_number, day_of_number
from tiers_payant.errors import UnknownRuleError

__all__ = ["Tranche", "indemnite_cents", "interets", "mention_interets", "tranches", "unknown_since"]

Entiers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_TAUX, _INDEMNITE = "taux_interet_legal", "indemnite_recouvrement"
_YEAR, _WHOLE = 365, 10_000


@attrs.frozen(kw_only=True)
class Tranche:
    """Days of one rate."""

    du: dt.date
    au: dt.date
    """Included."""
    version: VersionRegle

    @property
    def jours(self) -> int:
        """How many, both ends counted."""
        return (self.au - self.du).days + 1


def interets(
    principal_cents: Entiers, mises_en_demeure: Jours, today: dt.date, regles: Regles | None = None
) -> tuple[Entiers, Mask]:
    """Return the interest that each sum bore by *today*, in cents, and whether every day of it has a known rate.

    Where a rate is not known, that of the semester that is not published yet first of all, the days without one bear
    nothing, and the sum says that it is partial; `unknown_since` tells from when.

    Args:
        principal_cents: int64, what is still owed; a negative sum bears nothing.
        mises_en_demeure: Day of the mise en demeure of each; `NaT` where there was none: it bears nothing.
        today: The last day that bears interest.
        regles: The rules of the library when not given; `load_regles(path)` completes the rates.

    Raises:
        UnknownRuleError: The rule of the rate is in another unit.
    """
    starts, end = _starts(mises_en_demeure), day_number(today)
    runs = np.maximum(0, end - starts + 1)
    weights, known = np.zeros(len(starts), dtype=np.int64), np.zeros(len(starts), dtype=np.int64)
    for first, last, version in _periods(regles):
        days = np.maximum(0, np.minimum(last, end) - np.maximum(first, starts) + 1)
        weights += days * version.valeur
        known += days
    # In two steps: the largest sums times a rate and a number of days would not fit 64 bits.
    whole, rest = np.divmod(np.maximum(0, principal_cents), _YEAR * _WHOLE)
    return whole * weights + rest * weights // (_YEAR * _WHOLE), known == runs


def unknown_since(mises_en_demeure: Jours, today: dt.date, regles: Regles | None = None) -> Jours:
    """Return the first day without a known rate of each sum; `NaT` where every day has one."""
    starts, end = _starts(mises_en_demeure), day_number(today)
    at = starts.copy()
    for first, last, _ in _periods(regles):  # oldest first: each brings further those that it meets
        at = np.where((first <= at) & (at <= last), last + 1, at)
    found: Jours = at.astype("datetime64[D]")
    return np.where(at > end, np.datetime64("NaT", "D"), found)


def tranches(mise_en_demeure: dt.date, today: dt.date, regles: Regles | None = None) -> tuple[Tranche, ...]:
    """Return the rates that apply from the day after the mise en demeure to *today*, in order.

    >>> [one.version.valeur for one in tranches(dt.date(2025, 12, 1), dt.date(2026, 3, 2))]
    [276, 262]
    """
    first, last = mise_en_demeure + dt.timedelta(days=1), today
    found = []
    for start, end, version in _periods(regles):
        du, au = max(first, day_of_number(start)), min(last, day_of_number(end))
        if du <= au:
            found.append(Tranche(du=du, au=au, version=version))
    return tuple(found)


def mention_interets(mise_en_demeure: dt.date, today: dt.date, regles: Regles | None = None) -> str:
    """Return the words that a letter needs to claim interest, in French: the texts, the rates, and what is not known.

    >>> print(mention_interets(dt.date(2026, 2, 2), dt.date(2026, 3, 2)))
    Intérêts au taux légal depuis la mise en demeure du 02/02/2026 (code civil, articles 1231-6 et 1344-1) : 2,62 % l'an
    du 03/02/2026 au 02/03/2026 (CMF L313-2 ; arrêté du 15/12/2025).
    """
    rates = [
        f"{_rate(one.version)} % l'an du {one.du:%d/%m/%Y} au {one.au:%d/%m/%Y} ({one.version.reference})"
        for one in tranches(mise_en_demeure, today, regles)
    ]
    words = (
        f"Intérêts au taux légal depuis la mise en demeure du {mise_en_demeure:%d/%m/%Y} "
        f"(code civil, articles 1231-6 et 1344-1)"
    )
    told = f"{words} : {' ; '.join(rates)}." if rates else f"{words}."
    since = unknown_since(np.array([mise_en_demeure], dtype="datetime64[D]"), today, regles)[0].item()
    if since is None:
        return told
    return f"{told} Le taux applicable à compter du {since:%d/%m/%Y} n'est pas connu : ces jours ne sont pas comptés."


def indemnite_cents(genre: TypeDebiteur, en_retard: int, day: dt.date, regles: Regles | None = None) -> int:
    """Return the fixed indemnity for factures paid late: once for each, from professional customers alone.

    Never from a consumer (code de la consommation L121-21), nor from an insurer, for which no text was found.

    Args:
        genre: Who owes.
        en_retard: How many factures are late.
        day: The day on which it is claimed.
        regles: The rules of the library when not given.

    Raises:
        UnknownRuleError: No version of the rule is in force on that day.
    """
    if genre is not TypeDebiteur.PROFESSIONNEL or en_retard <= 0:
        return 0
    return en_retard * (regles or load_regles()).regle(_INDEMNITE).on(day).valeur


def _periods(regles: Regles | None) -> Iterator[tuple[int, int, VersionRegle]]:
    """Yield the first and the last day of each rate, counted from 1970, oldest first."""
    for version in (regles or load_regles()).regle(_TAUX).versions:
        if version.unite is not UniteRegle.POINTS_DE_BASE:
            raise UnknownRuleError(f"{version.code} is in {version.unite.value}: it is no rate")
        yield day_number(version.du or dt.date.min), day_number(version.au or dt.date.max), version


def _starts(mises_en_demeure: Jours) -> Entiers:
    """Return the first day that bears interest; beyond all days where none does."""
    numbers = mises_en_demeure.astype("datetime64[D]").astype(np.int64)
    return np.where(np.isnat(mises_en_demeure), day_number(dt.date.max) + 1, numbers + 1)


def _rate(version: VersionRegle) -> str:
    return f"{version.valeur // 100},{version.valeur % 100:02d}"
