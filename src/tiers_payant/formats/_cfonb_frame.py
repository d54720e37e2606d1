"""Where the records of a CFONB file start, whatever was done to its line breaks.

Met in the field: LF or CRLF, no line break at all, blank lines anywhere, trailing blanks lost, text turned into UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import ProblemLog
from tiers_payant.domain.tables import Bruts
from tiers_payant.formats._digits import Matrix
from tiers_payant.formats._parts import last_sequence

__all__ = [
    "CFONB120",
    "CFONB240",
    "Frame",
    "Shape",
    "end_of_statements",
    "frame",
    "openings",
    "raw_lines",
    "raw_records",
    "records",
    "tell",
]

_LF, _CR = 10, 13
_MARK = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8."""
_LONGEST_LETTER = 4
"""Bytes of the longest letter of UTF-8."""
_LEAD = 0xC0
"""The least byte that begins one of several."""
_BLANKS = b" \t\0\x1a"
"""What may stand alone on a line without being missed; 0x1A is how DOS ends a text."""

Rows = npt.NDArray[np.int64]
_NO_ROWS: Rows = np.empty(0, dtype=np.int64)


@attrs.frozen(eq=False)
class Shape:
    """The records of one format: how long they are, and how they start."""

    length: int
    codes: tuple[bytes, ...]
    """All that may start a record, those kept raw included: two characters, the first of them the same in all."""
    least: Mapping[bytes, int]
    """Last column that a record cannot do without; what stands after may have been lost with the trailing blanks."""
    opening: bytes
    """Code of the record that opens a statement."""
    closing: bytes
    """Code of the one that closes it."""

    def knows(self, stream: Matrix, rows: Rows) -> npt.NDArray[np.bool_]:
        """Tell which of the records that start there start with one of the codes."""
        kinds = np.frombuffer(b"".join(code[1:] for code in self.codes), dtype=np.uint8)
        known: npt.NDArray[np.bool_] = (stream[rows] == self.codes[0][0]) & np.isin(stream[rows + 1], kinds)
        return known


CFONB120 = Shape(
    length=120,
    codes=(b"01", b"04", b"05", b"07"),
    least={b"01": 104, b"04": 104, b"05": 48, b"07": 104},
    opening=b"01",
    closing=b"07",
)
CFONB240 = Shape(
    length=240,
    codes=tuple(b"3%d" % kind for kind in range(1, 10)),
    least={b"31": 128},
    opening=b"31",
    closing=b"39",
)


@attrs.frozen(eq=False)
class Frame:
    """Whole records: where each starts in `stream` and in the file; and the lines that are none."""

    shape: Shape
    stream: Matrix
    starts: Rows
    offsets: Rows
    broken: tuple[tuple[int, bytes], ...]
    """Offset and bytes of each line that holds no record."""
    completed: tuple[tuple[int, int], ...]
    """Offset and length of each line that was completed with blanks."""
    odd: int
    """Lines of another length than a record, trailing blanks included."""


def frame(content: memoryview, shape: Shape) -> Frame:
    """Find the records of a file; latin-1 unless only UTF-8 makes sense of it.

    The norm allows capitals without accents, yet banks write accents in latin-1. A file that some tool turned into
    UTF-8 has longer lines: when some are of a wrong length, it is turned back, unless that leaves more of them. As many
    may be left: a file without line breaks is one line either way, and accents of latin-1 are no UTF-8 by chance.
    """
    stream = np.frombuffer(content, dtype=np.uint8)
    found = _framed(stream, np.empty(0, dtype=np.int64), shape)
    if not found.odd or stream.max() < 0x80:
        return found
    try:
        text = bytes(content).decode("utf-8-sig").encode("latin-1", "replace")
    except UnicodeDecodeError:
        return found
    letters = np.flatnonzero((stream & 0xC0) != 0x80)
    places = letters[letters >= _mark(stream)]
    again = _framed(np.frombuffer(text, dtype=np.uint8), places, shape)
    return again if again.odd <= found.odd else found


def end_of_statements(content: memoryview, shape: Shape) -> int:
    """Return where the last statement that stands whole at the beginning of a file ends; 0 when there is none.

    It ends with a closing record, right before an opening one. In a line of several records, two more must follow in
    step: the last of those that precede a loss of step is not trusted, and what stands before them decides of others.

    Args:
        content: The beginning of a file, which may end inside a record.
        shape: The format.
    """
    whole = _whole_letters(content)
    found = frame(whole, shape)
    in_step = np.diff(found.starts, append=-1) == shape.length
    in_step[:-1] &= in_step[1:].copy()
    before = np.frombuffer(whole, dtype=np.uint8)[found.offsets - 1]
    opens = _are(found, shape.opening) & (in_step | (before == _LF) | (before == _CR))
    return last_sequence(_are(found, shape.closing), opens, found.offsets)


def _are(found: Frame, code: bytes) -> npt.NDArray[np.bool_]:
    """Tell which records have that code."""
    same: npt.NDArray[np.bool_] = (found.stream[found.starts] == code[0]) & (found.stream[found.starts + 1] == code[1])
    return same


def _whole_letters(content: memoryview) -> memoryview:
    """Leave out the last letter of UTF-8, whose end may not be there: half of it would make all the rest latin-1."""
    for size in range(1, min(_LONGEST_LETTER, len(content))):
        if content[-size] >= _LEAD:
            return content[:-size]
    return content


def tell(found: Frame, log: ProblemLog) -> None:
    """Report the lines of a wrong length."""
    for offset, length in found.completed:
        log.add("LIGNE_COMPLETEE", offset=offset, trouve=length, attendu=found.shape.length)
    for offset, line in found.broken:
        code = line[:2].decode("ascii") if line[:2] in found.shape.codes else "??"
        log.add("ENREGISTREMENT_LONGUEUR", offset=offset, code=code, attendu=found.shape.length, trouve=len(line))


def _framed(stream: Matrix, places: Rows, shape: Shape) -> Frame:
    """Frame the lines of *stream*, whose bytes stand at *places* of the file (empty: where they are)."""
    starts, lengths = _lines(stream)
    whole = lengths == shape.length
    regular: list[Rows] = [starts[whole]]
    broken: list[tuple[int, bytes]] = []
    short: list[tuple[int, bytes]] = []
    for start, length in zip(starts[~whole].tolist(), lengths[~whole].tolist(), strict=True):
        rows, rest, readable = _odd_line(stream, start, length, shape)
        if len(rows):
            regular.append(rows)
        if rest.strip(_BLANKS):
            (short if readable else broken).append((start + length - len(rest), rest))
    joined = np.concatenate(regular)
    added = np.arange(len(short), dtype=np.int64) * shape.length + len(stream)
    padded = b"".join(rest.ljust(shape.length) for _, rest in short)
    offsets = np.concatenate([joined, np.array([start for start, _ in short], dtype=np.int64)])
    order = np.argsort(offsets, kind="stable")

    def place(offset: int) -> int:
        return int(places[offset]) if len(places) else offset

    return Frame(
        shape=shape,
        stream=np.concatenate([stream, np.frombuffer(padded, dtype=np.uint8)]) if short else stream,
        starts=np.concatenate([joined, added])[order],
        offsets=places[offsets[order]] if len(places) else offsets[order],
        broken=tuple((place(start), line) for start, line in broken),
        completed=tuple((place(start), len(line)) for start, line in short),
        odd=int((~whole).sum()),
    )


def _lines(stream: Matrix) -> tuple[Rows, Rows]:
    """Return the start and the length of every line; a byte order mark is no part of the first."""
    breaks = np.flatnonzero((stream == _LF) | (stream == _CR))
    starts = np.concatenate([[_mark(stream)], breaks + 1])
    lengths = np.concatenate([breaks, [len(stream)]]) - starts
    kept = lengths > 0
    return starts[kept], lengths[kept]


def _mark(stream: Matrix) -> int:
    """Return the length of the byte order mark that a file starts with."""
    return len(_MARK) if stream[: len(_MARK)].tobytes() == _MARK else 0


def _odd_line(stream: Matrix, start: int, length: int, shape: Shape) -> tuple[Rows, bytes, bool]:
    """Take the records out of a line of another length.

    Many records on one line, whole or cut at the end, are a file without line breaks. Where such a file loses its
    step, the last record in step may be the one that holds a character too many: it is not trusted.

    Returns:
        The starts of the whole records; the bytes left over; and whether these are a record that lost its end.
    """
    width = shape.length
    if length < width:  # by itself: files of junk have such lines by the million
        rest = stream[start : start + length].tobytes()
        return _NO_ROWS, rest, len(rest) >= shape.least.get(rest[:2], width)
    count = length // width
    rows = start + np.arange(count, dtype=np.int64) * width
    known = shape.knows(stream, rows)
    if not known.all():
        count = max(0, int(np.argmin(known)) - 1)
    rest = stream[start + count * width : start + length].tobytes()
    if known.all() and (count != 1 or not rest.strip(_BLANKS) or rest[:2] in shape.codes):
        return rows, rest, len(rest) >= shape.least.get(rest[:2], width)
    count = count if count > 1 else 0
    return rows[:count], stream[start + count * width : start + length].tobytes(), False


def records(found: Frame, rows: Rows) -> Iterator[tuple[int, bytes]]:
    """Yield the offset and the bytes of the records of these numbers."""
    for row in rows.tolist():
        start = int(found.starts[row])
        yield int(found.offsets[row]), found.stream[start : start + found.shape.length].tobytes()


def openings(found: Frame) -> Iterator[bytes]:
    """Yield every record that opens a statement."""
    return (record for _, record in records(found, np.flatnonzero(_are(found, found.shape.opening))))


def raw_records(found: Frame, rows: Rows) -> Bruts:
    """Return the records of these numbers as raw rows."""
    return _bruts(list(records(found, rows)))


def raw_lines(found: Frame) -> Bruts:
    """Return the lines that hold no record as raw rows."""
    return _bruts(found.broken)


def _bruts(kept: Sequence[tuple[int, bytes]]) -> Bruts:
    return Bruts.of(
        len(kept),
        code=np.array([content[:2] for _, content in kept], dtype="S2"),
        contenu=np.array([content.decode("latin-1") for _, content in kept], dtype=object),
        source=np.zeros(len(kept), dtype=np.int32),
        octet=np.array([offset for offset, _ in kept], dtype=np.int64),
    )
