"""How the documentation is built: `make docs`, warnings are errors."""

from __future__ import annotations

import re
from importlib import metadata

from sphinx.application import Sphinx
from sphinx.ext.napoleon import GoogleDocstring

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
exclude_patterns = ["_build"]

_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def process_docstring(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Read our docstrings: one pair of backticks is code, sections are Google's.

    The extension `napoleon` is not used as such: it takes what stands before a colon, in the docstring of an attribute,
    for its type.
    """
    lines[:] = _CODE.sub(r"``\1``", "\n".join(lines)).split("\n")
    if what not in {"attribute", "data", "property"}:
        lines[:] = GoogleDocstring(lines, what=what, name=name, obj=obj, options=options).lines()


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-docstring", process_docstring)
