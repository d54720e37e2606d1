"""A letter as PDF: typeset by Typst with the fonts that it carries, tagged (PDF/UA-1), the same bytes each time."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from importlib.util import find_spec
from typing import Any

from tiers_payant.domain import Courrier, ModeleSpec
from tiers_payant.dunning.lettres._page import adresse_lines, compose
from tiers_payant.dunning.lettres._valeurs import page_values
from tiers_payant.errors import LetterError

__all__ = ["has_pdf", "render_pdf"]


def has_pdf() -> bool:
    """Tell whether the extra `pdf` is installed."""
    return find_spec("typst") is not None


def render_pdf(courrier: Courrier, modele: ModeleSpec) -> bytes:
    """Return a letter on A4, its address where the window of an envelope shows it.

    Raises:
        LetterError: The extra `pdf` is not installed, the address is missing or does not fit, or a text has a letter
            that the font has not.
    """
    page = compose(courrier, modele)
    images = {"logo": list(page.entete.logo), "signature": list(page.entete.signature)}
    told = json.dumps({**page_values(page), "adresse": adresse_lines(page), **images}, ensure_ascii=False)
    if not has_pdf():
        raise LetterError("the extra `pdf` is not installed: pip install tiers-payant[pdf]")
    import typst

    compiler = typst.Compiler(input=_source(), font_paths=_fonts(), sys_inputs={"lettre": told})
    try:
        done = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError:  # its words quote the page, thus the addressee
        raise LetterError(
            f"{page.courrier.relance}: cannot be printed: a letter that the font has not, a letterhead too long, an "
            "address too wide, or an image that is none"
        ) from None
    assert isinstance(done, bytes)  # noqa: S101 - one PDF, whatever its pages
    return done


@cache
def _source() -> bytes:
    return resources.files("tiers_payant.dunning.lettres").joinpath("modeles", "page.typ").read_bytes()


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False)
