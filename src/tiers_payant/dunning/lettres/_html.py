"""A letter as one page of HTML that needs nothing else: to print, or to read in an e-mail."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from tiers_payant.domain import Courrier, ModeleSpec
from tiers_payant.dunning.lettres._page import Page, adresse_lines, compose
from tiers_payant.dunning.lettres._valeurs import page_values

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["page_html", "render_html"]


def render_html(courrier: Courrier, modele: ModeleSpec) -> bytes:
    """Return a letter to print on A4: UTF-8, style and images inside, no script, nothing loaded from elsewhere.

    Raises:
        LetterError: The address is missing or does not fit the window, or the template is at fault.
    """
    return page_html(compose(courrier, modele), papier=True).encode()


def page_html(page: Page, *, papier: bool) -> str:
    """Return the page; without the letterhead, the address and the images when it is not for paper."""
    entete = page.entete
    return _template().render(
        **page_values(page),
        papier=papier,
        adresse=adresse_lines(page) if papier else (),
        logo=_inline(entete.logo) if papier else "",
        signature=_inline(entete.signature) if papier else "",
    )


def _inline(image: bytes) -> str:
    if not image:
        return ""
    kind = "png" if image.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{b64encode(image).decode('ascii')}"


@cache
def _template() -> Template:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    text = resources.files("tiers_payant.dunning.lettres").joinpath("modeles", "page.html").read_text("utf-8")
    return environment.from_string(text)
