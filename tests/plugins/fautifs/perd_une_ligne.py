"""Takes for a comment whatever does not begin with a digit."""

from __future__ import annotations

from tests.plugins.fautifs.bon import of_lines, spoilt, texts_of

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    lines = list(enumerate(texts_of(bytes(entree.octets)), start=1))
    return of_lines(entree, [lines[0], *((line, text) for line, text in lines[1:] if text[:1].isdecimal())])


tiers_payant_formats = spoilt("perd-une-ligne", read=read)
