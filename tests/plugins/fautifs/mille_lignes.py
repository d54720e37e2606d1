"""Reads a thousand lines, and no more."""

from __future__ import annotations

from tests.plugins.fautifs.bon import of_lines, spoilt, texts_of

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    return of_lines(entree, list(enumerate(texts_of(bytes(entree.octets)), start=1))[:1000])


tiers_payant_formats = spoilt("mille-lignes", read=read)
