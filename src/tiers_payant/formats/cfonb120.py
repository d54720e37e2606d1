"""CFONB 120, the French bank statement in fixed records: `sniff_cfonb120`, `read_cfonb120`, `write_cfonb120`.

Positions and sources are in `layouts/cfonb120.toml`. Two-digit years from 70 on are of the 1900s (`_dates.PIVOT`).
"""

from __future__ import annotations

import re

import attrs

from tiers_payant.domain import Entree, FormatSpec, Lecture, ProblemLog, Source, check_balances
from tiers_payant.domain.tables import Bruts
from tiers_payant.formats import _cfonb_frame as frames
from tiers_payant.formats._cfonb_frame import end_of_statements, frame, openings, raw_lines, tell
from tiers_payant.formats._cfonb_read import read_records
from tiers_payant.formats._cfonb_write import write_cfonb120
from tiers_payant.formats._choix import chosen_layout, tell_mixed
from tiers_payant.formats._elements import cfonb120_elements
from tiers_payant.formats._layout import Layout
from tiers_payant.formats._parts import in_parts

__all__ = ["CFONB120", "read_cfonb120", "sniff_cfonb120", "write_cfonb120"]

_AMOUNT = rb"[0-9]{13}(?:[{}A-Ra-r\xe8\xe9]|\xc3[\xa8\xa9])"
_FIRST = re.compile(rb"\s*0[147][0-9]{5}.{9}(?:[A-Z]{3}|   )[0-9 ].{14}[0-9 ]{6}.{50}" + _AMOUNT, re.DOTALL)
_COMPLEMENT = re.compile(rb"\s*05[0-9]{5}.{9}(?:[A-Z]{3}|   )[0-9 ].{14}[0-9 ]{6} {5}[A-Z0-9]{3}", re.DOTALL)


def sniff_cfonb120(head: bytes) -> float:
    """Tell how surely *head*, the first bytes of a file, opens a CFONB 120 statement: 0 to 1."""
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _FIRST.match(text):
        return 0.95
    return 0.5 if _COMPLEMENT.match(text) else 0.0


def read_cfonb120(entree: Entree) -> Lecture:
    """Read every statement of a CFONB 120 file.

    `libelle` is the label of the 04; `emetteur` its first NPY; `textes` keeps every other 05 in order, one
    `QUAL: text` per line, LCC and LC2 joined, `05:` where there is no qualifier, and a 2 after the tag of a second
    zone (`RCN2`). Amounts with other than 2 decimals are brought to hundredths. What holds no record, or completes
    none, is told and kept in `bruts`. Problems are located by byte.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: Overrides contradict the layout.
    """
    log = ProblemLog(entree.nom)
    content = entree.octets
    found = frame(content, frames.CFONB120)
    layout = chosen_layout("cfonb120", entree, log, next(openings(found), b""))
    tell_mixed("cfonb120", entree, openings(found), layout, log)
    tell(found, log)
    tables, places = read_records(found, layout, log)
    check_balances(tables.releves, tables.virements, places, log)
    if not places:
        log.add("RELEVE_VIDE" if len(content) else "FICHIER_VIDE")
    source = Source(
        nom=entree.nom,
        format="cfonb120",
        reference="120",
        octets=len(content),
        enregistrements=len(found.starts),
        confiance=_confidence(layout) if places else {},
        surcharges=layout.surcharges,
    )
    bruts = Bruts.concat([tables.bruts, raw_lines(found)])
    return Lecture(attrs.evolve(tables, bruts=bruts, sources=(source,)), log.problems())


def _confidence(layout: Layout) -> dict[str, str]:
    deciding = {"01": ("date", "montant"), "04": ("date", "montant"), "07": ("date", "montant")}
    marks = (layout.records[code].confidence_of(names) for code, names in deciding.items())
    return {name: mark for found in marks for name, mark in found.items()}


def _cut(entree: Entree) -> int:
    return end_of_statements(entree.octets, frames.CFONB120)


CFONB120 = FormatSpec(
    name="cfonb120",
    label="CFONB 120, relevé de compte",
    sniff=sniff_cfonb120,
    read=read_cfonb120,
    read_parts=in_parts(read_cfonb120, _cut),
    write=write_cfonb120,
    elements=cfonb120_elements,
)
