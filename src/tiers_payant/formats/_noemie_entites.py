"""The entities of a NOÉMIE stream: cut on their end mark, numbered, each in its return."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import MOST_LISTED, ProblemLog
from tiers_payant.formats._layout import Layout
from tiers_payant.formats._noemie_cadrage import Flux
from tiers_payant.formats._noemie_tetes import BLANKS, UNREADABLE, Places, Small, head_words, layout_lengths, numbers_of
from tiers_payant.formats._sans_layout import problem_of

__all__ = ["CLOSE", "Entites", "Spans", "cut", "levels_of"]

Rows = npt.NDArray[np.int64]

CLOSE = 990

_HEADER = b"000"


@attrs.frozen(eq=False)
class Spans:
    """The returns of a file, in order: one row each."""

    debuts: Places
    """Where it begins in the stream."""
    entetes: Rows
    """Row of its 000 among the fixed records, -1 when missing."""
    fins: Rows
    """Row of its 999 among the fixed records, -1 when missing."""

    def __len__(self) -> int:
        return len(self.debuts)


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
    spans: Spans
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
    starts, words = flux.heads()
    ends, full = flux.marks, starts < flux.marks
    if not full.all():
        starts, words, ends = starts[full], words[full], ends[full]
    numbers, levels = numbers_of(words)
    readable = _check(flux, layout, log, starts, ends, numbers, levels)
    spans = _spans(flux, starts)
    begins = np.searchsorted(starts, spans.debuts)
    return Entites(
        debuts=starts,
        fins=ends,
        numeros=numbers,
        niveaux=levels,
        lisibles=readable,
        retours=np.repeat(np.arange(len(spans), dtype=np.int32), np.diff(begins, append=len(starts))),
        spans=spans,
        restes=tuple(_leftovers(flux)),
    )


def _check(
    flux: Flux, layout: Layout, log: ProblemLog, starts: Places, ends: Places, numbers: Small, levels: Small
) -> npt.NDArray[np.bool_]:
    lengths = layout_lengths(layout)
    wanted, found = lengths[numbers], ends - starts + 1
    right: npt.NDArray[np.bool_] = (wanted == found) & (levels != UNREADABLE)
    wrong = np.flatnonzero(~right)
    for number in np.unique(numbers[wrong]).tolist():
        rows = wrong[numbers[wrong] == number]
        _tell(log, layout, number, flux.to_file(starts[rows]), int(lengths[number]), found[rows])
    return right


def _tell(log: ProblemLog, layout: Layout, number: int, offsets: Places, wanted: int, found: Places) -> None:
    """Tell what is wrong with entities of one number; of a file of junk, only the first are listed."""
    code = f"{number:03d}" if number != UNREADABLE else "???"
    if not wanted:
        problem, words = problem_of(layout, code)
        log.add_rows(problem, offsets, repeat(""), **words)  # type: ignore[arg-type]
        return
    for offset, length in zip(offsets[:MOST_LISTED].tolist(), found[:MOST_LISTED].tolist(), strict=True):
        if length != wanted:
            log.add("ENREGISTREMENT_LONGUEUR", offset=offset, code=code, attendu=wanted, trouve=length)
        else:
            log.add("CHIFFRES_ATTENDUS", offset=offset, column=4, field="niveau", largeur=2, forme="")
    log.add_rows("ENREGISTREMENT_LONGUEUR", offsets[MOST_LISTED:], repeat(""), code=code, attendu=wanted, trouve=0)


def _spans(flux: Flux, starts: Places) -> Spans:
    """Pair each 000 with the 999 after it; entities outside any pair make a return of their own, without its header."""
    headers = (flux.fixes[:, :3] == np.frombuffer(_HEADER, dtype=np.uint8)).all(axis=1)
    lone, before = _entities_before(flux, starts), np.append(0, flux.fins)
    closed = np.append(~headers[1:], False)[: len(headers)]
    loose = ~np.append(False, headers)  # no 000 is open when this fixed record comes; then at the end
    heads = np.flatnonzero(headers)
    tails = np.flatnonzero(loose[:-1] & ~headers)
    alone = np.flatnonzero(loose & lone & np.append(headers, True))
    debuts = [flux.debuts[heads], np.where(lone[tails], before[tails], flux.debuts[tails]), before[alone]]
    entetes = [heads, np.full(len(tails) + len(alone), -1)]
    fins = [np.where(closed[heads], heads + 1, -1), tails, np.full(len(alone), -1)]
    order = np.argsort(np.concatenate(debuts), kind="stable")
    return Spans(*(np.concatenate(columns)[order] for columns in (debuts, entetes, fins)))


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
    starts = np.maximum(np.append(0, flux.fins), np.where(last >= 0, np.append(flux.marks, -1)[last] + 1, 0))
    starts = np.minimum(starts, ends)
    head_words(flux.data, starts, ends)
    for start, end in np.stack([starts, ends], axis=1)[starts < ends].tolist():
        raw = flux.data[start:end].tobytes()
        yield start, start + len(raw.rstrip(BLANKS))
