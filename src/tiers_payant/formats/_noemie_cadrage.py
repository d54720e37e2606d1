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

from tiers_payant.domain import ProblemLog
from tiers_payant.formats._decode import gather
from tiers_payant.formats._digits import Matrix, Words
from tiers_payant.formats._layout import Layout
from tiers_payant.formats._noemie_tetes import UNREADABLE, Places, head_words, layout_lengths, numbers_of
from tiers_payant.formats._parts import last_sequence

__all__ = ["CADRAGES", "FIXED", "MARK", "Flux", "Section", "end_of_sequences", "frame", "unframe"]

CADRAGES = ("blocs", "longueurs", "nu")
FIXED = 128
"""Length of the 000 and of the 999, which have no end mark."""
MARK = ord("@")
"""Ends every entity."""

_DATA = FIXED - 1
_PHYSICAL = 2056
_PREFIX = 4
_TRIED = 1 << 16
_FEW = 4
_PERFECT = 3
_LF, _CR = 10, 13
_CODE_000, _CODE_999 = np.uint32(0x303030), np.uint32(0x393939)


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

    tetes: tuple[Places, Words] | None = None
    """The heads of the entities as if there were no fixed records, when whoever undid the framing looked at them."""

    def heads(self) -> tuple[Places, Words]:
        """Return where each entity begins, and its first characters as `head_words` gives them.

        It begins after the one before it, or after the fixed record between the two, blanks passed over.
        """
        if self.tetes is None:
            starts = _after_marks(self.marks)
            self._move_on(starts)
            return starts, head_words(self.data, starts, self.marks)
        starts, words = self.tetes
        moved = self._move_on(starts)
        begins = starts[moved]
        words[moved] = head_words(self.data, begins, self.marks[moved])
        starts[moved] = begins
        return starts, words

    def _move_on(self, starts: Places) -> Places:
        """Move what would begin before a fixed record to after it; return the rows moved."""
        following = np.searchsorted(self.marks, self.fins)
        rows, after = following[following < len(starts)], self.fins[following < len(starts)]
        np.maximum.at(starts, rows, after)
        moved: Places = rows[starts[rows] == after]
        return moved


def end_of_sequences(flux: Flux) -> int:
    """Return the byte of the file where the last 000 that follows a 999 begins, its length included; 0 for none."""
    if not len(flux.fixes):
        return 0
    codes = flux.fixes[:, 0]
    place = last_sequence(codes == ord("9"), codes == ord("0"), flux.octets)
    return place - _PREFIX if place and flux.cadrage == "longueurs" else place


def _after_marks(marks: Places) -> Places:
    """Return where entities would begin: at the start, then after each mark but the last."""
    starts = np.empty(len(marks), dtype=np.int64)
    starts[:1] = 0
    np.add(marks[:-1], 1, out=starts[1:])
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
    starts, words = flux.heads()
    numbers, levels = numbers_of(words)
    right = (layout_lengths(layout)[numbers] == flux.marks - starts + 1) & (numbers != UNREADABLE)
    return int(((numbers != UNREADABLE) & (levels != UNREADABLE)).sum() + 2 * right.sum())


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
        to_file=lambda places: places + places // _DATA * (stride - _DATA) + 1,
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
    limits = np.append(marks, len(data))
    starts = _after_marks(limits)
    words = head_words(data, starts, limits)
    debuts, fins = _holes(data, starts, words)
    kept = _outside(marks, debuts, fins)
    return Flux(
        cadrage="nu",
        data=data,
        marks=kept,
        debuts=debuts,
        fins=fins,
        fixes=_rows(data, debuts, fins),
        octets=debuts,
        rangs=np.empty(0, dtype=np.int64),
        to_file=lambda places: places,
        tetes=(starts[:-1], words[:-1]) if len(kept) == len(marks) else None,
    )


def _holes(data: Matrix, starts: Places, words: Words) -> tuple[Places, Places]:
    """Return where fixed records begin and end.

    They stand where an entity would begin, or after one another, and end at 128 characters, or where their line ends.
    """
    found: list[Places] = []
    limit = np.array([len(data)])
    while len(starts := starts[_is_fixed_code(words)]):
        ends = starts + _line_lengths(data, starts)
        found.append(np.stack([starts, ends], axis=1))
        starts = ends.copy()
        words = head_words(data, starts, np.broadcast_to(limit, len(starts)))
    holes = np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)
    holes = holes[np.argsort(holes[:, 0], kind="stable")]
    if (holes[1:, 0] < holes[:-1, 1]).any():
        holes = np.array(list(_apart(holes.tolist())), dtype=np.int64)
    return holes[:, 0].copy(), holes[:, 1].copy()


def _is_fixed_code(words: Words) -> npt.NDArray[np.bool_]:
    codes = words.astype(np.uint32) & np.uint32(0xFFFFFF)
    found: npt.NDArray[np.bool_] = (codes == _CODE_000) | (codes == _CODE_999)
    return found


def _line_lengths(data: Matrix, starts: Places) -> Places:
    """Return how many characters of a fixed record stand at each place, before the end of its line."""
    padded = data
    if len(starts) and starts[-1] + FIXED > len(data):
        padded = np.append(data[starts[0] :], np.full(FIXED, _LF, dtype=np.uint8))
        starts = starts - starts[0]
    records = gather(padded, starts, FIXED)
    breaks = (records == _LF) | (records == _CR)
    return np.where(breaks.any(axis=1), breaks.argmax(axis=1), FIXED)


def _apart(holes: list[list[int]]) -> Iterator[list[int]]:
    """Leave out what begins inside another: a free message may hold the character that ends entities."""
    seen = 0
    for start, end in holes:
        if start >= seen:
            yield [start, end]
            seen = end


# --- what they share


_PIECE = 1 << 18


def _find_marks(data: Matrix) -> Places:
    """Find the end marks, by pieces that the cache holds; a row of marks with nothing between counts once."""
    found = [_marks_of(data, at) for at in range(0, len(data), _PIECE)]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _marks_of(data: Matrix, at: int) -> Places:
    marked = data[at : at + _PIECE] == MARK
    if np.count_nonzero(marked) * _FEW > len(marked):  # junk: kept small before it makes large arrays
        before = data[at - 1 : at + _PIECE - 1] if at else np.append(np.uint8(0), data[: _PIECE - 1])
        marked &= before[: len(marked)] != MARK
    return np.flatnonzero(marked) + at


def _marks(stream: Matrix, debuts: Places, fins: Places) -> Places:
    return _outside(_find_marks(stream), debuts, fins)


def _outside(marks: Places, debuts: Places, fins: Places) -> Places:
    """A free message of a 000 may hold the character that ends entities."""
    lows, highs = np.searchsorted(marks, debuts), np.searchsorted(marks, fins)
    inside = [np.arange(low, high) for low, high in zip(lows.tolist(), highs.tolist(), strict=True) if high > low]
    return np.delete(marks, np.concatenate(inside)) if inside else marks


def _rows(stream: Matrix, debuts: Places, fins: Places) -> Matrix:
    if len(debuts) and (fins - debuts == FIXED).all():
        return gather(stream, debuts, FIXED)
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
