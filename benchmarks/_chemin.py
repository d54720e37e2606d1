"""The whole way, files to states, each run in a process of its own; and what importing the library costs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from benchmarks._donnees import PAR_OFFICINE, write_months
from benchmarks._mesure import ROOT, Chrono, child
from tiers_payant.simulation import simulate

__all__ = ["Chemin", "Importation", "measure_import", "measure_path", "start_s"]

_LAZY = ("numpy", "lxml", "pluggy")


@attrs.frozen(kw_only=True)
class Chemin:
    """One folder taken from its files to the states."""

    nom: str
    factures: int
    fichiers: int
    octets: int
    lecture_s: float
    rapprochement_s: float
    pic: int
    pic_a_vide: int
    """Peak of a process that only imports."""
    part_creditee: float

    @property
    def total_s(self) -> float:
        return self.lecture_s + self.rapprochement_s


@attrs.frozen(kw_only=True)
class Importation:
    """What `import tiers_payant` costs beyond a bare start."""

    a_vide_s: float
    avec_s: float
    charges: tuple[str, ...]
    """Heavy packages loaded by it: none is wanted."""

    @property
    def import_s(self) -> float:
        return self.avec_s - self.a_vide_s


def measure_path(chrono: Chrono, simulated: tuple[int, ...], built: tuple[int, ...]) -> list[Chemin]:
    """Run the whole way over simulated months in daily files, then over built months in long files."""
    empty = child("imports")["peak"]
    done = []
    for factures in simulated:
        with TemporaryDirectory() as place:
            simulate(Path(place), factures=factures, officines=-(-factures // PAR_OFFICINE))
            done.append(_path(chrono, Path(place), "simulated, daily files", factures, empty))
    for factures in built:
        with TemporaryDirectory() as place:
            write_months(Path(place), factures)
            done.append(_path(chrono, Path(place), "built, four long files per officine", factures, empty))
    return done


def _path(chrono: Chrono, folder: Path, nom: str, factures: int, empty: int) -> Chemin:
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "verite.json"]
    runs = [child("chemin", str(folder)) for _ in range(chrono.repetitions)]
    return Chemin(
        nom=nom,
        factures=factures,
        fichiers=len(files),
        octets=sum(file.stat().st_size for file in files),
        lecture_s=chrono.of([run["read_s"] for run in runs]),
        rapprochement_s=chrono.of([run["reconcile_s"] for run in runs]),
        pic=max(run["peak"] for run in runs),
        pic_a_vide=empty,
        part_creditee=runs[0]["creditees"] / runs[0]["creances"],
    )


def measure_import(chrono: Chrono, starts: int) -> Importation:
    """Start Python *starts* times with the import and as many without, in turn."""
    bare, full = [], []
    for _ in range(starts):
        bare.append(start_s("pass"))
        full.append(start_s("import tiers_payant"))
    probe = f"import tiers_payant, sys, json; json.dump([one for one in {_LAZY} if one in sys.modules], sys.stdout)"
    return Importation(a_vide_s=chrono.of(bare), avec_s=chrono.of(full), charges=tuple(child(python=("-c", probe))))


def start_s(code: str) -> float:
    """Return how long a Python process takes to run *code*: seconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    return time.perf_counter() - start
