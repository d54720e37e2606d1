"""`python -m benchmarks [--quick | --full] [--date D] [--out FILE]`: run everything, write the page."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import attrs

from benchmarks._cadres import measure_frames
from benchmarks._chemin import measure_import, measure_path
from benchmarks._decodage import measure_bank, measure_memory, measure_records
from benchmarks._greffons import measure_start, measure_surcharge
from benchmarks._mesure import ROOT, Chrono, machine
from benchmarks._objets import measure_objects
from benchmarks._page import Resultats, render
from benchmarks._parties import measure_parts
from benchmarks._passes import measure_large, measure_passes
from benchmarks._profil import measure_profiles
from benchmarks._rejets import measure_rejects
from benchmarks._suivi import measure_follow_up
from benchmarks.relances import measure_dunning

__all__ = ["main"]

_PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
_MO = 1_000_000

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Ampleur:
    """How much to measure."""

    repetitions: int
    decodage: tuple[int, ...]
    banque_octets: int
    memoire_octets: tuple[int, ...]
    simules: tuple[int, ...]
    fabriques: tuple[int, ...]
    cadres: tuple[int, ...]
    passes: tuple[int, ...]
    grande: int
    """Factures of the run of two passes alone."""
    demarrages: int
    objets: int
    parties: tuple[int, ...]
    """Bytes of the files read in parts."""
    profil: tuple[int, int]
    """Factures, and bytes of the bank, that are read once under a profiler."""
    suivi: tuple[int, ...]
    """Open créances of the books that are followed."""
    rejets: tuple[int, ...]
    relances: tuple[int, ...]
    """Open créances of the books that are planned."""
    greffons: tuple[int, ...]
    """Factures of the runs with and without twenty plugins more."""


RAPIDE = Ampleur(
    repetitions=2, decodage=(100,), banque_octets=20_000, memoire_octets=(20_000, 2 * _MO), simules=(50,),
    fabriques=(100,), cadres=(100,), passes=(100,), grande=1_000, demarrages=2, objets=100,
    parties=(20_000, 200_000), profil=(100, 20_000), suivi=(4_000,), rejets=(100,), relances=(1_000,),
    greffons=(100,),
)  # fmt: skip
COURANTE = Ampleur(
    repetitions=5, decodage=(1_000, 10_000, 100_000), banque_octets=20 * _MO, memoire_octets=(10 * _MO, 100 * _MO),
    simules=(1_000, 10_000, 100_000), fabriques=(1_000, 10_000, 100_000), cadres=(1_000, 10_000, 100_000),
    passes=(10_000, 100_000, 1_000_000), grande=10_000_000,
    demarrages=21, objets=10_000, parties=(10 * _MO, 100 * _MO), profil=(100_000, 10 * _MO),
    suivi=(10_000, 100_000), rejets=(10_000, 100_000, 1_000_000),
    relances=(10_000, 100_000, 1_000_000), greffons=(10_000, 100_000, 1_000_000),
)  # fmt: skip
COMPLETE = attrs.evolve(
    COURANTE,
    fabriques=(*COURANTE.fabriques, 1_000_000),
    cadres=(*COURANTE.cadres, 1_000_000),
    suivi=(*COURANTE.suivi, 1_000_000),
    parties=(*COURANTE.parties, 1_000 * _MO),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, write, and say where."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="tiny sizes: shows that it runs, measures nothing")
    size.add_argument("--full", action="store_true", help="up to a million factures: needs memory, disk and patience")
    parser.add_argument("--date", help="day of the run, for the page; that of the last commit when not given")
    parser.add_argument("--out", type=Path, default=_PAGE, help="the page to write")
    asked = parser.parse_args(arguments)
    ampleur = RAPIDE if asked.quick else COMPLETE if asked.full else COURANTE
    page = render(_measure(ampleur, asked.date or _last_commit()))
    asked.out.write_text(page, encoding="utf-8")
    print(asked.out)
    return 0


def _measure(a: Ampleur, date: str) -> Resultats:
    chrono = Chrono(a.repetitions)

    def step(name: str, work: Callable[[], T]) -> T:
        print(f"{name}...", file=sys.stderr, flush=True)
        return work()

    return Resultats(
        date=date,
        machine=machine(),
        repetitions=a.repetitions,
        ecarts=chrono.ecarts,
        importation=step("import", lambda: measure_import(chrono, a.demarrages)),
        objets=step("objects", lambda: measure_objects(chrono, a.objets)),
        debits=step("decoding", lambda: measure_records(chrono, a.decodage)),
        banque=step("bank statements", lambda: measure_bank(chrono, a.banque_octets)),
        memoire=step("memory", lambda: measure_memory(a.memoire_octets)),
        parties=step("files in parts", lambda: measure_parts(a.parties)),
        profils=step("profiles", lambda: measure_profiles(*a.profil)),
        courses=step("two passes", lambda: measure_passes(chrono, a.passes)),
        grande=step("two passes, large", lambda: measure_large(chrono, a.grande)),
        suivies=step("follow-up", lambda: measure_follow_up(chrono, a.suivi)),
        classements=step("rejects", lambda: measure_rejects(chrono, a.rejets)),
        planifications=step("dunning", lambda: measure_dunning(chrono, a.relances)),
        demarrage=step("plugins, start", lambda: measure_start(chrono, a.demarrages)),
        surcouts=step("plugins", lambda: measure_surcharge(chrono, a.greffons)),
        cadres=step("pandas and polars", lambda: measure_frames(chrono, a.cadres)),
        chemins=step("whole path", lambda: measure_path(chrono, a.simules, a.fabriques)),
    )


def _last_commit() -> str:
    git = shutil.which("git")
    if git is None:
        return "an unknown day"
    done = subprocess.run([git, "log", "-1", "--format=%cs"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "an unknown day"


if __name__ == "__main__":
    sys.exit(main())
