"""A day's returns onto a book of open créances: what a follow-up takes, beside a full run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from benchmarks._mesure import Chrono
from tiers_payant.domain import (
    Book,
    Comptes,
    Factures,
    Groupes,
    Lecture,
    Part,
    Releves,
    Reponse,
    Reponses,
    Retours,
    Source,
    Tables,
    Virements,
)
from tiers_payant.pipeline import Suivi, reconcile, suivre

__all__ = ["JOUR", "Suivie", "measure_follow_up"]

PAR_OFFICINE = 2_000
"""Open créances of one officine."""
JOUR = 3_000
"""Return lines of the day."""
_HISTOIRE = 20
"""Transfers that each officine was paid before, each with its bank line."""
_PAR_VIREMENT = 10
"""Créances of each of them."""

Rows = npt.NDArray[np.int64]


@attrs.frozen(kw_only=True)
class Suivie:
    """What one day took on a book of one size, in seconds."""

    creances: int
    officines: int
    touchees: int
    """Officines that the lines of the day are about."""
    lignes: int
    debut_s: float
    """To begin to follow the book, once."""
    etape_s: float
    """The new follow-up and its delta."""
    etape_cpu_s: float
    """The same, as the processor counts it: other programs do not weigh on it."""
    entier_s: float
    """A full run on the same files."""


def measure_follow_up(chrono: Chrono, sizes: Sequence[int]) -> list[Suivie]:
    """Measure books of *sizes* open créances: the day on 15 officines, on 30, and spread over all."""
    return [one for size in sizes for one in _measure_book(chrono, max(1, size // PAR_OFFICINE))]


def _measure_book(chrono: Chrono, officines: int) -> list[Suivie]:
    book = _open_book(officines)
    start = time.perf_counter()
    suivi = suivre([book])
    began = time.perf_counter() - start
    return [
        _measure_day(chrono, book, suivi, began, touched)
        for touched in sorted({min(15, officines), min(30, officines), officines})
    ]


def _measure_day(chrono: Chrono, book: Lecture, suivi: Suivi, began: float, touched: int) -> Suivie:
    officines = len(book.tables.comptes)
    day = _day(book.tables, np.linspace(0, officines - 1, touched).astype(np.int64))

    def step() -> object:
        return suivi.apply([day])

    return Suivie(
        creances=len(book.tables.factures),
        officines=officines,
        touchees=touched,
        lignes=len(day.tables.reponses),
        debut_s=began,
        etape_s=chrono.median_s(step),
        etape_cpu_s=statistics.median(_cpu_s(step) for _ in range(chrono.repetitions)),
        entier_s=chrono.median_s(lambda: reconcile(Book.from_lectures([book, day]))),
    )


def _cpu_s(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _texts(form: str, numbers: Rows) -> npt.NDArray[np.bytes_]:
    return np.array([form % number for number in numbers.tolist()], dtype="S")


def _open_book(officines: int) -> Lecture:
    """Return one reading: every officine with its open créances, its account, and transfers paid before."""
    length = officines * PAR_OFFICINE
    rank = np.tile(np.arange(PAR_OFFICINE), officines)
    names = _texts("99%07d", np.arange(officines))
    days = np.datetime64("2025-10-06") + rank // 50
    random = np.random.default_rng(1)
    factures = Factures.of(
        length,
        officine=np.repeat(names, PAR_OFFICINE),
        lot_date=days,
        lot=_texts("%03d", np.arange(1000))[rank // 50 % 1000],
        facture=_texts("%09d", np.arange(PAR_OFFICINE))[rank],
        date_soins=days,
        regime=np.full(length, b"01"),
        caisse=np.full(length, b"999"),
        centre=np.full(length, b"0000"),
        amc=np.full(length, b"0099999997"),
        paiement=np.full(length, b"05"),
        nir=_texts("19999%08d", np.arange(PAR_OFFICINE))[rank],
        naissance=np.full(length, b"010199"),
        rang=np.full(length, b"1"),
        part_amo_cents=random.integers(300, 20_000, length),
        source=np.zeros(length, dtype=np.int32),
    )
    comptes = Comptes.of(
        officines,
        officine=names,
        compte=_texts("%021d", np.arange(officines)),
        source=np.zeros(officines, dtype=np.int32),
    )
    paid = np.arange(officines * _HISTOIRE)
    rows = (paid // _HISTOIRE * PAR_OFFICINE + paid % _HISTOIRE * _PAR_VIREMENT)[:, None] + np.arange(_PAR_VIREMENT)
    told = _returns(factures, rows, np.datetime64("2025-12-01") + paid % _HISTOIRE, first=0)
    lines = Virements.of(
        len(paid),
        compte=comptes.compte[paid // _HISTOIRE],
        date=told.groupes.date + 1,
        montant_cents=factures.part_amo_cents[rows].sum(axis=1),
        libelle=np.full(len(paid), "CPAM DE VILLE-EXEMPLE", dtype=object),
        devise=np.full(len(paid), b"EUR"),
        releve=(paid // _HISTOIRE).astype(np.int32),
        source=np.zeros(len(paid), dtype=np.int32),
    )
    statements = Releves.of(officines, compte=comptes.compte, source=np.zeros(officines, dtype=np.int32))
    facts = attrs.evolve(told, factures=factures, comptes=comptes, releves=statements, virements=lines)
    return Lecture(attrs.evolve(facts, sources=(Source(nom="2025/ouvert", format="exemple"),)))


def _day(tables: Tables, officines: Rows) -> Lecture:
    """Return the day's returns: one transfer for each of these officines, about its last factures."""
    each = max(1, JOUR // len(officines))
    rows = (officines * PAR_OFFICINE + PAR_OFFICINE - each)[:, None] + np.arange(each)
    told = _returns(tables.factures, rows, np.full(len(officines), np.datetime64("2026-01-12")), first=10**9)
    return Lecture(attrs.evolve(told, sources=(Source(nom="2026/retours", format="exemple"),)))


def _returns(factures: Factures, rows: Rows, days: npt.NDArray[np.datetime64], *, first: int) -> Tables:
    """Return one return, with one transfer, for each line of *rows*: the factures that it pays in full."""
    count, flat = len(rows), rows.reshape(-1)
    number = np.arange(count, dtype=np.int32)
    group = np.repeat(number, rows.shape[1])
    return Tables(
        retours=Retours.of(
            count,
            emetteur_type=np.full(count, b"CP"),
            date=days,
            empreinte=_texts("%064d", np.arange(first, first + count)),
            source=np.zeros(count, dtype=np.int32),
        ),
        groupes=Groupes.of(
            count,
            officine=factures.officine[rows[:, 0]],
            date=days,
            libelle_1=np.full(count, "", dtype=object),
            retour=number,
            source=np.zeros(count, dtype=np.int32),
        ),
        reponses=Reponses.of(
            len(flat),
            officine=factures.officine[flat],
            lot_date=factures.lot_date[flat],
            lot=factures.lot[flat],
            facture=factures.facture[flat],
            part=np.full(len(flat), Part.AMO, dtype=np.int8),
            reponse=np.full(len(flat), Reponse.PAYEE, dtype=np.int8),
            annonce_cents=factures.part_amo_cents[flat],
            groupe=group,
            retour=group,
            source=np.zeros(len(flat), dtype=np.int32),
        ),
    )


if __name__ == "__main__":
    for one in measure_follow_up(Chrono(5), (10_000, 100_000, 1_000_000)):
        print(one, flush=True)
