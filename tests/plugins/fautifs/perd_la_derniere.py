"""Reads a line when its end is there: the last one may lack it."""

from __future__ import annotations

from tests.plugins.fautifs.bon import of_lines, spoilt, texts_of

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    return of_lines(entree, list(enumerate(texts_of(bytes(entree.octets))[:-1], start=1)))


tiers_payant_formats = spoilt("perd-la-derniere", read=read)
