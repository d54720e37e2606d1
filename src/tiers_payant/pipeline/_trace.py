"""Who claims a file, with what score, and why the others do not; nothing is read of it but its beginning."""

from __future__ import annotations

from pathlib import Path

import attrs
import pluggy

from tiers_payant.domain import Entree, FormatSpec, printable
from tiers_payant.errors import Problem, SourceError
from tiers_payant.pipeline._fichiers import check_file
from tiers_payant.pipeline._lecture import is_own_output, opened, refused
from tiers_payant.plugins.manager import Claim, Verdict, build_manager, chosen, formats_of, verdicts

__all__ = ["Trace", "trace_formats"]


@attrs.frozen(kw_only=True)
class Trace:
    """What every format says of one file."""

    nom: str
    claim: Claim = Claim(spec=None)
    """Who reads it."""
    verdicts: tuple[Verdict, ...] = ()
    """Every format, the most sure first, then by name."""
    ecrit_ici: bool = False
    """Whether the library wrote it: it is no file of facts, and nobody is asked."""
    problem: Problem | None = None
    """Why it could not be opened."""


def trace_formats(path: str | Path, *, manager: pluggy.PluginManager | None = None) -> tuple[Trace, ...]:
    """Ask every format about one file, or about each file of an archive.

    Args:
        path: A file; a gzip or a zip is opened.
        manager: The plugins to ask; the built-in formats when not given.

    Raises:
        SourceError: The path does not exist, or is a folder.
    """
    place = Path(path)
    check_file(place)
    formats = formats_of(manager or build_manager())
    return tuple(_traced(piece, formats) for piece in opened(Entree(nom=printable(place.name), chemin=place), formats))


def _traced(piece: Entree | Problem, formats: tuple[FormatSpec, ...]) -> Trace:
    if isinstance(piece, Problem):
        return Trace(nom=piece.at.file, problem=piece)
    try:
        head = piece.head()
    except (SourceError, OSError) as error:
        return Trace(nom=piece.nom, problem=refused(piece.nom, error))
    if is_own_output(head):
        return Trace(nom=piece.nom, ecrit_ici=True)
    said = sorted(verdicts(head, formats), key=lambda one: (-one.score, one.spec.name, one.spec.provider))
    return Trace(nom=piece.nom, claim=chosen(said), verdicts=tuple(said))
