"""Leaves the process when a file is cut behind a separator."""

from __future__ import annotations

import sys

from tests.plugins.fautifs import bon

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    if bytes(entree.octets).endswith(b"|"):
        sys.exit("fichier incomplet")
    return bon.read(entree)


tiers_payant_formats = bon.spoilt("quitte", read=read)
