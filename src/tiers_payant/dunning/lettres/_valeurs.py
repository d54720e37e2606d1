"""What the pages of a letter show, PDF and HTML alike, as plain values."""

from __future__ import annotations

from typing import Any

from tiers_payant.domain import Canal, format_cents
from tiers_payant.dunning.lettres._montants import cellules, colonnes, sommes
from tiers_payant.dunning.lettres._page import Page
from tiers_payant.dunning.lettres._textes import CANAUX, pluriel

__all__ = ["page_values"]


def page_values(page: Page) -> dict[str, Any]:
    """Return what `page.typ` and `page.html` both read: all but the address and the images."""
    courrier, entete = page.courrier, page.entete
    columns = colonnes(courrier)
    return {
        "nom": entete.nom,
        "expediteur": page.expediteur,
        "reference": courrier.reference,
        "identifiants": [f"{what}\u00a0: {value}" for what, value in page.identifiants],
        "envoi": CANAUX[Canal.RECOMMANDE].capitalize() if courrier.canal is Canal.RECOMMANDE else "",
        "lieu": page.lieu,
        "objet": page.objet,
        "blocs": [{"sorte": one.sorte, "textes": one.textes} for one in page.blocs],
        "colonnes": [head for head, _ in columns],
        "droite": [field.endswith("_cents") for _, field in columns],
        "lignes": [cellules(courrier, line) for line in courrier.lignes],
        "total": page.total,
        "reste": format_cents(courrier.principal_cents),
        "sommes": sommes(courrier),
        "reglement": page.reglement,
        "annexe": page.annexe,
        "renvoi": page.renvoi,
        "titre_annexe": f"Détail de {pluriel(len(courrier.lignes), 'facture', 'factures')}",
        "signataire": entete.signataire,
        "fonction": entete.fonction,
        "mentions": entete.mentions,
    }
