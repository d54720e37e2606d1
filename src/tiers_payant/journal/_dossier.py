"""The library's own journal: a folder of run files, one a day, `relances-AAAA-MM-JJ.json` (docs/adr/0016)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tiers_payant.domain import JournalSpec, source_error
from tiers_payant.errors import RelanceError
from tiers_payant.journal._disque import put_whole
from tiers_payant.journal._verrou import VERROU_RELANCES, locked

__all__ = ["DOSSIER", "JOURNAUX", "MOST_BYTES", "RUN_FILE", "JournalDossier", "run_file"]

DOSSIER = "dossier"
"""Name of the journal that keeps run files."""
RUN_FILE = re.compile(r"relances-(\d{4}-\d{2}-\d{2})\.json")
MOST_BYTES = 1 << 28
"""Of one run."""


def run_file(day: dt.date) -> str:
    """Return the name of the run file of *day*."""
    return f"relances-{day.isoformat()}.json"


class JournalDossier:
    """The run files of a folder, and its lock file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held = ExitStack()

    def __enter__(self) -> JournalDossier:
        """Take the lock of the folder, which is there.

        Raises:
            RelanceError: Another process holds it, or left it.
            SourceError: It cannot be made.
        """
        self._held.enter_context(locked(self._folder, VERROU_RELANCES))
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def runs(self) -> Iterator[tuple[dt.date, str]]:
        """Yield each run; files of other names are not looked at, and a folder that is not there has none.

        Raises:
            RelanceError: The name of a run file tells no day, or its bytes are no text.
            SourceError: The folder, or a file of it, cannot be read.
        """
        for day, path in list(self._files()):
            yield day, _text(path)

    def record(self, day: dt.date, text: str) -> None:
        """Put the run file of *day* in place, whole or not at all.

        Raises:
            SourceError: It cannot be written.
        """
        put_whole(self._folder / run_file(day), text.encode())

    def _files(self) -> Iterator[tuple[dt.date, Path]]:
        try:
            names = sorted(path.name for path in self._folder.iterdir())
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
            raise source_error(self._folder, error) from error
        for name in names:
            found = RUN_FILE.fullmatch(name)
            if found is None:
                continue
            try:
                day = dt.date.fromisoformat(found[1])
            except ValueError:
                raise RelanceError(f"{name}: no such day") from None
            yield day, self._folder / name


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RelanceError(f"{path.name}: longer than {MOST_BYTES} bytes")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise RelanceError(f"{path.name}: expected a JSON document in UTF-8") from None
    except OSError as error:
        raise source_error(path, error) from error


JOURNAUX = (JournalSpec(name=DOSSIER, label="Un fichier par jour, à côté des lettres.", open=JournalDossier),)
"""What the library brings to `tiers_payant_journaux`."""
