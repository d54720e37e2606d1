"""What a cascade of keys has settled so far, and what it tells in the end."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._canonique import renumbered
from tiers_payant.matching._jugement import Verdict

__all__ = ["Appariement", "Liens", "Questions", "Tenue"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int8]
Liens = tuple[Rows, Rows, Numbers, Rows]
"""What is settled: left rows, right rows, keys, and classes, 0 for none."""
Questions = tuple[Edges, Numbers]
"""Pairs that a key allows, and the number of the first that does."""


@attrs.frozen(eq=False)
class Appariement:
    """What a cascade of keys settles, and what it leaves. Every array is one-dimensional.

    In a class, n left rows and n right rows have only each other: its pairs say that each is answered, not by which.
    """

    gauche: Rows
    """int64: row of the left side of each pair; pairs are sorted by it."""
    droite: Rows
    """int64: row of the right side of each pair."""
    passe: npt.NDArray[np.int8]
    """int8: number of the key that made the pair, from 0."""
    classe: Rows
    """int64: number of its class, from 1; 0 for a pair that is alone."""
    questions: Edges
    """Pairs that a key allows, that nothing singles out, and whose ends stayed open; none of a row that has more than
    `LISTED` candidates. Sorted."""
    questions_passe: npt.NDArray[np.int8]
    """int8: number of the first key that allows each."""


class Tenue:
    """What is settled so far, written at the left rows: in their order, whatever the order it was found in.

    Tasks that share no row may write here at the same time.
    """

    def __init__(self, lefts: int, rights: int) -> None:
        self.droite = np.full(lefts, -1, dtype=np.int64)
        self.passe = np.zeros(lefts, dtype=np.int8)
        self.classe = np.zeros(lefts, dtype=np.int64)
        self.en_classes = False
        self.libre = np.ones(rights, dtype=np.bool_)

    def free(self, mine: tuple[Mask | None, Mask | None]) -> tuple[Mask, Mask]:
        """Say which rows of each side, among *mine* or among all, nothing took."""
        left, right = self.droite < 0, self.libre
        return left if mine[0] is None else left & mine[0], right if mine[1] is None else right & mine[1]

    def take(self, verdict: Verdict, number: int) -> None:
        """Write what the key of this number settles."""
        for ends in itertools.chain(verdict.paires, [verdict.equivalents]):
            self.droite[ends.left] = ends.right
            self.libre[ends.right] = False
            if number:  # 0 is written already
                self.passe[ends.left] = number
        if len(verdict.classes):
            self.en_classes = True
            lefts = verdict.equivalents.left
            heads = lefts[np.flatnonzero(np.diff(verdict.classes, prepend=0))]
            self.classe[lefts] = heads[verdict.classes - 1] + 1  # a number that no other class has, nor another task

    def add(self, settled: Liens) -> None:
        """Write what was settled elsewhere."""
        gauche, droite, passe, classe = settled
        self.droite[gauche], self.passe[gauche], self.classe[gauche] = droite, passe, classe
        self.en_classes |= bool(classe.any())

    def settled(self) -> Liens:
        """Return what is settled, by left row."""
        gauche = np.flatnonzero(self.droite >= 0)
        classe = self.classe[gauche] if self.en_classes else np.zeros(len(gauche), dtype=np.int64)
        return gauche, self.droite[gauche], self.passe[gauche], classe

    def still_open(self, asked: Sequence[Edges]) -> Questions:
        """Return the questions of each key whose ends nothing took, each once."""
        every = Edges.concat(asked)
        of_key = np.repeat(np.arange(len(asked), dtype=np.int8), [len(one) for one in asked])
        still = (self.droite[every.left] < 0) & self.libre[every.right]
        return _once(every.where(still), of_key[still])

    def told(self, asked: Sequence[Questions]) -> Appariement:
        """Return it all, numbers of classes and order of questions such that tasks do not matter."""
        gauche, droite, passe, classe = self.settled()
        questions, questions_passe = _once(
            Edges.concat([edges for edges, _ in asked]), np.concatenate([of_key for _, of_key in asked])
        )
        return Appariement(
            gauche=gauche,
            droite=droite,
            passe=passe,
            classe=renumbered(classe) if self.en_classes else classe,
            questions=questions,
            questions_passe=questions_passe,
        )


def _once(asked: Edges, of_key: Numbers) -> Questions:
    """Keep each question once, with the first key that asks it; sort them."""
    order = np.lexsort((of_key, asked.right, asked.left))
    left, right = asked.left[order], asked.right[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    return Edges(left[new], right[new]), of_key[order][new]
