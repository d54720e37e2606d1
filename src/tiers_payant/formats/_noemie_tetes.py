"""How the entities of a NOÉMIE stream begin: blanks passed over, number and level read, eight bytes at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tiers_payant.formats._digits import WORD, Matrix, Words
from tiers_payant.formats._layout import Layout

__all__ = ["BLANKS", "UNREADABLE", "Places", "Small", "head_words", "layout_lengths", "numbers_of"]

Places = npt.NDArray[np.int64]
Small = npt.NDArray[np.int16]

BLANKS = b" \0\r\n"
"""What may stand between entities, and pad them."""
UNREADABLE = -1
"""The number, or the level, of an entity that has none."""

_STEPS = 24
"""Of eight blanks each: what pads a block of 128 characters, and some more."""
_SPACES = np.uint64(0x2020202020202020)
_IS_BLANK = np.zeros(256, dtype=np.bool_)
_IS_BLANK[list(BLANKS)] = True
_LEADING = np.add(_IS_BLANK, _IS_BLANK[:, None] & _IS_BLANK, dtype=np.uint8).reshape(-1)
"""How many blanks two characters begin with, by the number that they make, the first one lowest."""


def head_words(data: Matrix, starts: Places, limits: Places) -> Words:
    """Move each of *starts* forward, in place, over what may stand between entities, up to its limit.

    Returns:
        The first characters of each entity, six at least, the first one lowest; beyond the stream they are end marks.
    """
    words = _words_at(data, starts)
    shift = _LEADING[words.astype(np.uint16)]
    if not shift.any():
        return words
    starts += shift
    words >>= (shift * 8).astype(np.uint64)
    again = np.flatnonzero(_IS_BLANK[words.astype(np.uint8)] & (starts < limits))
    if len(again):
        _skip_more(data, starts, limits, again)
        words[again] = _words_at(data, starts[again])
    return words


def _words_at(data: Matrix, starts: Places) -> Words:
    """Load eight bytes at each place."""
    last = len(data) - WORD
    safe = int(np.searchsorted(starts, last, side="right")) if last >= 0 else 0
    words = np.empty(len(starts), dtype="<u8")
    if safe:
        every: Words = np.ndarray((last + 1,), "<u8", data.data, strides=(1,))
        words[:safe] = every[starts[:safe]]
    for row in range(safe, len(starts)):
        tail = data[starts[row] :].tobytes().ljust(WORD, b"@")
        words[row] = int.from_bytes(tail, "little")
    return words


def _skip_more(data: Matrix, starts: Places, limits: Places, rows: Places) -> None:
    """Pass over runs of blanks of any length, those of *rows* alone: eight at a time, then one by one."""
    for _ in range(_STEPS):
        words = _words_at(data, starts[rows])
        starts[rows] += np.where((words == _SPACES) | (words == 0), WORD, _LEADING[words.astype(np.uint16)])
        starts[rows] = np.minimum(starts[rows], limits[rows])
        rows = rows[_IS_BLANK[data.take(starts[rows], mode="clip")] & (starts[rows] < limits[rows])]
        if not len(rows):
            return
    for row in rows.tolist():
        starts[row] += _leading(data, int(starts[row]), int(limits[row]))


def numbers_of(words: Words) -> tuple[Small, Small]:
    """Read the number (3 digits) and the level (2 digits) with which entities begin; `UNREADABLE` for what is not."""
    low = words.astype(np.uint32) ^ np.uint32(0x30303030)
    rest = (words >> np.uint64(24)).astype(np.uint16) ^ np.uint16(0x3030)
    numbers = ((low & 15) * np.uint32(100) + (low >> 8 & 15) * np.uint32(10) + (low >> 16 & 15)).astype(np.int16)
    levels = ((rest & 15) * np.uint16(10) + (rest >> 8)).astype(np.int16)
    odd = ((low + np.uint32(0x060606)) | low) & np.uint32(0xF0F0F0)
    if odd.any():
        numbers[odd != 0] = UNREADABLE
    odd_level = ((rest + np.uint16(0x0606)) | rest) & np.uint16(0xF0F0)
    if odd_level.any():
        levels[odd_level != 0] = UNREADABLE
    return numbers, levels


def layout_lengths(layout: Layout) -> Places:
    """Return the length of each entity by number, 0 for one that no layout describes; the last answers for none."""
    lengths = np.zeros(1001, dtype=np.int64)
    for code, record in layout.records.items():
        lengths[int(code)] = 0 if code in ("000", "999") else record.length
    return lengths


def _leading(data: Matrix, start: int, end: int) -> int:
    raw = data[start:end].tobytes()
    return len(raw) - len(raw.lstrip(BLANKS))
