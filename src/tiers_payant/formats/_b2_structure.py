"""How the records of a B2 file hang together: 000, then lots of 1, factures of 2 to 5, 6; then 999."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import ProblemLog
from tiers_payant.formats._digits import Matrix
from tiers_payant.formats._parts import last_sequence

__all__ = [
    "LENGTH",
    "Records",
    "Structure",
    "breaks_of_prefix",
    "end_of_sequences",
    "find_records",
    "record_name",
    "structure_of",
]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

LENGTH = 128
_LF, _CR, _SPACE = 10, 13, 32
_PADDING = (0, 0x1A)
_COMPLEMENT = 35
"""Place of the complement letter from the start of the record (column 36 of the general norm)."""
_NOWHERE = -1
_PREFIX = (1, 9, 17, 25, 27)
"""Where to load eight bytes so as to cover columns 2 to 35, which every record of a facture repeats."""
_BLOCK = 8192


@attrs.frozen(eq=False)
class Records:
    """Where the records of a file are.

    `step` is the distance from one to the next when it never changes, else 0: regular files are read by strides, which
    is several times faster than gathering.
    """

    stream: Matrix
    starts: Rows
    types: Matrix
    """First character of each record."""
    complements: Matrix
    """Column 36 of each record, which tells its complement."""
    step: int
    odd: list[tuple[int, int]]
    """Start and end of each line that is no record of 128 characters."""

    def __len__(self) -> int:
        return len(self.starts)

    def without(self, left_out: Mask) -> Records:
        """Return the other records, which no longer follow one another at one distance."""
        kept = ~left_out
        return Records(self.stream, self.starts[kept], self.types[kept], self.complements[kept], 0, self.odd)

    def words(self, first: int, last: int, place: int) -> npt.NDArray[np.uint64]:
        """Return the eight bytes at *place* of the records from *first* to *last*."""
        if self.step:
            offset = first * self.step + place
            return np.ndarray(
                shape=(last - first,), dtype="<u8", buffer=self.stream.data, offset=offset, strides=(self.step,)
            )
        every: npt.NDArray[np.uint64] = np.ndarray(
            shape=(len(self.stream) - 7,), dtype="<u8", buffer=self.stream.data, strides=(1,)
        )
        return every[self.starts[first:last] + place]


@attrs.frozen(eq=False)
class Structure:
    """Record numbers, all int64 and in file order.

    `facture_of` and `lot_of` give, for each record, the number of the facture and of the lot that it belongs to,
    -1 when none is open: int32, since whole files of records pass through them.
    """

    starts: Rows
    en_tetes: Rows
    fins: Rows
    lots: Rows
    fins_lot: Rows
    factures: Rows
    suites: Rows
    lignes: Rows
    totaux: Rows
    complements: Mapping[str, Rows]
    """Complements that a layout lays out and no table is made of, by name; only those met."""
    autres: Rows
    facture_of: npt.NDArray[np.int32]
    lot_of: npt.NDArray[np.int32]


def find_records(stream: Matrix, log: ProblemLog) -> Records:
    """Find the records of 128 characters, which follow one another or stand one a line.

    A line of another length is told and set aside; what pads the end of the file is no record.
    """
    stream = _without_padding(stream, log)
    ending = _ending(bytes(stream[: 4 * LENGTH]))
    step = LENGTH + len(ending)
    count = (len(stream) + len(ending)) // step
    types, complements = _two_letters(stream, count, step)
    if not _is_regular(stream, ending, step, types):
        return _line_starts(stream, log)
    rest = (count * step, len(stream))
    odd = _told([rest] if bytes(stream[rest[0] :]).strip(b"\r\n") else [], log)  # a blank line is no record
    return Records(stream, np.arange(count, dtype=np.int64) * step, types, complements, step, odd)


def _without_padding(stream: Matrix, log: ProblemLog) -> Matrix:
    """Leave out the NULs, and the 0x1A with which DOS ends a text, that fill the last block of a disk or a tape."""
    if not len(stream) or stream[-1] not in _PADDING:
        return stream
    kept = np.flatnonzero(~np.isin(stream, _PADDING))
    end = int(kept[-1]) + 1 if len(kept) else 0
    log.add("FIN_BOURREE", offset=end, nombre=len(stream) - end)
    return stream[:end]


def end_of_sequences(stream: Matrix) -> int:
    """Return where the last 000 that follows a 999 stands; 0 when there is none."""
    records = find_records(stream, ProblemLog(""))
    return last_sequence(records.types == ord("9"), records.types == ord("0"), records.starts)


def _two_letters(stream: Matrix, count: int, step: int) -> tuple[Matrix, Matrix]:
    """Copy columns 1 and 36 of regular records, block by block: the two stand in one line of the cache."""
    types, complements = np.empty(count, dtype=np.uint8), np.empty(count, dtype=np.uint8)
    for first in range(0, count, _BLOCK):
        last = min(first + _BLOCK, count)
        block = stream[first * step :]
        types[first:last] = block[::step][: last - first]
        complements[first:last] = block[_COMPLEMENT::step][: last - first]
    return types, complements


def _ending(head: bytes) -> bytes:
    """Return what ends the first line, nothing when records follow one another."""
    place = head.find(b"\n")
    return b"" if place < 0 else head[place - 1 : place + 1] if head[place - 1] == _CR else b"\n"


def _is_regular(stream: Matrix, ending: bytes, step: int, types: Matrix) -> bool:
    if not ending:
        begins = np.append(types, stream[len(types) * step :][:1])
        return not ((begins == _LF) | (begins == _CR)).any()
    places = [stream[LENGTH + rank :: step] for rank in range(len(ending))]
    return all(bool((place == char).all()) for place, char in zip(places, ending, strict=True))


def _line_starts(stream: Matrix, log: ProblemLog) -> Records:
    breaks = np.flatnonzero(stream == _LF)
    begins = np.concatenate([[0], breaks + 1])
    ends = np.concatenate([breaks, [len(stream)]])
    ends -= (ends > begins) & (stream[np.maximum(ends - 1, 0)] == _CR)
    whole, empty = ends - begins == LENGTH, ends == begins
    other = ~whole & ~empty
    odd = list(zip(begins[other].tolist(), ends[other].tolist(), strict=True))
    starts = begins[whole].astype(np.int64)
    return Records(stream, starts, stream[starts], stream[starts + _COMPLEMENT], 0, _told(odd, log))


def _told(odd: list[tuple[int, int]], log: ProblemLog) -> list[tuple[int, int]]:
    for begin, end in odd:
        log.add("ENREGISTREMENT_LONGUEUR", offset=begin, code="B2", attendu=LENGTH, trouve=end - begin)
    return odd


def structure_of(records: Records, names: Collection[str] = ()) -> Structure:
    """Sort the records by type and hang each under its facture and its lot.

    Args:
        records: The records of a file.
        names: Complements to know besides 2S, each by its type and its letter.
    """
    types, letters = records.types, records.complements
    base = letters == _SPACE

    def of(kind: str) -> Mask:
        mask: Mask = types == ord(kind)
        return mask

    lots, fins_lot, bornes = of("1"), of("6"), of("0") | of("9")
    factures, totaux, lignes = of("2") & base, of("5") & base, of("4") & base
    suites = of("2") & (letters == ord("S"))
    known = lots | fins_lot | bornes | factures | totaux | lignes | suites
    complements, autres = _sorted(records, np.flatnonzero(~known), names)
    return Structure(
        starts=records.starts,
        en_tetes=np.flatnonzero(of("0")),
        fins=np.flatnonzero(of("9")),
        lots=np.flatnonzero(lots),
        fins_lot=np.flatnonzero(fins_lot),
        factures=np.flatnonzero(factures),
        suites=np.flatnonzero(suites),
        lignes=np.flatnonzero(lignes),
        totaux=np.flatnonzero(totaux),
        complements=complements,
        autres=autres,
        facture_of=_open(factures, lots | fins_lot | bornes, totaux),
        lot_of=_open(lots, bornes, fins_lot),
    )


def _sorted(records: Records, rest: Rows, names: Collection[str]) -> tuple[Mapping[str, Rows], Rows]:
    """Sort the few records that are left: the complements of those names, and the strangers."""
    if not len(rest):
        return {}, rest
    types, letters = records.types[rest], records.complements[rest]
    of = {name: rest[(types == ord(name[0])) & (letters == ord(name[1]))] for name in names}
    met = {name: found for name, found in of.items() if len(found)}
    return met, np.setdiff1d(rest, np.concatenate([np.empty(0, np.int64), *met.values()]))


def _open(opens: Mask, closes: Mask, ends: Mask) -> npt.NDArray[np.int32]:
    """For each record, the rank of the last *opens* not yet closed.

    A record of *closes* closes at once and belongs to nothing; one of *ends* still belongs to what it ends.
    """
    over = closes.copy()
    over[1:] |= ends[:-1]
    numbers = np.arange(len(opens), dtype=np.int32)
    closed = np.maximum.accumulate(np.where(over, numbers, np.int32(_NOWHERE)))
    rank = np.cumsum(opens.view(np.int8), dtype=np.int32) - np.int32(1)
    opened = np.append(np.flatnonzero(opens).astype(np.int32), np.int32(_NOWHERE))[rank]
    return np.where(opened >= closed, rank, np.int32(_NOWHERE))


def record_name(record: bytes) -> str:
    """Return the type of a record and, for types 2 to 5, its complement letter, as layouts name it; `?` for junk."""
    name = record[:1]
    if name in (b"0", b"9"):
        name = record[:3]
    elif name in (b"2", b"3", b"4", b"5"):
        name += record[_COMPLEMENT : _COMPLEMENT + 1].strip()
    return name.decode("ascii") if name.isalnum() else "?"


def breaks_of_prefix(records: Records, structure: Structure) -> Rows:
    """Return the records that do not repeat columns 2 to 35 of the type 2 of their facture.

    Neighbours are compared first, block by block, which settles whole files; only the factures where two of them
    differ are looked at one by one. An unknown record is not judged: nobody knows what it carries there.
    """
    suspects = np.zeros(len(records), dtype=np.bool_)
    owners = structure.facture_of
    for first in range(0, len(records) - 1, _BLOCK):
        last = min(first + _BLOCK + 1, len(records))
        same = (owners[first : last - 1] == owners[first + 1 : last]) & (owners[first + 1 : last] >= 0)
        differ = np.zeros(last - first - 1, dtype=np.uint64)
        for place in _PREFIX:
            words = records.words(first, last, place)
            differ |= words[1:] ^ words[:-1]
        suspects[first + 1 : last] = same & (differ != 0)
    if not suspects.any():
        return np.empty(0, dtype=np.int64)
    doubtful = np.setdiff1d(np.flatnonzero(np.isin(owners, owners[suspects]) & (owners >= 0)), structure.autres)
    broken = [record for record in doubtful.tolist() if _differs(records.stream, structure, record)]
    return np.array(broken, dtype=np.int64)


def _differs(stream: Matrix, structure: Structure, record: int) -> bool:
    own = int(structure.starts[record])
    base = int(structure.starts[structure.factures[structure.facture_of[record]]])
    return bytes(stream[own + 1 : own + 35]) != bytes(stream[base + 1 : base + 35])
