"""Takes ² for a digit, as `str.isdigit` does: junk raises."""

from __future__ import annotations

from tests.plugins.fautifs.bon import Row, of_lines, row_of, spoilt, texts_of

from tiers_payant.domain import Entree, Lecture


def parse(text: str) -> Row | None:
    if text.count("|") == 4 and text.split("|")[4].isdigit():
        int(text.split("|")[4])
    return row_of(text)


def read(entree: Entree) -> Lecture:
    return of_lines(entree, list(enumerate(texts_of(bytes(entree.octets)), start=1)), parse=parse)


tiers_payant_formats = spoilt("leve-sur-un-chiffre", read=read)
