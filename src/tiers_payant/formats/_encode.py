"""Columns to records: the mirror of `_decode`, over the same layouts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt

from tiers_payant.errors import ColumnError
from tiers_payant.formats._dates import date_table, digits_of
from tiers_payant.formats._digits import Matrix
from tiers_payant.formats._layout import Field, Record

__all__ = ["encode"]

Column = npt.NDArray[Any]

_SPACE, _ZERO, _NINE = 32, 48, 57


def encode(record: Record, length: int, columns: Mapping[str, object]) -> Matrix:
    """Write *length* records; fields not given become their constant, blanks or zeros.

    Args:
        record: The layout.
        length: How many records.
        columns: Values by field id: arrays of *length* values, or one value for all.

    Returns:
        uint8, one row per record.

    Raises:
        ColumnError: A value that the field cannot hold: it is never cut silently.
    """
    matrix = np.tile(np.frombuffer(record.blank, dtype=np.uint8), (length, 1))
    for name, value in columns.items():
        field = record.field(name)
        if field.type != "constante":
            letters = matrix[:, field.first - 1 : field.last]
            _WRITERS[field.type](letters, np.broadcast_to(np.asarray(value), (length,)), field, record)
    return matrix


def _write_text(letters: Matrix, values: Column, field: Field, record: Record) -> None:
    texts = values if values.dtype.kind == "S" else _latin(values, field, record)
    if texts.dtype.itemsize > field.width and np.char.str_len(texts).max(initial=0) > field.width:
        raise ColumnError(f"{record.id}.{field.id}: a text is longer than {field.width} characters")
    narrow = np.ascontiguousarray(texts.astype(f"S{field.width}"))
    raw = narrow.view(np.uint8).reshape(len(values), field.width)
    letters[:] = np.where(raw == 0, _SPACE, raw)


def _latin(values: Column, field: Field, record: Record) -> Column:
    with suppress(UnicodeEncodeError):
        return np.array([str(value).encode("latin-1") for value in values], dtype="S")
    # Not chained: that error holds the text, which may be health data.
    raise ColumnError(f"{record.id}.{field.id}: a text is not latin-1")


def _write_digits(letters: Matrix, values: Column, field: Field, record: Record) -> None:
    """Digits given as text are right-justified with zeros; none at all stays blank."""
    texts = values if values.dtype.kind == "S" else _latin(values, field, record)
    padded = np.where(texts == b"", b"", np.char.zfill(texts, field.width)) if len(texts) else texts
    _write_text(letters, padded, field, record)
    digits, blank = (letters >= _ZERO) & (letters <= _NINE), letters == _SPACE
    if not (digits.all(axis=1) | blank.all(axis=1)).all():
        raise ColumnError(f"{record.id}.{field.id}: a text holds more than digits")


def _write_integer(letters: Matrix, values: Column, field: Field, record: Record) -> None:
    if values.dtype.kind not in "biu":
        raise ColumnError(f"{record.id}.{field.id}: whole numbers are expected, not {values.dtype.name}")
    rest = values.astype(np.int64)
    if (rest < 0).any() or (rest >= 10**field.width).any():
        raise ColumnError(f"{record.id}.{field.id}: a number does not fit {field.width} unsigned digits")
    for place in range(field.width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        letters[:, place] = digit + _ZERO


def _write_date(letters: Matrix, values: Column, field: Field, record: Record) -> None:
    days = values.astype("datetime64[D]")
    numbers = digits_of(days, field.format)
    if ((date_table(field.format)[numbers] != days) & ~np.isnat(days)).any():
        raise ColumnError(f"{record.id}.{field.id}: two digits cannot write a year before 1970 or after 2069")
    _write_integer(letters, numbers, field, record)


def _write_sign(letters: Matrix, values: Column, field: Field, record: Record) -> None:
    letters[:, 0] = np.where(values < 0, ord("N"), ord("P"))


def _write_overpunched(letters: Matrix, values: Column, field: Field, record: Record) -> None:
    _write_integer(letters, np.abs(values), field, record)
    units = letters[:, -1] - _ZERO
    credit, debit = (np.frombuffer(chars, dtype=np.uint8) for chars in (b"{ABCDEFGHI", b"}JKLMNOPQR"))
    letters[:, -1] = np.where(values < 0, debit[units], credit[units])


_WRITERS = {
    "texte": _write_text,
    "blanc": _write_text,
    "chiffres": _write_digits,
    "entier": _write_integer,
    "cents": _write_integer,
    "date": _write_date,
    "signe": _write_sign,
    "cents_signes": _write_overpunched,
}
