"""The pages of the hooks, made from their docstrings: `python -m tests.plugins.crochets_page` writes them."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Mapping
from pathlib import Path

from tests.plugins.exemples import code_of

from tiers_payant.plugins import hookspecs

__all__ = ["FOLDER", "pages"]

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "hooks"

_INDEX = """# Hooks

What a plugin may answer. A plugin is any object, often a module, that carries functions marked with
`tiers_payant.domain.hookimpl`; a hook is asked once a run, never per row, and what it gives are frozen objects of the
types named below, which `tiers_payant.domain` holds. The library's own formats, payers, passes and letters come through
the same hooks.

These pages are written from the docstrings of `tiers_payant.plugins.hookspecs` by
`python -m tests.plugins.crochets_page`, and tests hold them to it and run their examples.

| Hook | Gives | In short |
|---|---|---|
"""
_TREE = """
```{toctree}
:hidden:

"""


def _given(hook: str) -> list[type]:
    """What a hook gives: the types of its specification."""
    returned = typing.get_type_hints(getattr(hookspecs, hook))["return"]
    (inside,) = typing.get_args(returned)
    return list(typing.get_args(inside)) or [inside]


def _paragraphs(hook: str) -> list[str]:
    """What a hook promises, in paragraphs, its example left out."""
    doc = inspect.getdoc(getattr(hookspecs, hook)) or ""
    return doc.split("Example:", 1)[0].strip().split("\n\n")


def _lead(hook: str) -> str:
    """The sentence that stands before the code of the example."""
    doc = inspect.getdoc(getattr(hookspecs, hook)) or ""
    return re.sub(r"\s+", " ", doc.split("Example:", 1)[1].split("::\n", 1)[0]).strip()


def _page(hook: str) -> str:
    types = _given(hook)
    told = "\n\n".join(_paragraphs(hook))
    fields = "".join(
        f".. autoclass:: tiers_payant.domain.{one.__name__}\n   :no-index:\n   :members:\n" for one in types
    )
    names = " or ".join(f"`{one.__name__}`" for one in types)
    return (
        f"# `{hook}`\n\nGives {names}, any number of them, in an iterable; or None, for none.\n\n{told}\n\n"
        "## Example\n\n"
        f"{_lead(hook)}:\n\n```python\n{code_of(hook)}```\n\n## What it gives\n\n```{{eval-rst}}\n{fields}```\n"
    )


def _index() -> str:
    rows = "".join(
        f"| [`{hook}`]({hook}.md) | {', '.join(f'`{one.__name__}`' for one in _given(hook))} | "
        f"{' '.join(_paragraphs(hook)[0].split())} |\n"
        for hook in sorted(hookspecs.__all__)
    )
    return f"{_INDEX}{rows}{_TREE}" + "".join(f"{hook}\n" for hook in sorted(hookspecs.__all__)) + "```\n"


def pages() -> Mapping[str, str]:
    """Return every page, by the name of its file."""
    return {"index.md": _index(), **{f"{hook}.md": _page(hook) for hook in sorted(hookspecs.__all__)}}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
