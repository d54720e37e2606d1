"""How wide a page of text is, and lines cut to it."""

from __future__ import annotations

import textwrap

from tiers_payant.domain import insecable, printable

__all__ = ["WIDTH", "wrapped"]

WIDTH = 100


def wrapped(text: str, indent: int, hanging: int | None = None) -> list[str]:
    """Cut a text to lines of the page, safe for a terminal; those after the first are indented by *hanging*."""
    rest = " " * (indent if hanging is None else hanging)
    return textwrap.wrap(
        insecable(printable(text)), WIDTH, initial_indent=" " * indent, subsequent_indent=rest, drop_whitespace=True
    )
