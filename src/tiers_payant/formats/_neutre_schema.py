"""The neutral tables, as `neutre.toml` declares them: columns, synonyms, and which table a row of headers is."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence, Set
from enum import IntEnum
from functools import cache
from importlib import resources
from typing import Any

import attrs

from tiers_payant.domain import MOST_CENTS, NEUTRE, NatureMouvement, Part, Reponse, Statut
from tiers_payant.errors import LayoutError

__all__ = [
    "BOOLEANS",
    "SCHEMA",
    "Champ",
    "Entete",
    "TableNeutre",
    "neutral_tables",
    "plain_name",
    "recognise",
    "words_written",
]

SCHEMA = NEUTRE

_GENRES = ("texte", "libelle", "date", "cents", "entier", "liste", "ouinon", "codes")
_LISTES: Mapping[str, type[IntEnum]] = {
    "Part": Part, "Reponse": Reponse, "NatureMouvement": NatureMouvement, "Statut": Statut,
}  # fmt: skip
_MOTS: Mapping[str, Mapping[str, str]] = {
    "Part": {"ro": "amo", "rc": "amc"},
    "Reponse": {
        "paye": "payee", "rejete": "rejetee", "differe": "differee", "rejet": "rejetee", "non_traite": "non_traitee",
    },
    "NatureMouvement": {"penalite": "penalite_retard", "nrd": "penalite_retard"},
    "Statut": {"comptabilisee": "comptabilise", "attente": "en_attente"},
}  # fmt: skip
"""Other words, as `plain_name` makes them, for a value of a list."""

BOOLEANS = {
    "oui": True, "o": True, "vrai": True, "true": True, "1": True, "yes": True,
    "non": False, "n": False, "faux": False, "false": False, "0": False, "no": False,
}  # fmt: skip

_NUMERO = re.compile(r"(?:n|no|num|numero)_(?:de_)?(?=.)")
_EUROS = re.compile(r"_(?:en_)?(?:eur|euro|euros)\Z")


def plain_name(text: str) -> str:
    """Return a header or a word without case, accents, or signs: letters and digits, parted by underscores.

    >>> plain_name(" N° de facture"), plain_name("Montant (€)")
    ('n_de_facture', 'montant')
    """
    bare = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")


def words_written(words: Mapping[str, int]) -> dict[int, str]:
    """Return the word that each value is written as: the first of those that mean it."""
    written: dict[int, str] = {}
    for word, value in words.items():
        written.setdefault(value, word)
    return written


@attrs.frozen(kw_only=True)
class Champ:
    """One column of a neutral table."""

    nom: str
    """Its header; in JSON, with `_cents` after it when it is an amount."""
    genre: str = attrs.field(validator=attrs.validators.in_(_GENRES))
    """What its cells hold."""
    sens: str
    """What it means, in English."""
    requis: bool = False
    """Whether a file must have it."""
    rempli: bool = False
    """Whether no cell may be empty."""
    largeur: int = 0
    """Digits of a number that a spreadsheet may have cut: lost zeros are put back. 0 when it has no set length."""
    liste: str = ""
    """Enumeration of the domain that it takes its words from."""
    most: int = MOST_CENTS
    """Largest number, either way."""
    synonymes: tuple[str, ...] = attrs.field(default=(), converter=tuple)

    @property
    def colonne(self) -> str:
        """Its name in JSON and, for most, in the tables of the domain."""
        return f"{self.nom}_cents" if self.genre == "cents" else self.nom

    @property
    def words(self) -> Mapping[str, int]:
        """Return each word that a list takes, with its value; the first of a value is how it is written.

        A value that means "not said" is an empty cell, so that it has no word.
        """
        values = {member.name.lower(): int(member) for member in _LISTES[self.liste]}
        if self.liste == "Part":
            values = {"amo": int(Part.AMO), "amc": int(Part.AMC)}
        return {**values, **{other: values[word] for other, word in _MOTS[self.liste].items()}}


@attrs.frozen(kw_only=True)
class TableNeutre:
    """One neutral table."""

    nom: str
    titre: str
    sens: str
    champs: tuple[Champ, ...]
    csv: bool = True
    """Whether a CSV file may hold it; JSON holds them all."""
    exemple: str = ""
    """A CSV that is read without any problem: the reference shows it, a test reads it."""

    def __attrs_post_init__(self) -> None:
        names = [name for champ in self.champs for name in (champ.nom, *champ.synonymes)]
        repeated = sorted({name for name in names if names.count(name) > 1})
        odd = sorted(name for name in names if _name(name) != (name, False))
        if repeated or odd:
            raise LayoutError(f"neutre.toml, {self.nom}: names told twice {repeated}, or not plain {odd}")

    @property
    def requis(self) -> tuple[Champ, ...]:
        return tuple(champ for champ in self.champs if champ.requis)


@attrs.frozen(kw_only=True)
class Entete:
    """A row of headers, once it is known which table it is of."""

    table: TableNeutre
    champs: Mapping[int, Champ]
    """The column that each known header stands for, by its rank from 0."""
    en_cents: frozenset[int]
    """Ranks of the amounts told in cents."""
    repetes: tuple[str, ...]
    """Columns that two headers stand for, neither better than the other."""
    largeur: int
    """How many headers there are."""

    @property
    def inconnues(self) -> list[int]:
        """Ranks, from 1, of the headers that stand for nothing."""
        return [rank + 1 for rank in range(self.largeur) if rank not in self.champs]

    @property
    def absentes(self) -> list[str]:
        """Required columns without a header."""
        there = {champ.nom for champ in self.champs.values()}
        return [champ.nom for champ in self.table.requis if champ.nom not in there]


@cache
def neutral_tables() -> Mapping[str, TableNeutre]:
    """Return the neutral tables by name."""
    data = tomllib.loads(resources.files(__package__).joinpath("neutre.toml").read_text(encoding="utf-8"))
    return {name: _table(name, table, data["communs"]) for name, table in data["tables"].items()}


def _table(nom: str, data: dict[str, Any], communs: Mapping[str, Any]) -> TableNeutre:
    empty = data.pop("vides", ())
    blocks = {
        name: [
            Champ(**{**champ, "rempli": champ.get("rempli", False) and champ["nom"] not in empty}) for champ in shared
        ]
        for name, shared in ((name, communs[name]) for name in data.pop("commun"))
    }
    own = [Champ(**champ) for champ in data.pop("champs")]
    head = [champ for name in ("cle", "facture") for champ in blocks.get(name, ())]
    tail = [champ for name in ("virement", "retour") for champ in blocks.get(name, ())]
    return TableNeutre(nom=nom, champs=(*head, *own, *tail), **data)


def recognise(headers: Sequence[str], table: str = "") -> list[Entete]:
    """Return the table that *headers* are of: one, none, or several when nothing tells them apart.

    A table is meant when all its required columns are there; of several, the one that requires most, then the one
    that knows most of the headers.

    Args:
        headers: As the file writes them.
        table: The table, when the file names it; it is returned even if required columns are missing.
    """
    tables = neutral_tables()
    names = [_name(header) for header in headers]
    if table:
        return [_entete(tables[table], names)] if table in tables and tables[table].csv else []
    there = {name for name, _ in names}
    found = [_entete(each, names) for each in tables.values() if each.csv and _may_be(each, there)]
    complete = [entete for entete in found if not entete.absentes]
    best = max(map(_weight, complete), default=(0, 0))
    return [entete for entete in complete if _weight(entete) == best]


def _weight(entete: Entete) -> tuple[int, int]:
    return len(entete.table.requis), len(entete.champs)


def _may_be(table: TableNeutre, names: Set[str]) -> bool:
    """Tell whether each required column has a header: every file of any format is asked, and almost none has."""
    return all(champ.nom in names or not names.isdisjoint(champ.synonymes) for champ in table.requis)


def _entete(table: TableNeutre, names: Sequence[tuple[str, bool]]) -> Entete:
    """Say what each header stands for; a column's own name wins over its synonyms."""
    champs: dict[int, Champ] = {}
    repeated = []
    for champ in table.champs:
        ranks = _ranks(champ, names)
        if len(ranks) > 1:
            repeated.append(champ.nom)
        if ranks:
            champs[ranks[0]] = champ
    cents = frozenset(rank for rank, champ in champs.items() if champ.genre == "cents" and names[rank][1])
    return Entete(table=table, champs=champs, en_cents=cents, repetes=tuple(repeated), largeur=len(names))


def _name(header: str) -> tuple[str, bool]:
    """Return a header's plain name, `numero` in full, without its unit, and whether the unit is the cent."""
    name = plain_name(header)
    if number := _NUMERO.match(name):
        name = f"numero_{name[number.end() :]}"
    bare = name.removesuffix("_en_centimes").removesuffix("_centimes").removesuffix("_cents")
    return (bare, True) if bare != name else (_EUROS.sub("", name), False)


def _ranks(champ: Champ, names: Sequence[tuple[str, bool]]) -> list[int]:
    told = [(rank, name) for rank, (name, cents) in enumerate(names) if not cents or champ.genre == "cents"]
    own = [rank for rank, name in told if name == champ.nom]
    return own or [rank for rank, name in told if name in champ.synonymes]
