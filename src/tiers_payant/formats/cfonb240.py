"""CFONB 240 (31, 34, 39), advices in fixed records: `sniff_cfonb240`, `read_cfonb240`, `write_cfonb240`.

Positions and sources are in `layouts/cfonb240.toml`; no normative text was read. The amounts have no sign, and what is
known of the format gives no list of operation codes to tell credits from debits: by a convention of this library every
line is a credit, but the bills of exchange of operation 60, which are no movement. Since SEPA, camt.054 says the same
with a sign.
"""

from __future__ import annotations

import re

import attrs

from tiers_payant.domain import Entree, FormatSpec, Lecture, ProblemLog, Source
from tiers_payant.domain.tables import Bruts
from tiers_payant.formats import _cfonb_frame as frames
from tiers_payant.formats._cfonb240_read import read_records
from tiers_payant.formats._cfonb240_write import write_cfonb240
from tiers_payant.formats._cfonb_frame import end_of_statements, frame, openings, raw_lines, tell
from tiers_payant.formats._choix import chosen_layout, tell_mixed
from tiers_payant.formats._elements import cfonb240_elements
from tiers_payant.formats._parts import in_parts

__all__ = ["CFONB240", "read_cfonb240", "sniff_cfonb240", "write_cfonb240"]

_START = rb"[0-9]{6}[A-Z0-9 ]{2}[0-9 ]{6}[A-Z ]"
_HEADER = re.compile(rb"\s*31" + _START + rb"[0-9 ](?:[A-Z]{3}|   )[0-9]{10}[0-9A-Z]{11}")
_DETAIL = re.compile(rb"\s*34" + _START + rb" {4}.{207}[0-9]{12}", re.DOTALL)


def sniff_cfonb240(head: bytes) -> float:
    """Tell how surely *head*, the first bytes of a file, opens a CFONB 240 advice: 0 to 1."""
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _HEADER.match(text):
        return 0.95
    return 0.5 if _DETAIL.match(text) else 0.0


def read_cfonb240(entree: Entree) -> Lecture:
    """Read every advice of a CFONB 240 file, from 31 to 39; `releves.avis` is true.

    One row of `virements` per 34: `emetteur` is the name of its first block, `libelle` its label, and `textes` the
    rest under the tags of CAMT, with `DateReglementInitial` and `ReferencePresentateur`. Which block is the
    counterparty's rests on one sample (confidence C). Of operation 60 the lines are `INFORMATION`, never money. Totals
    that differ from their lines are reported. What cannot be read is told and kept in `bruts`. Problems are located by
    byte.

    Raises:
        SourceError: The file cannot be opened.
        LayoutError: Overrides contradict the layout.
    """
    log = ProblemLog(entree.nom)
    content = entree.octets
    found = frame(content, frames.CFONB240)
    layout = chosen_layout("cfonb240", entree, log, next(openings(found), b""))
    tell_mixed("cfonb240", entree, openings(found), layout, log)
    tell(found, log)
    tables, places = read_records(found, layout, log)
    if not places:
        log.add("RELEVE_VIDE" if len(content) else "FICHIER_VIDE")
    source = Source(
        nom=entree.nom,
        format="cfonb240",
        reference="240",
        octets=len(content),
        enregistrements=len(found.starts),
        confiance=layout.records["34"].confidence_of(("date", "montant")) if places else {},
        surcharges=layout.surcharges,
    )
    bruts = Bruts.concat([tables.bruts, raw_lines(found)])
    return Lecture(attrs.evolve(tables, bruts=bruts, sources=(source,)), log.problems())


def _cut(entree: Entree) -> int:
    return end_of_statements(entree.octets, frames.CFONB240)


CFONB240 = FormatSpec(
    name="cfonb240",
    label="CFONB 240, avis d'opérations",
    sniff=sniff_cfonb240,
    read=read_cfonb240,
    read_parts=in_parts(read_cfonb240, _cut),
    write=write_cfonb240,
    elements=cfonb240_elements,
)
