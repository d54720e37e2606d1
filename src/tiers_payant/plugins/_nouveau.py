"""A new plugin, as a package of its own that passes its own tests at once."""

from __future__ import annotations

import keyword
import re
import sys
from enum import StrEnum
from importlib import resources
from pathlib import Path
from string import Template

import attrs

from tiers_payant.domain import RelancePolicy, policy_to_toml
from tiers_payant.errors import PluginError, SourceError, shape

__all__ = ["Kind", "new_package"]

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST = 60
_KIT = "python -m pytest --pyargs tiers_payant.plugins.conformance"
_COMMON = {"pyproject.toml": "commun/pyproject.toml.txt", "README.md": "commun/README.md.txt"}


class Kind(StrEnum):
    """What a new plugin brings."""

    FORMAT = "format"
    """A file format."""
    LETTRE = "lettre"
    """The words of a letter."""
    CONTROLE = "controle"
    """A check before sending."""
    CODES = "codes"
    """Reject codes."""
    POLITIQUE = "politique"
    """A dunning policy: a copy of the standard one, to be changed."""


def new_package(name: str, kind: Kind, folder: str | Path = ".") -> tuple[Path, ...]:
    """Write the package *name* into a folder of that name, made in *folder*; return its files.

    Args:
        name: Of the distribution, of its entry point, and of what it brings: lower case, digits and dashes.
        kind: What it brings.
        folder: Where.

    Raises:
        PluginError: The name is none, or Python has a module of that name.
        SourceError: There is something of that name already, or it cannot be written.
    """
    module = _module(name)
    golden = f"{_KIT} --plugin {name} --update-golden\n" if kind is Kind.FORMAT else ""
    words = {"nom": name, "module": module, "majuscules": name.upper(), "golden": golden}
    place = Path(folder) / name
    written = []
    try:
        place.mkdir(parents=True)
        for path, text in _files(name, module, kind).items():
            file = place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(Template(text).substitute(words), encoding="utf-8", newline="\n")
            written.append(file)
    except (OSError, ValueError) as error:  # a NUL in the path is a ValueError
        raise SourceError(f"{place.name}: {getattr(error, 'strerror', None) or 'no path'}") from None
    return tuple(written)


def _module(name: str) -> str:
    if len(name) > _LONGEST or _NAME.fullmatch(name) is None:
        raise PluginError(f"expected lower case letters, digits and single dashes, got '{shape(name)}'")
    module = name.replace("-", "_")
    if keyword.iskeyword(module) or module in {*sys.stdlib_module_names, "tests", "tiers_payant"}:
        raise PluginError(f"{module}: Python, or this library, has a module of that name")
    return module


def _files(name: str, module: str, kind: Kind) -> dict[str, str]:
    """Return the templates by the path of the file that each makes."""
    package = f"src/{module}"
    found = {path: _template(source) for path, source in _COMMON.items()}
    found |= {
        f"{package}/__init__.py": _template(f"{kind}/module.py.txt"),
        f"{package}/py.typed": "",
        f"tests/test_{module}.py": _template(f"{kind}/test.py.txt"),
    }
    if kind is Kind.FORMAT:
        found[f"tests/samples/{name}/exemple.txt"] = _template(f"{kind}/exemple.txt")
    if kind is Kind.CODES:
        found[f"{package}/codes.csv"] = _template(f"{kind}/codes.csv.txt")
    if kind is Kind.POLITIQUE:
        policy = policy_to_toml(attrs.evolve(RelancePolicy.standard(), nom=name))
        found[f"{package}/politique.toml"] = policy.replace("$", "$$")
    return found


def _template(path: str) -> str:
    return resources.files("tiers_payant.plugins").joinpath("nouveau", *path.split("/")).read_text(encoding="utf-8")
