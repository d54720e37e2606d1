"""Ends the process at a NUL: no exception says so."""

from __future__ import annotations

import os

from tests.plugins.fautifs import bon

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    if bytes(entree.octets) == b"\0":
        os._exit(3)
    return bon.read(entree)


tiers_payant_formats = bon.spoilt("tue-le-processus", read=read)
