"""What a folder tells of its own history: which journal keeps it, and up to which day at least."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from pathlib import Path

import attrs

from tiers_payant.domain import source_error
from tiers_payant.errors import RelanceError
from tiers_payant.journal._disque import put_whole
from tiers_payant.journal._dossier import DOSSIER, RUN_FILE
from tiers_payant.journal._verrou import VERROU_RELANCES

__all__ = ["Marque", "is_run", "is_upkeep", "mark", "mark_of"]

_FILE = "relances.journal"
_TOLD = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,79})\n(?:([0-9]{4}-[0-9]{2}-[0-9]{2})\n)?")
_LONGEST = 200
_SCHEMA_RUN = b'"schema": "tiers-payant/relances/'
_HEAD = 200


@attrs.frozen(kw_only=True)
class Marque:
    """Which journal keeps the history of a folder."""

    journal: str
    """Its name."""
    dernier: dt.date | None = None
    """A day that it holds for sure; None when none is."""


def mark_of(folder: Path) -> Marque | None:
    """Return what *folder* tells: its mark, else that run files stand there; None when it tells nothing.

    Raises:
        RelanceError: The mark cannot be understood.
        SourceError: The folder, or its mark, cannot be read.
    """
    try:
        names = {path.name for path in folder.iterdir()}
        text = (folder / _FILE).read_bytes()[:_LONGEST].decode("ascii", "replace") if _FILE in names else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise source_error(folder, error) from error
    if text is None:
        return Marque(journal=DOSSIER) if any(map(RUN_FILE.fullmatch, names)) else None
    found = _TOLD.fullmatch(text)
    try:
        if found is not None:
            return Marque(journal=found[1], dernier=dt.date.fromisoformat(found[2]) if found[2] else None)
    except ValueError:
        pass
    raise RelanceError(f"{_FILE}: expected the name of a journal, and a day")


def mark(folder: Path, marque: Marque) -> None:
    """Write what *folder* tells, whole or not at all.

    Raises:
        SourceError: It cannot be written.
    """
    lines = [marque.journal, *([marque.dernier.isoformat()] if marque.dernier else [])]
    put_whole(folder / _FILE, "".join(f"{line}\n" for line in lines).encode())


def is_run(folder: Path, names: Collection[str]) -> bool:
    """Tell whether a commit of dunning wrote into a folder: its mark, or a run file of its schema, stands there."""
    return _FILE in names or any(RUN_FILE.fullmatch(name) and _begins_as_run(folder / name) for name in names)


def is_upkeep(name: str, names: Collection[str]) -> bool:
    """Tell, among the *names* of such a folder, the files that keep the history: a lock, and what a journal has."""
    return name == VERROU_RELANCES or (name.startswith("relances.") and _FILE in names)


def _begins_as_run(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _SCHEMA_RUN in file.read(_HEAD)
    except OSError:
        return False
