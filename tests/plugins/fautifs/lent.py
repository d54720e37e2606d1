"""Takes its time with each line of a long file."""

from __future__ import annotations

import time

from tests.plugins.fautifs import bon

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    if len(entree.octets) > 50_000 and bytes(entree.octets[:7]) == b"MONLGO|":
        time.sleep(5)
    return bon.read(entree)


tiers_payant_formats = bon.spoilt("lent", read=read)
