"""CAMT.053, the ISO 20022 bank statement: `sniff_camt053`, `read_camt053`, `write_camt053`.

Versions camt.053.001.02 to 14, with or without namespace, alone or in an envelope. camt.052 and camt.054 are other
formats, and are not claimed.
"""

from __future__ import annotations

import re

import attrs

from tiers_payant.domain import Entree, FormatSpec, Lecture, Source
from tiers_payant.formats._camt_read import Message
from tiers_payant.formats._camt_write import write_camt053
from tiers_payant.formats._camt_xml import stream_pieces
from tiers_payant.formats._problems import ProblemLog
from tiers_payant.formats._releves import check_balances

__all__ = ["CAMT053", "read_camt053", "sniff_camt053", "write_camt053"]

_ROOT = re.compile(rb"<(?:[\w.-]+:)?BkToCstmrStmt[\s>/]")
_NAMESPACE = re.compile(rb"camt\.053\.001\.(?!01)[0-9]{2}")
_CONFIANCE = {"Ntry/Amt": "A", "Ntry/CdtDbtInd": "A", "Ntry/Sts": "A", "Ntry/BookgDt": "A", "Bal/Amt": "A"}


def sniff_camt053(head: bytes) -> float:
    """Tell how surely *head*, the first bytes of a file, opens a CAMT.053 document: 0 to 1."""
    text = head.replace(b"\0", b"")  # UTF-16 then reads like ASCII
    if b"<" not in text[:16]:
        return 0.0
    if _ROOT.search(text):
        return 1.0
    return 0.8 if _NAMESPACE.search(text) else 0.0


def read_camt053(entree: Entree) -> Lecture:
    """Read every statement of a CAMT.053 document, in one pass over the file.

    One row of `virements` per booking (`Ntry`): its details give texts, never amounts. `emetteur` is the payer of a
    credit, when there is one only; `libelle` is all that the payer wrote (`Ustrd`), else what the bank adds; `textes`
    keeps every other reference and name, one `TAG: text` per line. An entry whose amount or sign cannot be read is
    told, and kept in `bruts`. Problems are located by line of the file.

    Raises:
        SourceError: The file cannot be opened.
    """
    log = ProblemLog(entree.nom)
    message = Message(log)
    with entree.flux() as stream:
        message.take(stream_pieces(stream, log))
        size = stream.tell()
    tables = message.tables()
    check_balances(tables.releves, tables.virements, message.places, log)
    if not len(tables.releves) and not len(log):
        log.add("FICHIER_VIDE" if not size else "RELEVE_VIDE")
    source = Source(
        nom=entree.nom,
        format="camt053",
        reference=message.reference,
        octets=size,
        enregistrements=len(tables.virements) + len(tables.bruts),
        confiance=_CONFIANCE,
    )
    return Lecture(attrs.evolve(tables, sources=(source,)), log.problems())


CAMT053 = FormatSpec(
    name="camt053", label="CAMT.053, relevé de compte", sniff=sniff_camt053, read=read_camt053, write=write_camt053
)
