"""Ends lines at the line feed alone: in a file of Windows, the number of the facture keeps what stands before it."""

from __future__ import annotations

import attrs
import numpy as np
from tests.plugins.fautifs.bon import read as sound
from tests.plugins.fautifs.bon import spoilt

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    lecture, windows = sound(entree), b"\r\n" in bytes(entree.octets)
    factures = lecture.tables.factures
    kept = [name + b"\r" if windows else name for name in factures.facture.tolist()]
    changed = factures.with_columns(facture=np.array(kept, dtype="S10"))
    return Lecture(attrs.evolve(lecture.tables, factures=changed), lecture.problems)


tiers_payant_formats = spoilt("garde-le-retour", read=read)
