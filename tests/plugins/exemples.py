"""The examples of the hooks, run as the modules that they are written as."""

from __future__ import annotations

import importlib.util
import inspect
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

from tiers_payant.domain import hookimpl
from tiers_payant.plugins import hookspecs

__all__ = ["answers", "code_of", "example_of"]


def code_of(hook: str) -> str:
    """The code of the example of a hook, as its docstring shows it."""
    doc = inspect.getdoc(getattr(hookspecs, hook)) or ""
    return textwrap.dedent(doc.split("Example:", 1)[1].split("::\n", 1)[1]).strip("\n") + "\n"


def example_of(hook: str, folder: Path) -> ModuleType:
    """The example of a hook, imported from a file of *folder*."""
    file = folder / f"exemple_{hook}.py"
    file.write_text(code_of(hook), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answers(hook: str, given: Any) -> object:
    """A plugin that answers one hook: *given*, or what it returns when it is called."""

    def answer(self: object) -> Any:
        return given() if callable(given) else given

    return type("Plugin", (), {hook: hookimpl(answer, specname=hook)})()
