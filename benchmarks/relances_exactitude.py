"""`python -m benchmarks.relances_exactitude`: live months of reminders in simulated officines, and judge them.

Four ways to behave: doing nothing but send what is planned, having missing returns delivered again, deciding proposals,
and all of it. One process: let it run at low priority.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from benchmarks._mesure import ROOT
from benchmarks._relances_juge import Comptes, Juge
from benchmarks._relances_monde import Dossier, Taille, dossier_of
from benchmarks._relances_page import render
from benchmarks._relances_rejeu import Conduite, replay
from benchmarks._relances_verite import parts_of
from tiers_payant.domain import RelancePolicy

__all__ = ["DATA", "FIRST_SEED", "PAGE", "main", "temoins"]

PAGE = ROOT / "docs" / "reference" / "reminders-accuracy.md"
DATA = PAGE.with_suffix(".json")
SCHEMA = "tiers-payant/exactitude-relances/1"
FIRST_SEED = 9000
"""Tests use smaller seeds, and a wrong contact found moves this up: no gate is tuned on the worlds that judge it."""

_MEMOIRE = 90
_CAS: tuple[tuple[Conduite, tuple[int, ...]], ...] = (
    (Conduite(nom="rien"), (_MEMOIRE,)),
    (Conduite(nom="retours", redemande=True), (_MEMOIRE, 180, 45)),
    (Conduite(nom="propositions", decide=True), (_MEMOIRE,)),
    (Conduite(nom="tout", redemande=True, decide=True, regarde=True), (_MEMOIRE, 180, 45)),
)
"""What an officine does, and the values of `memoire_jours` under which it plans, each with a history of its own."""
_SEEDS, _TAILLE = 5, Taille(factures=7000, mois=10)
_WITNESS_SEED, _WITNESS = 999, Taille(factures=360, mois=3)


def main(arguments: Sequence[str] | None = None) -> int:
    """Live every seed, write the page and its data."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relances_exactitude", description=__doc__)
    parser.add_argument("--seeds", type=int, default=_SEEDS, help=f"how many, from {FIRST_SEED} on ({_SEEDS})")
    parser.add_argument("--factures", type=int, default=_TAILLE.factures, help=f"dispensings ({_TAILLE.factures})")
    parser.add_argument("--mois", type=int, default=_TAILLE.mois, help=f"months of each world ({_TAILLE.mois})")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page; its data go beside it")
    asked = parser.parse_args(arguments)
    seeds = range(FIRST_SEED, FIRST_SEED + asked.seeds)
    taille = Taille(factures=asked.factures, mois=asked.mois)
    data = {
        "schema": SCHEMA,
        "graines": [seeds.start, seeds.stop - 1],
        "taille": attrs.asdict(taille),
        **_run(seeds, taille),
        "temoins": temoins(),
    }
    asked.out.with_suffix(".json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    asked.out.write_text(render(data), encoding="utf-8")
    print(asked.out)
    return 0


def temoins() -> dict[str, Any]:
    """Return the counts of one small world: what a test does again."""
    return _run(range(_WITNESS_SEED, _WITNESS_SEED + 1), _WITNESS)


def _run(seeds: range, taille: Taille) -> dict[str, Any]:
    worlds: Comptes = Comptes()
    cas: dict[str, Comptes] = {}
    wrong: list[list[Any]] = []
    for seed in seeds:
        dossier = dossier_of(seed, taille)
        worlds.update(_facts(dossier))
        for conduite, memoires in _CAS:
            for name, juge in _lived(dossier, conduite, memoires).items():
                cas.setdefault(name, Comptes()).update(juge.counts())
                wrong += [[name, seed, what, *map(str, each)] for what, *each in _told(juge)]
            _tell(seed, conduite, cas)
    return {
        "mondes": _sorted(worlds),
        "cas": {name: _sorted(counts) for name, counts in cas.items()},
        "fausses": wrong,
    }


def _lived(dossier: Dossier, conduite: Conduite, memoires: Sequence[int]) -> dict[str, Juge]:
    """Return the judges of one officine, once all its days were seen, by conduct and memory."""
    standard, parts = RelancePolicy.standard(), parts_of(dossier.world)
    policies = {f"{conduite.nom}/{jours}": attrs.evolve(standard, memoire_jours=jours) for jours in memoires}
    judges = {name: Juge(parts, name) for name in policies}
    for journee in replay(dossier, conduite, policies):
        for juge in judges.values():
            juge.see(journee)
    return judges


def _told(juge: Juge) -> Iterator[tuple[object, ...]]:
    for what, cle, day, paid in juge.wrong():
        yield what, *cle, day, paid


def _facts(dossier: Dossier) -> Comptes:
    """Count what a world holds, whatever anybody does."""
    world = dossier.world
    found: Comptes = Comptes(f"parts/{part.sort}" for part in parts_of(world).values())
    found["factures"] = sum(1 for _ in world.ventes())
    found["retours_perdus"] = sum(groupe.retour is None for groupe in world.groupes)
    found["retours_redemandes"] = sum(day <= dossier.jours[-1] for day, _ in dossier.retrouves)
    found["virements"] = sum(ligne.tiers_payant and ligne.cents > 0 for ligne in world.lignes)
    return found


def _tell(seed: int, conduite: Conduite, cas: Mapping[str, Comptes]) -> None:
    told = "; ".join(
        f"{name}: {counts['parts']} asked, {counts['fausses']} wrong, {counts['trop_demandees']} too much"
        for name, counts in cas.items()
        if name.startswith(f"{conduite.nom}/")
    )
    print(f"seed {seed}, {told}", file=sys.stderr, flush=True)


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


if __name__ == "__main__":
    sys.exit(main())
