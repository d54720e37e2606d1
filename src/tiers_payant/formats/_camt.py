"""What the three CAMT formats share: one reader, which takes any of the three messages, and one way to claim a file."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import attrs

from tiers_payant.domain import Entree, Lecture, ProblemLog, Source, check_balances
from tiers_payant.formats._camt_kinds import KINDS, Kind
from tiers_payant.formats._camt_read import Message
from tiers_payant.formats._camt_xml import stream_pieces

__all__ = ["read_camt", "read_camt_parts", "sniff_camt"]

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(%s)[\s>/]" % b"|".join(kind.root.encode() for kind in KINDS))
_NAMESPACE = re.compile(rb"(camt\.05[234])\.001\.(?!01)[0-9]{2}")
_CONFIANCE = {"Ntry/Amt": "A", "Ntry/CdtDbtInd": "A", "Ntry/Sts": "A", "Ntry/BookgDt": "A", "Bal/Amt": "A"}


_BEFORE = b"\xef\xbb\xbf\xff\xfe \t\r\n"
"""What may stand before the first tag: byte order marks and blanks."""


def sniff_camt(head: bytes, kind: Kind) -> float:
    """Tell how surely *head* opens a message of that kind: 0 to 1. In an envelope of several, the first decides."""
    text = head.replace(b"\0", b"")  # UTF-16 then reads like ASCII
    if not text.lstrip(_BEFORE).startswith(b"<"):
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
    (whole,) = read_camt_parts(entree, sys.maxsize, kind)
    return whole


def read_camt_parts(entree: Entree, octets: int, kind: Kind) -> Iterator[Lecture]:
    """Read a CAMT document in one pass, as several lectures: one ends with the report that reaches *octets* bytes.

    A report is never divided, so that its balances can be checked: one that is longer comes whole.

    Raises:
        SourceError: The file cannot be opened.
    """
    log = ProblemLog(entree.nom)
    message = Message(log)
    begin = 0
    with entree.flux() as stream:
        for _ in message.read(stream_pieces(stream, log)):
            place = stream.tell()
            if place - begin >= octets:
                yield _taken(message, entree.nom, kind, place - begin, log)
                begin = place
        size = stream.tell()
    last = _taken(message, entree.nom, kind, size - begin, log, is_whole=not begin)
    if not begin or last.problems or last.tables.sources[0].enregistrements or len(last.tables.releves):
        yield last


def _taken(message: Message, nom: str, kind: Kind, octets: int, log: ProblemLog, *, is_whole: bool = False) -> Lecture:
    """Give what was read of the last *octets* bytes, checked."""
    tables, places = message.take()
    check_balances(tables.releves, tables.virements, places, log)
    if is_whole and not len(tables.releves) and not len(log):
        log.add("RELEVE_VIDE" if octets else "FICHIER_VIDE")
    source = Source(
        nom=nom,
        format=kind.name,
        reference=message.reference,
        octets=octets,
        enregistrements=len(tables.virements) + len(tables.bruts),
        confiance=_CONFIANCE,
    )
    return Lecture(attrs.evolve(tables, sources=(source,)), log.take())
