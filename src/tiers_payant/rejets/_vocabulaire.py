"""The words that say a family, as `data/mots.toml` writes them: stems, short forms, groups that mean the same."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import attrs

from tiers_payant.domain import Famille

__all__ = ["LONG_ENOUGH", "Expression", "Place", "Vocabulaire", "expressions", "stem_of", "vocabulaire"]

LONG_ENOUGH = 4
"""Letters that may stand for the words that they begin."""

Place = frozenset[str]
"""What one word of a label may be: several when it is cut short, none when it is no word of ours."""


@attrs.frozen(kw_only=True)
class Expression:
    """Words that say a family."""

    texte: str
    """As `mots.toml` writes them."""
    lu: str
    """As a reader is shown them, with accents."""
    mots: tuple[str, ...]
    """Their stems."""
    famille: Famille
    famille_amc: Famille
    """The same, from a complementary insurer."""
    ordre: bool
    source: str

    def weight_in(self, places: Sequence[Place]) -> tuple[int, bool]:
        """Return how much the words say where they stand: how many they are, and whether in their order; 0 for none.

        They stand side by side, with one other word at most. French puts the noun first: in "assuré non géré par la
        caisse", it is the assuré that is unknown, not the caisse.
        """
        size = len(self.mots)
        if self.ordre:
            starts = range(len(places) - size + 1)
            whole = any(all(word in places[at + rank] for rank, word in enumerate(self.mots)) for at in starts)
            return (size, True) if whole else (0, False)
        windows = [places[at : at + size + 1] for at in range(max(1, len(places) - size))]
        if any(_follow(self.mots, window) for window in windows):
            return size, True
        return (size, False) if any(_held(self.mots, window) for window in windows) else (0, False)


def _follow(words: Sequence[str], places: Sequence[Place]) -> bool:
    """Tell whether the words have places in their order."""
    left = iter(places)
    return all(any(word in place for place in left) for word in words)


def _held(words: Sequence[str], places: Sequence[Place]) -> bool:
    """Tell whether each word has a place of its own, in any order."""
    if not words:
        return True
    first, *others = words
    return any(
        first in place and _held(others, [*places[:rank], *places[rank + 1 :]]) for rank, place in enumerate(places)
    )


@attrs.frozen(kw_only=True)
class Vocabulaire:
    """Every word of ours, as labels are read by them."""

    vides: frozenset[str]
    mots: tuple[str, ...]
    """Every word of ours, in order."""
    racines: frozenset[str]
    """Their stems."""
    abreviations: Mapping[str, tuple[tuple[str, ...], ...]]
    """For each short form, the stems of the words that it may stand for."""
    groupes: Mapping[str, str]
    """The group of each stem that alone is one of its words."""
    tournures: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    """Several words that are one of a group, by their first, the longest first."""
    expressions: tuple[Expression, ...]
    par_mot: Mapping[str, tuple[int, ...]]
    """Ranks of the expressions that begin with a word."""


def expressions() -> tuple[Expression, ...]:
    """Return every expression of `mots.toml`, in its order."""
    return vocabulaire().expressions


def stem_of(word: str) -> str:
    """Return a word without what makes it plural or feminine.

    >>> stem_of("FERMEES"), stem_of("DROITS"), stem_of("TAUX"), stem_of("PAYEE")
    ('FERM', 'DROIT', 'TAUX', 'PAYE')
    """
    if len(word) >= LONG_ENOUGH and word.endswith("S"):
        word = word[:-1]
    while len(word) > LONG_ENOUGH and word.endswith("E"):
        word = word[:-1]
    return word


@cache
def vocabulaire() -> Vocabulaire:
    text = resources.files("tiers_payant.rejets").joinpath("data").joinpath("mots.toml").read_text("utf-8")
    data = tomllib.loads(text)
    words = tuple(_every_word(data))
    vides = frozenset(word.upper() for word in data["vides"])
    groups = [(_stems(variant), name) for name, body in data["synonymes"].items() for variant in body["mots"]]
    alone = MappingProxyType({words[0]: f"#{name}" for words, name in groups if len(words) == 1})
    made = tuple(_expression(text, body, data) for body in data["expressions"] for text in body["mots"])
    return Vocabulaire(
        vides=vides,
        mots=words,
        racines=frozenset(map(stem_of, words)),
        abreviations=MappingProxyType(
            {short.upper(): tuple(map(_stems, body["mots"])) for short, body in data["abreviations"].items()}
        ),
        groupes=alone,
        tournures=_by_first(groups),
        expressions=made,
        par_mot=_by_word(made),
    )


def _expression(text: str, body: Mapping[str, Any], data: Mapping[str, Any]) -> Expression:
    groups, accents = data["synonymes"], data["accents"]
    words = tuple(f"#{word}" if word in groups else stem_of(word.upper()) for word in text.split())
    famille = Famille[body["famille"]]
    return Expression(
        texte=text,
        lu=" ".join(accents.get(word, word) for word in text.split()),
        mots=words,
        famille=famille,
        famille_amc=Famille[body.get("famille_amc", famille.name)],
        ordre=body.get("ordre", False),
        source=body["source"],
    )


def _every_word(data: Mapping[str, Any]) -> list[str]:
    tables = [*data["synonymes"].values(), *data["expressions"], *data["abreviations"].values()]
    words = (word.upper() for table in tables for text in table["mots"] for word in text.split())
    return sorted({*words})


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem_of(word.upper()) for word in text.split())


def _by_first(groups: Iterable[tuple[tuple[str, ...], str]]) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for words, name in sorted(groups, key=lambda group: (-len(group[0]), group)):
        if len(words) > 1:
            found[words[0]].append((words, f"#{name}"))
    return MappingProxyType({stem: tuple(variants) for stem, variants in found.items()})


def _by_word(made: Sequence[Expression]) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, list[int]] = defaultdict(list)
    for rank, each in enumerate(made):
        found[each.mots[0]].append(rank)
    return MappingProxyType({word: tuple(ranks) for word, ranks in found.items()})
