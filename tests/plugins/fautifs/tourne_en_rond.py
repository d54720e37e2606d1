"""Waits for a first line that never comes."""

from __future__ import annotations

import time

from tests.plugins.fautifs import bon

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    while not entree.octets:
        time.sleep(0.05)
    return bon.read(entree)


tiers_payant_formats = bon.spoilt("tourne-en-rond", read=read)
