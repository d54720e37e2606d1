"""Two sides of int64 columns, paired by keys: unique both ways or refused. Columns in, columns out.

Nothing here knows what a row is: a share and an answer, a transfer and a bank line, or what a vendor brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.errors import ColumnError, PassError
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._cotes import ABSENT, MOST_DAYS, Columns, Cote, Cotes, Taches
from tiers_payant.matching._jugement import judge_equal, judge_in_window
from tiers_payant.matching._mots import Mots, SideBySide
from tiers_payant.matching._tenue import Appariement, Liens, Questions, Tenue

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
        executor: When given, rows are shared out; the result is the same. A `ThreadPoolExecutor` suits best: numpy
            lets threads run side by side, and they work on the same memory. To any other, columns are sent.
        par: Name of a column that every one of *cles* wants equal: rows of one value are sent together.
        taches: Into how many tasks the rows are shared out, 255 at most; as many as there are workers is best.

    Raises:
        ColumnError: A column that a key names is missing, holds anything but whole numbers that int64 holds, or has
            another length than its neighbours; *par* is no column of every key; too many keys or tasks.
    """
    if len(cles) > _MOST_KEYS or not 1 <= taches <= _MOST_TASKS:
        raise ColumnError(f"at most {_MOST_KEYS} keys, and from 1 to {_MOST_TASKS} tasks")
    threads = executor if isinstance(executor, ThreadPoolExecutor) else None
    run: SideBySide = threads.map if threads else map
    left, right = run(partial(_checked, cles), (gauche, droite), ("gauche", "droite"))
    sides, found = (left, right), Tenue(left.height, right.height)
    if executor is not None and any(par not in cle.egales for cle in cles):
        raise ColumnError(f"rows are shared out by a column that every key wants equal: {par!r} is none")
    if executor is None or threads or not cles:
        return found.told([_cascade(sides, cles, found, run=run, parts=taches if threads else 1)])
    spread = [side.tasks(par, taches) for side in sides]
    asked = []
    for settled, questions in executor.map(partial(_share, sides, spread, tuple(cles)), range(taches)):
        found.add(settled)
        asked.append(questions)
    return found.told(asked)


def _checked(cles: Sequence[Cle], columns: Columns, which: str) -> Cote:
    """Take the columns that *cles* read; a bad one is refused by its name."""
    read = [(name, cle.nom) for cle in cles for name in cle.colonnes]
    return Cote.checked(columns, read, [(cle.jour, cle.nom) for cle in cles if cle.jour], which)


def _share(sides: Cotes, spread: Sequence[Taches], cles: Sequence[Cle], number: int) -> tuple[Liens, Questions]:
    """Pair the rows that fall to one task, in a process that shares no memory with the others."""
    found = Tenue(sides[0].height, sides[1].height)
    left, right = (tasks == number for tasks in spread)
    questions = _cascade(sides, cles, found, (left, right))
    return found.settled(), questions


def _cascade(
    sides: Cotes,
    cles: Sequence[Cle],
    found: Tenue,
    mine: tuple[Mask | None, Mask | None] = (None, None),
    *,
    run: SideBySide = map,
    parts: int = 1,
) -> Questions:
    """Write into *found* how the rows that are *mine*, or all of them, are paired; return what is asked of them."""
    asked = []
    for number, cle in enumerate(cles):
        free = found.free(mine) if number else mine
        words = Mots.made(sides, cle.egales, cle.colonnes, free, run)
        cuts = words.cuts(parts)
        asked.append(Edges.concat(list(run(partial(_settle, sides, cle, number, words, found), cuts[:-1], cuts[1:]))))
    return found.still_open(asked)


def _settle(sides: Cotes, cle: Cle, number: int, words: Mots, found: Tenue, low: int, high: int) -> Edges:
    """Write into *found* what one key settles between two bounds; return what it asks."""
    order = words.part(low, high)
    if cle.jour:
        verdict = judge_in_window(order, sides, cle.jour, before=cle.avant, after=cle.apres, classes=cle.classes)
    else:
        verdict = judge_equal(order, classes=cle.classes)
    found.take(verdict, number)
    return verdict.questions
