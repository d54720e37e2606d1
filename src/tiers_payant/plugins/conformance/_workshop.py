"""The side of the tests: what is asked of the plugin's processes, once each, and what came back in time."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

__all__ = ["HUNG", "LOST", "Process", "Settings", "Workshop"]

HUNG = "hung"
"""No answer in time."""
LOST = "ended the process"
"""The process died meanwhile."""

_HANGS = 2
"""After so many in one family, the rest of it is not asked."""
_LOADING = 60.0
"""Seconds that a process has to begin, whatever a call has."""
_BUILDING = 20
"""Calls that one request may make: it has the time of so many."""


@attrs.frozen(kw_only=True)
class Settings:
    """What the kit was asked."""

    plugin: str
    samples: Path
    most: int
    timeout: float
    """Seconds that one call has."""


_ZONES = {1: {"TZ": "EST-14"}, 2: {"TZ": "OUEST12"}}
"""Of two processes, where the day is never the same: who asks which one it is reads otherwise."""


class Process:
    """One process with the plugin inside; it is started on first use, and again when it is gone."""

    def __init__(self, settings: Settings, *, hash_seed: int = 0) -> None:
        self._settings = settings
        self._environment = {
            **os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONDONTWRITEBYTECODE": "1", **_ZONES.get(hash_seed, {}),
        }  # fmt: skip
        self._running: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def ask(self, **request: Any) -> Iterator[dict[str, Any]]:
        """Yield what a process answers, the end last; or the end `HUNG` or `LOST`, after which it is gone."""
        wait = self._settings.timeout if request["ask"] == "family" else self._settings.timeout * _BUILDING
        if self._running is None:
            self._start()
            wait = max(wait, _LOADING)
        self._say(request)
        while True:
            try:
                line = self._answers.get(timeout=wait)
            except queue.Empty:
                self.stop()
                yield {"end": HUNG}
                return
            if not line:
                self.stop()
                yield {"end": LOST}
                return
            told = json.loads(line)
            wait = self._settings.timeout if "begin" in told and request["ask"] == "family" else max(wait, _LOADING)
            yield told
            if "end" in told:
                return

    def stop(self) -> None:
        """End the process."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            for stream in (self._running.stdin, self._running.stdout):
                if stream is not None:
                    stream.close()
            self._running = None

    def _start(self) -> None:
        command = [sys.executable, "-m", "tiers_payant.plugins.conformance._worker"]
        self._running = subprocess.Popen(  # noqa: S603 - this very interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            encoding="utf-8", env=self._environment,
        )  # fmt: skip
        self._answers = queue.Queue()
        threading.Thread(target=_pump, args=(self._running, self._answers), daemon=True).start()
        self._say(
            {"plugin": self._settings.plugin, "samples": str(self._settings.samples), "most": self._settings.most}
        )

    def _say(self, request: Mapping[str, Any]) -> None:
        if self._running is not None and self._running.stdin is not None:
            try:
                self._running.stdin.write(json.dumps(request) + "\n")
                self._running.stdin.flush()
            except OSError:
                self._answers.put("")


def _pump(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    """Hand over what a process says, then an empty line; a pipe that is closed meanwhile ends it too."""
    try:
        for line in process.stdout or ():
            answers.put(line)
    except ValueError:
        return
    answers.put("")


class Workshop:
    """Asks each thing once, and keeps the answers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._processes = {0: Process(settings)}
        """By the seed of their hashes; most is asked of the first."""
        self._known: dict[str, Any] = {}

    def close(self) -> None:
        """End the processes."""
        for process in self._processes.values():
            process.stop()

    def once(self, *, hash_seed: int = 0, **request: Any) -> Any:
        """Return the end of one request: what it amounts to, `HUNG` or `LOST`.

        Args:
            hash_seed: Asked of the process whose hashes have this seed.
            request: What is asked; each thing is asked once.
        """
        key = json.dumps([hash_seed, request], sort_keys=True)
        if key not in self._known:
            process = self._processes.setdefault(hash_seed, Process(self.settings, hash_seed=hash_seed))
            *_, last = process.ask(**request)
            self._known[key] = last["end"]
        return self._known[key]

    def family(self, format: str, family: str) -> list[dict[str, Any]]:  # noqa: A002 - what it is
        """Return what was seen of each case of a family; of one that did not come back, that it hung or was lost."""
        key = f"{format}/{family}"
        if key not in self._known:
            self._known[key] = list(self._observed(format, family))
        return self._known[key]  # type: ignore[no-any-return]

    def _observed(self, format: str, family: str) -> Iterator[dict[str, Any]]:  # noqa: A002
        done, gone = 0, 0
        while gone < _HANGS:
            begun = ""
            for told in self._processes[0].ask(ask="family", format=format, family=family, skip=done):
                begun = told.get("begin", begun)
                if "seen" in told:
                    done += 1
                    yield told["seen"]
            if not isinstance(told["end"], str):
                return
            yield {"case": begun, "lost": told["end"]}
            done, gone = done + 1, gone + 1
