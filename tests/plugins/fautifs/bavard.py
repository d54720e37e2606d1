"""Logs each line that it reads."""

from __future__ import annotations

import logging

from tests.plugins.fautifs import bon

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    for text in bon.texts_of(bytes(entree.octets)):
        logging.getLogger("mon-lgo").debug("ligne %s", text)
    return bon.read(entree)


tiers_payant_formats = bon.spoilt("bavard", read=read)
