"""Leaves a mark beside the file that it has read."""

from __future__ import annotations

from tests.plugins.fautifs import bon

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    if entree.chemin is not None:
        entree.chemin.with_suffix(".lu").touch()
    return bon.read(entree)


tiers_payant_formats = bon.spoilt("deplace-le-fichier", read=read)
