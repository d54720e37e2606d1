"""The whole way through: paths to a book, a book to a result. Files are chosen here; readers open what they get."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pluggy

from tiers_payant.domain import Book, Entree, FormatSpec, Lecture, Rapprochement, Source, Tables
from tiers_payant.errors import Location, Problem, SourceError
from tiers_payant.matching import MatchPolicy, reconcile
from tiers_payant.plugins.manager import Claim, build_manager, claim, formats_of
from tiers_payant.reports import rapprochement_chunks

__all__ = ["MatchPolicy", "Progress", "read", "reconcile", "write_json"]

Progress = Callable[[int, int, str], None]
"""Called before each file with its rank from 0, how many there are, and its name; once more at the end."""

_OWN_OUTPUT = ("tiers-payant/verite/", "tiers-payant/rapprochement/")
"""Schemas of files that the library itself writes beside its inputs: they are no input."""


def read(
    *paths: str | Path,
    manager: pluggy.PluginManager | None = None,
    options: Mapping[str, Mapping[str, str]] | None = None,
    progress: Progress | None = None,
) -> Book:
    """Read any mixture of files and folders; the format of each file is found by its content.

    Args:
        paths: Files, or folders taken whole. Names in what is reported are relative to them, with escapes for what
            cannot be printed; hidden files, pipes and devices inside folders are passed over.
        manager: The plugins to ask; the built-in formats when not given.
        options: For each format by name, what its reader is to assume: `{"noemie": {"cadrage": "blocs"}}`.
        progress: Told of each file.

    Returns:
        The facts, each once, and every problem met: a file that nobody recognises or that cannot be opened is a
        problem, not the end.

    Raises:
        SourceError: A path does not exist, or the system refuses to look for it.
    """
    formats = formats_of(manager or build_manager())
    files = _files(paths)
    lectures = []
    for rank, (name, path) in enumerate(files):
        if progress:
            progress(rank, len(files), name)
        lecture = _read_one(name, path, formats, options or {})
        if lecture is not None:
            lectures.append(lecture)
    if progress:
        progress(len(files), len(files), "")
    return Book.from_lectures(lectures)


def _files(paths: Iterable[str | Path]) -> list[tuple[str, Path]]:
    """Return each file with the name it is told by, sorted by that name, each file once.

    A file reached in two ways takes the first of its names in alphabetical order, whatever the order of *paths*.
    """
    found: dict[Path, str] = {}

    def add(file: Path, name: str) -> None:
        place = file.resolve()
        found[place] = min(_printable(name), found.get(place, _printable(name)))

    for path in map(Path, paths):
        if _is_folder(path):
            for file in path.rglob("*"):
                inside = file.relative_to(path)
                if file.is_file() and not any(part.startswith(".") for part in inside.parts):
                    add(file, inside.as_posix())
        else:
            add(path, path.name)
    return sorted((name, path) for path, name in found.items())


def _is_folder(path: Path) -> bool:
    """Tell a folder from a file; a path that is neither is refused."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise SourceError(f"{_printable(str(path))}: no such file or folder") from error
    except (OSError, ValueError) as error:
        raise SourceError(f"{_printable(str(path))}: {getattr(error, 'strerror', None) or error}") from error
    return stat.S_ISDIR(mode)


def _printable(name: str) -> str:
    """Return *name* fit for screen and JSON: escapes for line feeds, terminal codes, bytes that are no UTF-8."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in name
    )


def _read_one(
    name: str, path: Path, formats: Sequence[FormatSpec], options: Mapping[str, Mapping[str, str]]
) -> Lecture | None:
    """Read one file; None for one that the library wrote itself."""
    entree = Entree(nom=name, chemin=path)
    try:
        if not path.is_file():  # opening a pipe would wait for whoever writes it
            return _nothing(name, "FICHIER_ILLISIBLE", raison="ni un fichier ni un dossier")
        head = entree.head()
        if _is_own_output(head):
            return None
        if not head:
            return _nothing(name, "FICHIER_VIDE")
        claimed = claim(head, formats)
        if claimed.spec is None:
            return _unclaimed(name, claimed)
        entree.options = options.get(claimed.spec.name, {})
        return _read_with(claimed.spec, entree)
    except (SourceError, OSError) as error:
        raison = error.strerror if isinstance(error, OSError) else str(error).removeprefix(f"{name}: ")
        return _nothing(name, "FICHIER_ILLISIBLE", raison=raison)


def _read_with(spec: FormatSpec, entree: Entree) -> Lecture:
    """Read with a plugin's reader; one that raises loses its own file, not the others."""
    try:
        return spec.read(entree)
    except (SourceError, OSError):
        raise
    except Exception as error:
        kind = type(error).__name__  # its message may quote the file
        return _nothing(entree.nom, "LECTEUR_EN_ECHEC", format=spec.name, fournisseur=spec.provider, erreur=kind)


def _is_own_output(head: bytes) -> bool:
    start = head[:200].decode("utf-8", "replace")
    return any(f'"schema": "{schema}' in start for schema in _OWN_OUTPUT)


def _unclaimed(name: str, claimed: Claim) -> Lecture:
    if not claimed.tied:
        return _nothing(name, "FORMAT_INCONNU")
    providers = ", ".join(sorted(f"{spec.name} ({spec.provider})" for spec in claimed.tied))
    return _nothing(name, "FORMAT_AMBIGU", formats=providers)


def _nothing(name: str, code: str, **params: object) -> Lecture:
    problem = Problem(code=code, at=Location(file=name), params=params)
    return Lecture(Tables(sources=(Source(nom=name),)), (problem,))


def write_json(result: Rapprochement, path: str | Path) -> None:
    """Write *result* as JSON of schema `tiers-payant/rapprochement/1`: the same bytes for the same facts.

    Raises:
        SourceError: The file cannot be written.
    """
    try:
        with Path(path).open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(rapprochement_chunks(result))
    except OSError as error:
        raise SourceError(f"{_printable(str(path))}: {error.strerror}") from error
