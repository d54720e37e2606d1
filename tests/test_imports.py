"""Imports point inwards (docs/explanation/architecture.md): these tests read them, and print each offender."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "tiers_payant"

MIDDLE = ("formats", "matching", "rejets", "dunning", "journal", "reports")
CORE = {"errors", "domain"}
EVERYTHING = {*CORE, *MIDDLE, "plugins", "simulation", "pipeline", "cli"}
MAY_IMPORT = {
    "errors": set[str](),
    "domain": {"errors"},
    **dict.fromkeys(MIDDLE, CORE),
    "plugins": {*CORE, *MIDDLE},
    "simulation": {*CORE, *MIDDLE},
    "pipeline": EVERYTHING - {"pipeline", "cli"},
    "cli": {*EVERYTHING - {"cli"}, "__init__"},
    "pytest_options": {"plugins"},
    "__main__": {"cli"},
    "__init__": EVERYTHING - {"cli"},
}


@attrs.frozen(kw_only=True)
class Import:
    """One imported name, absolute, and whether it is met only when a function runs or a type is checked."""

    file: Path
    line: int
    name: str
    lazy: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}: {self.name}"

    @property
    def unit(self) -> str:
        """The package or module of the library that is meant, or its `__init__`."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 and parts[1] in EVERYTHING else "__init__"


def unit_of(file: Path) -> str:
    return file.relative_to(SRC).parts[0].removesuffix(".py")


def absolute(node: ast.ImportFrom, file: Path) -> str:
    """The module that a `from ... import` names, its leading dots resolved."""
    if not node.level:
        return node.module or ""
    folders = file.relative_to(SRC.parent).parent.parts
    base = folders[: len(folders) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def imported_names(node: ast.AST, file: Path) -> Iterator[str]:
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom():
            module = absolute(node, file)
            yield from (f"{module}.{alias.name}" for alias in node.names)
        case ast.Call(
            func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            yield name


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def walk(node: ast.AST, *, lazy: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    yield node, lazy
    inside = lazy or is_type_checking(node) or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield from walk(child, lazy=inside)


def read_imports(file: Path, text: str) -> list[Import]:
    return [
        Import(file=file, line=getattr(node, "lineno", 0), name=name, lazy=lazy)
        for node, lazy in walk(ast.parse(text))
        for name in imported_names(node, file)
    ]


def offences(imports: list[Import]) -> list[str]:
    """The imports of our own modules that point outwards or sideways."""
    return [
        str(found)
        for found in imports
        if found.name.split(".")[0] == "tiers_payant"
        and found.unit != (here := unit_of(found.file))
        and found.unit not in MAY_IMPORT[here]
    ]


FILES = sorted(SRC.rglob("*.py"))
IMPORTS = [found for file in FILES for found in read_imports(file, file.read_text(encoding="utf-8"))]
UNITS = sorted({unit_of(file) for file in FILES})


def declared(*extras: str) -> set[str]:
    """Names to import of the distributions that pyproject.toml declares, with those of *extras*."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [*project["dependencies"], *(line for e in extras for line in project["optional-dependencies"][e])]
    wanted = {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower() for line in requirements}
    return {name for name, dists in metadata.packages_distributions().items() if wanted & {d.lower() for d in dists}}


@pytest.mark.parametrize("unit", UNITS)
def test_imports_point_inwards(unit):
    """
    errors <- domain <- the middle packages, which ignore one another <- plugins, simulation <- pipeline <- cli.
    """
    assert unit in MAY_IMPORT, f"{unit} has no place in the order of the house: give it one, and say why in docs/adr"
    assert [] == offences([found for found in IMPORTS if unit_of(found.file) == unit])


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("errors.py", "from tiers_payant.domain import Facture"),
        ("domain/_facture.py", "from ..formats import b2"),
        ("domain/_facture.py", "def late():\n    from tiers_payant import matching"),
        ("formats/b2.py", "import tiers_payant.matching"),
        ("formats/b2.py", "from tiers_payant import Facture"),
        ("matching/_passes.py", "import importlib\nimportlib.import_module('tiers_payant.formats')"),
        ("plugins/builtins.py", "from .. import pipeline"),
        ("pipeline.py", "from .cli import main"),
    ],
)
def test_import_that_points_outwards_is_found(file, text):
    """
    Absolute, relative, inside a function, by text: each way of importing is read.
    """
    assert 1 == len(offences(read_imports(SRC / file, text)))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("formats/b2.py", "from ._layout import Layout\nfrom tiers_payant.domain import Facture\nimport numpy"),
        ("domain/_facture.py", "from ..errors import shape\nfrom . import tables"),
        ("cli.py", "from tiers_payant import pipeline, domain"),
    ],
)
def test_import_that_points_inwards_is_left_alone(file, text):
    """
    What the order of the house allows is never reported.
    """
    assert [] == offences(read_imports(SRC / file, text))


def test_private_modules_stay_in_their_package():
    """
    A module whose name starts with an underscore is imported by its own package only.
    """
    assert [] == [
        str(found)
        for found in IMPORTS
        if found.name.startswith("tiers_payant.")
        and any(part.startswith("_") and not part.startswith("__") for part in found.name.split(".")[2:])
        and found.unit != unit_of(found.file)
    ]


def test_third_parties_are_declared():
    """
    Whoever installs the library gets what it imports; what belongs to an extra is imported only when it is asked for,
    and the conformance kit is asked for by name.
    """
    always, extras, testing = declared(), declared("arrow", "pdf", "testing"), declared("testing")
    kit = SRC / "plugins" / "conformance"
    ours = {*sys.stdlib_module_names, "tiers_payant"}
    assert [] == [
        str(found)
        for found in IMPORTS
        if (top := found.name.split(".")[0]) not in ours | always
        and not (found.lazy and top in extras)
        and not (kit in found.file.parents and top in testing)
    ]


def test_import_loads_nothing_heavy():
    """
    `import tiers_payant` leaves numpy, lxml, Jinja2 and the plugins to their first use.
    """
    program = "import sys, tiers_payant; print(sorted({'numpy', 'lxml', 'pluggy', 'jinja2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
