"""What the three CAMT formats share: one reader, which takes any of the three messages, and one way to claim a file."""

from __future__ import annotations

import re

import attrs

from tiers_payant.domain import Entree, Lecture, Source
from tiers_payant.formats._camt_kinds import KINDS, Kind
from tiers_payant.formats._camt_read import Message
from tiers_payant.formats._camt_xml import stream_pieces
from tiers_payant.formats._problems import ProblemLog
from tiers_payant.formats._releves import check_balances

__all__ = ["read_camt", "sniff_camt"]

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(%s)[\s>/]" % b"|".join(kind.root.encode() for kind in KINDS))
_NAMESPACE = re.compile(rb"(camt\.05[234])\.001\.(?!01)[0-9]{2}")
_CONFIANCE = {"Ntry/Amt": "A", "Ntry/CdtDbtInd": "A", "Ntry/Sts": "A", "Ntry/BookgDt": "A", "Bal/Amt": "A"}


def sniff_camt(head: bytes, kind: Kind) -> float:
    """Tell how surely *head* opens a message of that kind: 0 to 1. In an envelope of several, the first decides."""
    text = head.replace(b"\0", b"")  # UTF-16 then reads like ASCII
    if b"<" not in text[:16]:
        return 0.0
    root = _ROOT.search(text)
    if root:
        return 1.0 if root[1] == kind.root.encode() else 0.0
    namespace = _NAMESPACE.search(text)
    return 0.8 if namespace and namespace[1] == kind.number.encode() else 0.0


def read_camt(entree: Entree, kind: Kind) -> Lecture:
    """Read every report of a CAMT document, in one pass over the file.

    Whether a report is an advice is told by the message it stands in, not by *kind*, under which the source is named:
    an envelope may hold several messages.

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
        format=kind.name,
        reference=message.reference,
        octets=size,
        enregistrements=len(tables.virements) + len(tables.bruts),
        confiance=_CONFIANCE,
    )
    return Lecture(attrs.evolve(tables, sources=(source,)), log.problems())
