"""What went wrong, as the screen tells it: an exit status, and lines in French."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tiers_payant.cli._ecran import NOTHING, USAGE, complain
from tiers_payant.cli._fautes import fault_in_french
from tiers_payant.errors import (
    CheckError,
    DecisionError,
    GateError,
    LawError,
    LayoutError,
    LetterError,
    PassError,
    RelanceError,
    SourceError,
    TiersPayantError,
)

__all__ = ["ToldError", "reading", "reason_in_french", "told", "writing"]

_REASONS = {
    os.strerror(number): words
    for number, words in (
        (errno.EACCES, "accès refusé"),
        (errno.EPERM, "accès refusé"),
        (errno.ENOENT, "dossier introuvable"),
        (errno.ENOTDIR, "son dossier est un fichier"),
        (errno.EISDIR, "c'est un dossier"),
        (errno.EEXIST, "existe déjà"),
        (errno.ENOSPC, "plus de place"),
        (errno.EROFS, "disque en lecture seule"),
    )
}
_DEFECTS: dict[type[TiersPayantError], str] = {
    CheckError: "un contrôle est en défaut, rien n'est conclu",
    GateError: "un greffon est en défaut, personne n'est relancé",
    PassError: "une passe est en défaut, rien n'est conclu",
}

_JOURNAL = re.compile(r"journal [\w-]+ \(")
"""How the faults of a journal begin."""


class ToldError(TiersPayantError):
    """An error whose words are those of the screen."""

    def __init__(self, status: int, *lines: str) -> None:
        self.status = status
        self.lines = lines
        super().__init__(status, *lines)


def told(error: TiersPayantError) -> tuple[int, tuple[str, ...]]:
    """Return the exit status of an error, and its lines."""
    match error:
        case ToldError():
            return error.status, error.lines
        case SourceError():
            return USAGE, (f"introuvable ou illisible : {_path(error)}",)
        case LayoutError():
            return NOTHING, tuple(f"table de format contradictoire : {error}".split("\n"))
        case DecisionError():
            rank = re.match(r"decision (\d+): ", str(error))
            words = fault_in_french(str(error).removeprefix(rank[0] if rank else ""))
            return NOTHING, (f"fichier de décisions à corriger{f', décision n° {rank[1]}' if rank else ''} : {words}",)
        case RelanceError():
            return NOTHING, (f"{_state(error)} : {fault_in_french(str(error))}",)
        case LetterError():
            faults = map(fault_in_french, str(error).split("\n"))
            return NOTHING, ("lettres impossibles à écrire, rien n'est enregistré", *faults)
        case CheckError() | GateError() | PassError():
            return NOTHING, tuple(f"{_DEFECTS[type(error)]} : {error}".split("\n"))
        case LawError():
            return NOTHING, tuple(f"une loi du rapprochement est violée, merci de le signaler : {error}".split("\n"))
        case _:
            return NOTHING, tuple(str(error).split("\n"))


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Tell errors met inside as those of the user's table *what*, such as `table de codes`: one fault a line."""
    try:
        yield
    except (LayoutError, LetterError) as error:
        faults = map(fault_in_french, str(error).split("\n"))
        raise ToldError(NOTHING, f"{what} à corriger", *faults) from error
    except SourceError as error:
        raise ToldError(USAGE, f"{what} introuvable ou illisible : {_path(error)}") from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say what was written, or that it could not be."""
    try:
        yield
    except SourceError as error:
        reason = reason_in_french(str(error).rpartition(": ")[2])
        raise ToldError(USAGE, f"écriture impossible : {path} : {reason}") from error
    complain(f"écrit : {path}")


def reason_in_french(reason: str) -> str:
    """Return why a file could not be written; as the system says it when that is rare."""
    return _REASONS.get(reason, reason)


def _state(error: RelanceError) -> str:
    """Say what a fault of the history means; of a journal, it may come once letters are written."""
    if _JOURNAL.match(str(error)):
        return "l'historique n'est pas sûr, ne postez aucune lettre de ce jour"
    return "rien n'est enregistré"


def _path(error: SourceError) -> str:
    return str(error).rpartition(": ")[0] or str(error)
