"""Paths to a book: files are chosen here, readers open what they get."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import attrs
import pluggy

from tiers_payant.domain import Book, Lecture
from tiers_payant.errors import Problem
from tiers_payant.pipeline._fichiers import find_files
from tiers_payant.pipeline._lecture import of_problem, read_file, read_file_in_parts
from tiers_payant.pipeline._surcharges import read_surcharges
from tiers_payant.plugins.manager import build_manager, formats_of

__all__ = ["Progress", "read", "read_lectures", "read_parts"]

Progress = Callable[[int, int, str], None]
"""Called before each file with its rank from 0, how many there are, and its name; once more at the end."""

PART = 1 << 23
"""Bytes of a file that `read_parts` reads at a time."""


def read(
    *paths: str | Path,
    manager: pluggy.PluginManager | None = None,
    options: Mapping[str, Mapping[str, str]] | None = None,
    layouts: str | Path | Iterable[str | Path] = (),
    progress: Progress | None = None,
) -> Book:
    """Read any mixture of files, folders, gzip and zip; the format of each file is found by its content.

    Args:
        paths: Files, or folders taken whole. Names in what is reported are relative to them, with escapes for what
            cannot be printed; hidden files, pipes and devices inside folders are passed over. A gzip or a zip that no
            format claims is opened, within the limits of `tiers_payant.formats.archives`.
        manager: The plugins to ask; the built-in formats when not given.
        options: For each format by name, what its reader is to assume: `{"noemie": {"cadrage": "blocs"}}`.
        layouts: Files, or folders of TOML files, that correct the built-in layouts (how-to "Correct a layout with the
            text you hold"). They are proved before anything is read; each one that serves is told.
        progress: Told of each file.

    Returns:
        The facts, each once, and every problem met: a file that nobody recognises or that cannot be opened, a folder
        that cannot be looked into, is a problem, not the end.

    Raises:
        SourceError: A path does not exist, or the system refuses to look for it.
        LayoutError: An override of a layout is none, or contradicts its layout or another; the file is told.
    """
    told, lectures = _read_all(paths, manager, options, layouts, progress)
    book = Book.from_lectures(lectures)
    return attrs.evolve(book, problems=(*told, *book.problems))


def read_lectures(
    *paths: str | Path,
    manager: pluggy.PluginManager | None = None,
    options: Mapping[str, Mapping[str, str]] | None = None,
    layouts: str | Path | Iterable[str | Path] = (),
    progress: Progress | None = None,
) -> list[Lecture]:
    """Read what `read` reads, file by file, for `suivre` and `Suivi.apply`: nothing is counted once yet.

    The name of a file, relative to the path given, decides which delivery of one fact is kept: name files apart from
    day to day.

    Args:
        paths: As for `read`, like *manager*, *options*, *layouts* and *progress*.

    Raises:
        SourceError: A path does not exist, or the system refuses to look for it.
        LayoutError: An override of a layout is none, or contradicts its layout or another.
    """
    told, lectures = _read_all(paths, manager, options, layouts, progress)
    return [*map(of_problem, told), *lectures]


def _read_all(
    paths: Iterable[str | Path],
    manager: pluggy.PluginManager | None,
    options: Mapping[str, Mapping[str, str]] | None,
    layouts: str | Path | Iterable[str | Path],
    progress: Progress | None,
) -> tuple[tuple[Problem, ...], list[Lecture]]:
    surcharges = read_surcharges(layouts)
    formats = formats_of(manager or build_manager())
    found = find_files(paths)
    lectures: list[Lecture] = []
    for rank, (name, path) in enumerate(found.files):
        if progress:
            progress(rank, len(found.files), name)
        lectures += read_file(name, path, formats, options or {}, surcharges)
    if progress:
        progress(len(found.files), len(found.files), "")
    return tuple(found.problems), lectures


def read_parts(
    *paths: str | Path,
    octets: int = PART,
    manager: pluggy.PluginManager | None = None,
    options: Mapping[str, Mapping[str, str]] | None = None,
    layouts: str | Path | Iterable[str | Path] = (),
    progress: Progress | None = None,
) -> Iterator[Lecture]:
    """Read what `read` reads, part by part, for files longer than memory: nothing is kept from one part to the next.

    A part ends where its format lets one end: B2 and NOÉMIE between a 999 and the next 000, a bank statement after its
    last line. What a format cannot cut comes whole. Deliveries told twice are not seen here: `Book.from_lectures`
    does that, of the parts given to it.

    Args:
        paths: As for `read`.
        octets: How many bytes of a file to read at a time, about.
        manager: As for `read`, like *options*, *layouts* and *progress*.

    Yields:
        Each part: its tables, the places in them counted from the beginning of the file, and its problems.

    Raises:
        SourceError: A path does not exist, or the system refuses to look for it.
        LayoutError: An override of a layout is none, or contradicts its layout or another.
        ValueError: *octets* is no number of bytes to read.
    """
    if octets < 1:
        raise ValueError(f"octets: at least 1, got {octets}")
    surcharges = read_surcharges(layouts)
    formats = formats_of(manager or build_manager())
    found = find_files(paths)
    for problem in found.problems:
        yield of_problem(problem)
    for rank, (name, path) in enumerate(found.files):
        if progress:
            progress(rank, len(found.files), name)
        yield from read_file_in_parts(name, path, formats, options or {}, surcharges, octets)
    if progress:
        progress(len(found.files), len(found.files), "")
