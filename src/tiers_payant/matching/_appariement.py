"""Two sides of int64 columns, paired by keys: unique both ways or refused. Columns in, columns out.

Nothing here knows what a row is: a share and an answer, a transfer and a bank line, or what a vendor brings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.errors import ColumnError, PassError
from tiers_payant.matching._candidats import Edges
from tiers_payant.matching._canonique import renumbered
from tiers_payant.matching._jugement import Verdict, judge_equal, judge_in_window
from tiers_payant.matching._mots import MOST_DAYS, common_codes

__all__ = ["ABSENT", "Appariement", "Cle", "columns_named", "pair_cascade"]

Rows = npt.NDArray[np.int64]
Columns = Mapping[str, npt.ArrayLike]
Taches = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

ABSENT = int(np.iinfo(np.int64).min)
"""What a column holds where there is nothing. It equals nothing, not even itself."""

_MOST_KEYS, _MOST_TASKS = 100, 255

_ODD = np.uint64(0x9E3779B97F4A7C15)


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
    sides = _Side.checked(gauche, cles, "gauche"), _Side.checked(droite, cles, "droite")
    if executor is None or not cles:
        return _joined([_cascade(sides, cles, None, None)], sides[0].height)
    if any(par not in cle.egales for cle in cles):
        raise ColumnError(f"rows are shared out by a column that every key wants equal: {par!r} is none")
    spread = [side.spread(par, taches) for side in sides]
    parts = executor.map(partial(_share, sides, spread, tuple(cles)), range(taches))
    return _joined(list(parts), sides[0].height)


@attrs.frozen(eq=False)
class _Side:
    """The columns of one side, checked."""

    columns: dict[str, Rows]
    height: int
    holed: frozenset[str]
    """The columns in which something is absent."""

    @classmethod
    def checked(cls, columns: Columns, cles: Sequence[Cle], which: str) -> _Side:
        """Take the columns that *cles* read as int64; a bad one is refused by its name."""
        read: dict[str, Rows] = {}
        for cle in cles:
            for name in cle.colonnes:
                if name not in columns:
                    raise ColumnError(f"{which}: no column {name}, which the pass {cle.nom} reads")
                read[name] = _whole(columns[name], f"{which}.{name}")
        lengths = {name: len(column) for name, column in read.items()}
        if len(set(lengths.values())) > 1:
            raise ColumnError(f"{which}: columns of unequal lengths: {lengths}")
        for cle in cles:
            if cle.jour:
                _check_days(read[cle.jour], f"{which}.{cle.jour}, pass {cle.nom}")
        holed = frozenset(name for name, column in read.items() if int(column.min(initial=0)) == ABSENT)
        return cls(read, next(iter(lengths.values()), 0), holed)

    def with_key(self, cle: Cle, rows: Rows | None) -> Rows | None:
        """Return those of *rows* that hold everything that the key reads."""
        for name in self.holed.intersection(cle.colonnes):
            there = self.of(name, rows) != ABSENT
            rows = np.flatnonzero(there) if rows is None else rows[there]
        return rows

    def spread(self, name: str, taches: int) -> Taches:
        """Return the task of each row: that of its value in one column."""
        mixed = (self.columns[name].view(np.uint64) * _ODD) >> np.uint64(40)
        return (mixed % np.uint64(taches)).astype(np.uint8)

    def of(self, name: str, rows: Rows | None) -> Rows:
        return self.columns[name] if rows is None else self.columns[name][rows]


def _whole(given: npt.ArrayLike, name: str) -> Rows:
    """Return a column of whole numbers as int64."""
    try:
        column = np.asarray(given)
    except ValueError as error:  # lists of unequal lengths inside
        raise ColumnError(f"{name}: expected one number per row") from error
    if column.ndim != 1:
        raise ColumnError(f"{name}: a column has one dimension, not {column.ndim}")
    if column.size and column.dtype.kind not in "iu":
        raise ColumnError(f"{name}: expected whole numbers that int64 holds, got {column.dtype.name}")
    if column.dtype.kind == "u" and column.size and int(column.max()) > np.iinfo(np.int64).max:
        raise ColumnError(f"{name}: a number is too large for int64")
    return column.astype(np.int64, copy=False)


def _check_days(days: Rows, name: str) -> None:
    far = np.flatnonzero(((days > MOST_DAYS) | (days < -MOST_DAYS)) & (days != ABSENT))
    if len(far):
        raise ColumnError(f"{name}: a day out of range, at row {int(far[0])}")


def _share(sides: tuple[_Side, _Side], spread: Sequence[Taches], cles: Sequence[Cle], number: int) -> Appariement:
    """Pair the rows that fall to one task."""
    return _cascade(sides, cles, *(np.flatnonzero(tasks == number) for tasks in spread))


def _cascade(sides: tuple[_Side, _Side], cles: Sequence[Cle], left: Rows | None, right: Rows | None) -> Appariement:
    """Pair these rows of both sides, all of them for None."""
    free = np.ones(sides[0].height, dtype=np.bool_), np.ones(sides[1].height, dtype=np.bool_)
    mine, verdicts = [left, right], []
    for cle in cles:
        verdict = _judged(sides, cle, *mine)
        verdicts.append(verdict)
        for ends in (verdict.paires, verdict.equivalents):
            free[0][ends.left], free[1][ends.right] = False, False
        mine = [np.flatnonzero(one) if rows is None else rows[one[rows]] for one, rows in zip(free, mine, strict=True)]
    return _gathered(verdicts, free)


def _judged(sides: tuple[_Side, _Side], cle: Cle, left: Rows | None, right: Rows | None) -> Verdict:
    """Return what one key says of these rows, told by their numbers in the sides."""
    rows = [side.with_key(cle, mine) for side, mine in zip(sides, (left, right), strict=True)]
    codes = common_codes(
        *([side.of(name, mine) for name in cle.egales] for side, mine in zip(sides, rows, strict=True))
    )
    if not cle.jour:
        return judge_equal(codes, classes=cle.classes).of_rows(*rows)
    days = [side.of(cle.jour, mine) for side, mine in zip(sides, rows, strict=True)]
    return judge_in_window(codes, *days, before=cle.avant, after=cle.apres, classes=cle.classes).of_rows(*rows)


def _gathered(verdicts: Sequence[Verdict], free: tuple[Mask, Mask]) -> Appariement:
    """Put together what the keys settle, and the questions whose ends none of them took."""
    settled = [ends for verdict in verdicts for ends in (verdict.paires, verdict.equivalents)]
    numbers, before = [], 0
    for verdict in verdicts:
        numbers += [np.zeros(len(verdict.paires), dtype=np.int64), verdict.classes + before]
        before += int(verdict.classes.max(initial=0))
    asked = Edges.concat([verdict.questions for verdict in verdicts])
    of_key = _numbered([verdict.questions for verdict in verdicts]).astype(np.int8)
    still = free[0][asked.left] & free[1][asked.right]
    pairs = Edges.concat(settled)
    return Appariement(
        gauche=pairs.left,
        droite=pairs.right,
        passe=(_numbered(settled) // 2).astype(np.int8),
        classe=np.concatenate([np.zeros(0, dtype=np.int64), *numbers]),
        questions=asked.where(still),
        questions_passe=of_key[still],
    )


def _numbered(edges: Sequence[Edges]) -> npt.NDArray[np.int16]:
    """Return, for each edge of all of them, the number of those that it is of."""
    return np.repeat(np.arange(len(edges), dtype=np.int16), [len(one) for one in edges])


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
