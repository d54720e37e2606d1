"""Shows what a file is made of by its last line, which a cut file has not whole."""

from __future__ import annotations

from collections.abc import Iterator

from tests.plugins.fautifs.bon import spoilt, texts_of

from tiers_payant.domain import Element, Entree, Lecture


def elements(entree: Entree, lecture: Lecture) -> Iterator[Element]:
    int(texts_of(bytes(entree.octets))[-2].split("|")[4])
    yield from ()


tiers_payant_formats = spoilt("inspecte-sans-filet", elements=elements)
