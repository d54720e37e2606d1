"""A letter as plain text: for the body of an e-mail, for a portal, and for who calls."""

from __future__ import annotations

from collections.abc import Sequence

from tiers_payant.domain import Canal, Courrier, ModeleSpec, format_cents
from tiers_payant.dunning.lettres._montants import cellules, colonnes, sommes
from tiers_payant.dunning.lettres._page import Bloc, Page, compose
from tiers_payant.dunning.lettres._textes import jour, wrapped
from tiers_payant.errors import LetterError

__all__ = ["page_text", "render_script", "render_texte", "table_text"]

WIDTH = 78


def render_texte(courrier: Courrier, modele: ModeleSpec) -> bytes:
    """Return a letter as plain text, UTF-8, lines of 78 characters where words allow it.

    Raises:
        LetterError: The template is at fault, or a text cannot be shown.
    """
    page = compose(courrier, modele)
    head = [
        page.entete.nom,
        *page.expediteur,
        "",
        page.lieu,
        f"Référence\u00a0: {page.courrier.reference}",
        *_identified(page),
        "",
    ]
    return "\n".join([*head, f"Objet\u00a0: {page.objet}", "", page_text(page), ""]).encode()


def render_script(courrier: Courrier, modele: ModeleSpec) -> bytes:
    """Return what to say on the telephone, or to type on a portal: whom to reach, the words, what was done before.

    Raises:
        LetterError: The telephone to call is not known, or the template is at fault.
    """
    page = compose(courrier, modele)
    who = page.courrier.destinataire
    reached = who.portail or "portail du destinataire" if courrier.canal is Canal.PORTAIL else who.telephone
    if not reached:
        raise LetterError(f"{courrier.relance}: no telephone to call")
    told = [
        ("À qui", " ".join(filter(None, (who.civilite, who.nom))) + (f", {who.service}" if who.service else "")),
        ("Où" if courrier.canal is Canal.PORTAIL else "Numéro", reached),
        ("Le", jour(courrier.le)),
        ("Objet", page.objet),
        ("Référence", page.courrier.reference),
        *page.identifiants,
        ("Somme", format_cents(courrier.total_cents)),
        ("Déjà fait", " ; ".join(page.precedents).replace(" ;", "\u00a0;")),
    ]
    head = table_text([], [(f"{what}\u00a0:", value) for what, value in told if value], right=())
    body = page_text(page, signed=courrier.canal is Canal.PORTAIL)
    return "\n".join([*head, "", "-" * WIDTH, "", body, ""]).encode()


def page_text(page: Page, *, signed: bool = True) -> str:
    """Return the body and, unless it is only to be said, who signs it."""
    who = page.entete
    names = [line for line in (who.signataire, who.fonction, who.nom, *_identified(page)) if line and signed]
    return "\n\n".join([*(_block(bloc, page) for bloc in page.blocs), "\n".join(names)]).rstrip("\n")


def _identified(page: Page) -> list[str]:
    return [f"{what}\u00a0: {value}" for what, value in page.identifiants]


def table_text(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[bool]) -> list[str]:
    """Return a table in columns of text; *right* tells which stand to the right, none when it is empty."""
    every = [list(row) for row in ([head] if head else []) + list(rows)]
    widths = [max(len(row[rank]) for row in every) for rank in range(len(every[0]))]
    sides = list(right) or [False] * len(widths)
    return [
        "  ".join(
            cell.rjust(width) if side else cell.ljust(width)
            for cell, width, side in zip(row, widths, sides, strict=True)
        ).rstrip(" ")
        for row in every
    ]


def _block(bloc: Bloc, page: Page) -> str:
    courrier = page.courrier
    if bloc.sorte == "tableau":
        columns = colonnes(courrier)
        rows = [cellules(courrier, line) for line in courrier.lignes]
        total = ["", f"Reste dû\u00a0: {format_cents(courrier.principal_cents)}"] if page.total else []
        right = [field.endswith("_cents") for _, field in columns]
        return "\n".join([*table_text([name for name, _ in columns], rows, right=right), *total])
    if bloc.sorte == "sommes":
        return "\n".join(table_text([], sommes(courrier), right=(False, True)))
    if bloc.sorte == "reglement":
        return "\n".join(table_text([], [(f"{what}\u00a0:", value) for what, value in page.reglement], right=()))
    if bloc.sorte == "liste":
        return "\n".join("\n".join(_item(text)) for text in bloc.textes)
    return "\n".join(wrapped(bloc.textes[0], WIDTH))


def _item(text: str) -> list[str]:
    return [("- " if rank == 0 else "  ") + line for rank, line in enumerate(wrapped(text, WIDTH - 2))]
