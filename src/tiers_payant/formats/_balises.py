"""What the readers of XML take from which element: the table that these formats have in the place of columns."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import attrs
import cattrs

from tiers_payant.formats._page import printed_table

__all__ = ["Balise", "Balises", "balises_of", "balises_text"]


@attrs.frozen(kw_only=True)
class Balise:
    """One element, or several of which the first that is there is taken."""

    path: str
    lu: str
    """The column that takes it, or what it serves."""
    note: str = ""


@attrs.frozen(kw_only=True)
class Balises:
    """The elements that the readers of some formats look for, and where their names come from."""

    formats: tuple[str, ...]
    source: str
    confidence: str
    element: tuple[Balise, ...]


@cache
def balises_of(name: str) -> Balises | None:
    """Return the elements that the reader of that format takes; None for one that reads no XML."""
    return next((one for one in _all() if name in one.formats), None)


@cache
def _all() -> tuple[Balises, ...]:
    files = resources.files("tiers_payant.formats").joinpath("balises").iterdir()
    converter = cattrs.Converter(forbid_extra_keys=True)
    texts = [file.read_text(encoding="utf-8") for file in files if file.name.endswith(".toml")]
    return tuple(converter.structure(tomllib.loads(text), Balises) for text in texts)


def balises_text(balises: Balises) -> str:
    """Return the elements as a page, in French."""
    rows = [(one.path, one.lu, one.note) for one in balises.element]
    head = f"Source : {balises.source} ; confiance {balises.confidence}"
    return "\n".join([head, *printed_table(("élément", "lu dans", "remarques"), rows)])
