"""Measuring: medians of a few repetitions, and the peak memory of a process that does one thing."""

from __future__ import annotations

import gc
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["Chrono", "child", "machine", "memory_bytes", "peak_bytes", "reset_peak"]

ROOT = Path(__file__).parents[1]
_STATUS = Path("/proc/self/status")


class Chrono:
    """Takes medians, and remembers how far the repetitions were from one another."""

    def __init__(self, repetitions: int) -> None:
        self.repetitions = repetitions
        self.ecarts: list[float] = []

    def median_s(self, work: Callable[[], object]) -> float:
        """Run *work* a few times, after once for nothing, and return the median in seconds."""
        work()
        return self.of([self._once(work) for _ in range(self.repetitions)])

    def of(self, seconds: list[float]) -> float:
        """Return the median of *seconds* measured elsewhere."""
        median = statistics.median(seconds)
        self.ecarts.append((max(seconds) - min(seconds)) / median)
        return median

    def _once(self, work: Callable[[], object]) -> float:
        gc.collect()
        start = time.perf_counter()
        work()
        return time.perf_counter() - start


def child(*arguments: str, python: tuple[str, ...] = ("-m", "benchmarks._enfant")) -> dict[str, Any]:
    """Run one task of `_enfant` in a process of its own, and return what it tells."""
    done = subprocess.run(
        [sys.executable, *python, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def peak_bytes() -> int:
    """Return the largest resident memory of this process so far, the pages of mapped files included.

    `ru_maxrss` of a process starts at what its parent held, so the counter of the address space is used where the
    system has one.
    """
    told = _status("VmHWM")
    if told:
        return told
    maxrss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return maxrss if sys.platform == "darwin" else maxrss * 1024


def reset_peak() -> None:
    """Let `peak_bytes` count from now, where the system can: making the data took memory too."""
    control = Path("/proc/self/clear_refs")
    if control.exists():
        control.write_text("5", encoding="ascii")


def memory_bytes() -> int:
    """Return the resident memory of this process now; where the system does not tell, its peak."""
    return _status("VmRSS") or peak_bytes()


def _status(name: str) -> int:
    if not _STATUS.exists():
        return 0
    line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


def machine() -> dict[str, str]:
    """Say what matters of the machine, and nothing that names it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = {"cores": str(cores), "system": f"{platform.system()} {platform.machine()}"}
    told["Python"] = f"{platform.python_implementation()} {platform.python_version()}"
    for package in ("numpy", "lxml", "attrs", "pandas", "polars"):
        try:
            told[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            told[package] = "not installed"
    return told
