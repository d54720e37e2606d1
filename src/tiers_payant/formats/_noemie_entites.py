"""The entities of a NOÉMIE stream: cut on their end mark, numbered, each in its return."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.formats._digits import Matrix
from tiers_payant.formats._layout import Layout
from tiers_payant.formats._noemie_cadrage import BLANKS, Flux, Places
from tiers_payant.formats._problems import LISTED, ProblemLog

__all__ = ["CLOSE", "UNREADABLE", "Entites", "Span", "cut", "levels_of"]

Small = npt.NDArray[np.int16]
Rows = npt.NDArray[np.int64]

CLOSE = 990
UNREADABLE = -1
"""The number, or the level, of an entity that has none."""

_HEADER, _TRAILER = b"000", b"999"


@attrs.frozen
class Span:
    """One return: where it begins in the stream, and the rows of its fixed records, -1 when missing."""

    debut: int
    entete: int
    fin: int


@attrs.frozen(eq=False)
class Entites:
    """Every entity of a file, in order."""

    debuts: Places
    """Where it begins in the stream, padding skipped."""
    fins: Places
    """Where its end mark is."""
    numeros: Small
    niveaux: Small
    lisibles: npt.NDArray[np.bool_]
    """Of known number and right length, with a level."""
    retours: npt.NDArray[np.int32]
    """The return it belongs to: a row of `spans`."""
    spans: tuple[Span, ...]
    restes: tuple[tuple[int, int], ...]
    """Runs of the stream that no end mark closes, blanks left out."""

    def __len__(self) -> int:
        return len(self.debuts)

    def rows_of(self, numero: int) -> Rows:
        """Return the readable entities of that number."""
        return np.flatnonzero((self.numeros == numero) & self.lisibles)


def levels_of(niveaux: Small) -> list[int]:
    """Return the levels met, in order, the unreadable one left out."""
    found: list[int] = np.flatnonzero(np.bincount(niveaux[niveaux >= 0])).tolist()
    return found


def cut(flux: Flux, layout: Layout, log: ProblemLog) -> Entites:
    """Cut a stream into entities; what cannot be one is told, and marked unreadable."""
    starts = flux.starts()
    full = starts < flux.marks
    starts, ends = (starts, flux.marks) if full.all() else (starts[full], flux.marks[full])
    numbers = _number(flux.data, starts, 0, 3)
    levels = _number(flux.data, starts, 3, 2)
    readable = _check(flux, layout, log, starts, ends, numbers, levels)
    spans = tuple(_spans(flux, starts))
    first = np.array([span.debut for span in spans], dtype=np.int64)
    return Entites(
        debuts=starts,
        fins=ends,
        numeros=numbers,
        niveaux=levels,
        lisibles=readable,
        retours=(np.searchsorted(first, starts, side="right") - 1).astype(np.int32),
        spans=spans,
        restes=tuple(_leftovers(flux)),
    )


def _number(data: Matrix, starts: Places, first: int, width: int) -> Small:
    """Read a few digits of each entity; the end mark of one that is too short is no digit."""
    number = np.zeros(len(starts), dtype=np.int16)
    wrong = np.zeros(len(starts), dtype=np.bool_)
    for place in range(first, first + width):
        digit = data.take(starts + place, mode="clip") - np.uint8(ord("0"))
        wrong |= digit > 9
        number = number * np.int16(10) + digit
    number[wrong] = UNREADABLE
    return number


def _check(
    flux: Flux, layout: Layout, log: ProblemLog, starts: Places, ends: Places, numbers: Small, levels: Small
) -> npt.NDArray[np.bool_]:
    lengths = np.zeros(1001, dtype=np.int64)  # the last one answers for what has no number
    for code, record in layout.records.items():
        lengths[int(code)] = 0 if code in ("000", "999") else record.length
    wanted, found = lengths[numbers], ends - starts + 1
    right: npt.NDArray[np.bool_] = (wanted == found) & (levels != UNREADABLE)
    wrong = np.flatnonzero(~right)
    for number in np.unique(numbers[wrong]).tolist():
        rows = wrong[numbers[wrong] == number]
        _tell(log, number, flux.to_file(starts[rows]), int(lengths[number]), found[rows])
    return right


def _tell(log: ProblemLog, number: int, offsets: Places, wanted: int, found: Places) -> None:
    """Tell what is wrong with entities of one number; of a file of junk, only the first are listed."""
    code = f"{number:03d}" if number != UNREADABLE else "???"
    if not wanted:
        log.add_rows("ENREGISTREMENT_INCONNU", offsets.tolist(), repeat(""), code=code)
        return
    for offset, length in zip(offsets[:LISTED].tolist(), found[:LISTED].tolist(), strict=True):
        if length != wanted:
            log.add("ENREGISTREMENT_LONGUEUR", offset=offset, code=code, attendu=wanted, trouve=length)
        else:
            log.add("CHIFFRES_ATTENDUS", offset=offset, column=4, field="niveau", largeur=2, forme="")
    rest = offsets[LISTED:].tolist()
    log.add_rows("ENREGISTREMENT_LONGUEUR", rest, repeat(""), code=code, attendu=wanted, trouve=0)


def _spans(flux: Flux, starts: Places) -> Iterator[Span]:
    """Pair the fixed records; entities outside any pair make a return of their own, without its header."""
    opened: tuple[int, int] | None = None  # where the return begins, and the row of its header
    place = 0
    headers = (flux.fixes[:, :3] == np.frombuffer(_HEADER, dtype=np.uint8)).all(axis=1)
    lone = _entities_before(flux, starts)
    fixed = zip(flux.debuts.tolist(), flux.fins.tolist(), headers.tolist(), lone.tolist(), strict=False)
    for row, (start, end, is_header, entities) in enumerate(fixed):
        if opened is None and entities:
            opened = (place, -1)
        if is_header:
            if opened is not None:
                yield Span(*opened, -1)
            opened = (start, row)
        else:
            debut, entete = opened or (start, -1)
            yield Span(debut, entete, row)
            opened = None
        place = end
    if opened is None and lone[-1]:
        opened = (place, -1)
    if opened is not None:
        yield Span(*opened, -1)


def _entities_before(flux: Flux, starts: Places) -> npt.NDArray[np.bool_]:
    """Say whether an entity begins between each fixed record and the one before, then after the last."""
    low = np.searchsorted(starts, np.append(0, flux.fins))
    high = np.searchsorted(starts, np.append(flux.debuts, len(flux.data)))
    some: npt.NDArray[np.bool_] = low < high
    return some


def _leftovers(flux: Flux) -> Iterator[tuple[int, int]]:
    """Yield what no end mark closes, before each fixed record and at the end of the stream."""
    ends = np.append(flux.debuts, len(flux.data))
    last = np.searchsorted(flux.marks, ends) - 1
    before = np.append(0, flux.fins)
    for place, mark, end in zip(before.tolist(), last.tolist(), ends.tolist(), strict=True):
        start = max(place, int(flux.marks[mark]) + 1) if mark >= 0 else place
        raw = flux.data[start:end].tobytes()
        kept = raw.strip(BLANKS)
        if kept:
            start += len(raw) - len(raw.lstrip(BLANKS))
            yield start, start + len(kept)
