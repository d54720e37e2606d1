"""The XML of a CAMT message as a stream of small pieces: no tree is kept, no namespace matters.

The elements of one statement are handed over one by one, and cleared as soon as they were. Nothing is fetched, no
entity is expanded, and a document that declares a DTD is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

from tiers_payant.formats._camt_kinds import KINDS
from tiers_payant.formats._problems import ProblemLog

__all__ = ["Leaves", "Piece", "stream_pieces"]

Element = Any
"""An `lxml.etree` element; the stubs know neither its line nor how to clear it."""

Leaves = list[tuple[str, str]]
"""Path of local names under the piece, and text, in document order; the path of a piece that is itself a leaf is
empty. The currency of an amount follows it as `.../Amt@Ccy`."""

ENTRY, DETAIL = "Ntry", "TxDtls"
_REPORTS = {kind.root: kind.report for kind in KINDS}
_HOLDERS = frozenset(_REPORTS.values())

_CHUNK = 1 << 16
_SILENCE = 16 << 20
"""Bytes without any part of a statement to read after which a document is none: what bounds the memory."""
_MOST_NAMES = 4096


class Piece(NamedTuple):
    """One element of a statement.

    `name` is its local name: the root of a `Kind` when the message opens (its only leaf is its namespace), `Stmt` when
    a statement, report or notification opens and `/Stmt` when it closes, `TxDtls` before the `Ntry` that holds it,
    else a child of the statement: `Id`, `Acct`, `Bal`...
    """

    name: str
    leaves: Leaves
    line: int


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    pass


class _LocalNames(dict[object, str]):
    """Tags without their namespace, each cut once."""

    def __missing__(self, tag: object) -> str:
        name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(self) < _MOST_NAMES:
            self[tag] = name
        return name


def stream_pieces(stream: BinaryIO, log: ProblemLog) -> Iterator[Piece]:
    """Yield the pieces of every statement in *stream*, in document order.

    What cannot be parsed is told to *log*, and ends the stream after the pieces that stand whole before it.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in (*_REPORTS, *_HOLDERS, ENTRY, DETAIL)],
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    walker = _Walker()
    silence = 0
    try:
        while silence <= _SILENCE and (chunk := stream.read(_CHUNK)):
            parser.feed(chunk)
            before = walker.forgotten
            yield from walker.walk(parser.read_events())
            silence = 0 if walker.forgotten > before else silence + len(chunk)
        if silence > _SILENCE:
            log.add("XML_DEMESURE", octets=silence)
        elif stream.tell():  # an empty file is no broken XML
            parser.close()
    except _Refused:
        log.add("XML_DOCTYPE", line=1)
    except etree.XMLSyntaxError as error:
        try:
            yield from walker.walk(parser.read_events())
        except _Refused:
            log.add("XML_DOCTYPE", line=1)
        log.add("XML_MAL_FORME", line=error.lineno or None, raison=_reason(error))


def _reason(error: Any) -> str:
    """Name the fault as libxml2 does: its sentences quote the document, its names do not."""
    last = error.error_log.last_error
    return "ERR_DOCUMENT_EMPTY" if last is None else str(last.type_name)


class _Walker:
    """Turns the events of the parser into pieces, and forgets each element once it was read."""

    def __init__(self) -> None:
        self.forgotten = 0
        """Elements read and cleared: while it does not grow, memory does."""
        self._names = _LocalNames()

    def walk(self, events: Iterable[Any]) -> Iterator[Piece]:
        for event, element in events:
            name = self._names[element.tag]
            if event == "start":
                yield from self._opened(name, element)
            elif name == ENTRY and self._parent(element) in _HOLDERS:
                yield from self._before(element)
                yield self._piece(name, element)
                self._forget(element)
            elif name == DETAIL and ENTRY in (self._parent(element), self._parent(element.getparent())):
                yield self._piece(name, element)
                self._forget(element)
                self._drop_details_before(element)
            elif name in _HOLDERS and _REPORTS.get(self._parent(element)) == name:
                yield from (self._piece(name, child) for child in element if (name := self._names[child.tag]) != ENTRY)
                yield Piece("/Stmt", [], _line(element))
                self._forget(element)
                _drop_before(element)

    def _opened(self, name: str, element: Element) -> Iterator[Piece]:
        if name in _REPORTS:
            if element.getroottree().docinfo.doctype:
                raise _Refused
            namespace = element.tag.rpartition("}")[0].removeprefix("{")
            yield Piece(name, [("", namespace)], _line(element))
        elif name in _HOLDERS and _REPORTS.get(self._parent(element)) == name:
            yield Piece("Stmt", [], _line(element))

    def _forget(self, element: Element) -> None:
        """Clear an element; its tail may still be growing in the parser, and stays."""
        element.clear(keep_tail=True)
        self.forgotten += 1

    def _parent(self, element: Element) -> str:
        parent = None if element is None else element.getparent()
        return "" if parent is None else self._names[parent.tag]

    def _before(self, element: Element) -> Iterator[Piece]:
        """Yield what stands in the statement before an entry and was not read yet, then drop it."""
        waiting = list(element.itersiblings(preceding=True))[::-1]
        yield from (self._piece(name, child) for child in waiting if (name := self._names[child.tag]) != ENTRY)
        _drop_before(element)

    def _drop_details_before(self, element: Element) -> None:
        """Remove the details read before, and leave the batch that may stand before them."""
        parent, last = element.getparent(), element.getprevious()
        while parent is not None and last is not None and self._names[last.tag] == DETAIL:
            parent.remove(last)
            last = element.getprevious()

    def _piece(self, name: str, element: Element) -> Piece:
        leaves: Leaves = []
        if len(element):
            self._collect(element, "", leaves)
        elif element.text and not element.text.isspace():
            leaves.append(("", element.text.strip()))
        return Piece(name, leaves, _line(element))

    def _collect(self, element: Element, path: str, leaves: Leaves) -> None:
        names = self._names
        for child in element:
            name = names[child.tag]
            here = path + name
            if len(child):
                self._collect(child, here + "/", leaves)
                continue
            text = child.text
            if text and (text := text.strip()):
                leaves.append((here, text))
                if name == "Amt" and (currency := child.get("Ccy")):
                    leaves.append((here + "@Ccy", currency))


def _line(element: Element) -> int:
    return int(element.sourceline or 0)


def _drop_before(element: Element) -> None:
    """Remove the elements that stand before *element*: cleared as they are, they would still add up."""
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
