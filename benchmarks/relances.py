"""Dunning: a million open créances of a hundred thousand debtors planned, then planned again the days after."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from benchmarks._mesure import Chrono
from tiers_payant import dunning
from tiers_payant.domain import (
    Annuaire,
    Comptes,
    Contact,
    Creances,
    Echanges,
    Echeances,
    Etat,
    Factures,
    LiensReponses,
    LiensVirements,
    NatureEcheance,
    Part,
    PlanRelances,
    Propositions,
    Rapprochement,
    RelancePolicy,
    Releves,
    Reponses,
    Retours,
    Tables,
    Totaux,
    TypeDebiteur,
)

__all__ = ["Lendemain", "Planification", "measure_dunning"]

TODAY = dt.date(2026, 3, 3)
_OFFICINES = 50
_PER_DEBTOR = 10
_LATER = (1, 2)
"""Days after the first one; the second has more contacts."""
_JOUR = 3_000
"""Créances that one day changes."""
_DAYS = 16
"""Days over which the first contacts were made: those left to answer, so that each day some of them end."""


@attrs.frozen(kw_only=True)
class Planification:
    """What plans of one book took."""

    creances: int
    debiteurs: int
    contacts: int
    """Of the first plan, when nobody was contacted before."""
    secondes: float
    """From the result to the first plan."""
    lendemains: tuple[Lendemain, ...]
    """What the same book took once prepared."""


@attrs.frozen(kw_only=True)
class Lendemain:
    """What one more day took."""

    cas: str
    contacts: int
    secondes: float
    entier_s: float
    """The same plan without anything prepared."""


def measure_dunning(chrono: Chrono, sizes: Sequence[int]) -> list[Planification]:
    """Measure books of so many open créances."""
    return [_measure(chrono, size) for size in sizes]


def _measure(chrono: Chrono, size: int) -> Planification:
    result, echeances = _book(size)
    shared: dict[str, Any] = {"policy": RelancePolicy.standard(), "annuaire": _annuaire(result)}

    def first() -> PlanRelances:
        return dunning.plan(result, echeances, today=TODAY, **shared)

    return Planification(
        creances=size,
        debiteurs=len(np.unique(result.creances.debiteur)) * _OFFICINES,
        contacts=len(first()),
        secondes=chrono.median_s(first),
        lendemains=tuple(_days_after(chrono, result, echeances, shared)),
    )


def _days_after(
    chrono: Chrono, result: Rapprochement, echeances: Echeances, shared: dict[str, Any]
) -> Iterator[Lendemain]:
    """Measure the next days; before each of them, the book is as it was on the first one."""
    history = dunning.join_echanges(_history(result))
    ready = dunning.prepare(result, echeances, **shared)

    def measured(
        cas: str, book: Rapprochement, day: dt.date, sent: Echanges, plan: Callable[[], PlanRelances]
    ) -> Lendemain:
        ready.plan(today=TODAY, echanges=history)

        def again() -> PlanRelances:
            return dunning.plan(book, echeances, today=day, echanges=sent, **shared)

        plans, taken = [], []
        for _ in range(chrono.repetitions):
            ready.plan(today=TODAY, echanges=history)
            start = time.perf_counter()
            plans.append(plan())
            taken.append(time.perf_counter() - start)
        return Lendemain(cas=cas, contacts=len(plans[0]), secondes=chrono.of(taken), entier_s=chrono.median_s(again))

    for later in _LATER:
        day = TODAY + dt.timedelta(days=later)
        yield measured(
            "the same result and history", result, day, history, partial(ready.plan, today=day, echanges=history)
        )
    for later in _LATER:
        plan = ready.plan(today=TODAY + dt.timedelta(days=later), echanges=history)
        sent = dunning.join_echanges(history, dunning.echanges_of(plan, result))
        day = plan.today + dt.timedelta(days=1)
        yield measured(
            f"{len(plan):,} contacts more in the history".replace(",", " "), result, day, sent,
            partial(ready.plan, today=day, echanges=sent),
        )  # fmt: skip
    changed = _changed(result)
    plan = ready.plan(today=TODAY + dt.timedelta(days=1), echanges=history)
    sent = dunning.join_echanges(history, dunning.echanges_of(plan, result))
    day = plan.today + dt.timedelta(days=1)
    yield measured(
        f"{_JOUR:,} créances changed and {len(plan):,} contacts more".replace(",", " "), changed, day, sent,
        lambda: ready.follow(changed, echeances).plan(today=day, echanges=sent),
    )  # fmt: skip


def _changed(result: Rapprochement) -> Rapprochement:
    """Two thirds of some créances are paid, the others refused."""
    table = result.creances
    rows = np.random.default_rng(11).choice(len(table), min(_JOUR, len(table)), replace=False)
    paid = rows[: 2 * len(rows) // 3]
    credited, etats = table.credite_cents.copy(), table.etat.copy()
    etats[rows] = Etat.REJETEE
    credited[paid], etats[paid] = table.du_cents[paid], Etat.CREDITEE
    return attrs.evolve(result, creances=table.with_columns(credite_cents=credited, etat=etats))


def _book(size: int) -> tuple[Rapprochement, Echeances]:
    """Make open créances: a fifth refused, half due, the rest not yet; every debtor of every officine owes a few."""
    random = np.random.default_rng(7)
    officines = np.array([f"99{rank:07d}" for rank in range(_OFFICINES)], dtype="S9")
    debtors = max(1, size // _PER_DEBTOR // _OFFICINES)
    of, who = np.sort(random.integers(0, _OFFICINES, size)), random.integers(0, debtors, size)
    amc = who % 10 > 0
    names = np.array(
        [f"AMC:{rank:010d}" if rank % 10 else f"AMO:01-999-{rank % 10_000:04d}" for rank in range(debtors)], dtype="S"
    )
    days = np.datetime64(TODAY) - random.integers(5, 120, size)
    numbers = np.array([f"{rank:09d}" for rank in range(size)], dtype="S9")
    creances = Creances.of(
        size, officine=officines[of], lot_date=days, lot=np.full(size, b"001"), facture=numbers,
        part=np.where(amc, Part.AMC, Part.AMO).astype(np.int8), debiteur=names[who],
        du_cents=random.integers(200, 20_000, size),
        etat=np.where(random.random(size) < 0.2, Etat.REJETEE, Etat.NON_REPONDUE).astype(np.int8),
        facture_rang=np.full(size, -1, dtype=np.int32),
    )  # fmt: skip
    rows = np.repeat(np.arange(size, dtype=np.int32), 2)
    late = np.stack([days + random.integers(10, 120, size), days + 730], axis=1).ravel()
    natures = np.tile(np.array([NatureEcheance.PAIEMENT, NatureEcheance.FORCLUSION], dtype=np.int8), size)
    kept = (natures == NatureEcheance.FORCLUSION) | (creances.etat[rows] != Etat.REJETEE)
    echeances = Echeances.of(int(kept.sum()), creance=rows[kept], nature=natures[kept], le=late[kept])
    return _result(creances, officines), echeances


def _result(creances: Creances, officines: npt.NDArray[np.bytes_]) -> Rapprochement:
    accounts = np.array([f"{rank:021d}" for rank in range(len(officines))], dtype="S21")
    many = 2 * len(officines)
    answered = np.unique(creances.officine, return_index=True)[1].astype(np.int32)  # no answer is of an unknown facture
    tables = Tables(
        factures=Factures.empty(),
        comptes=Comptes.of(len(officines), officine=officines, compte=accounts),
        releves=Releves.of(
            len(officines), compte=accounts, du=[dt.date(2025, 1, 1)] * len(officines),
            au=[TODAY + dt.timedelta(days=7)] * len(officines),
        ),
        retours=Retours.of(2, emetteur_type=[b"CP", b"OC"], date=[TODAY, TODAY]),
        reponses=Reponses.of(
            many, officine=np.repeat(officines, 2), retour=np.tile(np.array([0, 1], dtype=np.int32), len(officines)),
            groupe=np.full(many, -1, dtype=np.int32),
        ),
    )  # fmt: skip
    return Rapprochement(
        tables=tables,
        creances=creances,
        liens_reponses=LiensReponses.of(many, creance=np.repeat(answered, 2), reponse=np.arange(many, dtype=np.int32)),
        liens_virements=LiensVirements.empty(),
        propositions=Propositions.empty(),
        rejets_creances=np.empty(0, dtype=np.int64),
        rejets_rangs=np.empty(0, dtype=np.int64),
        etats_virements=np.empty(0, dtype=np.int8),
        totaux=Totaux(**{field.name: 0 for field in attrs.fields(Totaux)}),
    )


def _annuaire(result: Rapprochement) -> Annuaire:
    """Every insurer has an e-mail, and an entry of its own."""
    names = [name.decode() for name in np.unique(result.creances.debiteur).tolist()]
    return Annuaire(
        contacts=[
            Contact(
                id=f"exemple-{rank}",
                nom="EXEMPLE",
                type=TypeDebiteur.AMC,
                debiteurs=(name,),
                email="exemple@example.org",
            )
            for rank, name in enumerate(names)
        ]
    )


def _history(result: Rapprochement) -> Echanges:
    """Every debtor was asked once about all that it owed, on one of the last days."""
    table = result.creances
    of, who = np.unique(table.officine, return_inverse=True)[1], np.unique(table.debiteur, return_inverse=True)[1]
    length = len(table)
    return Echanges.of(
        length, relance=np.full(length, b"exemple"), le=np.datetime64(TODAY) - (of * 7919 + who * 104_729) % _DAYS,
        officine=table.officine, debiteur=table.debiteur,
        type=np.where(table.part == Part.AMO, b"amo", b"amc").astype("S13"), palier=np.full(length, b"verification"),
        lot_date=table.lot_date, lot=table.lot, facture=table.facture, part=table.part,
    )  # fmt: skip


if __name__ == "__main__":
    for one in measure_dunning(Chrono(3), (10_000, 100_000, 1_000_000)):
        print(one, flush=True)
