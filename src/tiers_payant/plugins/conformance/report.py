"""The report of a run, in Markdown: what was promised, what was seen, and nothing of any file."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

__all__ = ["MARK", "Report"]

MARK = ("tiers-payant", "conformance")
"""Tells the tests of the kit from others of the same run."""
_WORDS = {"passed": "yes", "failed": "**no**", "skipped": "not judged"}


class Report:
    """Gathers the results of the kit, and writes them when the run ends."""

    def __init__(self, config: pytest.Config, path: str) -> None:
        self._config = config
        self._path = Path(path)
        self._results: dict[str, tuple[str, str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep one result; what fails around a test counts as the test."""
        if MARK not in report.user_properties or (report.when != "call" and report.passed):
            return
        said = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr or "")
        figures = "; ".join(f"{name}: {value}" for name, value in report.user_properties if name != MARK[0])
        self._results[report.nodeid.rsplit("/", 1)[-1]] = (report.outcome, figures, said)

    def pytest_sessionfinish(self) -> None:
        """Write the report."""
        self._path.write_text(self.text(), encoding="utf-8", newline="\n")

    def text(self) -> str:
        """Return the report."""
        plugin = Path(self._config.getoption("--plugin")).name
        counted = {word: sum(one[0] == word for one in self._results.values()) for word in _WORDS}
        most = self._config.getoption("--conformance-cases")
        verdict = "certified" if self._results and not counted["failed"] else "**not certified**"
        lines = [
            f"# Conformance of {plugin}", "", f"Verdict: {verdict}.", "",
            f"- plugin: {plugin} {_version(plugin)}".rstrip(),
            f"- library: tiers-payant {_version('tiers-payant')}",
            f"- Python {platform.python_version()}, {platform.system()}",
            f"- cases of one sample: at most {most} in each family; longer files are cut at so many places",
            f"- {counted['passed']} promises kept, {counted['failed']} broken, {counted['skipped']} not judged",
            "", "| promise | kept | figures |", "|---|---|---|",
        ]  # fmt: skip
        lines += [f"| {_cell(name)} | {_WORDS[kept]} | {_cell(said)} |" for name, (kept, said, _) in self._each()]
        for name, (kept, _, why) in self._each():
            if kept != "passed":
                lines += ["", f"## {_cell(name)}", "", "```text", *why.strip().splitlines()[:12], "```"]
        return "\n".join([*lines, ""])

    def _each(self) -> list[tuple[str, Any]]:
        return sorted(self._results.items())


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except (metadata.PackageNotFoundError, ValueError):
        return ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
