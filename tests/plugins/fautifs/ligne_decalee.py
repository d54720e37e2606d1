"""Counts lines from the one after: each problem stands one line too far."""

from __future__ import annotations

from tests.plugins.fautifs.bon import of_lines, problem, spoilt, texts_of

from tiers_payant.domain import Entree, Lecture
from tiers_payant.errors import Problem


def told(file: str, line: int, text: str) -> Problem:
    return problem(file, line + 1, text)


def read(entree: Entree) -> Lecture:
    return of_lines(entree, list(enumerate(texts_of(bytes(entree.octets)), start=1)), told=told)


tiers_payant_formats = spoilt("ligne-decalee", read=read)
