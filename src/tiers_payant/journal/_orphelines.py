"""Letters that a commit wrote before it stopped: no run tells of them, and nobody may post them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

from tiers_payant.domain import Echanges, source_error

__all__ = ["drop_orphans"]

_FOLDER = re.compile(r"lettres-([0-9]{4}-[0-9]{2}-[0-9]{2})")
_LETTER = re.compile(r"([0-9a-f]{20})\.[A-Za-z0-9._-]+")
"""A file of a letter: the id of its contact, then what it is."""


def drop_orphans(place: Path, known: Echanges) -> None:
    """Take away the letters of contacts that the history of *place* does not hold.

    Only folders of its last recorded day, or of later ones, may have some; files of other names stay.

    Raises:
        SourceError: A folder cannot be read, or a file cannot be taken away.
    """
    last = max((day for day in known.le.tolist() if day is not None), default=dt.date.min)
    made = {name.decode() for name in known.relance.tolist()}
    for folder in list(_folders(place, last.isoformat())):
        try:
            for path in sorted(folder.iterdir()):
                found = _LETTER.fullmatch(path.name)
                if found is not None and found[1] not in made:
                    path.unlink()
        except OSError as error:
            raise source_error(folder, error) from error


def _folders(place: Path, since: str) -> Iterator[Path]:
    """Yield the folders of letters of that day and of later ones."""
    try:
        for path in sorted(place.iterdir()):
            found = _FOLDER.fullmatch(path.name)
            if found is not None and found[1] >= since and path.is_dir():
                yield path
    except OSError as error:
        raise source_error(place, error) from error
