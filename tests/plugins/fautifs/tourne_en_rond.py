"""Waits for a first line that never comes."""

from __future__ import annotations

from tests.plugins.fautifs import bon

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    while not entree.octets:
        pass
    return bon.read(entree)


tiers_payant_formats = bon.spoilt("tourne-en-rond", read=read)
