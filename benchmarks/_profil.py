"""Where the time of a reader goes, module by module."""

from __future__ import annotations

import ast
import cProfile
import pstats
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from benchmarks._donnees import write_long_files, write_statements
from benchmarks._mesure import ROOT
from tiers_payant.domain import Entree, FormatSpec
from tiers_payant.formats import FORMATS
from tiers_payant.formats.camt053 import write_camt053
from tiers_payant.formats.cfonb120 import write_cfonb120

__all__ = ["Profil", "measure_profiles"]

_SRC = ROOT / "src" / "tiers_payant"
_LEAST = 0.02
"""Parts below this are told together."""
_FILES = (("b2", "b2", "B2"), ("noemie", "amo-longs", "NOÉMIE, old set"), ("noemie", "amc-longs", "NOÉMIE, new set"))

Stats = dict[tuple[str, int, str], tuple[int, int, float, float, dict[tuple[str, int, str], tuple[int, ...]]]]


@attrs.frozen(kw_only=True)
class Profil:
    """The part that each module takes of one reading, and what it is for by its own words."""

    nom: str
    parts: list[tuple[str, str, float]]


def measure_profiles(factures: int, octets: int) -> list[Profil]:
    """Profile one reading of each format, after one for nothing."""
    specs = {spec.name: spec for spec in FORMATS}
    with TemporaryDirectory() as place:
        files = write_long_files(Path(place), factures)
        plans = [(nom, specs[name], files[key]) for name, key, nom in _FILES]
        for name, nom, write in (("camt053", "CAMT.053", write_camt053), ("cfonb120", "CFONB 120", write_cfonb120)):
            write_statements(Path(place, name), octets, write)
            plans.append((nom, specs[name], Path(place, name)))
        return [_profile(nom, spec, file) for nom, spec, file in plans]


def _profile(nom: str, spec: FormatSpec, file: Path) -> Profil:
    spec.read(Entree(nom=nom, chemin=file))
    profiler = cProfile.Profile()
    profiler.runcall(spec.read, Entree(nom=nom, chemin=file))
    seconds = _by_module(pstats.Stats(profiler).stats)  # type: ignore[attr-defined]
    total = sum(seconds.values())
    longest = sorted(seconds.items(), key=lambda item: -item[1])
    parts = [(_shown(path), _promise(path), spent / total) for path, spent in longest]
    told = [part for part in parts if part[2] >= _LEAST]
    rest = sum(part for _, _, part in parts[len(told) :])
    return Profil(nom=nom, parts=[*told, ("others", "", rest)] if rest else told)


def _by_module(stats: Stats) -> dict[Path, float]:
    """Add up what each module of ours spends itself, and in what it calls that is not ours: numpy, lxml, Python."""
    seconds: defaultdict[Path, float] = defaultdict(float)
    for (file, _, _), (_, _, own, _, callers) in stats.items():
        path = Path(file)
        if path.is_relative_to(_SRC):
            seconds[path] += own
            continue
        for (caller, _, _), times in callers.items():
            if Path(caller).is_relative_to(_SRC):
                seconds[Path(caller)] += times[3]
    return seconds


def _shown(path: Path) -> str:
    return f"`{path.relative_to(_SRC).as_posix()}`"


def _promise(path: Path) -> str:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return said.splitlines()[0] if said else ""
