"""Knows no end of line but LF: a file of CR is one long header."""

from __future__ import annotations

from tests.plugins.fautifs.bon import of_lines, spoilt

from tiers_payant.domain import Entree, Lecture


def read(entree: Entree) -> Lecture:
    texts = bytes(entree.octets).decode("utf-8-sig", "replace").split("\n")
    return of_lines(entree, list(enumerate((text.strip("\r\0") for text in texts), start=1)))


tiers_payant_formats = spoilt("une-seule-fin-de-ligne", read=read)
