"""Lines cut into cells, a block at a time: with numpy when nothing is quoted, else as RFC 4180 says.

Cells are places in a buffer: where each starts and ends. A column is taken out of them at once.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import accumulate, chain

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.formats._neutre_flux import LONGEST_LINE, Bloc

__all__ = ["LONGEST_RECORD", "WIDEST", "Cells", "Waste", "cut", "cut_line"]

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

WIDEST = 64
"""Characters of the longest code, date or amount; a longer one is refused, since a column is as wide as its widest."""

LONGEST_RECORD = 1 << 16
"""Bytes of the longest row that goes over several lines; past that, its quotes are taken for a mistake."""

_QUOTE = b'"'
_APOSTROPHE = ord("'")
_SPACE, _TAB = ord(" "), ord("\t")
_FEED, _RETURN = ord("\n"), ord("\r")
_EMPTY = np.empty(0, dtype=np.int64)


@attrs.frozen(eq=False)
class Waste:
    """Lines that make no row: for each record its first line, the line after its last, and how many cells it has, -1
    when its quotes are wrong.
    """

    debuts: Ints
    fins: Ints
    cellules: Ints


@attrs.frozen(eq=False)
class Cells:
    """The rows of a block that have as many cells as there are headers."""

    data: Bytes
    starts: Ints
    """Where each cell starts: one row per row, one column per header."""
    ends: Ints
    lignes: Ints
    """Rank in the block of the line where each row starts."""
    fins: Ints
    """Rank of the line after its last."""

    def __len__(self) -> int:
        return len(self.lignes)

    def codes(self, rank: int) -> tuple[npt.NDArray[np.bytes_], Mask]:
        """Return a column of short texts, trimmed, and which are too long, or hold a NUL; those are empty."""
        starts, ends = self.starts[:, rank], self.ends[:, rank]
        sizes = ends - starts
        escaped = self.data[np.minimum(starts, len(self.data) - 1)] == _APOSTROPHE
        wrong = sizes > WIDEST + escaped
        sizes = np.where(wrong, 0, sizes)
        width = int(sizes.max(initial=1)) or 1
        places = starts[:, None] + np.arange(width)
        letters = self.data[np.minimum(places, len(self.data) - 1)]
        letters[np.arange(width) >= sizes[:, None]] = 0
        wrong |= np.count_nonzero(letters, axis=1) != sizes
        letters[wrong] = 0
        return letters.view(f"S{width}").ravel(), wrong

    def texts(self, rank: int) -> list[str]:
        """Return a column of free texts, trimmed."""
        whole = self.data.tobytes()
        places = zip(self.starts[:, rank].tolist(), self.ends[:, rank].tolist(), strict=True)
        return [whole[start:end].decode("utf-8", "replace").strip() for start, end in places]

    def text(self, rank: int, row: int) -> str:
        """Return one cell."""
        return self.data[self.starts[row, rank] : self.ends[row, rank]].tobytes().decode("utf-8", "replace").strip()


def cut_line(line: str, separator: str) -> list[str]:
    """Return the cells of one line, such as the headers; none when its quotes are wrong."""
    return _cells_of(line, separator) or []


def _cells_of(line: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def cut(bloc: Bloc, separator: str, width: int, *, last: bool) -> tuple[Cells, Waste, Bloc | None]:
    """Cut the lines of *bloc* into cells.

    Args:
        bloc: What to cut.
        separator: One ASCII character.
        width: How many cells a row has.
        last: Whether no block follows.

    Returns:
        The rows, the lines that are none, and the end of the block when a quoted cell goes on in the next.
    """
    if _QUOTE not in bloc.texte:
        return *_cut_plain(bloc, ord(separator), width), None
    return _cut_quoted(bloc, separator, width, last=last)


def _cut_plain(bloc: Bloc, separator: int, width: int) -> tuple[Cells, Waste]:
    data = np.frombuffer(bloc.texte, dtype=np.uint8)
    stops = np.flatnonzero((data == separator) | (data == _FEED))
    lines = np.flatnonzero(data[stops] == _FEED)
    counts = np.diff(lines, prepend=-1)
    good = counts == width
    ends = (stops if good.all() else stops[np.repeat(good, counts)]).reshape(-1, width)
    firsts = np.concatenate([[0], stops[lines[:-1]] + 1])
    starts = np.empty_like(ends)
    starts[:, 0] = firsts[good]
    starts[:, 1:] = ends[:, :-1] + 1
    ends = ends.copy()
    ends[:, -1] -= (ends[:, -1] > starts[:, -1]) & (data[ends[:, -1] - 1] == _RETURN)
    sizes = stops[lines] - firsts
    blank = (sizes == 0) | ((sizes == 1) & (data[firsts] == _RETURN))
    odd = np.flatnonzero(~good & ~blank)
    kept = np.flatnonzero(good)
    return _told(Cells(data, starts, ends, kept, kept + 1)), Waste(odd, odd + 1, counts[odd])


def _told(cells: Cells) -> Cells:
    """Trim the cells, and leave out the rows that are all empty."""
    data, starts, ends = cells.data, cells.starts, cells.ends
    for _ in range(WIDEST):
        blank = (starts < ends) & _is_blank(data[np.minimum(starts, len(data) - 1)])
        if not blank.any():
            break
        starts = starts + blank
    for _ in range(WIDEST):
        blank = (starts < ends) & _is_blank(data[ends - 1])
        if not blank.any():
            break
        ends = ends - blank
    told = (starts < ends).any(axis=1)
    if told.all():
        return Cells(data, starts, ends, cells.lignes, cells.fins)
    return Cells(data, starts[told], ends[told], cells.lignes[told], cells.fins[told])


def _is_blank(letters: Bytes) -> Mask:
    blank: Mask = (letters == _SPACE) | (letters == _TAB)
    return blank


def _cut_quoted(bloc: Bloc, separator: str, width: int, *, last: bool) -> tuple[Cells, Waste, Bloc | None]:
    lines = [f"{line}\n" for line in bloc.texte.decode("utf-8", "replace").split("\n")[:-1]]
    rows: list[list[str]] = []
    places: list[tuple[int, int]] = []
    waste: list[tuple[int, int, int]] = []
    done = 0
    for begin, end, cells in _records(lines, separator):
        if cells is None and end == len(lines) and not last and sum(map(len, lines[begin:])) < LONGEST_LINE:
            break
        done = begin + 1 if cells is None else end
        if cells is None:
            waste.append((begin, begin + 1, -1))
        elif len(cells) == width:
            rows.append(cells)
            places.append((begin, end))
        elif cells:
            waste.append((begin, end, len(cells)))
    rest = bloc.after(done) if done < len(lines) else None
    debuts, fins, counts = np.array(waste, dtype=np.int64).reshape(-1, 3).T
    return _of_rows(rows, places, width), Waste(debuts, fins, counts), rest


def _records(lines: list[str], separator: str) -> Iterator[tuple[int, int, list[str] | None]]:
    """Yield each record: its first line, the line after its last, and its cells; None when its quotes are wrong.

    After a wrong one, reading goes on at the next line, so that a quote too many costs one line and not the file. The
    lines that it had taken are then read each by itself: no line is read more than twice, whatever the quotes.
    """
    ends = [0, *accumulate(map(len, lines))]
    at = begin = alone = 0

    def followed(first: int) -> Iterator[str]:
        """Yield lines until a row gets too long; `begin` is where it starts."""
        for rank in range(first, len(lines)):
            if rank > begin and ends[rank + 1] - ends[begin] > LONGEST_RECORD:
                return
            yield lines[rank]

    while at < len(lines):
        begin = at
        if at < alone:
            at += 1
            yield begin, at, _cells_of(lines[begin], separator)
            continue
        reader = csv.reader(followed(at), delimiter=separator, strict=True)
        try:
            for cells in reader:
                end = at + reader.line_num
                yield begin, end, cells
                begin = end
        except csv.Error:
            alone = at + reader.line_num
            yield begin, alone, None
            at = begin + 1
        else:
            return


def _of_rows(rows: list[list[str]], places: list[tuple[int, int]], width: int) -> Cells:
    cells = list(chain.from_iterable(rows))
    whole = "".join(cells)
    sizes = map(len, cells) if whole.isascii() else (len(cell.encode()) for cell in cells)
    ends = np.cumsum(np.fromiter(sizes, dtype=np.int64, count=len(cells)))
    starts = np.concatenate([[0], ends[:-1]]) if len(ends) else _EMPTY
    data = np.frombuffer(whole.encode() or b"\0", dtype=np.uint8)
    shape = (len(rows), width)
    lignes, fins = np.array(places, dtype=np.int64).reshape(-1, 2).T
    return _told(Cells(data, starts.reshape(shape), ends.reshape(shape), lignes, fins))
