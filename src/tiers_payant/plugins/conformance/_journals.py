"""Journals: runs kept to the letter, in order of days, still there when the journal is opened again."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tiers_payant.domain import Journal, JournalSpec
from tiers_payant.plugins.conformance._calls import Capture, call, leaks
from tiers_payant.plugins.conformance._cases import CANARIES
from tiers_payant.plugins.conformance._inventory import Inventory

__all__ = ["judge_journal"]

_SECRET = "".join(secret.decode() for secret in CANARIES.values())
_DAYS = [dt.date(2025, 12, 31), dt.date(2026, 1, 2), dt.date(2026, 3, 2)]
_TEXTS = ["", '{"a": "é€\U0001f48a"}\n\n', "\r\n \t\ufeff'\";--\\", f"{_SECRET}\n" * 20_000]
"""What a text file, a database or a protocol may change: ends of lines, blanks, quotes, signs of any plane, length."""
Runs = list[tuple[dt.date, str]]
Faults = dict[str, list[str]]


def judge_journal(spec: JournalSpec, capture: Capture | None, inventory: Inventory) -> Faults:
    """Judge a journal, in a folder of its own: who else is kept out while it is held cannot be seen from here."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "relances"
        judging = _Judging(capture)
        judging.see("of a folder that is not there", lambda: _read(spec, place), [])
        if place.exists():
            judging.faults["inputs"].append("reading makes the folder")
        place.mkdir(exist_ok=True)
        (place / "exemple.txt").write_bytes(b"Exemple\n")
        kept: dict[dt.date, str] = {}
        for rank, text in enumerate(_TEXTS):
            day = _DAYS[min(rank, len(_DAYS) - 1)]  # the last day is recorded twice
            kept[day] = text
            given = judging.see(f"record {rank + 1}", partial(_recorded, spec, place, day, text), sorted(kept.items()))
            judging.see(f"record {rank + 1}, opened again", partial(_read, spec, place), given, "twice")
        judging.see("a block that raises", partial(_broken, spec, place), given, "twice")
        if (place / "exemple.txt").read_bytes() != b"Exemple\n":
            judging.faults["inputs"].append("a file of the folder is changed")
    return {what: sorted(set(found)) for what, found in judging.faults.items()}


def _read(spec: JournalSpec, place: Path) -> Runs:
    journal = spec.open(place)
    if not isinstance(journal, Journal):
        raise TypeError("no journal")
    return list(journal.runs())


def _recorded(spec: JournalSpec, place: Path, day: dt.date, text: str) -> Runs:
    journal = spec.open(place)
    with journal:
        journal.record(day, text)
        return list(journal.runs())


def _broken(spec: JournalSpec, place: Path) -> Runs:
    """Leave a block by an exception, which the journal does not keep to itself; return what it holds afterwards."""
    try:
        with spec.open(place):
            raise LookupError
    except LookupError:
        return _read(spec, place)
    raise AssertionError("the exception is swallowed")


class _Judging:
    """What one journal breaks."""

    def __init__(self, capture: Capture | None) -> None:
        self._capture = capture
        self.faults: Faults = {"raises": [], "shape": [], "inputs": [], "order": [], "twice": [], "leak": []}

    def see(self, what: str, question: Callable[[], Runs], expected: Runs | None, broken: str = "shape") -> Runs | None:
        """Ask, and note under *broken* an answer that is not as expected; return it, None when there is none."""
        outcome = call(self._capture, question)
        self.faults["leak"] += leaks("what it says or raises", outcome.said)
        if outcome.raised:
            self.faults["raises"].append(f"{what}: raised {outcome.raised}")
            return None
        given: Runs = outcome.value
        if expected is not None and given != expected:
            self.faults[broken].append(f"{what}: expected the runs that were recorded, each day once, in order")
        return given
