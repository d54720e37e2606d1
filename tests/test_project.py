"""The project keeps its word: pins, package data, changelog, glossary, and the script that the README promises."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tiers_payant.formats._layout import parse_layout

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]


def read_pins() -> dict[str, Version]:
    lines = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pins}


def test_requirements_are_pins_and_nothing_else():
    """
    No address, no range, no option: the file says what to install, the machine says from where.
    """
    lines = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    assert [] == [line for line in lines if not re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line)]


@pytest.mark.parametrize("requirement", RUNTIME, ids=str)
def test_pin_satisfies_the_lower_bound(requirement):
    """
    What the tests run with is something that a user's installer may choose.
    """
    assert requirement.specifier.contains(read_pins()[canonicalize_name(requirement.name)])


def test_pins_are_the_complete_closure():
    """
    Whatever a pinned package needs on this platform is pinned too, so that two machines install the same.
    """
    pins = read_pins()
    needed = {
        canonicalize_name(requirement.name): name
        for name in pins
        for line in metadata.requires(name) or []
        if (requirement := Requirement(line)).marker is None or requirement.marker.evaluate({"extra": ""})
    }
    assert {} == {name: by for name, by in needed.items() if name not in pins}


def test_wheel_holds_every_file_of_the_package(tmp_path):
    """
    Layouts, code tables and the type marker reach the user, not only the modules.
    """
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    package = ROOT / "src" / "tiers_payant"
    expected = {
        file.relative_to(package.parent).as_posix()
        for file in package.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert expected == held


def test_command_is_installed():
    """
    `tiers-payant` leads to a function.
    """
    (command,) = metadata.entry_points(group="console_scripts", name="tiers-payant")
    assert callable(command.load())


def test_changelog_fragments_are_named_after_their_issue():
    """
    A fragment tells its issue and its kind in its name, so that a release can gather them.
    """
    names = {file.name for file in (ROOT / "changelog.d").iterdir()} - {"README.md"}
    kinds = "breaking|feature|change|fix|rule"
    assert [] == [name for name in names if not re.fullmatch(rf"\d+\.({kinds})\.md", name)]


def test_glossary_defines_each_word_once():
    """
    One word, one definition, in the order of the alphabet.
    """
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^(\w.*)\n  \S", page, flags=re.MULTILINE)
    assert words
    assert sorted(set(words), key=alphabetical) == words


def alphabetical(word: str) -> str:
    plain = word.casefold().translate(str.maketrans("âàéèêëîïôûùç", "aaeeeeiiouuc"))
    return re.sub(r"[^a-z0-9]", "", plain)


def test_example_layout_of_the_guide_proves_itself():
    """
    What CONTRIBUTING.md shows as a layout is one: the loader takes it.
    """
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^<!-- layout -->\n```toml\n(.*?)^```$", guide, flags=re.MULTILINE | re.DOTALL)
    assert {"04"} == parse_layout(text).records.keys()


def test_readme_script_runs_when_pasted(tmp_path):
    """
    The script that the README shows is at most fifteen lines, and works in an empty folder.
    """
    extract = [sys.executable, str(ROOT / ".ci" / "readme_script.py"), str(ROOT / "README.md")]
    script = subprocess.run(extract, check=True, capture_output=True, text=True).stdout
    assert len([line for line in script.splitlines() if line.strip()]) <= 15
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
