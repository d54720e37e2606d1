"""What an officine lived, judged by the truth: who was asked in error, who was asked when, and what held the others.

Counts are kept under flat names, so that those of many seeds add up; names that end in `_cents` are amounts.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from benchmarks._relances_noms import keys_of
from benchmarks._relances_rejeu import Journee
from benchmarks._relances_verite import DEMANDABLES, PartVraie
from tiers_payant.domain import Creances, NatureEcheance, PlanRelances, Raison, virement_ids
from tiers_payant.simulation import Cle

__all__ = ["HORIZONS", "SUR", "Comptes", "Juge"]

Comptes = Counter[str]

HORIZONS = (15, 30, 60, 90, 120, 180)
"""Calendar days from the due day."""
SUR = 45
"""Calendar days before the end: of what was due by then, nothing is on its way any more (a late credit takes 40)."""


class Juge:
    """Follows one policy of one officine."""

    def __init__(self, parts: Mapping[Cle, PartVraie], policy: str) -> None:
        self._parts, self._policy = parts, policy
        self._due: dict[Cle, dt.date] = {}
        self._asked: dict[Cle, dt.date] = {}
        self._wrong: dict[str, dict[Cle, dt.date]] = {"fausses": {}, "trop_demandees": {}}
        self._lines: set[str] = set()
        self._counts: Comptes = Counter()
        self._last: Journee | None = None
        self._days: list[dt.date] = []

    def see(self, journee: Journee) -> None:
        """Judge the contacts of one day."""
        plan, creances = journee.plans[self._policy], journee.result.creances
        self._note_due(journee)
        keys = keys_of(creances.take(plan.creances.creance))
        for cle, cents in zip(keys, plan.creances.cents.tolist(), strict=True):
            owed = self._parts[cle].reste_le(journee.jour)
            if owed < cents:
                self._wrong["trop_demandees" if owed else "fausses"].setdefault(cle, journee.jour)
            self._asked.setdefault(cle, journee.jour)
        self._counts["contacts"] += len(plan)
        self._counts["lignes_de_contact"] += len(keys)
        for name, cents in self._held(journee):
            self._counts.update({f"jours/{name}": 1, f"jours/{name}_cents": cents})
        names = virement_ids(journee.result.tables)
        self._lines.update(names[row] for row in plan.retenants().virement.tolist())
        self._last = journee
        self._days.append(journee.jour)

    def counts(self) -> Comptes:
        """Return all that was counted, once the last day was seen."""
        if self._last is None:
            raise ValueError("no day was seen")
        found = Counter(self._counts)
        found["jours"] = (self._days[-1] - self._days[0]).days
        found["parts"] = len(self._asked)
        found.update({name: len(keys) for name, keys in self._wrong.items()})
        found["lignes_retenantes"] = len(self._lines)
        found["lignes_regardees"] = self._last.regardees
        found["decisions_perdues"] = self._last.perdues
        for cle in self._asked:
            found[f"parts/{self._parts[cle].sort}"] += 1
        found.update(self._horizons(self._last.jour))
        for name, cents in self._held(self._last):
            found.update({f"fin/{name}": 1, f"fin/{name}_cents": cents})
        return found

    def wrong(self) -> list[tuple[str, Cle, dt.date, dt.date | None]]:
        """Return each share asked for in error: how, which, its first such day, and from when it was not owed."""
        return [
            (self._how(name, cle, days[cle]), cle, days[cle], self._parts[cle].soldee)
            for name, days in self._wrong.items()
            for cle in sorted(days)
        ]

    def _how(self, name: str, cle: Cle, day: dt.date) -> str:
        again = self._parts[cle].refaite
        return "trop" if name == "trop_demandees" else "refaite" if again is not None and again <= day else "payee"

    def _note_due(self, journee: Journee) -> None:
        """Note the last day in time of each share as first counted; an announcement gives until its own day."""
        table = journee.echeances
        rows = np.flatnonzero((table.nature == NatureEcheance.PAIEMENT) & (table.creance >= 0) & ~np.isnat(table.le))
        keys = keys_of(journee.result.creances.take(table.creance[rows]))
        for cle, day in zip(keys, table.le[rows].tolist(), strict=True):
            if cle not in self._due:
                self._due[cle] = max(day, self._parts[cle].annoncee or day)

    def _horizons(self, end: dt.date) -> Comptes:
        """Count what was never paid and could be asked for, and what of it was asked for in time."""
        found: Comptes = Counter()
        for cle, part in self._parts.items():
            due = self._due.get(cle)
            if part.sort not in DEMANDABLES or due is None:
                found["sans_echeance"] += part.sort in DEMANDABLES
                continue
            inside, left = (end - due).days, part.reste_le(end)
            wait = (self._asked[cle] - due).days if cle in self._asked else None
            for horizon in HORIZONS:
                if inside < max(horizon, SUR):
                    continue
                done = wait is not None and wait <= horizon
                for name in (f"horizon/{horizon}", f"horizon/{horizon}/{part.sort}"):
                    found.update({f"{name}/dues": 1, f"{name}/dues_cents": left})
                    found.update({f"{name}/demandees": done, f"{name}/demandees_cents": left * done})
            if wait is not None and inside >= SUR:
                found[f"attente/{wait}"] += 1
            if inside >= HORIZONS[-1]:
                found[f"cohorte/{'jamais' if wait is None else wait}"] += 1
        return found

    def _held(self, journee: Journee) -> Iterator[tuple[str, int]]:
        """Yield what holds each claim over its delay, with what is true of it, and its cents."""
        for cle, raison, cents in _held(journee.plans[self._policy], journee.result.creances):
            yield f"{raison.name}/{self._told(cle, journee.jour)}", cents

    def _told(self, cle: Cle, day: dt.date) -> str:
        part = self._parts[cle]
        if not part.reste_le(day):
            return "payees"
        if part.sort not in DEMANDABLES:
            return "autres"
        return "deja_demandees" if cle in self._asked else "jamais_demandees"


def _held(plan: PlanRelances, creances: Creances) -> Iterator[tuple[Cle, Raison, int]]:
    """Yield each claim that is left alone with the reason that ended its search: the last one told of it."""
    rows = plan.ecarts.creance
    last = np.flatnonzero(np.append(rows[1:] != rows[:-1], True)) if len(rows) else np.zeros(0, dtype=np.int64)
    asked = set(plan.creances.creance.tolist())
    keys = keys_of(creances.take(rows[last]))
    told = zip(
        keys, rows[last].tolist(), plan.ecarts.raison[last].tolist(), plan.ecarts.cents[last].tolist(), strict=True
    )
    for cle, row, raison, cents in told:
        if row not in asked:
            yield cle, Raison(raison), cents
