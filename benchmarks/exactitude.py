"""`python -m benchmarks.exactitude`: simulate many worlds, judge what the matching says of them, write the page.

Every kind of world is judged for the first seeds, the ordinary one until enough links are settled: crowds take long and
settle little. Every world is noted as soon as it is judged, so a run that stops goes on where it was; what other code
counted is left out. One process: let it run at low priority.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks._exactitude_cas import CAS, Cas, code_fingerprint, run
from benchmarks._exactitude_juge import Comptes
from benchmarks._exactitude_page import render
from benchmarks._mesure import ROOT

__all__ = ["DATA", "FIRST_SEED", "PAGE", "main", "temoins"]

PAGE = ROOT / "docs" / "reference" / "accuracy.md"
DATA = PAGE.with_suffix(".json")
SCHEMA = "tiers-payant/exactitude/1"
FIRST_SEED = 7000
"""Tests use smaller seeds, and a false link found moves this up: the matching is never tuned on those that judge it."""

_NOTES = ROOT / "build" / "exactitude.jsonl"
_WITNESS_SEED, _WITNESS_PART = 999, 20
_FALSE = ("liens_faux", "creances_fausses", "reponses_fausses", "chaines_fausses", "creances_trop")

Done = dict[tuple[str, int], Comptes]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until enough links are settled, or the seeds are done; write the page and its data."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exactitude", description=__doc__)
    parser.add_argument("--links", type=int, default=1_000_000, help="créances settled to reach (1000000)")
    parser.add_argument(
        "--seeds", type=_seeds, default=(FIRST_SEED, None), help=f"first-last, or first- ({FIRST_SEED}-)"
    )
    parser.add_argument("--crowded", type=int, default=3, help="seeds of crowded worlds (3)")
    parser.add_argument("--part", type=int, default=1, help="divide the size of each world: to see that it runs")
    parser.add_argument("--notes", type=Path, default=_NOTES, help="where each world judged is noted")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page; its data go beside it")
    asked = parser.parse_args(arguments)
    code = f"{code_fingerprint()}/{asked.part}"
    noted = _noted(asked.notes, code)
    judged: Done = {}
    first, last = asked.seeds
    for seed in count(first) if last is None else range(first, last + 1):
        if _settled(judged) >= asked.links:
            break
        for cas in CAS if seed - first < asked.crowded else CAS[:1]:
            if (cas.nom, seed) in noted:
                judged[cas.nom, seed] = noted[cas.nom, seed]
                continue
            judged[cas.nom, seed] = run(cas, seed, asked.part)
            _note(asked.notes, code, cas, seed, judged[cas.nom, seed])
            _tell(cas, seed, judged, asked.links)
    data = _data(judged)
    asked.out.with_suffix(".json").write_text(_dumped(data), encoding="utf-8")
    asked.out.write_text(render(data), encoding="utf-8")
    print(asked.out)
    return 0


def temoins() -> dict[str, Comptes]:
    """Return the counts of a small world of each of two kinds: what a test does again."""
    return {cas.nom: run(cas, _WITNESS_SEED, _WITNESS_PART) for cas in CAS[:2]}


def _seeds(text: str) -> tuple[int, int | None]:
    first, _, last = text.partition("-")
    return int(first), int(last) if last else None


def _settled(done: Done) -> int:
    return sum(counts["creances_reglees"] for counts in done.values())


def _noted(notes: Path, code: str) -> Done:
    done: Done = {}
    for line in notes.read_text(encoding="utf-8").splitlines() if notes.exists() else ():
        note = json.loads(line)
        if note["code"] == code:
            done[note["cas"], note["seed"]] = Comptes(note["comptes"])
    return done


def _note(notes: Path, code: str, cas: Cas, seed: int, counts: Comptes) -> None:
    notes.parent.mkdir(parents=True, exist_ok=True)
    note = {"code": code, "cas": cas.nom, "seed": seed, "comptes": dict(sorted(counts.items()))}
    with notes.open("a", encoding="utf-8") as out:
        out.write(json.dumps(note) + "\n")


def _tell(cas: Cas, seed: int, done: Done, wanted: int) -> None:
    total = sum(done.values(), Comptes())
    false = ", ".join(f"{name} {total[name]}" for name in _FALSE)
    reached = total["creances_reglees"]
    print(f"seed {seed}, {cas.nom}: {reached} of {wanted} settled; {false}", file=sys.stderr, flush=True)


def _data(done: Done) -> dict[str, Any]:
    seeds = [seed for _, seed in done]
    cas = {each.nom: sum((c for (name, _), c in done.items() if name == each.nom), Comptes()) for each in CAS}
    false = [
        [name, seed, what, counts[what]]
        for (name, seed), counts in sorted(done.items(), key=lambda item: item[0][::-1])
        for what in _FALSE
        if counts[what]
    ]
    return {
        "schema": SCHEMA,
        "graines": [min(seeds, default=0), max(seeds, default=0)],
        "mondes": {each.nom: sum(name == each.nom for name, _ in done) for each in CAS},
        "cas": {name: dict(sorted(counts.items())) for name, counts in cas.items()},
        "faux": false,
        "temoins": {name: dict(sorted(counts.items())) for name, counts in temoins().items()},
    }


def _dumped(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main())
