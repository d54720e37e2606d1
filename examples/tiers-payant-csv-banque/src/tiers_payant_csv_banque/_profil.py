"""What the CSV export of one bank looks like."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs

from tiers_payant.domain import CODE, DEVISE, TEXTE, Genre, facultatif, jours, montants, plain_text, structure


@attrs.frozen(kw_only=True, slots=False)
class Profil:
    """One family of files: its headers, and how it writes days and amounts.

    Raises:
        ValueError: A form of days or signs of amounts that are none.
    """

    nom: str
    label: str
    colonnes: Mapping[str, str]
    """The header of each: `date` and `libelle`; `montant` (signed, or beside a `sens`) or `debit` and `credit`; and
    `date_valeur`, `devise`, `compte` where they are there."""
    textes: Mapping[str, str] = {}
    """Headers of other texts worth keeping, by the tag that they are kept under."""
    passees: tuple[str, ...] = ()
    """Headers that are not read."""
    preambule: Mapping[str, str] = {}
    """What lines above or below the rows begin with, and what they tell: `compte`, `solde_initial`, `solde_final`,
    `jour_initial`, `jour_final`; `-` is not read."""
    sens: Mapping[str, int] = {"D": -1, "C": 1}
    """What the column `sens` may hold: -1 for a debit."""
    encodages: tuple[str, ...] = ("utf-8", "cp1252")
    separateur: str = ";"
    date: str = "JJ/MM/AAAA"
    decimale: str = ","
    milliers: str = " "
    devise: str = "EUR"
    compte: str = ""

    @classmethod
    def parse(cls, text: str, name: str) -> Profil:
        """Return the profile of a TOML file.

        Raises:
            LayoutError: An unknown key, or a value of another type.
        """
        return structure(tomllib.loads(text), cls, name)

    @cached_property
    def genres(self) -> Mapping[str, Genre]:
        """How each column is read."""
        day, cents = jours(self.date), montants(self.decimale, self.milliers)
        known = {"date": day, "date_valeur": facultatif(day), "libelle": TEXTE, "montant": cents, "sens": CODE}
        known |= {"debit": facultatif(cents), "credit": facultatif(cents), "-": TEXTE}
        known |= {"solde_initial": cents, "solde_final": cents, "jour_initial": day, "jour_final": day}
        known |= {"devise": facultatif(DEVISE, self.devise), "compte": facultatif(TEXTE, "")}
        return known | dict.fromkeys(self.textes, TEXTE)

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.colonnes) + len(self.textes) + len(self.passees)

    def ranks(self, cells: Sequence[str]) -> dict[str, int] | None:
        """Return where each column stands when *cells* are the headers, all of them and no other; else None."""
        found = [plain_text(cell) for cell in cells]
        wanted = {name: plain_text(header) for name, header in {**self.colonnes, **self.textes}.items()}
        if sorted(found) != sorted([*wanted.values(), *map(plain_text, self.passees)]):
            return None
        return {name: found.index(header) for name, header in wanted.items()}
