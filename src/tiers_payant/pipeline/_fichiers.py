"""Which files stand under the paths that a caller gives, and the name that each is told by."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from tiers_payant.domain import printable, source_error
from tiers_payant.errors import Location, Problem, SourceError
from tiers_payant.journal import is_run, is_upkeep

__all__ = ["Fichiers", "check_file", "find_files", "source_error"]

_LETTRES = re.compile(r"lettres-\d{4}-\d{2}-\d{2}")


@attrs.frozen(kw_only=True)
class Fichiers:
    """The files to read, each once, sorted by name; and the folders that could not be looked into."""

    files: tuple[tuple[str, Path], ...]
    problems: tuple[Problem, ...] = ()


def find_files(paths: Iterable[str | Path]) -> Fichiers:
    """Find every file under *paths*: files as they are, folders whole but for what is hidden.

    A file reached in two ways takes the first of its names in alphabetical order, whatever the order of *paths*.

    Raises:
        SourceError: A path does not exist, or the system refuses to look for it.
    """
    found: dict[Path, str] = {}
    problems: set[Problem] = set()
    for path in map(Path, paths):
        if _is_folder(path):
            inside = _Folder(path)
            named = inside.files()
        else:
            inside, named = None, iter([(printable(path.name), path)])
        for name, file in named:
            place = file.resolve()
            found[place] = min(name, found.get(place, name))
        problems |= set(inside.problems) if inside else set()
    return Fichiers(
        files=tuple(sorted((name, path) for path, name in found.items())),
        problems=tuple(sorted(problems, key=lambda problem: problem.at.file)),
    )


class _Folder:
    """One folder, walked whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problems: list[Problem] = []

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield the files that are not hidden; links to folders are not followed, so that every walk ends.

        The letters of a commit of dunning, and what keeps its history, are no files of facts: they are passed over.
        What else stands there is read as anywhere.
        """
        for folder, inside, names in os.walk(self._path, onerror=self._refused):
            inside[:] = [name for name in inside if not name.startswith(".")]
            if is_run(Path(folder), names):
                inside[:] = [name for name in inside if not _LETTRES.fullmatch(name)]
                names = [name for name in names if not is_upkeep(name, names)]
            for name in names:
                file = Path(folder, name)
                if not name.startswith(".") and _may_be_file(file):
                    yield self._name(file), file

    def _refused(self, error: OSError) -> None:
        place = Path(str(error.filename))
        self.problems.append(Problem(code="DOSSIER_ILLISIBLE", at=Location(file=self._name(place))))

    def _name(self, place: Path) -> str:
        inside = place.relative_to(self._path).as_posix()
        return printable(self._path.name if inside == "." else inside)


def _may_be_file(path: Path) -> bool:
    """Tell pipes, devices and links to nowhere from files; what the system hides from us is tried, and told."""
    try:
        return path.is_file()
    except OSError:
        return True


def _is_folder(path: Path) -> bool:
    """Tell a folder from a file; a path that is neither is refused."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise SourceError(f"{printable(str(path))}: no such file or folder") from error
    except (OSError, ValueError) as error:
        raise source_error(path, error) from error
    return stat.S_ISDIR(mode)


def check_file(path: Path) -> None:
    """Refuse what is no file.

    Raises:
        SourceError: The path does not exist, cannot be looked at, or is a folder.
    """
    try:
        folder = path.is_dir()
        path.stat()
    except FileNotFoundError as error:
        raise SourceError(f"{printable(str(path))}: no such file") from error
    except (OSError, ValueError) as error:
        raise source_error(path, error) from error
    if folder:
        raise SourceError(f"{printable(str(path))}: a folder; one file is looked at")
