"""Run one reader, or each in turn, on bytes that atheris makes up.

What is checked: `read` and `sniff` raise nothing, whatever the bytes; memory and time stay bounded (`-rss_limit_mb`,
`-timeout`). What breaks is kept in `build/fuzz/<format>/found/`: put it under `tests/golden/fuzz/`, where a test
replays it through every reader for ever.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tiers_payant"]):
    from tiers_payant.domain import Entree, FormatSpec, Lecture
    from tiers_payant.formats import FORMATS

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "fuzz"
LONGEST = 8192
MOST_MIB = 1024
MOST_SECONDS = 10
READERS = {spec.name: spec for spec in FORMATS}


class _Target:
    """The function that atheris calls: one reader."""

    def __init__(self, spec: FormatSpec) -> None:
        self._spec = spec

    def __call__(self, data: bytes) -> None:
        score = self._spec.sniff(data[:4096])
        if not 0 <= score <= 1:
            raise AssertionError(f"a score of {score}")
        if not isinstance(self._spec.read(Entree(nom="x", contenu=data)), Lecture):
            raise AssertionError("no Lecture")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--reader", choices=["", *READERS], default="", help="one format; each in turn when empty")
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return _fuzz(arguments.reader, arguments.seconds)
    names = [arguments.reader] if arguments.reader else list(READERS)
    command = [sys.executable, "-m", "fuzz", "--inside", "--seconds", str(arguments.seconds), "--reader"]
    # Each in a process of its own: atheris ends the one that it runs in.
    failed = [name for name in names if subprocess.run([*command, name], check=False, cwd=ROOT).returncode]
    sys.stdout.write(f"failed: {', '.join(failed)}\n" if failed else f"{len(names)} readers held\n")
    return 1 if failed else 0


def _fuzz(name: str, seconds: int) -> int:
    corpus, found = WORK / name / "corpus", WORK / name / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_total_time={seconds}", f"-rss_limit_mb={MOST_MIB}", f"-timeout={MOST_SECONDS}"]
    shape = [f"-max_len={LONGEST}", f"-artifact_prefix={found}/", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, *shape, str(corpus), str(ROOT / "fuzz" / "seeds" / name)], _Target(READERS[name]))
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
