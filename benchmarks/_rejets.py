"""Rejects to families: how long a million reject lines take, few wordings or each label its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np

from benchmarks._mesure import Chrono
from tiers_payant.domain import CodeRejet, Confiance, Famille, Preuve, Rejets, Retours, Tables
from tiers_payant.rejets import TableCodes, classify, load_codes

__all__ = ["Classement", "measure_rejects"]

_LIBELLES = (
    "L'ASSURE EST ABSENT DE NOTRE REFERENTIEL", "DROITS NON OUVERTS A LA DATE DES SOINS", "EXO. INCONNUE EN BDO",
    "N° ADHERENT INCONNU", "CONTRAT RESILIE", "ETAB. PRESCRIPTEUR INCONNU AU FICHIER NATIONAL", "PIECE NON RECUE",
    "LOT EN ATTENTE DE RETARIFICATION", "PRIX UNITAIRE SUPERIEUR AU PRIX OPPOSABLE", "FACTURE DEJA PAYEE",
    "MOTIF D'EXEMPLE SANS AUCUN SENS", "ENTENTE PREALABLE ABSENTE",
)  # fmt: skip
_CODES = 400
"""Codes met: those of a vendor's table, the public ones, and unknown ones."""
_JOURS = 365


@attrs.frozen(kw_only=True)
class Classement:
    """What one classification took."""

    rejets: int
    libelles: int
    """Distinct labels."""
    secondes: float
    par_code: float
    """Part classified by the code."""
    par_mots: float


def measure_rejects(chrono: Chrono, sizes: Sequence[int]) -> list[Classement]:
    """Measure books of *sizes* reject lines: labels of a few wordings, then each with a number of its own."""
    return [_measure(chrono, size, own=own) for size in sizes for own in (False, True)]


def _measure(chrono: Chrono, size: int, *, own: bool) -> Classement:
    tables, codes = _book(size, own=own), _codes()
    done = classify(tables, codes)
    return Classement(
        rejets=size,
        libelles=len(set(tables.rejets.libelle.tolist())),
        secondes=chrono.median_s(lambda: classify(tables, codes)),
        par_code=float((done.preuve == Preuve.CODE).mean()),
        par_mots=float((done.preuve == Preuve.MOTS).mean()),
    )


def _codes() -> TableCodes:
    """Return a vendor's table: one code in four is known, and told again on the first of July."""
    lines = [
        CodeRejet(
            portee=("AMO", "AMC", "*")[rank % 3], code=f"X{rank:05d}", libelle="", famille=famille, du=du,
            source="exemple", confiance=Confiance.BASSE,
        )
        for rank in range(0, _CODES, 4)
        for famille, du in ((Famille(1 + rank % 15), None), (Famille(1 + rank % 7), dt.date(2025, 7, 1)))
    ]  # fmt: skip
    return load_codes(extra=lines)


def _book(size: int, *, own: bool) -> Tables:
    random = np.random.default_rng(5)
    returns = max(1, size // 40)
    words = random.integers(0, len(_LIBELLES), size).tolist()
    labels = np.empty(size, dtype=object)
    labels[:] = [f"{_LIBELLES[word]} {rank:07d}" if own else _LIBELLES[word] for rank, word in enumerate(words)]
    codes = np.array([f"X{rank:05d}" for rank in range(_CODES)] + ["0250050", "0450-054", "2900005"], dtype="S10")
    return Tables(
        retours=Retours.of(
            returns,
            emetteur_type=np.array([b"CP", b"MA", b"OC", b"OT"])[random.integers(0, 4, returns)],
            emetteur=np.array([f"{rank:09d}" for rank in range(120)], dtype="S9")[random.integers(0, 120, returns)],
            date=np.datetime64("2025-01-01") + random.integers(0, _JOURS, returns),
        ),
        rejets=Rejets.of(
            size,
            code=codes[random.integers(0, len(codes), size)],
            libelle=labels,
            part=np.array([b"", b"O", b"C"])[random.integers(0, 3, size)],
            retour=np.sort(random.integers(0, returns, size)).astype(np.int32),
        ),
    )


if __name__ == "__main__":
    for one in measure_rejects(Chrono(3), (10_000, 100_000, 1_000_000)):
        print(one, flush=True)
