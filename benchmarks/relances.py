"""Dunning: a million open créances of a hundred thousand debtors planned, then planned again the day after."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

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

__all__ = ["Planification", "measure_dunning"]

TODAY = dt.date(2026, 3, 3)
_OFFICINES = 50
_PER_DEBTOR = 10
_WEEKS = 14
"""Days over which the first contacts were made."""


@attrs.frozen(kw_only=True)
class Planification:
    """What plans of one book took."""

    creances: int
    debiteurs: int
    contacts: int
    """Of the first plan, when nobody was contacted before."""
    contacts_lendemain: int
    """Once everybody was, in the last two weeks."""
    secondes: float
    """From the result to the first plan."""
    lendemain_s: float
    """The same result and history on another day."""


def measure_dunning(chrono: Chrono, sizes: Sequence[int]) -> list[Planification]:
    """Measure books of so many open créances."""
    return [_measure(chrono, size) for size in sizes]


def _measure(chrono: Chrono, size: int) -> Planification:
    result, echeances = _book(size)
    policy, history = RelancePolicy.standard(), _history(result)
    annuaire = _annuaire(result)
    ready = dunning.prepare(result, echeances, policy=policy, annuaire=annuaire)
    ready.plan(today=TODAY, echanges=history)

    def first() -> PlanRelances:
        return dunning.plan(result, echeances, policy=policy, today=TODAY, annuaire=annuaire)

    days = itertools.cycle((1, 2, 3))

    def next_day() -> object:
        day = TODAY + dt.timedelta(days=next(days))
        return ready.plan(today=day, echanges=history)

    return Planification(
        creances=size,
        debiteurs=len(np.unique(result.creances.debiteur)) * _OFFICINES,
        contacts=len(first()),
        contacts_lendemain=len(ready.plan(today=TODAY + dt.timedelta(days=1), echanges=history)),
        secondes=chrono.median_s(first),
        lendemain_s=chrono.median_s(next_day),
    )  # fmt: skip


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
        liens_reponses=LiensReponses.empty(),
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
    """Every debtor was asked once about all that it owed, on a day of the last two weeks."""
    table = result.creances
    of, who = np.unique(table.officine, return_inverse=True)[1], np.unique(table.debiteur, return_inverse=True)[1]
    length = len(table)
    return Echanges.of(
        length, relance=np.full(length, b"exemple"), le=np.datetime64(TODAY) - (of * 7919 + who * 104_729) % _WEEKS,
        officine=table.officine, debiteur=table.debiteur,
        type=np.where(table.part == Part.AMO, b"amo", b"amc"), palier=np.full(length, b"verification"),
        lot_date=table.lot_date, lot=table.lot, facture=table.facture, part=table.part,
    )  # fmt: skip


if __name__ == "__main__":
    for one in measure_dunning(Chrono(3), (10_000, 100_000, 1_000_000)):
        print(one, flush=True)
