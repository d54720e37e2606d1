"""One file to what was read of it: recognised, opened when it is an archive, handed to its reader."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from tiers_payant.domain import Entree, FormatSpec, Lecture, Source, Surcharges, Tables
from tiers_payant.errors import Location, Problem, SourceError, kind_of, raised_here
from tiers_payant.formats.archives import expand, is_archive
from tiers_payant.plugins.manager import Claim, claim

__all__ = [
    "is_own_output",
    "nothing",
    "of_problem",
    "opened",
    "read_entree",
    "read_file",
    "read_file_in_parts",
    "refused",
]

Options = Mapping[str, Mapping[str, str]]
_NONE = Surcharges()

_OWN_OUTPUT = (
    "tiers-payant/verite/", "tiers-payant/rapprochement/", "tiers-payant/decisions/", "tiers-payant/delta/",
    "tiers-payant/relances/", "tiers-payant/relances-plan/",
)  # fmt: skip
"""Schemas of files that the library itself writes beside its inputs: they are no file of facts."""


def read_file(
    name: str, path: Path, formats: Sequence[FormatSpec], options: Options, surcharges: Surcharges = _NONE
) -> list[Lecture]:
    """Read one file, or each file of an archive; nothing for one that the library wrote itself."""
    before = _version(path)
    lectures: list[Lecture] = []
    for piece in opened(Entree(nom=name, chemin=path), formats):
        if isinstance(piece, Entree):
            lectures += read_entree(piece, formats, options, surcharges)
        elif lectures and _is_about(lectures[-1], piece):
            lectures[-1] = _with(lectures[-1], piece)
        else:
            lectures.append(of_problem(piece))
    if lectures and before is not None and before != _version(path):
        lectures[-1] = _with(lectures[-1], _problem(name, "FICHIER_MODIFIE"))
    return lectures


def read_file_in_parts(
    name: str, path: Path, formats: Sequence[FormatSpec], options: Options, surcharges: Surcharges, octets: int
) -> Iterator[Lecture]:
    """Read one file, or each file of an archive, part by part."""
    before = _version(path)
    for piece in opened(Entree(nom=name, chemin=path), formats):
        if isinstance(piece, Entree):
            yield from read_entree(piece, formats, options, surcharges, octets)
        else:
            yield of_problem(piece)
    if before is not None and before != _version(path):
        yield nothing(name, "FICHIER_MODIFIE")


def opened(entree: Entree, formats: Sequence[FormatSpec]) -> Iterator[Entree | Problem]:
    """Yield a file itself or, when it is an archive that no format claims, what it holds."""
    try:
        if entree.chemin is not None and not entree.chemin.is_file():  # opening a pipe would wait for whoever writes it
            yield _problem(entree.nom, "FICHIER_ILLISIBLE", raison="ni un fichier ni un dossier")
            return
        head = entree.head()
        if not is_archive(head) or claim(head, formats).spec is not None:
            yield entree
            return
        yield from expand(entree)
    except (SourceError, OSError) as error:
        yield refused(entree.nom, error)


def read_entree(
    entree: Entree, formats: Sequence[FormatSpec], options: Options, surcharges: Surcharges = _NONE, octets: int = 0
) -> Iterator[Lecture]:
    """Read with the reader that claims the entry, in parts of about *octets* bytes when it can and they are asked for.

    What nobody claims is a source without a format.
    """
    try:
        head = entree.head()
        if is_own_output(head):
            return
        if not head:
            yield nothing(entree.nom, "FICHIER_VIDE")
            return
        claimed = claim(head, formats)
        if claimed.spec is None:
            yield _unclaimed(entree.nom, claimed)
            return
        asked = options.get(claimed.spec.name, {})
        yield from _read_with(claimed.spec, attrs.evolve(entree, options=asked, surcharges=surcharges), octets)
    except (SourceError, OSError) as error:
        yield of_problem(refused(entree.nom, error))


def _read_with(spec: FormatSpec, entree: Entree, octets: int) -> Iterator[Lecture]:
    """Read with a plugin's reader; one that raises loses its own file, not the others."""
    given, going = _given(spec, entree, octets), True
    while going:
        try:
            lecture = next(given)
        except StopIteration:
            return
        except (KeyboardInterrupt, OSError):
            raise
        except BaseException as error:  # one that leaves would end us with a status of its own
            if isinstance(error, SourceError) and raised_here(error):
                raise
            kind, going = kind_of(error), False  # its message may quote the file
            lecture = nothing(entree.nom, "LECTEUR_EN_ECHEC", format=spec.name, fournisseur=spec.provider, erreur=kind)
        yield lecture


def _given(spec: FormatSpec, entree: Entree, octets: int) -> Iterator[Lecture]:
    """Yield what a plugin's reader gives: part by part when it can and they are asked for."""
    if octets and spec.read_parts is not None:
        for given in spec.read_parts(entree, octets):
            yield _signed(_lecture(given), spec)
    else:
        yield _signed(_lecture(spec.read(entree)), spec)


def _lecture(given: object) -> Lecture:
    """Return what a reader gave, once it is known to be what it promised; else it failed, as one that raises."""
    if not isinstance(given, Lecture) or not isinstance(given.tables, Tables):
        raise TypeError
    if not all(isinstance(problem, Problem) for problem in given.problems):
        raise TypeError
    return given


def _signed(lecture: Lecture, spec: FormatSpec) -> Lecture:
    """Return a lecture whose sources say who read them."""
    sources = tuple(
        attrs.evolve(source, lecteur=spec.provider, lecteur_version=spec.version) for source in lecture.tables.sources
    )
    return attrs.evolve(lecture, tables=attrs.evolve(lecture.tables, sources=sources))


def is_own_output(head: bytes) -> bool:
    """Tell whether a file that starts with *head* was written by the library, as the truth of a simulation."""
    start = head[:200].decode("utf-8", "replace")
    return any(f'"schema": "{schema}' in start for schema in _OWN_OUTPUT)


def nothing(name: str, code: str, **params: object) -> Lecture:
    """Return what was read of a file that gives nothing: a source without a format, and why."""
    return of_problem(_problem(name, code, **params))


def of_problem(problem: Problem) -> Lecture:
    """Return what was read of a file, or a folder, of which there is only something wrong to tell."""
    return Lecture(Tables(sources=(Source(nom=problem.at.file),)), (problem,))


def _is_about(lecture: Lecture, problem: Problem) -> bool:
    return any(source.nom == problem.at.file for source in lecture.tables.sources)


def _with(lecture: Lecture, problem: Problem) -> Lecture:
    return attrs.evolve(lecture, problems=(*lecture.problems, problem))


def _unclaimed(name: str, claimed: Claim) -> Lecture:
    if not claimed.tied:
        return nothing(name, "FORMAT_INCONNU")
    providers = ", ".join(sorted(f"{spec.name} ({spec.provider})" for spec in claimed.tied))
    return nothing(name, "FORMAT_AMBIGU", formats=providers)


def _problem(name: str, code: str, **params: object) -> Problem:
    return Problem(code=code, at=Location(file=name), params=params)


def refused(name: str, error: SourceError | OSError) -> Problem:
    """Tell why the system does not give a file, without the path that its message may hold."""
    cause = error if isinstance(error, OSError) else error.__cause__
    if isinstance(cause, PermissionError):
        return _problem(name, "ACCES_REFUSE")
    if isinstance(cause, OSError):  # the system's own words: those of an error that a plugin raised may be any
        raison = os.strerror(cause.errno) if cause.errno else kind_of(cause)
    else:
        raison = str(error).removeprefix(f"{name}: ")
    return _problem(name, "FICHIER_ILLISIBLE", raison=raison)


def _version(path: Path) -> tuple[int, int] | None:
    """Return what changes when the file does: its length, and when it was written."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
