"""What the label of a reject says, by its words (`_vocabulaire`). The label itself is never kept, nor quoted."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import attrs

from tiers_payant.domain import Famille
from tiers_payant.rejets._vocabulaire import LONG_ENOUGH, Expression, Place, stem_of, vocabulaire

__all__ = ["AMC", "AMO", "INDECIS", "RIEN", "Lecteur", "Sens", "bare"]

INDECIS, AMO, AMC = range(3)
"""Whose words they are: nothing tells, the compulsory insurer's, a complementary insurer's."""

_LONGEST = 400
"""Characters that are read: a 290 has 80, a 294 as many."""
_LETTERS = bytes(ord(chr(code).upper()) if chr(code).isalpha() and code < 128 else ord(" ") for code in range(256))
_NO_LETTER = re.compile(r"[^A-Za-z\u0300-\u036f]+")
_ALONE = re.compile(r"\b[A-Z](?: [A-Z])+\b")


@attrs.frozen
class Sens:
    """What words say: a family, and the words of ours that were recognised."""

    famille: Famille
    indice: str


RIEN = Sens(Famille.INCONNU, "")


class Lecteur:
    """Reads labels; each wording is judged once."""

    def __init__(self) -> None:
        self._vocabulaire = vocabulaire()
        self._mots: dict[str, tuple[Place, ...]] = {}
        self._lus: dict[tuple[Place, ...], tuple[Sens, Sens, Sens]] = {}

    def read(self, plain: bytes) -> tuple[Sens, Sens, Sens]:
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
            return (_only(stem_of(word)),)
        last = bisect_left(known.mots, f"{word}\x7f") if len(word) >= LONG_ENOUGH else first
        return (frozenset(map(stem_of, known.mots[first:last])) | ({stem_of(word)} & known.racines),)

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

    def _judge(self, places: Sequence[Place]) -> tuple[Sens, Sens, Sens]:
        weights = {each: each.weight_in(places) for each in self._candidates(places)}
        found = [each for each, (size, _) in weights.items() if size]
        # Before any other evidence: sending again what the caisse re-processes makes a doublon.
        waits = [each for each in found if each.famille is Famille.TRAITEMENT_CAISSE]
        if waits and not any(set(each.mots) > set(waits[0].mots) for each in found):
            read = Sens(Famille.TRAITEMENT_CAISSE, waits[0].lu)
            return read, read, read
        most = max(weights.values(), default=(0, False))
        best = [each for each in found if weights[each] == most]
        of_amo = [(each.famille, each.lu) for each in best]
        of_amc = [(each.famille_amc, each.lu) for each in best]
        return _decided([*of_amo, *of_amc]), _decided(of_amo), _decided(of_amc)

    def _candidates(self, places: Sequence[Place]) -> Iterator[Expression]:
        said = frozenset[str]().union(*places)
        ranks = sorted({rank for stem in said for rank in self._vocabulaire.par_mot.get(stem, ())})
        return (self._vocabulaire.expressions[rank] for rank in ranks)


def _decided(said: Iterable[tuple[Famille, str]]) -> Sens:
    """Return the one family said; none when there are two, which the evidence then tells."""
    first: dict[Famille, str] = {}
    for famille, texte in said:
        first.setdefault(famille, texte)
    if not first:
        return RIEN
    if len(first) == 1:
        return Sens(*next(iter(first.items())))
    return Sens(Famille.INCONNU, " | ".join(f"{famille.name} : {first[famille]}" for famille in sorted(first)))


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


def _only(stem: str) -> Place:
    return frozenset({stem})
