"""The journal of a folder, each of its calls judged: what it does wrong is its own fault, told, never passed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from tiers_payant.domain import Journal, JournalSpec
from tiers_payant.errors import RelanceError, TiersPayantError
from tiers_payant.journal import DOSSIER, VERROU_RELANCES, Marque, locked, mark, mark_of, run_file

__all__ = ["JournalTenu", "journal_of"]

T = TypeVar("T")


def _chosen(name: str, known: Mapping[str, JournalSpec]) -> JournalSpec:
    """Return the journal of that name.

    Raises:
        RelanceError: There is none.
    """
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise RelanceError(f"no journal {name!r}{hint}; known: {', '.join(known)}")
    return known[name]


def journal_of(folder: Path, name: str, known: Mapping[str, JournalSpec]) -> JournalTenu:
    """Return the journal of *folder*: the one that it tells, else the one of that name.

    Raises:
        RelanceError: There is none of that name, the folder tells none that can be understood, or it cannot be opened.
        SourceError: The folder cannot be read.
    """
    spec, marque = _chosen(name, known), mark_of(folder)
    if marque is None:
        return JournalTenu(spec, folder)
    return JournalTenu(_chosen(marque.journal, known), folder, marque.dernier)


class JournalTenu:
    """An open journal that must keep its promises (`tiers_payant.domain.Journal`)."""

    def __init__(self, spec: JournalSpec, folder: Path, dernier: dt.date | None = None) -> None:
        self._spec = spec
        self._folder = folder
        self._dernier = dernier
        self._wanted: Mapping[dt.date, str] = {}
        self._journal: Journal = self._asked("open", lambda: spec.open(folder))
        if not isinstance(self._journal, Journal):
            raise self._fault(f"open: expected a Journal, got {type(self._journal).__name__}")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock of the journal while the block runs; and that of the folder, where its letters are.

        What the block recorded is asked back at its end, from the journal opened anew.

        Raises:
            RelanceError: Another holds one of them, or the journal fails, or has lost a run.
            SourceError: The folder cannot be written.
        """
        if self.nom == DOSSIER:  # its own lock is that of the folder, and it reads from the disk each time
            with self._entered():
                yield
            return
        with locked(self._folder, VERROU_RELANCES):
            with self._entered():
                yield
            if self._wanted:  # what is there once it is closed is what will be there
                JournalTenu(self._spec, self._folder, self._dernier).check_kept(self._wanted)
                mark(self._folder, Marque(journal=self.nom, dernier=max(self._wanted)))

    @contextmanager
    def _entered(self) -> Iterator[None]:
        self._asked("__enter__", self._journal.__enter__)
        try:
            yield
        except BaseException as error:
            with suppress(Exception, SystemExit):  # what went wrong inside is what is told
                self._journal.__exit__(type(error), error, error.__traceback__)
            raise
        self._asked("__exit__", lambda: self._journal.__exit__(None, None, None))

    def runs(self) -> dict[dt.date, str]:
        """Return every run, by day, in order.

        Raises:
            RelanceError: The journal fails, gives anything else, or not what its folder knows that it holds.
        """
        found: dict[dt.date, str] = {}
        for one in self._asked("runs", lambda: tuple(self._journal.runs())):
            match one:
                case (dt.date() as day, str() as text) if type(day) is dt.date and isinstance(one, tuple):
                    if day in found:
                        raise self._fault(f"runs: gives two runs of {day}")
                    if found and day < next(reversed(found)):
                        raise self._fault("runs: gives runs out of the order of days")
                    found[day] = text
                case _:
                    raise self._fault(f"runs: expected a date and a text, got {type(one).__name__}")
        if self._dernier is not None and self._dernier not in found:
            raise self._fault(f"runs: the run of {self._dernier} was recorded, and is not there")
        return found

    def record(self, day: dt.date, text: str, before: Mapping[dt.date, str]) -> None:
        """Keep the run of a day, and see that it is kept, beside all those that were there *before*.

        Raises:
            RelanceError: The journal fails, or does not give back what it was given.
            SourceError: The file of a run cannot be written.
        """
        self._wanted = {**before, day: text}
        self._asked("record", lambda: self._journal.record(day, text))
        self.check_kept(self._wanted)

    def check_kept(self, wanted: Mapping[dt.date, str]) -> None:
        """See that the journal holds these runs, as they were recorded, and no other.

        Raises:
            RelanceError: It does not: the first day that differs is told.
        """
        found = self.runs()
        wrong = sorted(day for day in {*found, *wanted} if found.get(day) != wanted.get(day))
        if wrong:
            raise self._fault(f"record: the run of {wrong[0]} is not given back as it was recorded")

    def claim(self) -> None:
        """Make the folder tell that this journal keeps its history; run files tell it by themselves.

        Raises:
            SourceError: Its mark cannot be written.
        """
        if self.nom != DOSSIER and mark_of(self._folder) is None:
            mark(self._folder, Marque(journal=self.nom))

    @property
    def nom(self) -> str:
        """Its name."""
        return self._spec.name

    def place(self, day: dt.date) -> str:
        """Return what errors call the run of *day*."""
        return run_file(day) if self.nom == DOSSIER else f"{self._told}: {day}"

    def path(self, day: dt.date) -> Path | None:
        """Return the run file of *day*, where there is one."""
        return self._folder / run_file(day) if self.nom == DOSSIER else None

    @property
    def _told(self) -> str:
        return f"journal {self._spec.name} ({self._spec.provider})"

    def _fault(self, words: str) -> RelanceError:
        return RelanceError(f"{self._told}: {words}")

    def _asked(self, what: str, function: Callable[[], T]) -> T:
        """Ask the journal; what it raises is told as its own: of an exception that is not ours, its type alone.

        Raises:
            RelanceError: It fails.
            TiersPayantError: Our own journal does, with its words.
        """
        try:
            return function()
        except MemoryError:
            raise
        except TiersPayantError as error:
            if self.nom == DOSSIER:
                raise
            raise self._fault(str(error)) from None
        except (Exception, SystemExit) as error:  # its words may quote a name
            raise self._fault(f"{what} failed ({type(error).__name__})") from None
