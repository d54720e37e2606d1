"""What the tests of the kit are run on: whatever the plugin brings, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tiers_payant.plugins.conformance._cases import FAMILIES
from tiers_payant.plugins.conformance._workshop import Settings, Workshop
from tiers_payant.plugins.conformance.report import MARK

_WORKSHOP = pytest.StashKey[Workshop]()
_NOTHING = "nothing"
"""Stands for the subject of a test that has none: such a test is taken away."""

_SUBJECTS: Mapping[str, str] = {
    "format_name": "tiers_payant_formats",
    "written_format": "tiers_payant_formats",
    "streamed_format": "tiers_payant_formats",
    "inspected_format": "tiers_payant_formats",
    "renderer": "tiers_payant_rendus",
    "template": "tiers_payant_modeles",
    "check": "tiers_payant_controles",
}
"""By fixture, the hook whose things it names."""
_RULES = tuple(
    f"tiers_payant_{what}" for what in ("controles", "exports", "gates", "indicateurs", "journaux", "passes")
)
"""Hooks whose things are asked about facts, or given some to keep."""
_ONLY = {"written_format": "write", "streamed_format": "parts", "inspected_format": "elements"}
"""Fixtures that name those alone that can do something."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the kit alone in a run that names no plugin: it may be part of a suite that reads every module.

    Raises:
        pytest.UsageError: The kit was asked for by name, and no plugin was named.
    """
    if config.getoption("--plugin", None) is not None or not collection_path.name.startswith("test_"):
        return None
    if config.getoption("pyargs"):
        raise pytest.UsageError("the conformance kit needs --plugin NAME")
    return True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test for each thing that the plugin brings and that the test is about."""
    brought: dict[str, list[dict[str, Any]]] = _inventory(metafunc.config)["brought"]
    for fixture in metafunc.fixturenames:
        if fixture in _SUBJECTS:
            told = brought.get(_SUBJECTS[fixture], ())
            names = [one["name"] for one in told if not one["faults"] and one.get(_ONLY.get(fixture, ""), True)]
            metafunc.parametrize(fixture, names or [_NOTHING])
    if "rule" in metafunc.fixturenames:
        rules = [(hook, one["name"]) for hook in _RULES for one in brought.get(hook, ()) if not one["faults"]]
        ids = [f"{hook.removeprefix('tiers_payant_')}:{name}" for hook, name in rules]
        metafunc.parametrize("rule", [*rules] or [_NOTHING], ids=ids or [_NOTHING])
    if "family" in metafunc.fixturenames:
        metafunc.parametrize("family", [*FAMILIES, "junk"])
    if "hook" in metafunc.fixturenames:
        metafunc.parametrize("hook", sorted(brought) or [_NOTHING])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take away the tests of what the plugin does not bring."""
    ours = [item for item in items if item.path.parent == Path(__file__).parent]
    idle = {item for item in ours if _NOTHING in getattr(getattr(item, "callspec", None), "params", {}).values()}
    items[:] = [item for item in items if item not in idle]
    for item in ours:
        item.user_properties.append(MARK)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the processes of the plugin."""
    if _WORKSHOP in config.stash:
        config.stash[_WORKSHOP].close()


@pytest.fixture
def workshop(request: pytest.FixtureRequest) -> Workshop:
    """Who asks the plugin, in processes of its own."""
    return _workshop(request.config)


@pytest.fixture
def inventory(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the plugin brings, and what is wrong with it."""
    return _inventory(request.config)


def _workshop(config: pytest.Config) -> Workshop:
    if _WORKSHOP not in config.stash:
        config.stash[_WORKSHOP] = Workshop(
            Settings(
                plugin=config.getoption("--plugin"),
                samples=Path(config.getoption("--samples")).absolute(),
                most=config.getoption("--conformance-cases"),
                timeout=config.getoption("--conformance-timeout"),
            )
        )
    return config.stash[_WORKSHOP]


def _inventory(config: pytest.Config) -> dict[str, Any]:
    told: dict[str, Any] | str = _workshop(config).once(ask="inventory")
    if isinstance(told, str):
        lost = {"brought": {}, "hook_faults": {}, "refused": {}, "distribution": "", "version": ""}
        return {**lost, "load_faults": [f"loading: {told}"]}
    return told
