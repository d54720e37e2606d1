"""What pytest needs to know of the conformance kit before it runs: its options, and where its report goes.

Every run of pytest on a machine that has this library loads this module: it imports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["pytest_addoption", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the kit."""
    group = parser.getgroup("tiers-payant", "tiers-payant: conformance of a plugin")
    group.addoption("--plugin", help="entry point, distribution, module or file to certify; tiers-payant for its own")
    group.addoption(
        "--samples", default="tests/samples", help="folder with one folder of samples for each format (%(default)s)"
    )
    group.addoption("--update-golden", action="store_true", help="write what is read of each sample beside it")
    group.addoption("--conformance-report", metavar="FILE", help="write a Markdown report that can be published")
    group.addoption(
        "--conformance-cases", type=int, default=500, help="cases made of one sample, in each family (%(default)s)"
    )
    group.addoption(
        "--conformance-timeout", type=float, default=10.0, help="seconds that one call may take (%(default)s)"
    )
    group.addoption(
        "--speed-floor", type=float, default=0.01, help="rows a second, against our own neutral CSV (%(default)s)"
    )
    group.addoption(
        "--start-ceiling", type=float, default=1.0, help="time to load, against that of the library (%(default)s)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Gather the results when a report is asked for."""
    path = config.getoption("--conformance-report")
    if path and config.getoption("--plugin"):
        from tiers_payant.plugins.conformance.report import Report

        config.pluginmanager.register(Report(config, path), "tiers-payant-conformance-report")
