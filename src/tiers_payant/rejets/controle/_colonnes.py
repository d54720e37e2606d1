"""Columns of text asked without a loop: blanks, digits, numbers, codes of a list. Any bytes get an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Examen

__all__ = [
    "Ints",
    "Letters",
    "Mask",
    "Rows",
    "Textes",
    "blank",
    "digits",
    "is_luhn",
    "letters",
    "number",
    "one_of",
    "rows_of",
    "unlisted",
]

Ints = npt.NDArray[np.int64]
Letters = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Textes = npt.NDArray[np.bytes_]

_ZERO, _NINE, _SPACE = 48, 57, 32
_WORD = 8
"""Characters of a code that fit a word; every list known has shorter ones."""


def rows_of(mask: Callable[[Examen], Mask]) -> Callable[[Examen], Rows]:
    """Turn a function that tells the factures at fault into one that gives their rows."""

    def rows(examen: Examen) -> Rows:
        return np.flatnonzero(mask(examen))

    return rows


def letters(column: Textes, width: int = 0) -> Letters:
    """Return the bytes of a column, one row each; of that *width* when it is given, longer texts cut."""
    wanted = max(width or column.dtype.itemsize, 1)
    fixed = np.ascontiguousarray(column.astype(f"S{wanted}"))
    return fixed.view(np.uint8).reshape(len(column), wanted)


def blank(column: Textes) -> Mask:
    """Tell the texts that say nothing: empty, or zeros and spaces alone, as an unfilled field is written."""
    shown = letters(column)
    nothing: Mask = ((shown == 0) | (shown == _ZERO) | (shown == _SPACE)).all(axis=1)
    return nothing


def digits(column: Textes, *widths: int) -> Mask:
    """Tell the texts that are digits alone, and as many as one of *widths*."""
    shown = letters(column)
    figure = (shown >= _ZERO) & (shown <= _NINE)
    length = figure.sum(axis=1)
    # Digits first, then nothing: the padding of the column.
    inside = np.arange(shown.shape[1]) < length[:, None]
    whole: Mask = (figure == inside).all(axis=1) & ((shown == 0) | figure).all(axis=1)
    return whole & np.isin(length, widths)


def number(shown: Letters) -> Ints:
    """Read rows of digits as numbers; what other bytes give means nothing."""
    total = np.zeros(len(shown), dtype=np.int64)
    for place in range(shown.shape[1]):
        total = total * 10 + (shown[:, place].astype(np.int64) - _ZERO)
    return total


def one_of(column: Textes, codes: Collection[bytes]) -> Mask:
    """Tell the texts that are one of *codes*, none longer than eight bytes."""
    if not codes:
        return np.zeros(len(column), dtype=np.bool_)
    known = letters(np.array(sorted(codes), dtype="S"), _WORD).view(np.uint64).ravel()
    words = letters(column, _WORD).view(np.uint64).ravel()
    found: Mask = np.isin(words, known)
    if column.dtype.itemsize > _WORD:
        found &= (letters(column)[:, _WORD:] == 0).all(axis=1)
    return found


def unlisted(column: Textes, codes: Collection[bytes]) -> Mask:
    """Tell the texts that say something, and none of *codes*; none of them when no code is known."""
    return ~blank(column) & ~one_of(column, codes) if codes else np.zeros(len(column), dtype=np.bool_)


def is_luhn(shown: Letters) -> Mask:
    """Tell the rows of digits whose last one is the Luhn key of the others (FNMF annex 102)."""
    total = np.zeros(len(shown), dtype=np.int64)
    for rank in range(shown.shape[1]):
        figure = shown[:, -1 - rank].astype(np.int64) - _ZERO
        doubled = figure * (1 + rank % 2)
        total += doubled - 9 * (doubled > 9)
    agrees: Mask = total % 10 == 0
    return agrees
