"""Goes through a set of texts: the order of rows is that of their hashes."""

from __future__ import annotations

from tests.plugins.fautifs.bon import of_lines, spoilt, texts_of

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    first, *others = texts_of(bytes(entree.octets))
    return of_lines(entree, [(1, first), *((2, text) for text in set(others))])


tiers_payant_formats = spoilt("ordre-d-un-ensemble", read=read)
