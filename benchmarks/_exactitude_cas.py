"""What the accuracy benchmark runs: worlds of one ordinary kind and four crowded ones, seed after seed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import attrs

from benchmarks import _exactitude_juge, _exactitude_noms
from benchmarks._exactitude_juge import Comptes, judge
from benchmarks._mesure import ROOT
from tiers_payant.domain import Book
from tiers_payant.matching import reconcile
from tiers_payant.simulation import Taux, make_world, measure_pool, truth_of
from tiers_payant.simulation._lectures import lectures_of

__all__ = ["CAS", "Cas", "code_fingerprint", "run"]

_PER_TRANSFER = 1.6
"""Transfers for one facture that leave about one share in each."""
_JUDGED_BY = ("domain", "matching", "simulation")


@attrs.frozen(kw_only=True)
class Cas:
    """A kind of world."""

    nom: str
    densite: int
    """Equal transfers of one payer open at once, as aimed at; what is measured is told beside."""
    factures: int
    """Dispensings of one officine in one month."""
    taux: Taux
    officines: int = 2
    mois: int = 2


def _crowded(densite: int, prix: int, factures: int) -> Cas:
    taux = Taux(prix_distincts=prix, virements_par_facture=_PER_TRANSFER)
    return Cas(nom=f"crowded, about {densite}", densite=densite, factures=factures, taux=taux)


CAS = (
    Cas(nom="ordinary", densite=1, factures=2500, taux=Taux(), officines=6),
    _crowded(5, 12, 2500),
    _crowded(10, 6, 2700),
    _crowded(20, 3, 2900),
    _crowded(50, 1, 2450),
)


def run(cas: Cas, seed: int, part: int = 1) -> Comptes:
    """Return the counts of one world: simulate, reconcile, judge.

    Args:
        cas: Its kind.
        seed: Its seed.
        part: What the number of factures is divided by: a small world of the same kind.
    """
    world = make_world(
        officines=cas.officines,
        factures=cas.factures * cas.officines * cas.mois // part,
        mois=cas.mois,
        seed=seed,
        taux=cas.taux,
    )
    truth = truth_of(world)
    found = judge(truth, reconcile(Book.from_lectures(lectures_of(world))))
    transfers = sum(groupe.net > 0 for groupe in world.groupes)
    found["reglements"] = transfers
    found["ouverts_ensemble"] = round(measure_pool(world) * transfers)
    return found


def code_fingerprint() -> str:
    """Return a fingerprint of the code that decides the counts: results of other code do not add up with these."""
    folders = [ROOT / "src" / "tiers_payant" / name for name in _JUDGED_BY]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".toml")]
    files += [Path(__file__), Path(_exactitude_juge.__file__), Path(_exactitude_noms.__file__)]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
