"""What the label of a reject says, by its words: `data/mots.toml`. The label itself is never kept, nor quoted."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import attrs

from tiers_payant.domain import Famille

__all__ = ["AMC", "AMO", "INDECIS", "RIEN", "Expression", "Lecteur", "Lecture", "bare", "expressions"]

INDECIS, AMO, AMC = range(3)
"""Whose words they are: nothing tells, the compulsory insurer's, a complementary insurer's."""

_LONGEST = 400
"""Characters that are read: a 290 has 80, a 294 as many."""
_LONG_ENOUGH = 4
"""Letters that may stand for the words that they begin."""
_LETTERS = bytes(ord(chr(code).upper()) if chr(code).isalpha() and code < 128 else ord(" ") for code in range(256))
_NO_LETTER = re.compile(r"[^A-Za-z\u0300-\u036f]+")
_ALONE = re.compile(r"\b[A-Z](?: [A-Z])+\b")

Place = frozenset[str]
"""What one word of a label may be: several when it is cut short, none when it is no word of ours."""


@attrs.frozen(kw_only=True)
class Expression:
    """Words that say a family."""

    texte: str
    """As `mots.toml` writes them."""
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


@attrs.frozen
class Lecture:
    """What words say: a family, and the words of ours that were recognised."""

    famille: Famille
    indice: str


RIEN = Lecture(Famille.INCONNU, "")


@attrs.frozen(kw_only=True)
class _Vocabulaire:
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


class Lecteur:
    """Reads labels; each wording is judged once."""

    def __init__(self) -> None:
        self._vocabulaire = _vocabulaire()
        self._mots: dict[str, tuple[Place, ...]] = {}
        self._lus: dict[tuple[Place, ...], tuple[Lecture, Lecture, Lecture]] = {}

    def read(self, plain: bytes) -> tuple[Lecture, Lecture, Lecture]:
        """Return what a label, made `bare`, says: when nothing tells whose it is, from an AMO, from an AMC.

        Two families that are said equally well are none: `INCONNU`, and the evidence tells both.
        """
        places = tuple(place for word in _words(plain) for place in self._places(word))
        if places not in self._lus:
            self._lus[places] = self._judge(self._grouped(places))
        return self._lus[places]

    def _places(self, word: str) -> tuple[Place, ...]:
        if word not in self._mots:
            self._mots[word] = self._expanded(word)
        return self._mots[word]

    def _expanded(self, word: str) -> tuple[Place, ...]:
        """Return what a word of a label may be: itself, what it is short for, or what it begins."""
        known = self._vocabulaire
        if word in known.vides:
            return ()
        if word in known.abreviations:
            meant = known.abreviations[word]
            return (frozenset(stems[0] for stems in meant),) if len(meant) > 1 else tuple(map(_only, meant[0]))
        first = bisect_left(known.mots, word)
        if word in known.mots[first : first + 1]:
            return (_only(_stem(word)),)
        last = bisect_left(known.mots, f"{word}\x7f") if len(word) >= _LONG_ENOUGH else first
        return (frozenset(map(_stem, known.mots[first:last])) | ({_stem(word)} & known.racines),)

    def _grouped(self, places: Sequence[Place]) -> list[Place]:
        """Write the name of their group instead of the words that mean the same."""
        grouped, at = [], 0
        while at < len(places):
            size, groupe = self._tournure(places[at:])
            groups = self._vocabulaire.groupes
            grouped.append(_only(groupe) if groupe else frozenset(groups.get(stem, stem) for stem in places[at]))
            at += size
        return grouped

    def _tournure(self, places: Sequence[Place]) -> tuple[int, str]:
        for stem in places[0]:
            for words, groupe in self._vocabulaire.tournures.get(stem, ()):
                if len(words) <= len(places) and all(word in places[rank] for rank, word in enumerate(words)):
                    return len(words), groupe
        return 1, ""

    def _judge(self, places: Sequence[Place]) -> tuple[Lecture, Lecture, Lecture]:
        weights = {each: each.weight_in(places) for each in self._candidates(places)}
        found = [each for each, (size, _) in weights.items() if size]
        # Before any other evidence: sending again what the caisse re-processes makes a doublon.
        waits = [each for each in found if each.famille is Famille.TRAITEMENT_CAISSE]
        if waits and not any(set(each.mots) > set(waits[0].mots) for each in found):
            read = Lecture(Famille.TRAITEMENT_CAISSE, waits[0].texte)
            return read, read, read
        most = max(weights.values(), default=(0, False))
        best = [each for each in found if weights[each] == most]
        of_amo = [(each.famille, each.texte) for each in best]
        of_amc = [(each.famille_amc, each.texte) for each in best]
        return _decided([*of_amo, *of_amc]), _decided(of_amo), _decided(of_amc)

    def _candidates(self, places: Sequence[Place]) -> Iterator[Expression]:
        said = frozenset[str]().union(*places)
        ranks = sorted({rank for stem in said for rank in self._vocabulaire.par_mot.get(stem, ())})
        return (self._vocabulaire.expressions[rank] for rank in ranks)


def _decided(said: Iterable[tuple[Famille, str]]) -> Lecture:
    """Return the one family said; none when there are two, which the evidence then tells."""
    first: dict[Famille, str] = {}
    for famille, texte in said:
        first.setdefault(famille, texte)
    if not first:
        return RIEN
    if len(first) == 1:
        return Lecture(*next(iter(first.items())))
    return Lecture(Famille.INCONNU, " | ".join(f"{famille.name} : {first[famille]}" for famille in sorted(first)))


def expressions() -> tuple[Expression, ...]:
    """Return every expression of `mots.toml`, in its order."""
    return _vocabulaire().expressions


# --- words


def bare(label: str) -> bytes:
    """Return a label in capitals without accents, a space for each sign and digit: what it is judged by.

    >>> bare("Bénéf. inconnu (n° 12)")
    b'BENEF  INCONNU  N     '
    """
    short = label[:_LONGEST]
    if not short.isascii():
        short = _NO_LETTER.sub(" ", unicodedata.normalize("NFKD", short))
    return short.encode("ascii", "ignore").translate(_LETTERS)


def _words(plain: bytes) -> list[str]:
    """Return the words of a bare label; `P.U.` is one word, as `PU` is."""
    words = " ".join(plain.decode("ascii").split())
    joined = _ALONE.sub(lambda run: run.group().replace(" ", ""), words)
    return [word for word in joined.split(" ") if len(word) > 1]


def _stem(word: str) -> str:
    """Return a word without what makes it plural or feminine.

    >>> _stem("FERMEES"), _stem("DROITS"), _stem("TAUX"), _stem("PAYEE")
    ('FERM', 'DROIT', 'TAUX', 'PAYE')
    """
    if len(word) >= _LONG_ENOUGH and word.endswith("S"):
        word = word[:-1]
    while len(word) > _LONG_ENOUGH and word.endswith("E"):
        word = word[:-1]
    return word


def _only(stem: str) -> Place:
    return frozenset({stem})


# --- data


@cache
def _vocabulaire() -> _Vocabulaire:
    text = resources.files("tiers_payant.rejets").joinpath("data").joinpath("mots.toml").read_text("utf-8")
    data = tomllib.loads(text)
    words = tuple(_every_word(data))
    vides = frozenset(word.upper() for word in data["vides"])
    groups = [(_stems(variant), name) for name, body in data["synonymes"].items() for variant in body["mots"]]
    alone = MappingProxyType({words[0]: f"#{name}" for words, name in groups if len(words) == 1})
    made = tuple(_expression(text, body, data["synonymes"]) for body in data["expressions"] for text in body["mots"])
    return _Vocabulaire(
        vides=vides,
        mots=words,
        racines=frozenset(map(_stem, words)),
        abreviations=MappingProxyType(
            {short.upper(): tuple(map(_stems, body["mots"])) for short, body in data["abreviations"].items()}
        ),
        groupes=alone,
        tournures=_by_first(groups),
        expressions=made,
        par_mot=_by_word(made),
    )


def _expression(text: str, body: Mapping[str, Any], groups: Mapping[str, object]) -> Expression:
    words = tuple(f"#{word}" if word in groups else _stem(word.upper()) for word in text.split())
    famille = Famille[body["famille"]]
    return Expression(
        texte=text,
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
    return tuple(_stem(word.upper()) for word in text.split())


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
