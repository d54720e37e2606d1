"""How the documentation is built: `make docs`, warnings are errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from importlib import metadata
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.ext.napoleon import GoogleDocstring

from tiers_payant.domain import Table
from tiers_payant.formats import layout_markdown, layout_names, load_layout

project = "tiers-payant"
author = "the tiers-payant contributors"
copyright = f"2026, {author}"
release = version = metadata.version("tiers-payant")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

html_theme = "furo"
html_title = "tiers-payant"

_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def code(text: str) -> str:
    return _CODE.sub(r"``\1``", text)


def process_docstring(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Read our docstrings: one pair of backticks is code, sections are Google's, a table lists its columns.

    The extension `napoleon` is not used as such: it takes what stands before a colon, in the docstring of an attribute,
    for its type.
    """
    text = code("\n".join(lines)).split("\n")
    kind = "method" if what in {"attribute", "data", "property"} else what
    lines[:] = GoogleDocstring(text, what=kind, name=name, obj=obj, options=options).lines()
    if isinstance(obj, type) and issubclass(obj, Table):
        lines += ["", *columns(obj)]


def columns(table: type[Table]) -> Iterator[str]:
    for name, kind in table.kinds().items():
        dtype = "bytes" if kind.dtype == "S" else "str" if kind.dtype == "O" else kind.dtype
        sensitive = "; sensitive, never printed" if kind.sensible else ""
        yield f"* ``{name}`` ({dtype}): {code(kind.doc)}{sensitive}"


def keep_values(app: Sphinx, what: str, name: str, obj: object, skip: bool, options: object) -> bool | None:
    """Show every value of an enumeration, also those whose name says it all."""
    return False if isinstance(obj, Enum) else None


def write_layouts(app: Sphinx) -> None:
    """Make the page of each layout from its table; one that has not changed is left alone."""
    for name in layout_names():
        page = Path(app.srcdir) / "reference" / "formats" / f"layout-{name}.md"
        text = layout_markdown(load_layout(name))
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", write_layouts)
    app.connect("autodoc-process-docstring", process_docstring)
    app.connect("autodoc-skip-member", keep_values)
