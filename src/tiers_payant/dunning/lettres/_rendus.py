"""The renderers of the library, and which of them a channel needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tiers_payant.domain import Canal, Courrier, RendererSpec, Support
from tiers_payant.dunning.lettres._courriel import render_email
from tiers_payant.dunning.lettres._html import render_html
from tiers_payant.dunning.lettres._pdf import has_pdf, render_pdf
from tiers_payant.dunning.lettres._tableaux import has_bordereau, render_bordereau, render_remise
from tiers_payant.dunning.lettres._texte import render_script, render_texte
from tiers_payant.errors import LetterError

__all__ = ["RENDUS", "SANS_PDF", "SUPPORTS", "merge_rendus", "supports_of"]

SANS_PDF = "Page HTML à imprimer : le module PDF (pip install tiers-payant[pdf]) n’est pas installé."

RENDUS: tuple[RendererSpec, ...] = (
    RendererSpec(name="texte", support=Support.TEXTE, label="Texte", suffix=".txt", render=render_texte),
    RendererSpec(name="html", support=Support.HTML, label="Page à imprimer", suffix=".html", render=render_html),
    RendererSpec(name="pdf", support=Support.PDF, label="Lettre PDF", suffix=".pdf", render=render_pdf),
    RendererSpec(name="email", support=Support.EMAIL, label="Courriel", suffix=".eml", render=render_email),
    RendererSpec(name="script", support=Support.SCRIPT, label="Script", suffix=".script.txt", render=render_script),
    RendererSpec(
        name="bordereau", support=Support.BORDEREAU, label="Bordereau", suffix=".bordereau.csv", render=render_bordereau
    ),
    RendererSpec(name="remise", support=Support.REMISE, label="Remise", suffix=".remise.csv", render=render_remise),
)
"""Every renderer of the library."""

SUPPORTS: Mapping[Canal, tuple[Support, ...]] = {
    Canal.PORTAIL: (Support.SCRIPT,),
    Canal.EMAIL: (Support.EMAIL,),
    Canal.TELEPHONE: (Support.SCRIPT,),
    Canal.LETTRE: (Support.PDF, Support.HTML),
    Canal.RECOMMANDE: (Support.PDF, Support.HTML),
    Canal.RECOUVREMENT: (Support.TEXTE, Support.REMISE),
}
"""What each channel may need, beside the bordereau."""

_SUFFIX = re.compile(r"(?:\.[a-z0-9]{1,12}){1,3}")


def merge_rendus(
    brought: Iterable[RendererSpec] = (), *, defaut: Iterable[RendererSpec] = RENDUS
) -> Mapping[Support, RendererSpec]:
    """Return who makes each support: the library, or whoever is brought in its place.

    Raises:
        LetterError: Two that are brought have one name or one support (both providers are told), or a suffix is none.
    """
    names, theirs = dict[str, RendererSpec](), dict[Support, RendererSpec]()
    for spec in brought:
        for what, other in ((spec.name, names.get(spec.name)), (spec.support.value, theirs.get(spec.support))):
            if other is not None:
                providers = " and ".join(sorted((other.provider, spec.provider)))
                raise LetterError(f"the renderer {what!r} is brought twice, by {providers}")
        names[spec.name] = theirs[spec.support] = spec
        if _SUFFIX.fullmatch(spec.suffix) is None:
            raise LetterError(f"the renderer {spec.name!r} of {spec.provider}: suffix: expected one like `.pdf`")
    return MappingProxyType({**{spec.support: spec for spec in defaut}, **theirs})


def supports_of(courrier: Courrier, *, pdf: bool | None = None) -> tuple[Support, ...]:
    """Return what a channel needs: the first is what is sent, or read; the others go with it.

    Args:
        courrier: The letter.
        pdf: Whether paper is a PDF, else a page to print; as the extra is installed or not when None.
    """
    # A person reads the letter; a file of their own factures beside it would only be one more thing to keep secret.
    table = (Support.BORDEREAU,) if has_bordereau(courrier) else ()
    if courrier.canal in (Canal.LETTRE, Canal.RECOMMANDE):
        return (Support.PDF if (has_pdf() if pdf is None else pdf) else Support.HTML, *table)
    if courrier.canal is Canal.EMAIL:
        return (Support.EMAIL,)
    if courrier.canal is Canal.RECOUVREMENT:
        return (Support.TEXTE, Support.REMISE)
    return (Support.SCRIPT, *table)
