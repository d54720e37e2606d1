"""Where the fuzzer starts from: small files, all invented, copied from the golden files of the tests.

`python -m fuzz.seeds` makes `fuzz/seeds/<format>/` anew.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from functools import cache
from pathlib import Path

import tiers_payant as tp
from tiers_payant.domain import FormatSpec
from tiers_payant.formats import FORMATS
from tiers_payant.formats.neutre import write_json

__all__ = ["SEEDS", "make_seeds", "seeds_of"]

SEEDS = Path(__file__).parent / "seeds"
GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
LONGEST = 4096
MOST = 24
_ROWS = 8

_OFFICINES = (
    b'{"schema": "tiers-payant/officines/1", "officines": [{"numero": "992000010", "nom": "PHARMACIE EXEMPLE 1",'
    b' "comptes": ["99999000010000000000A"]}]}'
)


def seeds_of(spec: FormatSpec) -> dict[str, bytes]:
    """Return the seeds of a format by name: the golden inputs that it claims, the neutral forms of them, a map."""
    found = {name: content for name, content in candidates().items() if spec.sniff(content) > 0}
    return dict(list(found.items())[:MOST])


@cache
def candidates() -> dict[str, bytes]:
    """Return every small file that may be a seed, by name."""
    inputs = [path for path in sorted(GOLDEN.rglob("*")) if path.is_file() and path.suffix != ".json"]
    found = {f"{path.parent.name}-{path.name}": path.read_bytes() for path in inputs if path.stat().st_size <= LONGEST}
    with tempfile.TemporaryDirectory() as folder:
        for path in inputs:
            tables = tp.read(path).tables
            out = io.BytesIO()
            write_json(tables, out)
            found[f"{path.parent.name}-{path.name}.json"] = out.getvalue()
        for path in tp.write_csv(tp.read(GOLDEN), folder):
            found[path.name] = b"".join(path.read_bytes().splitlines(keepends=True)[:_ROWS])
    found["officines.json"] = _OFFICINES
    return {name: content for name, content in found.items() if 0 < len(content) <= LONGEST}


def make_seeds() -> None:
    """Write the seeds of every format."""
    shutil.rmtree(SEEDS, ignore_errors=True)
    for spec in FORMATS:
        folder = SEEDS / spec.name
        folder.mkdir(parents=True)
        for name, content in seeds_of(spec).items():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    make_seeds()
