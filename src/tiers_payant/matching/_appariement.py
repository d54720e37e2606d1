"""Two sides of int64 columns, paired by keys: unique both ways or refused. Columns in, columns out.

Nothing here knows what a row is: a share and an answer, a transfer and a bank line, or what a vendor brings.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.errors import ColumnError, PassError
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._canonique import renumbered
from tiers_payant.matching._cotes import ABSENT, MOST_DAYS, Columns, Cote, Taches
from tiers_payant.matching._jugement import Verdict, judge_equal, judge_in_window
from tiers_payant.matching._mots import Cotes, merged

__all__ = ["ABSENT", "Appariement", "Cle", "columns_named", "pair_cascade"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_MOST_KEYS, _MOST_TASKS = 100, 255


def columns_named(key: object, field: attrs.Attribute[tuple[str, ...]], value: object) -> None:
    """Check that *value* is a tuple of names of columns, one at least.

    Raises:
        PassError: It is not.
    """
    if not isinstance(value, tuple) or not value or not all(isinstance(name, str) for name in value):
        raise PassError(f"{field.name}: expected a tuple of names of columns")


def _days(key: object, field: attrs.Attribute[int], value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_DAYS:
        raise PassError(f"{field.name}: expected a number of days from 0 to {MOST_DAYS}")


@attrs.frozen(kw_only=True)
class Cle:
    """One way to tell that a row of each side is the same thing.

    Raises:
        PassError: No columns are named, or a number of days is none.
    """

    nom: str
    """Written on what it settles."""
    egales: tuple[str, ...] = attrs.field(validator=columns_named)
    """Columns that are equal on both sides; a row where one is `ABSENT` has no such key."""
    jour: str = ""
    """Column of the day of each row; none when days do not matter."""
    avant: int = attrs.field(default=0, validator=_days)
    """How many days before the left row the right row may be."""
    apres: int = attrs.field(default=0, validator=_days)
    """How many days after it."""
    classes: bool = False
    """Whether rows of one key are worth the same, so that n of them answered by n others are all answered."""

    @property
    def colonnes(self) -> tuple[str, ...]:
        """Every column that it reads."""
        return (*self.egales, self.jour) if self.jour else self.egales


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


def pair_cascade(
    gauche: Columns,
    droite: Columns,
    cles: Sequence[Cle],
    *,
    executor: Executor | None = None,
    par: str = "",
    taches: int = 4,
) -> Appariement:
    """Pair the rows of two sides by each of *cles* in turn.

    Each key is judged on the whole graph of its candidates before it consumes anything: a pair is settled when neither
    end has another candidate. What a key settles is no rival for the next. The order of rows does not matter.

    Args:
        gauche: Columns of the left side by name, int64, of one length; `ABSENT` where there is nothing.
        droite: The same names on the right side.
        cles: The keys, the surest first.
        executor: When given, rows are shared out by the values of the column *par*; the result is the same. Threads
            suit best: numpy lets them run side by side, and nothing is copied to them.
        par: Name of a column that every one of *cles* wants equal.
        taches: Into how many tasks the rows are shared out, 255 at most.

    Raises:
        ColumnError: A column that a key names is missing, holds anything but whole numbers that int64 holds, or has
            another length than its neighbours; *par* is no column of every key; too many keys or tasks.
    """
    if len(cles) > _MOST_KEYS or not 1 <= taches <= _MOST_TASKS:
        raise ColumnError(f"at most {_MOST_KEYS} keys, and from 1 to {_MOST_TASKS} tasks")
    sides = _checked(gauche, cles, "gauche"), _checked(droite, cles, "droite")
    if executor is None or not cles:
        return _cascade(sides, cles)
    if any(par not in cle.egales for cle in cles):
        raise ColumnError(f"rows are shared out by a column that every key wants equal: {par!r} is none")
    spread = [side.tasks(par, taches) for side in sides]
    parts = executor.map(partial(_share, sides, spread, tuple(cles)), range(taches))
    return _joined(list(parts), sides[0].height)


def _checked(columns: Columns, cles: Sequence[Cle], which: str) -> Cote:
    """Take the columns that *cles* read; a bad one is refused by its name."""
    read = [(name, cle.nom) for cle in cles for name in cle.colonnes]
    return Cote.checked(columns, read, [(cle.jour, cle.nom) for cle in cles if cle.jour], which)


def _share(sides: Cotes, spread: Sequence[Taches], cles: Sequence[Cle], number: int) -> Appariement:
    """Pair the rows that fall to one task, told by their numbers among all."""
    left, right = (side.of_task(tasks, number) for side, tasks in zip(sides, spread, strict=True))
    found = _cascade((left, right), cles)
    return attrs.evolve(
        found,
        gauche=left.places(found.gauche),
        droite=right.places(found.droite),
        questions=Edges(left.places(found.questions.left), right.places(found.questions.right)),
    )


def _cascade(sides: Cotes, cles: Sequence[Cle]) -> Appariement:
    """Pair the rows of both sides."""
    found = _Tenue(sides[0].height, sides[1].height)
    for cle in cles:
        found.take(_judged(sides, cle, found.free()))
    return found.told()


def _judged(sides: Cotes, cle: Cle, free: Sequence[Mask | None]) -> Verdict:
    """Return what one key says of the rows of both sides that are free."""
    order = merged(sides, cle.egales, cle.colonnes, free)
    if not cle.jour:
        return judge_equal(order, classes=cle.classes)
    return judge_in_window(order, sides, cle.jour, before=cle.avant, after=cle.apres, classes=cle.classes)


class _Tenue:
    """What is settled so far, written at the left rows: in their order, whatever the order it was found in."""

    def __init__(self, lefts: int, rights: int) -> None:
        self.droite = np.full(lefts, -1, dtype=np.int64)
        self.passe = np.zeros(lefts, dtype=np.int8)
        self.classe = np.zeros(lefts, dtype=np.int64)
        self.libre = np.ones(rights, dtype=np.bool_)
        self.questions: list[Edges] = []
        self.last = 0

    def free(self) -> tuple[Mask | None, Mask | None]:
        """Say which rows of each side nothing took; None when that is all of them."""
        return (self.droite < 0, self.libre) if self.questions else (None, None)

    def take(self, verdict: Verdict) -> None:
        """Write what the next key settles, and what it asks."""
        for ends in itertools.chain(verdict.paires, [verdict.equivalents]):
            self.droite[ends.left] = ends.right
            self.libre[ends.right] = False
            if self.questions:  # the number of the first key is written already
                self.passe[ends.left] = len(self.questions)
        self.classe[verdict.equivalents.left] = verdict.classes + self.last
        self.last += int(verdict.classes.max(initial=0))
        self.questions.append(verdict.questions)

    def told(self) -> Appariement:
        """Return it all; a question remains when nothing took either end."""
        gauche = np.flatnonzero(self.droite >= 0)
        asked = Edges.concat(self.questions)
        of_key = np.repeat(np.arange(len(self.questions), dtype=np.int8), [len(one) for one in self.questions])
        still = (self.droite[asked.left] < 0) & self.libre[asked.right]
        questions, questions_passe = _once(asked.where(still), of_key[still])
        return Appariement(
            gauche=gauche,
            droite=self.droite[gauche],
            passe=self.passe[gauche],
            classe=self._classes(gauche),
            questions=questions,
            questions_passe=questions_passe,
        )

    def _classes(self, gauche: Rows) -> Rows:
        return renumbered(self.classe[gauche]) if self.last else np.zeros(len(gauche), dtype=np.int64)


def _joined(parts: Sequence[Appariement], height: int) -> Appariement:
    """Put the parts together, in an order and with numbers of classes that do not depend on the parts."""
    droite = np.full(height, -1, dtype=np.int64)
    passe, classe, before = np.zeros(height, dtype=np.int8), np.zeros(height, dtype=np.int64), 0
    for part in parts:
        droite[part.gauche], passe[part.gauche] = part.droite, part.passe
        last = int(part.classe.max(initial=0))
        if last:
            of_class = part.classe > 0
            classe[part.gauche[of_class]] = part.classe[of_class] + before
        before += last
    gauche = np.flatnonzero(droite >= 0)
    asked, of_key = _once(
        Edges.concat([part.questions for part in parts]), np.concatenate([part.questions_passe for part in parts])
    )
    return Appariement(
        gauche=gauche,
        droite=droite[gauche],
        passe=passe[gauche],
        classe=renumbered(classe[gauche]) if before else np.zeros(len(gauche), dtype=np.int64),
        questions=asked,
        questions_passe=of_key,
    )


def _once(asked: Edges, of_key: npt.NDArray[np.int8]) -> tuple[Edges, npt.NDArray[np.int8]]:
    """Keep each question once, with the first key that asks it."""
    order = np.lexsort((of_key, asked.right, asked.left))
    left, right = asked.left[order], asked.right[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    return Edges(left[new], right[new]), of_key[order][new]
