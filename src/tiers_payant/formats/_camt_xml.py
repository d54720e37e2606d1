"""The XML of a CAMT message as a stream of small pieces: no tree is kept, no namespace matters.

The elements of one statement are handed over one by one, and cleared as soon as they were. Nothing is fetched, no
entity is expanded, and a document that declares a DTD is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

from tiers_payant.domain import ProblemLog
from tiers_payant.formats._camt_kinds import KINDS

__all__ = ["Leaves", "Piece", "stream_pieces"]

Element = Any
"""An `lxml.etree` element; the stubs know neither its line nor how to clear it."""

Leaves = list[tuple[str, str]]
"""Path of local names under the piece, and text, in document order; the path of a piece that is itself a leaf is
empty. The currency of an amount follows it as `.../Amt@Ccy`."""

ENTRY, DETAIL = "Ntry", "TxDtls"
_REPORTS = {kind.root: kind.report for kind in KINDS}
_HOLDERS = frozenset(_REPORTS.values())
_TOLD_ON_THE_WAY = frozenset((ENTRY, *_REPORTS, *_HOLDERS))
"""Elements that are pieces at their own start or end, not among the children of the report that closes."""

_CHUNK = 1 << 16
_SILENCE = 16 << 20
"""Bytes without any part of a statement to read after which a document is none."""
_MOST_ELEMENTS = 1 << 20
"""Elements, attributes and texts of details held at once, some 200 MB: an entry of 60,000 details of 17 texts."""
_MOST_BYTES = 64 << 20
"""Bytes of one entry, and of what is held at once of the rest (a quarter more before it is seen)."""
_WEIGHED = 1 << 20
"""Bytes after which what is held is weighed again."""
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

    What cannot be parsed is told to *log*, and ends the stream after the pieces that stand whole before it. So does a
    document that would fill the memory: one without any part of a statement (`_SILENCE`), one that keeps more open
    than `_MOST_ELEMENTS` or `_MOST_BYTES`, whatever its shape.
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
    load = _Load(walker, log)
    try:
        while not load.is_too_much() and (chunk := stream.read(_CHUNK)):
            parser.feed(chunk)
            yield from walker.walk(parser.read_events())
            load.add(chunk)
        if not load.is_too_much() and stream.tell():  # an empty file is no broken XML
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


class _Load:
    """Weighs what the parser and the reader of the pieces hold, as the document is fed."""

    def __init__(self, walker: _Walker, log: ProblemLog) -> None:
        self._walker = walker
        self._log = log
        self._left = False
        self._forgotten = self._entries = 0
        self._silence = self._marks = 0
        self._of_entry = 0
        self._fed = self._weighed = self._serialised = 0
        self._octets = 0

    def is_too_much(self) -> bool:
        """Tell whether the document must be left; why was told to the log."""
        return self._left

    def add(self, chunk: bytes) -> None:
        """Count what was fed, once its events were walked."""
        walker, size = self._walker, len(chunk)
        is_silent, is_same_entry = walker.forgotten == self._forgotten, walker.entries == self._entries
        self._forgotten, self._entries = walker.forgotten, walker.entries
        self._silence = self._silence + size if is_silent else 0
        self._marks = self._marks + chunk.count(b"<") + chunk.count(b"=") if is_silent else 0
        self._of_entry = self._of_entry + size if is_same_entry else 0
        self._fed += size
        if self._silence > _SILENCE or self._marks > 2 * _MOST_ELEMENTS:
            self._leave("XML_DEMESURE", octets=self._silence)
        elif self._of_entry > _MOST_BYTES or (self._fed - self._weighed >= _WEIGHED and self._is_full()):
            self._leave("XML_TROP_RETENU", elements=_MOST_ELEMENTS, octets=_MOST_BYTES)

    def _is_full(self) -> bool:
        """Weigh the tree; its bytes less often when they are many, so that the time stays that of the document."""
        from lxml import etree

        self._weighed = self._fed
        if self._walker.last is None:
            return False
        tree = self._walker.last.getroottree()
        if self._walker.held + tree.xpath("count(//*) + count(//@*)") > _MOST_ELEMENTS:
            return True
        if self._fed - self._serialised >= max(_MOST_BYTES - self._octets, _MOST_BYTES >> 2):
            self._serialised = self._fed
            self._octets = len(etree.tostring(tree, encoding="utf-8"))
        return self._octets > _MOST_BYTES

    def _leave(self, code: str, **params: int) -> None:
        line = None if self._walker.last is None else _line(self._walker.last) or None
        self._log.add(code, line=line, field=None, **params)
        self._left = True


class _Walker:
    """Turns the events of the parser into pieces, and forgets each element once it was read."""

    def __init__(self) -> None:
        self.forgotten = 0
        """Elements read and cleared: while it does not grow, memory does."""
        self.entries = 0
        """Entries and reports among them: details that were read are held until their entry is."""
        self.held = 0
        """Details read since the last entry, and their texts."""
        self.last: Element = None
        """The last element met; None before the first."""
        self._names = _LocalNames()

    def walk(self, events: Iterable[Any]) -> Iterator[Piece]:
        for event, element in events:
            self.last = element
            name = self._names[element.tag]
            if event == "start":
                if name != DETAIL and name != ENTRY:  # most events: they open nothing
                    yield from self._opened(name, element)
            elif name == ENTRY and self._parent(element) in _HOLDERS:
                yield from self._before(element)
                yield self._piece(name, element)
                self._forget_whole(element)
            elif name == DETAIL and ENTRY in (self._parent(element), self._parent(element.getparent())):
                piece = self._piece(name, element)
                self.held += 1 + len(piece.leaves)
                yield piece
                self._forget(element)
                self._drop_details_before(element)
            elif self._is_report(name, element):
                yield from (self._piece(self._names[child.tag], child) for child in element if self._is_plain(child))
                yield Piece("/Stmt", [], _line(element))
                self._forget_whole(element)
                _drop_before(element)

    def _opened(self, name: str, element: Element) -> Iterator[Piece]:
        if name in _REPORTS:
            if element.getroottree().docinfo.doctype:
                raise _Refused
            namespace = element.tag.rpartition("}")[0].removeprefix("{")
            yield Piece(name, [("", namespace)], _line(element))
        elif self._is_report(name, element):
            yield Piece("Stmt", [], _line(element))

    def _is_report(self, name: str, element: Element) -> bool:
        """Tell whether *element* is the report of its message; one that stands in another is one too, to be told."""
        parent = self._parent(element)
        return name in _HOLDERS and (_REPORTS.get(parent) == name or parent in _HOLDERS)

    def _is_plain(self, child: Element) -> bool:
        return self._names[child.tag] not in _TOLD_ON_THE_WAY

    def _forget(self, element: Element) -> None:
        """Clear an element; its tail may still be growing in the parser, and stays."""
        element.clear(keep_tail=True)
        self.forgotten += 1

    def _forget_whole(self, element: Element) -> None:
        """Clear an entry or a report, whose details nobody holds any more."""
        self._forget(element)
        self.entries += 1
        self.held = 0

    def _parent(self, element: Element) -> str:
        parent = None if element is None else element.getparent()
        return "" if parent is None else self._names[parent.tag]

    def _before(self, element: Element) -> Iterator[Piece]:
        """Yield what stands in the statement before an entry and was not read yet, then drop it."""
        before = element.getprevious()
        if before is None:
            return
        if self._names[before.tag] == ENTRY and before.getprevious() is None:  # mostly the entry before, alone
            _drop_before(element)
            return
        waiting = list(element.itersiblings(preceding=True))[::-1]
        yield from (self._piece(self._names[child.tag], child) for child in waiting if self._is_plain(child))
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
        names, add = self._names, leaves.append  # every leaf of the document passes here
        for child in element:
            name = names[child.tag]
            if len(child):
                self._collect(child, f"{path}{name}/", leaves)
                continue
            text = child.text
            if text and (text := text.strip()):
                add((path + name, text))
                if name == "Amt" and (currency := child.get("Ccy")):
                    add((f"{path}{name}@Ccy", currency))


def _line(element: Element) -> int:
    return int(element.sourceline or 0)


def _drop_before(element: Element) -> None:
    """Remove the elements that stand before *element*: cleared as they are, they would still add up."""
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
