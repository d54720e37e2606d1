"""Rejects classified: the rows of a code table, and what each reject line of a book was found to mean."""

from __future__ import annotations

import datetime as dt
from enum import IntEnum

import attrs

from tiers_payant.domain import _table as kind
from tiers_payant.domain._donnees import Confiance
from tiers_payant.domain._familles import Famille
from tiers_payant.domain._table import Codes, Entiers, Libelles, Renvois, Table, Textes

__all__ = ["ClassementRejets", "CodeRejet", "Inconnus", "Preuve"]


class Preuve(IntEnum):
    """What a family was read from."""

    AUCUNE = 0
    """Neither the code nor the words say anything: `Famille.INCONNU`."""
    CODE = 1
    """The code, in force on that day, in a table."""
    MOTS = 2
    """Words of the label."""
    PREFIXE = 3
    """The code is the beginning of longer codes, all of that family: weaker than the words, asked after them."""
    REPONSE = 4
    """The answer itself: the insurer re-processes the share, whatever the line says."""


@attrs.frozen(kw_only=True)
class CodeRejet:
    """One line of a code table: what a code means, to whom, and when. Codes are opaque text."""

    portee: str
    """Who prints it: `*` anyone, `AMO` or `AMC` any of them, or the kind of a sender and its number: `CP`, `CP:01991`.
    The narrowest scope that fits wins."""
    code: str
    """As printed, spaces and hyphens left out. A star at its end: the code that is only the beginning of others."""
    libelle: str
    famille: Famille
    du: dt.date | None = None
    """First day in force; None when the source does not give it."""
    au: dt.date | None = None
    """Last day in force; None while it is."""
    source: str
    confiance: Confiance

    def __attrs_post_init__(self) -> None:
        if self.du is not None and self.au is not None and self.au < self.du:
            raise ValueError("au comes before du")

    def is_in_force(self, day: dt.date) -> bool:
        return (self.du is None or self.du <= day) and (self.au is None or day <= self.au)


@attrs.frozen(eq=False, repr=False)
class ClassementRejets(Table):
    """What each reject line means: one row per row of `tables.rejets`, in its order."""

    rejet: Renvois = kind.renvoi("rejets")
    famille: Codes = kind.code("`Famille`")
    preuve: Codes = kind.code("`Preuve`: what the family was read from")
    indice: Libelles = kind.libelle(
        "the evidence: scope and code of the line of the table, or the words that were recognised; never the label"
    )


@attrs.frozen(eq=False, repr=False)
class Inconnus(Table):
    """The codes that nobody has classified yet, the most euros first: one row per scope and code."""

    portee: Textes = kind.texte("scope to classify it for: AMO, AMC, the kind of the sender, or `*` when nothing tells")
    code: Textes = kind.texte("as printed, spaces and hyphens left out; empty when the line has none")
    nombre: Entiers = kind.entier("reject lines that carry it")
    montant_cents: Entiers = kind.entier("shares of the factures that it refuses, each counted once")
    indice: Libelles = kind.libelle("the words that were recognised, when they say two families at once")
    exemple: Libelles = kind.libelle("one label, as printed", sensible=True)
