"""Hook of the history of reminders: where it is kept."""

from __future__ import annotations

from collections.abc import Iterable

from tiers_payant.domain import JournalSpec
from tiers_payant.plugins.hookspecs._marque import hookspec

__all__ = ["tiers_payant_journaux"]


@hookspec
def tiers_payant_journaux() -> Iterable[JournalSpec]:  # type: ignore[empty-body]
    """Return journals, each under a name that `tp.commit_relances` and `--journal` take: where reminders are kept.

    `open` is given the folder of letters and returns a `Journal`: a context manager that holds the lock, `runs()` and
    `record(day, text)`. The text is the library's, to be given back to the letter. Letters stay files of the folder,
    which remembers the name of the journal that keeps its history: another is refused. What is recorded is asked back,
    from the journal opened anew too, before a commit is told as done. A journal that raises, gives anything else, or
    loses a run is named, and nothing is concluded: a contact that is forgotten is written to twice. A name belongs to
    one journal alone; those of the library's are taken.

    Example:
        A vendor that keeps its history in SQLite, one transaction a run::

            import datetime as dt
            import sqlite3
            from contextlib import closing
            from tiers_payant.domain import JournalSpec, hookimpl

            class Sqlite:
                def __init__(self, folder):
                    self.path, self.held = folder / "relances.sqlite", None

                def __enter__(self):
                    held = sqlite3.connect(self.path, isolation_level=None, timeout=0)
                    try:
                        held.execute("PRAGMA locking_mode = EXCLUSIVE")  # what BEGIN takes is kept until close
                        held.execute("BEGIN EXCLUSIVE")
                        held.execute("CREATE TABLE IF NOT EXISTS runs (day TEXT PRIMARY KEY, text TEXT NOT NULL)")
                        held.execute("COMMIT")
                    except sqlite3.Error:
                        held.close()
                        raise
                    self.held = held

                def __exit__(self, *error):
                    self.held.close()
                    self.held = None

                def runs(self):
                    if self.held is not None:
                        return self._read(self.held)
                    if not self.path.exists():
                        return []
                    with closing(sqlite3.connect(self.path)) as found:
                        return self._read(found)

                def record(self, day, text):
                    self.held.execute("REPLACE INTO runs VALUES (?, ?)", (day.isoformat(), text))

                def _read(self, found):
                    if not found.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs'").fetchone():
                        return []
                    rows = found.execute("SELECT day, text FROM runs ORDER BY day").fetchall()
                    return [(dt.date.fromisoformat(day), text) for day, text in rows]

            @hookimpl
            def tiers_payant_journaux():
                return [JournalSpec(name="exemple-sqlite", label="Base SQLite", open=Sqlite, provider="lgo-exemple")]
    """
