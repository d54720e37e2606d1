"""Bytes to tables, and back: one engine, one declarative layout per family of records."""

from __future__ import annotations

from tiers_payant.formats._balises import Balise, Balises, balises_of, balises_text
from tiers_payant.formats._layout import Changement, Field, Layout, Record, layout_names, load_layout
from tiers_payant.formats._listes import Liste, Valeur, liste, listes
from tiers_payant.formats._page import layout_markdown, layout_text, printed_table
from tiers_payant.formats._surcharges import check_surcharges, layout_for
from tiers_payant.formats.b2 import B2
from tiers_payant.formats.camt052 import CAMT052
from tiers_payant.formats.camt053 import CAMT053
from tiers_payant.formats.camt054 import CAMT054
from tiers_payant.formats.cfonb120 import CFONB120
from tiers_payant.formats.cfonb240 import CFONB240
from tiers_payant.formats.neutre import NEUTRE_CSV, NEUTRE_JSON
from tiers_payant.formats.noemie import NOEMIE
from tiers_payant.formats.officines import OFFICINES

__all__ = [
    "FORMATS",
    "Balise",
    "Balises",
    "Changement",
    "Field",
    "Layout",
    "Liste",
    "Record",
    "Valeur",
    "balises_of",
    "balises_text",
    "check_surcharges",
    "layout_for",
    "layout_markdown",
    "layout_names",
    "layout_text",
    "liste",
    "listes",
    "load_layout",
    "printed_table",
]

FORMATS = (B2, NOEMIE, CAMT052, CAMT053, CAMT054, CFONB120, CFONB240, OFFICINES, NEUTRE_CSV, NEUTRE_JSON)
