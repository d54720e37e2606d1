"""The three physical forms of a NOÉMIE return, undone and made: one flat stream of entities, and the fixed records.

Framing 1, `blocs`: blocks of 128 characters; the 000 and the 999 are whole blocks, every other block is a continuation
character (`0` more, `1` last) and 127 characters of the stream. Framing 2, `longueurs`: records of a 4-digit length,
the content, and CR LF. Framing 3, `nu`: the 000, the entities and the 999 one after the other, on one line or several.
No source gives more than one of them (formats-amo 1.1, confidence C each): the caller can always impose one.

A stream keeps the fixed records at their place, as holes where no entity is looked for. A place in the stream goes back
to a byte of the file by arithmetic (`blocs`), by the table of its records (`longueurs`), or as it is (`nu`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.formats._digits import Matrix
from tiers_payant.formats._layout import Layout
from tiers_payant.formats._problems import ProblemLog

__all__ = ["BLANKS", "CADRAGES", "FIXED", "MARK", "Flux", "Places", "Section", "frame", "skip_blanks", "unframe"]

Places = npt.NDArray[np.int64]

CADRAGES = ("blocs", "longueurs", "nu")
FIXED = 128
"""Length of the 000 and of the 999, which have no end mark."""
MARK = ord("@")
"""Ends every entity."""
BLANKS = b" \0\r\n"
"""What may stand between entities, and pad them."""

_DATA = FIXED - 1
_PHYSICAL = 2056
_PREFIX = 4
_TRIED = 1 << 16
_FEW = 4
_PERFECT = 3
_IS_BLANK = np.zeros(256, dtype=np.bool_)
_IS_BLANK[list(BLANKS)] = True


@attrs.frozen(eq=False)
class Flux:
    """The entities of a file, framing undone, and where its fixed records are."""

    cadrage: str
    data: Matrix
    """The stream, flat."""
    marks: Places
    """Every end mark of the stream, those inside fixed records left out."""
    debuts: Places
    """Where each fixed record begins in the stream."""
    fins: Places
    """Where each fixed record ends in the stream."""
    fixes: Matrix
    """The fixed records, 128 bytes each."""
    octets: Places
    """Byte of the file where each fixed record begins."""
    rangs: Places
    """Rank of each fixed record among the physical records of the file; empty when there are no such records."""
    to_file: Callable[[Places], Places]
    """Turn places of the stream into bytes of the file."""

    def starts(self) -> Places:
        """Return where each entity begins: after the one before it, or after the fixed record between the two."""
        starts = np.empty(len(self.marks), dtype=np.int64)
        starts[:1] = 0
        np.add(self.marks[:-1], 1, out=starts[1:])
        following = np.searchsorted(self.marks, self.fins)
        some = following < len(starts)
        np.maximum.at(starts, following[some], self.fins[some])
        skip_blanks(self.data, starts, self.marks)
        return starts


def unframe(data: Matrix, layout: Layout, log: ProblemLog, cadrage: str = "") -> Flux:
    """Undo the framing of a whole file.

    Args:
        data: The file, flat.
        layout: The entities, whose lengths tell which framing makes sense.
        log: Where a framing that breaks is told.
        cadrage: One of `CADRAGES`; when empty, the one under which the head of the file holds the most well-formed
            entities.
    """
    return _UNFRAMERS[cadrage or detect(data, layout)](data, log)


def detect(data: Matrix, layout: Layout) -> str:
    """Return the framing under which the head of the file holds the most well-formed entities."""
    head = data[:_TRIED]
    scores: dict[str, int] = {}
    for cadrage in _plausible(head):
        flux = _UNFRAMERS[cadrage](head, ProblemLog(""))
        scores[cadrage] = _score(flux, layout)
        if 0 < scores[cadrage] == _PERFECT * len(flux.marks):
            break
    return max(scores, key=lambda cadrage: scores[cadrage])


def _plausible(head: Matrix) -> tuple[str, ...]:
    """The framings worth trying; the first wins a tie."""
    if bytes(head[: _PREFIX + 3]).isdigit() and bytes(head[_PREFIX : _PREFIX + 3]) in (b"000", b"999"):
        return CADRAGES[1:]
    return ("blocs", "nu") if len(head) % FIXED == 0 else ("nu", "blocs")


def _score(flux: Flux, layout: Layout) -> int:
    """Two points for an entity of known number and right length, one for five digits at its start: three at most."""
    lengths = {code: record.length for code, record in layout.records.items()}
    points = 0
    for start, mark in zip(flux.starts().tolist(), flux.marks.tolist(), strict=True):
        entity = bytes(flux.data[start : mark + 1])
        points += entity[:5].isdigit() + 2 * (lengths.get(entity[:3].decode("latin-1")) == len(entity))
    return points


# --- blocs


def _unframe_blocs(data: Matrix, log: ProblemLog) -> Flux:
    stride = _stride(data)
    blocks = _blocks(data, stride)
    first, second, third = np.ascontiguousarray(blocks[:, :3].T)  # one pass over the file, not one per column
    ends = (first == ord("9")) & (second == ord("9")) & (third == ord("9"))
    zeros = (first == ord("0")) & (second == ord("0")) & (third == ord("0"))
    heads = _headers(blocks, np.flatnonzero(zeros), ends)
    broken = ~(ends | heads | (first == ord("0")) | (first == ord("1")))
    for block in np.flatnonzero(broken).tolist():
        log.add("NOEMIE_CADRAGE", offset=block * stride, cadrage="blocs")
    fixed = np.flatnonzero(heads | ends)
    stream = np.ascontiguousarray(blocks[:, 1:]).reshape(-1)
    debuts = fixed * _DATA
    return Flux(
        cadrage="blocs",
        data=stream,
        marks=_marks(stream, debuts, debuts + _DATA),
        debuts=debuts,
        fins=debuts + _DATA,
        fixes=blocks[fixed],
        octets=fixed * stride,
        rangs=fixed,
        to_file=lambda places: places // _DATA * stride + 1 + places % _DATA,
    )


def _stride(data: Matrix) -> int:
    """Blocks may be followed by an end of line, which the sources do not show."""
    after = bytes(data[FIXED : FIXED + 2])
    return FIXED + (2 if after == b"\r\n" else 1 if after[:1] == b"\n" else 0)


def _blocks(data: Matrix, stride: int) -> Matrix:
    whole, rest = divmod(len(data), stride)
    if rest:
        padded = np.zeros((whole + 1) * stride, dtype=np.uint8)
        padded[: len(data)] = data
        data, whole = padded, whole + 1
    return data.reshape(whole, stride)[:, :FIXED]


def _headers(blocks: Matrix, rows: Places, ends: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """A block of data may begin like a 000: a header is where one may stand, or states its own length."""
    some = blocks[rows]
    letters = ((some[:, 3:5] >= ord("A")) & (some[:, 3:5] <= ord("Z"))).all(axis=1)
    stated = (some[:, 82:85] == np.frombuffer(b"128", dtype=np.uint8)).all(axis=1)
    before = np.maximum(rows - 1, 0)
    after = (rows == 0) | ends[before] | (blocks[before, 0] == ord("1"))
    heads = np.zeros(len(blocks), dtype=np.bool_)
    heads[rows] = letters & (after | stated)
    return heads


# --- longueurs


def _unframe_longueurs(data: Matrix, log: ProblemLog) -> Flux:
    raw = data.tobytes()
    pieces = list(_records(raw, log))
    starts = np.array([start for start, _ in pieces], dtype=np.int64)
    lengths = np.array([end - start for start, end in pieces], dtype=np.int64)
    places = np.cumsum(lengths) - lengths
    stream = np.frombuffer(b"".join([raw[start:end] for start, end in pieces]), dtype=np.uint8)
    fixed = np.array([rank for rank, (start, end) in enumerate(pieces) if _is_fixed(raw, start, end)], dtype=np.int64)
    debuts, fins = places[fixed], places[fixed] + lengths[fixed]
    return Flux(
        cadrage="longueurs",
        data=stream,
        marks=_marks(stream, debuts, fins),
        debuts=debuts,
        fins=fins,
        fixes=_rows(stream, debuts, fins),
        octets=starts[fixed],
        rangs=fixed,
        to_file=lambda wanted: _to_record(wanted, places, starts),
    )


def _records(raw: bytes, log: ProblemLog) -> Iterator[tuple[int, int]]:
    """Yield where the content of each record begins and ends; what follows a broken length is one last record."""
    place = 0
    while place < len(raw):
        if raw[place] in b"\r\n":
            place += 1
            continue
        prefix = raw[place : place + _PREFIX]
        length = int(prefix) if prefix.isdigit() and len(prefix) == _PREFIX else 0
        if not length:
            log.add("NOEMIE_CADRAGE", offset=place, cadrage="longueurs")
            yield place, len(raw)
            return
        place += _PREFIX
        yield place, min(place + length, len(raw))
        place += length


def _is_fixed(raw: bytes, start: int, end: int) -> bool:
    """A record of data may continue an entity and begin like a 000; it has no letters there, or not that length."""
    return raw[start : start + 3] in (b"000", b"999") and end - start <= FIXED and raw[start + 3 : start + 5].isalpha()


def _to_record(wanted: Places, places: Places, starts: Places) -> Places:
    record = np.maximum(np.searchsorted(places, wanted, side="right") - 1, 0)
    return starts[record] + wanted - places[record] if len(starts) else wanted


# --- nu


def _unframe_nu(data: Matrix, log: ProblemLog) -> Flux:
    del log  # nothing here can break: whatever is no entity is told by the reader of entities
    marks = _find_marks(data)
    spans = np.array(list(_holes(data, marks)), dtype=np.int64).reshape(-1, 2)
    debuts, fins = spans[:, 0], spans[:, 1]
    return Flux(
        cadrage="nu",
        data=data,
        marks=_outside(marks, debuts, fins),
        debuts=debuts,
        fins=fins,
        fixes=_rows(data, debuts, fins),
        octets=debuts,
        rangs=np.empty(0, dtype=np.int64),
        to_file=lambda places: places,
    )


def _holes(data: Matrix, marks: Places) -> Iterator[tuple[int, int]]:
    """Yield where fixed records begin and end: they stand at the start, or where an entity would begin."""
    limits = np.append(marks, len(data))
    starts = np.append(0, marks + 1)
    skip_blanks(data, starts, limits)
    seen = 0
    for start in _fixed_among(data, starts):
        place = start
        while place >= seen:
            piece = data[place : place + 2 * FIXED].tobytes()
            if piece[:3] not in (b"000", b"999"):
                break
            line = piece[:FIXED].splitlines()[0]
            seen = place + len(line)
            yield place, seen
            rest = piece[len(line) : len(line) + FIXED]
            place = seen + len(rest) - len(rest.lstrip(BLANKS))


def _fixed_among(data: Matrix, starts: Places) -> list[int]:
    found = starts[starts + 2 < len(data)]
    for digit in (ord("0"), ord("9")):
        kept = found
        for place in range(3):
            kept = kept[data[kept + place] == digit]
        starts = kept if digit == ord("0") else np.sort(np.concatenate([starts, kept]))
    result: list[int] = starts.tolist()
    return result


# --- what they share


def skip_blanks(data: Matrix, starts: Places, limits: Places) -> None:
    """Move each of *starts* forward, in place, over what may stand between entities, up to its limit."""
    for _ in range(_FEW):
        blank = _IS_BLANK[data.take(starts, mode="clip")] & (starts < limits)
        if not blank.any():
            return
        starts += blank
    for row in np.flatnonzero(blank).tolist():
        starts[row] += _leading(data, int(starts[row]), int(limits[row]))


def _leading(data: Matrix, start: int, end: int) -> int:
    raw = data[start:end].tobytes()
    return len(raw) - len(raw.lstrip(BLANKS))


_PIECE = 1 << 18


def _find_marks(data: Matrix) -> Places:
    """Find the end marks, by pieces that the cache holds; a row of marks with nothing between counts once."""
    found = [np.flatnonzero(data[at : at + _PIECE] == MARK) + at for at in range(0, len(data), _PIECE)]
    marks = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    if len(marks) * _FEW > len(data):
        marks = marks[np.append(True, np.diff(marks) > 1)]
    return marks


def _marks(stream: Matrix, debuts: Places, fins: Places) -> Places:
    return _outside(_find_marks(stream), debuts, fins)


def _outside(marks: Places, debuts: Places, fins: Places) -> Places:
    """A free message of a 000 may hold the character that ends entities."""
    lows, highs = np.searchsorted(marks, debuts), np.searchsorted(marks, fins)
    inside = [np.arange(low, high) for low, high in zip(lows.tolist(), highs.tolist(), strict=True) if high > low]
    return np.delete(marks, np.concatenate(inside)) if inside else marks


def _rows(stream: Matrix, debuts: Places, fins: Places) -> Matrix:
    rows = np.full((len(debuts), FIXED), ord(" "), dtype=np.uint8)
    for row, (start, end) in enumerate(zip(debuts.tolist(), fins.tolist(), strict=True)):
        rows[row, : end - start] = stream[start:end][:FIXED]
    return rows


_UNFRAMERS = {"blocs": _unframe_blocs, "longueurs": _unframe_longueurs, "nu": _unframe_nu}


# --- framing


@attrs.frozen(eq=False)
class Section:
    """One return to be framed."""

    entete: bytes
    contenu: bytes
    entites: int
    fin: Callable[[int], bytes]
    """Make the 999 from the number of physical records, which depends on the framing."""


def frame(section: Section, cadrage: str) -> bytes:
    """Write one return, 000 to 999, in one of the `CADRAGES`."""
    return _FRAMERS[cadrage](section)


def _frame_blocs(section: Section) -> bytes:
    count = -(-len(section.contenu) // _DATA)
    blocks = np.full((count, FIXED), ord(" "), dtype=np.uint8)
    blocks[:, 0] = ord("0")
    blocks[-1:, 0] = ord("1")
    padded = section.contenu.ljust(count * _DATA)
    blocks[:, 1:] = np.frombuffer(padded, dtype=np.uint8).reshape(count, _DATA)
    return section.entete + blocks.tobytes() + section.fin(count + 2)


def _frame_longueurs(section: Section) -> bytes:
    content = section.contenu
    pieces = [content[at : at + _PHYSICAL] for at in range(0, len(content), _PHYSICAL)]
    records = [section.entete, *pieces, section.fin(len(pieces) + 2)]
    return b"".join(b"%04d%s\r\n" % (len(record), record) for record in records)


def _frame_nu(section: Section) -> bytes:
    lines = section.contenu.replace(b"@", b"@\r\n")
    return section.entete + b"\r\n" + lines + section.fin(section.entites + 2) + b"\r\n"


_FRAMERS = {"blocs": _frame_blocs, "longueurs": _frame_longueurs, "nu": _frame_nu}
