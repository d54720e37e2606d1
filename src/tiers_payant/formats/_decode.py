"""Records to columns: one engine reads every layout.

Work is done in blocks that stay in the processor's cache, field by field, never row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import ProblemLog
from tiers_payant.errors import shape
from tiers_payant.formats._dates import date_table
from tiers_payant.formats._digits import WORD, Matrix, integers, non_digits
from tiers_payant.formats._layout import Field, Record

__all__ = ["Decoded", "decode", "gather"]

Column = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
Offsets = npt.NDArray[np.int64]

BLOCK = 8192
"""Records decoded at a time: a megabyte of 128-byte records, which the cache holds."""

_SPACE, _NUL = 32, 0

_SIGNS = np.zeros(256, dtype=np.int8)
_SIGNS[[ord("P"), _SPACE, _NUL]] = 1
_SIGNS[ord("N")] = -1

_OVERPUNCH_DIGITS = np.full(256, 255, dtype=np.uint8)
_OVERPUNCH_SIGNS = np.ones(256, dtype=np.int64)
for _digit, (_credit, _debit) in enumerate(zip("{ABCDEFGHI", "}JKLMNOPQR", strict=True)):
    # French EBCDIC prints `é` for the first and `è` for the second; transcribed files may hold them, or lower case.
    for _char in {_credit, _credit.lower(), "é" if _digit == 0 else _credit}:
        _OVERPUNCH_DIGITS[ord(_char)] = _digit
    for _char in {_debit, _debit.lower(), "è" if _digit == 0 else _debit}:
        _OVERPUNCH_DIGITS[ord(_char)] = _digit
        _OVERPUNCH_SIGNS[ord(_char)] = -1


@attrs.frozen
class Decoded:
    """The columns of one kind of record, in file order, and the rows that could not be read."""

    columns: dict[str, Column]
    bad: Mask

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.bad)


def gather(stream: Matrix, starts: Offsets, length: int) -> Matrix:
    """Copy the records of *length* bytes that begin at *starts* of a flat *stream* into the rows of a matrix."""
    if not len(starts):
        return np.empty((0, length), dtype=np.uint8)
    # As opaque items of *length* bytes, one at every byte: numpy copies an item at once, twice as fast as its bytes.
    windows: Column = np.ndarray((len(stream) - length + 1,), f"V{length}", stream.data, strides=(1,))
    return windows[starts].view(np.uint8).reshape(len(starts), length)


def decode(
    record: Record,
    stream: Matrix,
    starts: Offsets,
    names: Sequence[str],
    log: ProblemLog,
    offsets: Offsets | Callable[[Offsets], Offsets] | None = None,
    deciding: Collection[str] | None = None,
) -> Decoded:
    """Read fields of the records that begin at *starts*.

    Args:
        record: The layout of these records.
        stream: The bytes, flat; every record lies wholly inside.
        starts: Where each record begins in *stream*, int64.
        names: The fields wanted. A constant by which the caller chose these records need not be asked for.
        log: Where unreadable fields are told.
        offsets: Where each record begins in the file, or what tells it of places of *stream*, when the two differ.
        deciding: The fields without which a record is worth nothing; all of them when not given. The others are told
            when they are unreadable, and left absent.

    Returns:
        One column per name. `texte` and `chiffres` are bytes without trailing blanks, `entier` and `cents` are int64
        (int32 up to 9 digits), `date` is datetime64[D] with NaT for blank or zeros, `signe` is int8.
    """
    plan = _plan(record, tuple(names))
    columns = {field.id: _empty(field, len(starts)) for field, _ in plan.fields}
    padded = {field.id for field, _ in plan.fields if field.type in ("texte", "constante", "blanc")}
    bad = np.zeros(len(starts), dtype=np.bool_)
    for rows in _blocks(len(starts)):
        matrix = gather(stream, starts[rows] + plan.before, plan.width)
        for field, shifted in plan.fields:
            values, wrong = _READERS[field.type](matrix, shifted)
            columns[field.id][rows] = values
            if wrong is None:
                continue
            padded.add(field.id)
            if wrong.any():
                if deciding is None or field.id in deciding:
                    bad[rows] |= wrong
                _tell(
                    log, field, matrix[wrong, shifted.first - 1 : shifted.last], _places(starts, offsets, rows, wrong)
                )
    return Decoded({name: _finish(column) if name in padded else column for name, column in columns.items()}, bad)


def _places(
    starts: Offsets, offsets: Offsets | Callable[[Offsets], Offsets] | None, rows: slice, wrong: Mask
) -> Offsets:
    if callable(offsets):
        return offsets(starts[rows][wrong])
    return (starts if offsets is None else offsets)[rows][wrong]


@attrs.frozen
class _Plan:
    """Which columns of a record to copy, and where each wanted field stands among them."""

    before: int
    width: int
    fields: tuple[tuple[Field, Field], ...]


@cache
def _plan(record: Record, names: tuple[str, ...]) -> _Plan:
    """Copy no more of each record than from its first wanted column to its last, and at least one word."""
    fields = [record.field(name) for name in names]
    last = max((field.last for field in fields), default=WORD)
    before = max(0, min(min((field.first for field in fields), default=1) - 1, last - WORD, record.length - WORD))
    moved = [attrs.evolve(field, first=field.first - before, last=field.last - before) for field in fields]
    return _Plan(before, max(last - before, WORD), tuple(zip(fields, moved, strict=True)))


def _blocks(length: int) -> Iterator[slice]:
    for start in range(0, length, BLOCK):
        yield slice(start, min(start + BLOCK, length))


_INT32_DIGITS = 9


def _empty(field: Field, length: int) -> Column:
    if field.type in ("texte", "chiffres", "constante", "blanc"):
        return np.empty(length, dtype=f"S{field.width}")
    if field.type == "date":
        return np.empty(length, dtype="datetime64[D]")
    if field.type == "signe":
        return np.empty(length, dtype=np.int8)
    return np.empty(length, dtype=np.int32 if field.width <= _INT32_DIGITS else np.int64)


def _finish(column: Column) -> Column:
    """Turn trailing blanks into nothing: numpy drops trailing NULs of bytes by itself, but not spaces."""
    if column.dtype.kind != "S" or not len(column):
        return column
    letters = column.view(np.uint8).reshape(len(column), -1)
    rows: Any = slice(None)
    for place in range(letters.shape[1] - 1, -1, -1):
        last = letters[rows, place]
        blank = (last == _SPACE) | (last == _NUL)
        if not blank.any():
            break
        rows = np.flatnonzero(blank) if isinstance(rows, slice) else rows[blank]
        letters[rows, place] = _NUL
    return column


Read = tuple[Column, Mask | None]


def _letters(matrix: Matrix, field: Field) -> npt.NDArray[np.bytes_]:
    """Return one item per row, without a copy: numpy then moves items, not letters."""
    place, length = field.first - 1, matrix.shape[1]
    buffer = matrix.data if len(matrix) else bytes(length)
    return np.ndarray((len(matrix),), f"S{field.width}", buffer, offset=place, strides=(length,))


def _read_text(matrix: Matrix, field: Field) -> Read:
    return _letters(matrix, field), None


def _read_constant(matrix: Matrix, field: Field) -> Read:
    return _letters(matrix, field), _letters(matrix, field) != field.value.encode("latin-1")


def _read_digits(matrix: Matrix, field: Field) -> Read:
    letters, wrong = _letters(matrix, field), _not_number(matrix, field)
    if wrong is None or not wrong.any():
        return letters, wrong
    return np.where(wrong, np.bytes_(b""), letters), wrong


def _read_integer(matrix: Matrix, field: Field) -> Read:
    values, odd = integers(matrix, field.first, field.last)
    if not odd.any():
        return values, None
    values[odd] = 0
    return values, _wrong(matrix, field, odd)


def _read_date(matrix: Matrix, field: Field) -> Read:
    numbers, wrong = _read_integer(matrix, field)
    dates = date_table(field.format)[numbers]
    missing = np.isnat(dates)
    if not missing.any():
        return dates, wrong
    odd = missing if field.required else missing & (numbers != 0)
    return dates, odd if wrong is None else odd | wrong


def _read_sign(matrix: Matrix, field: Field) -> Read:
    signs = _SIGNS[matrix[:, field.first - 1]]
    return signs, signs == 0


def _read_overpunched(matrix: Matrix, field: Field) -> Read:
    last = matrix[:, field.last - 1]
    units = _OVERPUNCH_DIGITS[last]
    tens, odd = integers(matrix, field.first, field.last - 1)
    wrong = (units > 9) | odd
    values = (tens * 10 + units) * _OVERPUNCH_SIGNS[last]
    values[wrong] = 0
    return values, wrong


_READERS = {
    "texte": _read_text,
    "blanc": _read_text,
    "constante": _read_constant,
    "chiffres": _read_digits,
    "entier": _read_integer,
    "cents": _read_integer,
    "date": _read_date,
    "signe": _read_sign,
    "cents_signes": _read_overpunched,
}


def _not_number(matrix: Matrix, field: Field) -> Mask | None:
    odd = non_digits(matrix, field.first, field.last)
    return _wrong(matrix, field, odd) if odd.any() else None


def _wrong(matrix: Matrix, field: Field, odd: Mask) -> Mask:
    """A number left blank is an absent number; it is wrong only where the layout requires it."""
    if field.required:
        return odd
    letters = matrix[odd, field.first - 1 : field.last]
    wrong = odd.copy()
    wrong[odd] = ((letters != _SPACE) & (letters != _NUL)).any(axis=1)
    return wrong


def _tell(log: ProblemLog, field: Field, letters: Matrix, offsets: Offsets) -> None:
    shapes: Iterable[str] = (shape(bytes(row)) for row in letters)
    code, params = _expectation(field)
    log.add_rows(code, offsets, shapes, column=field.first, field=field.id, **params)  # type: ignore[arg-type]


def _expectation(field: Field) -> tuple[str, dict[str, object]]:
    if field.type == "date":
        return "DATE_ATTENDUE", {"format": field.format}
    if field.type == "constante":
        return "VALEUR_ATTENDUE", {"attendu": repr(field.value)}
    if field.type == "signe":
        return "VALEUR_ATTENDUE", {"attendu": "P, N"}
    return "CHIFFRES_ATTENDUS", {"largeur": field.width}
