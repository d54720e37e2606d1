"""Run one reader, or each in turn, on bytes that atheris makes up.

What is checked: `sniff`, `read` and `elements` raise nothing, whatever the bytes; one input stays within memory and
time (`-rss_limit_mb`, `-timeout`); then, without atheris, that nothing is kept from one input to the next. What breaks
is kept in `build/fuzz/<format>/found/`: put it under `tests/golden/fuzz/`, where a test replays it through every
reader.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tiers_payant"]):
    from tiers_payant.domain import Element, Entree, FormatSpec, Lecture
    from tiers_payant.formats import FORMATS
    from tiers_payant.pipeline._arbre import tree_of

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "fuzz"
LONGEST = 8192
MOST_MIB = 1024
MOST_SECONDS = 10
SLICE = 5_000
"""Inputs that one process reads: what atheris instruments grows by up to 0.1 MB an input, whatever the reader does."""
READERS = {spec.name: spec for spec in FORMATS}


class _Target:
    """The function that atheris calls: one reader."""

    def __init__(self, spec: FormatSpec) -> None:
        self._spec = spec

    def __call__(self, data: bytes) -> None:
        score = self._spec.sniff(data[:4096])
        if not 0 <= score <= 1:
            raise AssertionError(f"a score of {score}")
        entree = Entree(nom="x", contenu=data)
        lecture = self._spec.read(entree)
        if not isinstance(lecture, Lecture):
            raise AssertionError("no Lecture")
        if self._spec.elements is not None:
            tree_of(map(_looked_at, self._spec.elements(entree, lecture)), lecture.problems)


def _looked_at(element: Element) -> Element:
    element.champs()
    return element


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--reader", choices=["", *READERS], default="", help="one format; each in turn when empty")
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return _fuzz(arguments.reader, arguments.seconds)
    names = [arguments.reader] if arguments.reader else list(READERS)
    failed = [name for name in names if not (_run(name, arguments.seconds) and _keeps_nothing(name))]
    sys.stdout.write(f"failed: {', '.join(failed)}\n" if failed else f"{len(names)} readers held\n")
    return 1 if failed else 0


def _run(name: str, seconds: int) -> bool:
    """Fuzz one reader in slices, each a process: atheris ends its own, and what it instruments grows."""
    end = time.monotonic() + seconds
    while (left := int(end - time.monotonic())) > 0:
        command = [sys.executable, "-m", "fuzz", "--inside", "--seconds", str(left), "--reader", name]
        if subprocess.run(command, check=False, cwd=ROOT).returncode:
            return False
    return True


def _keeps_nothing(name: str) -> bool:
    command = [sys.executable, "-m", "fuzz.growth", name, *map(str, _inputs(name))]
    return not subprocess.run(command, check=False, cwd=ROOT).returncode


def _inputs(name: str) -> tuple[Path, Path]:
    """Where new inputs are kept, and where the seeds are."""
    return WORK / name / "corpus", ROOT / "fuzz" / "seeds" / name


def _fuzz(name: str, seconds: int) -> int:
    corpus, seeds = _inputs(name)
    found = WORK / name / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    limits = [f"-runs={SLICE}", f"-max_total_time={seconds}", f"-rss_limit_mb={MOST_MIB}", f"-timeout={MOST_SECONDS}"]
    shape = [f"-max_len={LONGEST}", f"-artifact_prefix={found}/", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, *shape, str(corpus), str(seeds)], _Target(READERS[name]))
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
