"""Reads each line twice."""

from __future__ import annotations

from tests.plugins.fautifs.bon import of_lines, spoilt, texts_of

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    lines = list(enumerate(texts_of(bytes(entree.octets)), start=1))
    return of_lines(entree, [one for one in lines for _ in range(2)])


tiers_payant_formats = spoilt("double-les-lignes", read=read)
