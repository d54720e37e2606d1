"""Files of any size, part by part: what a part holds can be read by itself, and memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import attrs
import numpy as np

from tiers_payant.domain import Entree, Lecture, Table
from tiers_payant.errors import Problem

__all__ = ["Cut", "in_parts", "last_sequence"]

Cut = Callable[[Entree], int]
"""From the beginning of what is left of a file, where its last whole part ends; 0 when it holds none."""

_BLANKS = b" \0\r\n\t\x1a"


def in_parts(read: Callable[[Entree], Lecture], cut: Cut) -> Callable[[Entree, int], Iterator[Lecture]]:
    """Make a reader of parts from a reader of whole files.

    Args:
        read: Reads one part as if it were a file.
        cut: Finds where parts end. A part longer than what is asked for is read whole.
    """

    def read_parts(entree: Entree, octets: int) -> Iterator[Lecture]:
        with entree.flux() as stream:
            for place, content in _parts(stream, entree, cut, octets):
                # No name keeps the lecture: while the next part is read, only the caller may still hold it.
                yield _moved(read(attrs.evolve(entree, chemin=None, contenu=content)), place)

    return read_parts


def _parts(stream: BinaryIO, entree: Entree, cut: Cut, octets: int) -> Iterator[tuple[int, bytes]]:
    """Yield where each part begins, and its bytes; blanks at the end of the file are no part."""
    place, left = 0, b""
    wanted = octets
    while True:
        left += stream.read(max(wanted - len(left), 0))
        if len(left) < wanted:  # the end of the file
            if left.strip(_BLANKS) or not place:
                yield place, left
            return
        end = cut(attrs.evolve(entree, chemin=None, contenu=left))
        if end:
            yield place, left[:end]
            place, left, wanted = place + end, left[end:], octets
        else:
            wanted = 2 * len(left)


def _moved(lecture: Lecture, place: int) -> Lecture:
    """Count bytes from the beginning of the file, not of the part."""
    if not place:
        return lecture
    tables: dict[str, Any] = {name: _moved_table(table, place) for name, table in lecture.tables.each()}
    return Lecture(
        attrs.evolve(lecture.tables, **tables), tuple(_moved_problem(one, place) for one in lecture.problems)
    )


def _moved_table(table: Table, place: int) -> Table:
    if "octet" not in table.kinds():
        return table
    return table.with_columns(octet=table.columns()["octet"] + place)


def _moved_problem(problem: Problem, place: int) -> Problem:
    at = problem.at
    return problem if at.offset is None else attrs.evolve(problem, at=attrs.evolve(at, offset=at.offset + place))


def last_sequence(ends: Any, begins: Any, places: Any) -> int:
    """Return where the last record that begins a sequence stands, right after one that ends one; 0 for none.

    Args:
        ends: Which records end a sequence, one truth each.
        begins: Which records begin one.
        places: Where each record begins.
    """
    found = np.flatnonzero(np.asarray(ends)[:-1] & np.asarray(begins)[1:])
    return int(np.asarray(places)[found[-1] + 1]) if len(found) else 0
