"""Files to columns, against a raw read of the same file and against the row loop one writes first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from benchmarks._donnees import write_long_files, write_statements
from benchmarks._mesure import Chrono, child
from benchmarks._naif import loop_b2, loop_noemie
from tiers_payant.domain import Entree, Lecture
from tiers_payant.formats.b2 import read_b2
from tiers_payant.formats.camt053 import read_camt053, write_camt053
from tiers_payant.formats.cfonb120 import read_cfonb120, write_cfonb120
from tiers_payant.formats.noemie import read_noemie

__all__ = ["Debit", "Memoire", "measure_bank", "measure_memory", "measure_records"]

Read = Callable[[Entree], Lecture]
Loop = Callable[[bytes], object]

_RECORDS: tuple[tuple[str, str, float, Read, Loop | None], ...] = (
    ("b2", "B2", 400, read_b2, loop_b2),
    ("amo-nu", "NOÉMIE, old set, short returns", 150, read_noemie, loop_noemie),
    ("amc-nu", "NOÉMIE, new set, short returns", 150, read_noemie, loop_noemie),
    ("amo-longs", "NOÉMIE, old set, long returns", 150, read_noemie, loop_noemie),
    ("amc-longs", "NOÉMIE, new set, long returns", 150, read_noemie, loop_noemie),
    ("amo-blocs", "NOÉMIE, old set, short, in blocks", 150, read_noemie, None),
    ("amc-blocs", "NOÉMIE, new set, short, in blocks", 150, read_noemie, None),
)


@attrs.frozen(kw_only=True)
class Debit:
    """How fast one file is decoded."""

    nom: str
    factures: int | None
    octets: int
    lu_s: float
    brut_s: float
    boucle_s: float | None
    cible_mo: float | None
    """MB/s to reach; None where none is set."""

    @property
    def mo_par_s(self) -> float:
        return self.octets / 1e6 / self.lu_s


@attrs.frozen(kw_only=True)
class Memoire:
    """What reading one CAMT.053 file takes."""

    octets: int
    lignes: int
    croissance: int
    """Peak of the process, less what it held before."""
    tables: int
    """What the tables weigh once read."""

    @property
    def travail(self) -> int:
        """What the reader needed beyond the tables that it gives."""
        return self.croissance - self.tables


def measure_records(chrono: Chrono, sizes: tuple[int, ...]) -> list[Debit]:
    """Decode B2 and NOÉMIE."""
    return [debit for factures in sizes for debit in _of_size(chrono, factures)]


def _of_size(chrono: Chrono, factures: int) -> list[Debit]:
    with TemporaryDirectory() as place:
        files = write_long_files(Path(place), factures)
        return [
            _debit(chrono, files[key], nom, read, factures=factures, cible=cible, loop=loop)
            for key, nom, cible, read, loop in _RECORDS
        ]


def measure_bank(chrono: Chrono, octets: int) -> list[Debit]:
    """Decode the two formats of the bank."""
    with TemporaryDirectory() as place:
        camt, cfonb = Path(place, "camt"), Path(place, "cfonb")
        write_statements(camt, octets, write_camt053)
        write_statements(cfonb, octets, write_cfonb120)
        return [
            _debit(chrono, camt, "CAMT.053", read_camt053, cible=10),
            _debit(chrono, cfonb, "CFONB 120", read_cfonb120),
        ]


def _debit(
    chrono: Chrono, file: Path, nom: str, read: Read,
    *, factures: int | None = None, cible: float | None = None, loop: Loop | None = None,
) -> Debit:  # fmt: skip
    data = file.read_bytes()
    lecture = read(Entree(nom=nom, chemin=file))
    if lecture.problems:
        raise SystemExit(f"{nom}: the file made for the benchmark has {len(lecture.problems)} problems")
    del lecture
    return Debit(
        nom=nom,
        factures=factures,
        octets=len(data),
        brut_s=chrono.median_s(file.read_bytes),
        lu_s=chrono.median_s(lambda: read(Entree(nom=nom, chemin=file))),
        boucle_s=chrono.median_s(lambda: loop(data)) if loop else None,
        cible_mo=cible,
    )


def measure_memory(sizes: tuple[int, ...]) -> list[Memoire]:
    """Read CAMT.053 files of *sizes* bytes, each in a process of its own."""
    return [_memory(octets) for octets in sizes]


def _memory(octets: int) -> Memoire:
    with TemporaryDirectory() as place:
        file = Path(place, "camt")
        write_statements(file, octets, write_camt053)
        told = child("camt", str(file))
        return Memoire(
            octets=file.stat().st_size,
            lignes=told["lines"],
            croissance=told["peak"] - told["before"],
            tables=told["tables"],
        )
