"""Letters: from a plan of dunning to files to post, to send or to read. Nobody here sends anything.

`courriers` says what each contact tells, with the fields of `Courrier` and nothing else: nothing medical has a field.
`render_lettres` fills the template of each and renders it; a renderer of a vendor begins with `compose`, and lays out
the `Page` that it gives. Jinja2 and Typst are loaded on first use.
"""

from __future__ import annotations

from tiers_payant.dunning.lettres._courriers import courriers
from tiers_payant.dunning.lettres._lettres import render_lettre, render_lettres, render_plan
from tiers_payant.dunning.lettres._modeles import check_modele, load_modeles, merge_modeles, read_modeles
from tiers_payant.dunning.lettres._montants import cellules, colonnes, sommes
from tiers_payant.dunning.lettres._page import Bloc, Page, adresse_lines, compose
from tiers_payant.dunning.lettres._pdf import has_pdf
from tiers_payant.dunning.lettres._rendus import RENDUS, SANS_PDF, merge_rendus, supports_of
from tiers_payant.dunning.lettres._verification import check_redaction, merge_entetes, redaction_faults

__all__ = [
    "RENDUS",
    "SANS_PDF",
    "Bloc",
    "Page",
    "adresse_lines",
    "cellules",
    "check_modele",
    "check_redaction",
    "colonnes",
    "compose",
    "courriers",
    "has_pdf",
    "load_modeles",
    "merge_entetes",
    "merge_modeles",
    "merge_rendus",
    "read_modeles",
    "redaction_faults",
    "render_lettre",
    "render_lettres",
    "render_plan",
    "sommes",
    "supports_of",
]
