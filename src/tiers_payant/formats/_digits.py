"""Eight digits at a time: text columns become integers without a loop over the rows.

Eight bytes are loaded as one little-endian 64-bit word, so that the last character is its most significant byte. Two
multiplications then add the digits up pair by pair, four by four, eight by eight. Measured on blocks of 8192 records
of 128 bytes, this is twice as fast as transposing the block and folding digit by digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["WORD", "Matrix", "Words", "integers", "non_digits"]

Matrix = npt.NDArray[np.uint8]
"""Records as bytes: one row each, C-contiguous, at least 8 columns."""
Words = npt.NDArray[np.uint64]

WORD = 8
"""Characters read at a time."""
_ZEROS = np.uint64(0x3030303030303030)
_SIXES = np.uint64(0x0606060606060606)
_HIGHS = np.uint64(0xF0F0F0F0F0F0F0F0)
_PAIRS = np.uint64(0x000000FF000000FF)
_BY_100 = np.uint64(100 + (1_000_000 << 32))
_BY_10000 = np.uint64(1 + (10_000 << 32))


def integers(matrix: Matrix, first: int, last: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Read columns *first* to *last* as integers.

    Args:
        matrix: The records.
        first: First column, from 1.
        last: Last column; at most 18 digits.

    Returns:
        The numbers, int64, and the rows in which a character is no digit, whose number means nothing.
    """
    windows = _windows(first, last)
    word = _digits(matrix, *next(windows))
    total, odd = _eight(word).view(np.int64), _odd(word)
    scale = 10**WORD  # only the first columns of a number are read by fewer than eight
    for window in windows:
        word = _digits(matrix, *window)
        total += _eight(word).view(np.int64) * scale
        odd |= _odd(word)
        scale *= 10**WORD
    return total, odd


def non_digits(matrix: Matrix, first: int, last: int) -> npt.NDArray[np.bool_]:
    """Return the rows in which a character of columns *first* to *last* is no digit."""
    windows = _windows(first, last)
    found = _odd(_digits(matrix, *next(windows)))
    for window in windows:
        found |= _odd(_digits(matrix, *window))
    return found


def _odd(word: Words) -> npt.NDArray[np.bool_]:
    odd: npt.NDArray[np.bool_] = ((word + _SIXES) | word) & _HIGHS != 0
    return odd


def _windows(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Cut columns into runs of at most eight, the last ones first."""
    while last >= first:
        start = max(first, last - WORD + 1)
        yield start, last
        last = start - 1


def _digits(matrix: Matrix, first: int, last: int) -> Words:
    """Load columns *first* to *last*, at most eight, as digit values; the bytes before them are zero."""
    start = max(0, last - WORD)
    word: Words = np.ndarray(
        shape=(len(matrix),), dtype="<u8", buffer=_readable(matrix), offset=start, strides=(matrix.shape[1],)
    )
    if last < WORD:
        word = word << np.uint64(8 * (WORD - last))
    kept = np.uint64(2**64 - 2 ** (8 * (WORD - (last - first + 1))))
    return (word ^ _ZEROS) & kept


def _readable(matrix: Matrix) -> Any:
    return matrix.data if len(matrix) else np.zeros(WORD, dtype=np.uint8).data


def _eight(word: Words) -> Words:
    pairs = word * np.uint64(10) + (word >> np.uint64(8))
    low = (pairs & _PAIRS) * _BY_100
    high = ((pairs >> np.uint64(16)) & _PAIRS) * _BY_10000
    return (low + high) >> np.uint64(32)
