"""Whether a reader keeps memory: every input that the fuzzer holds, again and again, in a process without atheris.

The instrumented code grows by itself, some 30 kB at each run whatever the reader does: it can tell nothing of that.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tiers_payant.domain import Entree
from tiers_payant.formats import FORMATS

ROUNDS = 3
RUNS = 2000
"""Inputs read in each round, at least."""
MOST_MIB = 24


def growth_mib(name: str, folders: list[Path]) -> float:
    """Return how much the process grew between the first round and the last."""
    (spec,) = [spec for spec in FORMATS if spec.name == name]
    inputs = [path.read_bytes() for folder in folders for path in sorted(folder.iterdir())]
    taken = []
    for _ in range(ROUNDS):
        for _ in range(-(-RUNS // len(inputs))):
            for content in inputs:
                spec.read(Entree(nom="x", contenu=content))
        taken.append(_resident_mib())
    return taken[-1] - taken[0]


def _resident_mib() -> float:
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    grown = growth_mib(sys.argv[1], [Path(folder) for folder in sys.argv[2:]])
    sys.stdout.write(f"{sys.argv[1]}: {grown:.1f} MiB between the first round and the last\n")
    sys.exit(grown > MOST_MIB)
