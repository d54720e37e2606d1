"""The guide "Write a format in 20 minutes" is what it says: its files and its commands are run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.plugins.test_nouveau import SRC, declared

PAGE = SRC.parent / "docs" / "how-to" / "write-a-format.md"
BLOCK = re.compile(r"(?:<!-- file: (\S+) -->\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command: str, place: Path) -> str:
    """Run one command of the page as it stands, but for where the programs are."""
    words = shlex.split(command)
    if words[:2] == ["pip", "install"]:
        if "--editable" in words:
            declared(place)
        return ""
    program = {"tiers-payant": ["-m", "tiers_payant"], "python": []}[words[0]]
    paths = os.pathsep.join(map(str, (place / "src", SRC)))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTEST_PLUGINS": "tiers_payant.pytest_options"}
    line = [sys.executable, *program, *words[1:]]
    done = subprocess.run(line, cwd=place, env=environment, capture_output=True, text=True, check=False)
    # A file in which something is wrong is read, and the command says so by its status.
    assert done.returncode in ((0, 1) if words[1] == "inspect" else (0,)), (command, done.stdout, done.stderr)
    return done.stdout


def test_guide_gives_a_wheel(tmp_path):
    """
    Every file is written where the page says, every command succeeds, and a wheel stands at the end.
    """
    place, said, ran = tmp_path, "", 0
    for file, language, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if file:
            assert (place / file).exists(), "the generator writes it, the page replaces it"
            (place / file).write_text(text, encoding="utf-8")
        for command in text.splitlines() if language == "sh" else ():
            if command.startswith("cd "):
                place /= command.removeprefix("cd ")
                continue
            said += run(command, place)
            ran += 1
    assert 10 == ran
    assert "lu par lgo-nord (lgo-nord)" in said
    assert ["lgo_nord-0.1.0-py3-none-any.whl"] == [wheel.name for wheel in (place / "dist").iterdir()]
