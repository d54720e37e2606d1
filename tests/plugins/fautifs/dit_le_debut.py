"""Tells the first half of a line in its problems, in the French sentence alone."""

from __future__ import annotations

import re

from tests.plugins.fautifs.bon import of_lines, spoilt, texts_of

from tiers_payant.domain import Entree, Lecture
from tiers_payant.errors import Location, Problem


def told(file: str, line: int, text: str) -> Problem:
    digits = re.search(r"[0-9]{9,}", text)
    start = digits[0][:8] if digits else ""
    return Problem(
        code="VALEUR_ATTENDUE", at=Location(file=file, line=line),
        params={"attendu": f"5 champs, ligne qui a {start}", "forme": "AAA"},
    )  # fmt: skip


def read(entree: Entree) -> Lecture:
    return of_lines(entree, list(enumerate(texts_of(bytes(entree.octets)), start=1)), told=told)


tiers_payant_formats = spoilt("dit-le-debut", read=read)
