"""CAMT documents as elements to look at: messages, reports, balances, entries and their details, texts masked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tiers_payant.domain import ChampLu, Controle, Element, Entree, Lecture, ProblemLog
from tiers_payant.errors import Location, shape
from tiers_payant.formats._camt_kinds import KINDS
from tiers_payant.formats._camt_xml import Leaves, Piece, stream_pieces

__all__ = ["camt_elements"]

_NOMS = {
    **{kind.root: f"message {kind.number}" for kind in KINDS},
    **{kind.report: "avis" if kind.avis else "relevé" for kind in KINDS},
    "Acct": "compte",
    "Bal": "solde",
    "CreDtTm": "date de création",
    "FrToDt": "période",
    "Id": "identifiant",
    "Ntry": "mouvement",
    "TxDtls": "détail du mouvement",
    "TxsSummry": "récapitulatif",
}
_REPORTS = {kind.root: kind.report for kind in KINDS}
_REPORT = "Stmt"
"""What the stream calls the report of any of the three messages."""


def camt_elements(entree: Entree, lecture: Lecture) -> Iterator[Element]:
    """Yield what the messages hold, in document order, but that the details of an entry follow it."""
    releves = lecture.tables.releves
    known = iter((releves.initial_connu & releves.final_connu).tolist())
    details: list[Piece] = []
    report = _REPORT
    with entree.flux() as stream:
        for piece in stream_pieces(stream, ProblemLog(entree.nom)):
            if piece.name == "TxDtls":
                details.append(piece)
            elif piece.name == _REPORT:
                at = _at(entree, piece)
                yield _element(entree, piece._replace(name=report), 1, Controle(at=at, fait=next(known, False)))
            elif not piece.name.startswith("/"):
                report = _REPORTS.get(piece.name, report)
                yield _element(entree, piece, 0 if piece.name in _REPORTS else 2)
                if piece.name == "Ntry":
                    yield from (_element(entree, detail, 3) for detail in details)
                    details.clear()


def _element(entree: Entree, piece: Piece, depth: int, controle: Controle | None = None) -> Element:
    return Element(
        profondeur=depth,
        code=piece.name,
        at=_at(entree, piece),
        nom=_NOMS.get(piece.name, ""),
        controle=controle,
        champs=partial(_fields, piece.leaves),
    )


def _at(entree: Entree, piece: Piece) -> Location:
    return Location(file=entree.nom, line=piece.line or None)


def _fields(leaves: Leaves) -> tuple[ChampLu, ...]:
    return tuple(ChampLu(id=path or "texte", forme=shape(text)) for path, text in leaves)
