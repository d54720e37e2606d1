"""Shows what it found instead of its shape."""

from __future__ import annotations

from tests.plugins.fautifs.bon import of_lines, spoilt, texts_of

from tiers_payant.domain import Entree, Lecture
from tiers_payant.errors import Location, Problem


def told(file: str, line: int, text: str) -> Problem:
    params = {"attendu": "5 champs", "forme": text}
    return Problem(code="VALEUR_ATTENDUE", at=Location(file=file, line=line), params=params)


def read(entree: Entree) -> Lecture:
    return of_lines(entree, list(enumerate(texts_of(bytes(entree.octets)), start=1)), told=told)


tiers_payant_formats = spoilt("dit-la-valeur", read=read)
