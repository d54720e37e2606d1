"""`plugins new`: a package that passes its own tests at once."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tiers_payant import cli
from tiers_payant.errors import PluginError, SourceError
from tiers_payant.plugins import Kind, new_package

SRC = Path(cli.__file__).parents[2]


def python(*arguments: str, path: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(map(str, (path, SRC)))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTEST_PLUGINS": "tiers_payant.pytest_options"}
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def declared(place: Path) -> Path:
    """Make what an installer would: the entry point of a package, beside its modules. Return the folder of both."""
    project = tomllib.loads((place / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = place / "src" / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    entries = [f"{name} = {module}" for name, module in project["entry-points"]["tiers_payant"].items()]
    (info / "entry_points.txt").write_text("\n".join(["[tiers_payant]", *entries, ""]))
    return place / "src"


@pytest.mark.parametrize("kind", Kind)
def test_new_package_passes_its_own_tests(kind, tmp_path):
    """
    As it is written, with warnings as errors; and it is admitted without anything being set aside.
    """
    new_package("mon-exemple", kind, tmp_path)
    place = tmp_path / "mon-exemple"
    path = declared(place)
    tests = python(
        "-m", "pytest", "-q", "-c", "pyproject.toml", "-p", "no:cacheprovider", "tests", path=path, cwd=place
    )
    assert (0, "passed") == (tests.returncode, "passed" if " passed" in tests.stdout else tests.stdout)
    doctor = python("-m", "tiers_payant", "plugins", "doctor", path=path, cwd=place)
    assert (0, "2 greffons, 0 mise à l'écart.\n", "") == (doctor.returncode, doctor.stdout, doctor.stderr)


@pytest.mark.parametrize("kind", Kind)
def test_new_package_is_certified(kind, tmp_path):
    """
    Once its golden files are written, the kit finds nothing to say.
    """
    new_package("mon-exemple", kind, tmp_path)
    place = tmp_path / "mon-exemple"
    path = declared(place)
    kit = ["-m", "pytest", "-q", "-c", "pyproject.toml", "-p", "no:cacheprovider", "--pyargs"]
    named = ["tiers_payant.plugins.conformance", "--plugin", "mon-exemple", "--conformance-cases", "50"]
    python(*kit, *named, "--update-golden", path=path, cwd=place)
    done = python(*kit, *named, path=path, cwd=place)
    assert (0, "passed") == (done.returncode, "passed" if " passed" in done.stdout else done.stdout)


def test_new_packages_are_clean(tmp_path):
    """
    Nothing for a linter to say, with its own rules of order, nor for a strict checker of types.
    """
    for kind in Kind:
        new_package(f"mon-{kind}", kind, tmp_path)
        rules = ["--isolated", "--no-cache", "--line-length", "120", "--select", "B,E,F,I,N,RUF100,UP,W"]
        ruff = python("-m", "ruff", "check", *rules, ".", path=tmp_path, cwd=tmp_path / f"mon-{kind}")
        assert (0, "All checks passed!\n") == (ruff.returncode, ruff.stdout)
    sources = sorted(map(str, tmp_path.glob("*/src/*")))
    mypy = python("-m", "mypy", "--strict", "--cache-dir", str(tmp_path), *sources, path=tmp_path, cwd=tmp_path)
    assert (0, "Success") == (mypy.returncode, mypy.stdout[: len("Success")])


@pytest.mark.parametrize("name", ["", "Mon-LGO", "mon lgo", "-lgo", "lgo-", "a--b", "../x", "lgo.x", "é", "x" * 61])
def test_name_that_is_none_is_refused(name, tmp_path):
    """
    Before anything is written.
    """
    with pytest.raises(PluginError, match="lower case"):
        new_package(name, Kind.FORMAT, tmp_path)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["json", "class", "tiers-payant", "tests"])
def test_name_of_another_module_is_refused(name, tmp_path):
    """
    Importing it would give another.
    """
    with pytest.raises(PluginError, match="has a module of that name"):
        new_package(name, Kind.FORMAT, tmp_path)


def test_nothing_is_written_over(tmp_path):
    """
    A folder of that name stays as it is.
    """
    (tmp_path / "mon-exemple").mkdir()
    with pytest.raises(SourceError):
        new_package("mon-exemple", Kind.FORMAT, tmp_path)
    assert [] == list((tmp_path / "mon-exemple").iterdir())


@pytest.mark.parametrize("kind", Kind)
def test_golden_files_are_spoken_of_where_there_are_samples(kind, tmp_path, capsys):
    """
    A format alone is judged on files; the others are certified at once.
    """
    assert 0 == cli.main(["plugins", "new", "mon-exemple", "--kind", kind, "--dans", str(tmp_path)])
    readme = (tmp_path / "mon-exemple" / "README.md").read_text(encoding="utf-8")
    kit = "python -m pytest --pyargs tiers_payant.plugins.conformance --plugin mon-exemple\n"
    for page in (readme, capsys.readouterr().out):
        assert kit in page
        assert (kind is Kind.FORMAT) == ("--update-golden" in page)


def test_command_says_what_it_wrote_and_what_to_do(tmp_path, capsys):
    """
    In French; the same name again is refused.
    """
    command = ["plugins", "new", "mon-exemple", "--kind", "format", "--dans", str(tmp_path)]
    assert 0 == cli.main(command)
    out = capsys.readouterr().out
    assert "src/mon_exemple/__init__.py" in out
    assert "python -m pytest" in out
    assert 2 == cli.main(command)
    assert "mon-exemple : existe déjà" in capsys.readouterr().err
    assert 2 == cli.main(["plugins", "new", "Mon LGO", "--kind", "format", "--dans", str(tmp_path)])
    assert "minuscules" in capsys.readouterr().err
