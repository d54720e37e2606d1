"""Policies of dunning replayed over past months: what each would have done, day by day, with what was known then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs
import pluggy

from tiers_payant import rejets
from tiers_payant.domain import (
    Annuaire,
    BilanRelances,
    Book,
    Calendrier,
    Levee,
    Rapprochement,
    Regles,
    RelancePolicy,
)
from tiers_payant.dunning import Historique, Recul, Rejeu, echanges_of, join_echanges, judged
from tiers_payant.errors import RelanceError
from tiers_payant.pipeline._calendriers import calendar_of
from tiers_payant.pipeline._rapprocher import reconcile
from tiers_payant.pipeline._relances import plan_relances
from tiers_payant.plugins import build_manager

__all__ = ["replayed", "simulate_relances"]


def simulate_relances(
    policies: RelancePolicy | Iterable[RelancePolicy],
    history: Book,
    *,
    du: dt.date,
    au: dt.date,
    pas_jours: int = 1,
    annuaire: Annuaire | None = None,
    levees: Sequence[Levee] = (),
    calendrier: Calendrier | str | None = None,
    regles: Regles | None = None,
    manager: pluggy.PluginManager | None = None,
    reconciling: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[BilanRelances, ...]:
    """Replay *policies* over *history*, day by day, and judge each by all that is known since.

    On each day a policy sees what was dated on or before it, and nothing else: lots, returns, bank lines, receipts. It
    plans, its contacts are recorded, and the next day follows. A day on which nothing came in is not reconciled again.

    Args:
        policies: What to compare.
        history: All that was read, up to a day after *au* at best, so that late money tells wrong letters.
        du: First day.
        au: Last day.
        pas_jours: Calendar days from one plan to the next, 7 for once a week; beyond 1, a day that is not ouvré gives
            way to the next one that is.
        annuaire: Whom to write to.
        levees: What people verified; each lifts what it names from its day to its last one.
        calendrier: The business calendar, or the name of one that plugins or the library bring; that of metropolitan
            France when not given.
        regles: The rules of law; those of the library when not given.
        manager: The plugins to ask for addressees, gates, payers and passes; the built-in ones when not given.
        reconciling: What `reconcile` takes besides the book, such as `payeurs`.
        progress: Called with how many days are done, and how many there are.

    Returns:
        What each policy did, in their order. What its euros suppose is told by `BilanRelances`.

    Raises:
        RelanceError: Days the wrong way round, or a step below one day.
    """
    options = {"manager": manager, **(reconciling or {})}
    jours = calendar_of(calendrier, manager)
    rejeux = replayed(
        policies, history, days=_days(du, au, pas_jours, jours), annuaire=annuaire, levees=levees,
        calendrier=jours, regles=regles, manager=manager, options=options, progress=progress,
    )  # fmt: skip
    whole = reconcile(history, **options)
    recul = Recul.of(whole, rejets.deadlines(whole, today=au, calendrier=jours))
    return tuple(judged(one, recul, du, au) for one in rejeux)


def _days(du: dt.date, au: dt.date, pas_jours: int, calendrier: Calendrier) -> list[dt.date]:
    if au < du or pas_jours < 1:
        raise RelanceError("expected days in order, and a step of one day at least")
    days = [du + dt.timedelta(days=rank) for rank in range(0, (au - du).days + 1, pas_jours)]
    return days if pas_jours == 1 else sorted({day for day in map(calendrier.next_ouvre, days) if day <= au})


def replayed(
    policies: RelancePolicy | Iterable[RelancePolicy],
    history: Book,
    *,
    days: Sequence[dt.date],
    annuaire: Annuaire | None = None,
    levees: Sequence[Levee] = (),
    calendrier: Calendrier | None = None,
    regles: Regles | None = None,
    manager: pluggy.PluginManager | None = None,
    options: Mapping[str, Any],
    progress: Callable[[int, int], None] | None = None,
) -> list[Rejeu]:
    """Plan each of *days* under each policy, with what was known then and what each sent before."""
    rejeux = [Rejeu(policy=one) for one in _several(policies)]
    known, plugins = Historique(history), manager or build_manager()
    before: tuple[tuple[int, ...], Rapprochement] | None = None
    for rank, day in enumerate(days, 1):
        before = _known(known, day, before, options)
        rejeux = [_step(one, before[1], day, annuaire, levees, calendrier, regles, plugins) for one in rejeux]
        if progress is not None:
            progress(rank, len(days))
    return rejeux


def _several(policies: RelancePolicy | Iterable[RelancePolicy]) -> Sequence[RelancePolicy]:
    return [policies] if isinstance(policies, RelancePolicy) else list(policies)


def _known(
    known: Historique,
    day: dt.date,
    before: tuple[tuple[int, ...], Rapprochement] | None,
    options: Mapping[str, Any],
) -> tuple[tuple[int, ...], Rapprochement]:
    """Reconcile what was known on a day; only the end of statements moves when nothing came in."""
    growth, book = known.growth(day), known.known_on(day)
    if before is not None and before[0] == growth:
        return growth, attrs.evolve(before[1], tables=book.tables)
    return growth, reconcile(book, **options)


def _step(
    rejeu: Rejeu,
    result: Rapprochement,
    day: dt.date,
    annuaire: Annuaire | None,
    levees: Sequence[Levee],
    calendrier: Calendrier | None,
    regles: Regles | None,
    manager: pluggy.PluginManager,
) -> Rejeu:
    plan = plan_relances(
        result, policy=rejeu.policy, today=day, annuaire=annuaire, levees=levees, echanges=rejeu.echanges,
        calendrier=calendrier, regles=regles, manager=manager,
    )  # fmt: skip
    return rejeu.after(plan, join_echanges(rejeu.echanges, echanges_of(plan, result)))
