"""The plugin as a whole: it loads, answers, and starts as fast as the library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tiers_payant.plugins.conformance._verdict import reject

_START = """
import json, sys
from time import perf_counter
begin = perf_counter()
from tiers_payant.plugins import build_manager, formats_of
formats_of(build_manager())
ours = perf_counter()
from tiers_payant.plugins.conformance._load import load
found = load(sys.argv[1])
theirs = perf_counter()
print(json.dumps([ours - begin, theirs - ours]))
"""


def test_it_loads(inventory: dict[str, Any]) -> None:
    """It is found and registers, each hook has the right name and arguments."""
    reject(inventory["load_faults"])


def test_hooks_give_what_they_must(hook: str, inventory: dict[str, Any]) -> None:
    """Objects of the right type, under names of their own, the same when asked again."""
    reject(inventory["hook_faults"].get(hook, ()))


def test_what_it_brings_is_whole(hook: str, inventory: dict[str, Any]) -> None:
    """Each function takes what it is called with, names and labels can be printed, codes and payers have a source."""
    reject(f"{one['name']}: {fault}" for one in inventory["brought"][hook] for fault in one["faults"])


def test_it_starts_as_fast_as_the_library(
    inventory: dict[str, Any], pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    """In a new process, loading the plugin takes no longer than loading the library and its formats."""
    if inventory["load_faults"]:
        pytest.skip("nothing to judge: it does not load")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", _START, pytestconfig.getoption("--plugin")],
        capture_output=True, text=True, check=True, env=environment, timeout=60,
    )  # fmt: skip
    ours, theirs = json.loads(done.stdout.splitlines()[-1])
    record_property("start", f"{theirs / ours:.2f} of the library's own")
    ceiling = pytestconfig.getoption("--start-ceiling")
    reject([f"{theirs / ours:.2f} times as long as the library, at most {ceiling}"] if theirs > ceiling * ours else [])
