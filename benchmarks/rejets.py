"""`python -m benchmarks.rejets`: classify simulated rejects, examine simulated lots, judge both, write the page.

Rejects are classified in worlds where a quarter of the factures is refused, so that rare families are seen: once worded
by the labels held out from whoever builds word lists, once by the others. Checks are judged in ordinary worlds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks._mesure import ROOT
from benchmarks._rejets_juge import Comptes, judge_classement, judge_controles, judge_libelles
from benchmarks._rejets_page import render
from tiers_payant.domain import Book, Calendrier, CheckSpec, Tables
from tiers_payant.plugins.manager import build_manager
from tiers_payant.rejets import classify, load_codes
from tiers_payant.simulation import Taux, Verite, make_world, truth_of
from tiers_payant.simulation._lectures import lectures_of

__all__ = ["DATA", "FIRST_SEED", "PAGE", "main", "temoins"]

PAGE = ROOT / "docs" / "reference" / "rejects-accuracy.md"
DATA = PAGE.with_suffix(".json")
SCHEMA = "tiers-payant/exactitude-rejets/1"
FIRST_SEED = 3000
"""Tests use smaller seeds."""

_OFTEN = 0.25
_WORDS = {"held out": 1.0, "shown": 0.0}
"""Which wordings, by the share of those held out."""
_SEEDS, _FACTURES = 4, 16_000
_WITNESS_SEED, _WITNESS_FACTURES = 999, 300


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge every seed, write the page and its data."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rejets", description=__doc__)
    parser.add_argument("--seeds", type=int, default=_SEEDS, help=f"how many, from {FIRST_SEED} on ({_SEEDS})")
    parser.add_argument("--factures", type=int, default=_FACTURES, help=f"dispensings of each world ({_FACTURES})")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page; its data go beside it")
    asked = parser.parse_args(arguments)
    seeds = range(FIRST_SEED, FIRST_SEED + asked.seeds)
    data = {
        "schema": SCHEMA,
        "graines": [seeds.start, seeds.stop - 1],
        "factures": asked.factures,
        **_run(seeds, asked.factures),
        "temoins": temoins(),
    }
    asked.out.with_suffix(".json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    asked.out.write_text(render(data), encoding="utf-8")
    print(asked.out)
    return 0


def temoins() -> dict[str, Any]:
    """Return the counts of one small world: what a test does again."""
    return _run(range(_WITNESS_SEED, _WITNESS_SEED + 1), _WITNESS_FACTURES)


def _run(seeds: range, factures: int) -> dict[str, Any]:
    rejets: dict[str, dict[str, dict[str, int]]] = {}
    libelles: dict[str, dict[str, dict[str, int]]] = {}
    for words, part in _WORDS.items():
        rejets[words], labels = {}, {}
        for seed in seeds:
            truth, tables = _world(seed, factures, Taux(rejets=_OFTEN, libelles_reserves=part))
            classement = classify(tables, load_codes())
            rejets[words][str(seed)] = _sorted(judge_classement(truth, tables, classement))
            labels.update(judge_libelles(truth, tables, classement))
        libelles[words] = _by_family(labels)
    controles: Comptes = Comptes()
    for seed in seeds:
        controles.update(judge_controles(*_world(seed, factures, Taux()), _checks(), Calendrier()))
    return {"rejets": rejets, "libelles": libelles, "controles": _sorted(controles)}


def _world(seed: int, factures: int, taux: Taux) -> tuple[Verite, Tables]:
    world = make_world(officines=2, factures=factures, mois=1, seed=seed, taux=taux)
    return truth_of(world), Book.from_lectures(lectures_of(world)).tables


def _checks() -> list[CheckSpec]:
    return [spec for specs in build_manager().hook.tiers_payant_controles() for spec in specs if spec.actif]


def _by_family(labels: dict[str, tuple[str, list[str]]]) -> dict[str, dict[str, int]]:
    """Count labels by true family and families found: the labels themselves are not published."""
    found: dict[str, Comptes] = {}
    for true, families in labels.values():
        found.setdefault(true, Comptes())["+".join(families)] += 1
    return {true: _sorted(counts) for true, counts in sorted(found.items())}


def _sorted(counts: Comptes) -> dict[str, int]:
    return dict(sorted(counts.items()))


if __name__ == "__main__":
    sys.exit(main())
