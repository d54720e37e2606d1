"""Letters on the letterhead of an invented vendor: its band above, its line below, the words of the library between."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib import resources
from string import Template

from tiers_payant.domain import Courrier, ModeleSpec, RendererSpec, Support, hookimpl
from tiers_payant.dunning.lettres import Bloc, Page, adresse_lines, cellules, colonnes, compose, sommes

__version__ = "1.0.0"
requires_api = ">=1,<2"


def render(courrier: Courrier, modele: ModeleSpec) -> bytes:
    """Return a letter as one page of HTML: every text escaped, nothing loaded from elsewhere."""
    page = compose(courrier, modele)
    who = page.entete
    texts = {
        "officine": lines((who.nom, *page.expediteur)),
        "adresse": lines(adresse_lines(page)),
        "lieu": escape(page.lieu),
        "objet": escape(page.objet),
        "reperes": lines(f"{what} : {value}" for what, value in page.identifiants),
        "corps": "\n".join(block(bloc, page) for bloc in page.blocs),
        "signature": lines(text for text in (who.signataire, who.fonction) if text),
        "mentions": lines(who.mentions),
    }
    paper = resources.files(__name__).joinpath("papier.html").read_text(encoding="utf-8")
    return Template(paper).substitute(texts).encode()


def block(bloc: Bloc, page: Page) -> str:
    """Return one block of the body."""
    courrier = page.courrier
    if bloc.sorte == "tableau":
        head = [name for name, _ in colonnes(courrier)]
        return table([head, *(cellules(courrier, line) for line in courrier.lignes)])
    if bloc.sorte == "sommes":
        return table(sommes(courrier))
    if bloc.sorte == "reglement":
        return table(page.reglement)
    if bloc.sorte == "liste":
        return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in bloc.textes) + "</ul>"
    return f"<p>{escape(bloc.textes[0])}</p>"


def table(rows: Iterable[Iterable[str]]) -> str:
    """Return rows of cells."""
    cut = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{cells}</tr>" for cells in cut) + "</table>"


def lines(texts: Iterable[str]) -> str:
    """Return texts one under the other."""
    return "<br>".join(map(escape, texts))


@hookimpl
def tiers_payant_rendus() -> Iterable[RendererSpec]:
    """Return the page of the vendor, in the place of the library's."""
    label = "Page à imprimer, papier EXEMPLE"
    return [RendererSpec(name="papier-exemple", support=Support.HTML, label=label, suffix=".html", render=render)]
