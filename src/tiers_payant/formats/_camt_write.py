"""Rows as a CAMT document of any of the three kinds.

In the shapes of version 02 or 08: those before and after the change of 07.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple

import attrs
import numpy as np

from tiers_payant.domain import Releves, Statut, Tables, is_iban
from tiers_payant.formats._camt_kinds import CAMT054, Kind

if TYPE_CHECKING:
    from lxml import etree

__all__ = ["Version", "write_camt"]

Version = Literal["02", "08"]

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
_STATUTS = {Statut.COMPTABILISE: "BOOK", Statut.EN_ATTENTE: "PDNG", Statut.INFORMATION: "INFO"}
_USTRD = 140
_PERIOD = (("Fr", "du"), ("To", "au"))
_CODE = 4
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BANK_CODE = re.compile(r"(?P<code>.*?)(?: \((?P<issuer>.*)\))?", re.DOTALL)

_ORDER = (
    "MsgId", "AcctSvcrRef", "PmtInfId", "InstrId", "EndToEndId", "UETR", "TxId", "MndtId", "ChqNb", "ClrSysRef",
    "AcctOwnrTxId", "AcctSvcrTxId", "MktInfrstrctrTxId", "PrcgId", "Prtry",
    "Dbtr", "DbtrAcct", "UltmtDbtr", "Cdtr", "CdtrAcct", "UltmtCdtr",
    "Purp", "Ustrd", "RfrdDocInf", "Strd", "AddtlRmtInf", "RtrInf", "RtrAddtlInf", "AddtlTxInf",
)  # fmt: skip
"""Tags of the texts of a detail, in the order of the schema."""
_RANKS = {tag: rank for rank, tag in enumerate(_ORDER)}
_RANKS.update(dict.fromkeys(("RfrdDocInf", "Strd", "AddtlRmtInf"), _RANKS["Strd"]))
_REFERENCES = _ORDER[: _ORDER.index("Prtry")]
_REPEATED = {"RfrdDocInf", "Strd", "AddtlRmtInf", "RtrAddtlInf"}
_SINCE_08 = {"UETR", "AcctOwnrTxId", "AcctSvcrTxId", "MktInfrstrctrTxId", "PrcgId"}

_FROM_CFONB = {"RCN": "EndToEndId", "REF": "PmtInfId", "RUM": "MndtId", "NPO": "UltmtDbtr", "LCS": "Strd"}
"""What the CFONB 120 says under other names (qualifiers of its 05 records)."""


class Node(NamedTuple):
    """An element to write: a text, or children."""

    name: str
    text: str = ""
    children: Sequence[Node] = ()
    currency: str = ""


Texts = list[tuple[str, str]]


@attrs.frozen
class _Shapes:
    """What differs between the two sides of version 07."""

    nested: bool

    def status(self, code: str) -> Node:
        return Node("Sts", children=(Node("Cd", code),)) if self.nested else Node("Sts", code)

    def party(self, tag: str, name: str) -> Node:
        named = Node("Nm", name)
        return Node(tag, children=(Node("Pty", children=(named,)),) if self.nested else (named,))

    def amount(self, amount: Node, sign: Node) -> tuple[Node, ...]:
        """The amount of a detail: its own since 07, under `AmtDtls` in 02."""
        return (amount, sign) if self.nested else (_wrap("AmtDtls", _wrap("TxAmt", amount)),)

    def holds(self, tag: str) -> bool:
        return self.nested or tag not in _SINCE_08


def write_camt(tables: Tables, out: BinaryIO, kind: Kind, version: Version) -> None:
    """Write the statements of *tables*, or its advices, as one CAMT document, deterministic to the byte.

    Which of the two depends on *kind*: an advice written as a statement would outrank others. Statements and lines
    keep their order; the reader gives the same facts back, but for the balances that camt.054 cannot hold. Texts whose
    tag has no place in the schema are left out, as are the characters that XML forbids. A text longer than the schema
    allows is written whole; otherwise the document is valid wherever a balance is known. Creation dates are those of
    the closing balances, the clock being nobody's business here.

    Args:
        tables: `releves`, and the `virements` that point to them; others are left out.
        out: Where to write, opened in binary.
        kind: The message to write.
        version: `02` or `08`.
    """
    from lxml import etree

    shapes = _Shapes(nested=version == "08")
    namespace = f"{_NAMESPACE}{kind.number}.001.{version}"
    with etree.xmlfile(out, encoding="utf-8") as file:
        file.write_declaration()
        writer = _Writer(file, namespace)
        with file.element(f"{{{namespace}}}Document", nsmap={None: namespace}), writer.inside(kind.root):
            writer.write(_group_header(tables.releves))
            for number, rows in enumerate(_rows_by_statement(tables)):
                if bool(tables.releves.avis[number]) == kind.avis:
                    with writer.inside(kind.report):
                        writer.write_all(_statement(tables.releves.row(number), with_balances=kind != CAMT054))
                        writer.write_all(_entry(tables.virements.row(row), shapes) for row in rows)


def _rows_by_statement(tables: Tables) -> Iterator[list[int]]:
    """Yield, for each statement, the numbers of its lines, in order."""
    order = np.argsort(tables.virements.releve, kind="stable")
    bounds = np.searchsorted(tables.virements.releve[order], np.arange(len(tables.releves) + 1))
    for first, last in pairwise(bounds.tolist()):
        yield order[first:last].tolist()


class _Writer:
    def __init__(self, file: etree._IncrementalFileWriter, namespace: str) -> None:
        self._file = file
        self._prefix = f"{{{namespace}}}"

    def inside(self, name: str) -> Any:
        return self._file.element(f"{self._prefix}{name}")

    def write_all(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            self.write(node)

    def write(self, node: Node) -> None:
        currency = {"Ccy": node.currency} if node.currency else {}
        with self._file.element(f"{self._prefix}{node.name}", currency):
            if node.text:
                self._file.write(_ILLEGAL.sub(" ", node.text))
            for child in node.children:
                self.write(child)


def _wrap(name: str, *children: Node) -> Node:
    return Node(name, children=children)


def _group_header(releves: Releves) -> Node:
    last = releves.au[~np.isnat(releves.au)]
    message = str(releves.identifiant[0]) if len(releves) else ""
    created = str(last.max()) if len(last) else "1970-01-01"
    return _wrap("GrpHdr", Node("MsgId", message or "NOTPROVIDED"), Node("CreDtTm", f"{created}T00:00:00"))


def _statement(releve: Mapping[str, Any], *, with_balances: bool) -> Iterator[Node]:
    """Yield what stands before the entries of a statement."""
    balances = [
        _balance(kind, releve[f"{side}_cents"], releve["devise"], releve[day])
        for kind, side, day in (("OPBD", "initial", "du"), ("CLBD", "final", "au"))
        if with_balances and releve[f"{side}_connu"]
    ]
    yield Node("Id", releve["identifiant"] or "NOTPROVIDED")
    yield Node("CreDtTm", f"{releve['au'] or releve['du'] or '1970-01-01'}T00:00:00")
    if not balances and releve["du"] and releve["au"]:
        yield _wrap("FrToDt", *(Node(f"{side}DtTm", f"{releve[day]}T00:00:00") for side, day in _PERIOD))
    currency = (Node("Ccy", releve["devise"]),) if releve["devise"] else ()
    yield _wrap("Acct", _account(releve["compte_affiche"] or releve["compte"]), *currency)
    yield from balances


def _balance(kind: str, cents: int, currency: str, day: object) -> Node:
    of_kind = _wrap("Tp", _wrap("CdOrPrtry", Node("Cd", kind)))
    return _wrap("Bal", of_kind, _amount(cents, currency), _sign(cents), *_day("Dt", day))


def _account(text: str) -> Node:
    return _wrap("Id", Node("IBAN", text) if is_iban(text) else _wrap("Othr", Node("Id", text)))


def _amount(cents: int, currency: str) -> Node:
    units, rest = divmod(abs(cents), 100)
    return Node("Amt", f"{units}.{rest:02d}", currency=currency)


def _sign(cents: int) -> Node:
    return Node("CdtDbtInd", "DBIT" if cents < 0 else "CRDT")


def _day(name: str, day: object) -> tuple[Node, ...]:
    return (_wrap(name, Node("Dt", str(day))),) if day is not None else ()


def _entry(line: Mapping[str, Any], shapes: _Shapes) -> Node:
    texts = [_tagged(text) for text in line["textes"].splitlines()]
    own = {tag: _pop_first(texts, tag) for tag in ("NtryRef", "AddtlNtryInf", "BkTxCd", "BkTxCdPrtry")}
    if texts and texts[0][0] == "AcctSvcrRef":
        own["AcctSvcrRef"] = texts.pop(0)[1]
    amount, sign = _amount(line["montant_cents"], line["devise"]), _sign(line["montant_cents"])
    return _wrap(
        "Ntry",
        *_given("NtryRef", own),
        amount,
        sign,
        *((Node("RvslInd", "true"),) if line["extourne"] else ()),
        shapes.status(_STATUTS[Statut(line["statut"])]),
        *_day("BookgDt", line["date"]),
        *_day("ValDt", line["date_valeur"]),
        *_given("AcctSvcrRef", own),
        _bank_code(line["code_operation"], own["BkTxCd"], own["BkTxCdPrtry"]),
        *_details(line, texts, (amount, sign), shapes),
        *_given("AddtlNtryInf", own),
    )


def _tagged(text: str) -> tuple[str, str]:
    tag, _, rest = text.partition(": ")
    return _FROM_CFONB.get(tag, tag), rest


def _pop_first(texts: Texts, tag: str) -> str:
    """Take the first text of that tag out of *texts*; empty when there is none."""
    for number, (kind, text) in enumerate(texts):
        if kind == tag:
            del texts[number]
            return text
    return ""


def _given(tag: str, texts: Mapping[str, str]) -> tuple[Node, ...]:
    return (Node(tag, texts[tag]),) if texts.get(tag) else ()


def _bank_code(code: str, domain: str, proprietary: str) -> Node:
    """Write the bank's codes; a CFONB operation code is issued by `CFONB`, as French banks do."""
    nodes = []
    parts = domain.split("/")
    if len(parts) == 3:
        family = _wrap("Fmly", Node("Cd", parts[1]), Node("SubFmlyCd", parts[2]))
        nodes.append(_wrap("Domn", Node("Cd", parts[0]), family))
    found = _BANK_CODE.fullmatch(proprietary)
    own, issuer = (found["code"], found["issuer"] or "") if found and proprietary else (code, "CFONB")
    if own:
        nodes.append(_wrap("Prtry", Node("Cd", own), *((Node("Issr", issuer),) if issuer else ())))
    return _wrap("BkTxCd", *nodes)


def _details(line: Mapping[str, Any], texts: Texts, amount: tuple[Node, Node], shapes: _Shapes) -> tuple[Node, ...]:
    """Write the texts as details: as many as the schema needs to hold them all."""
    groups = _groups([pair for pair in texts if pair[0] in _RANKS and shapes.holds(pair[0])])
    first = groups[0] if groups else []
    payer = [("Dbtr", line["emetteur"])] if line["emetteur"] else []
    label = [("Ustrd", piece) for piece in _pieces(line["libelle"])]
    groups[:1] = [sorted(first + payer + label, key=lambda pair: _RANKS[pair[0]])]
    whole = shapes.amount(*amount) if len(groups) == 1 else ()
    details = [_detail(group, whole, shapes) for group in groups if group]
    return (_wrap("NtryDtls", *details),) if details else ()


def _groups(texts: Texts) -> list[Texts]:
    """Part the texts into details: a new one starts where the order of the schema starts again."""
    groups: list[Texts] = []
    last = len(_ORDER)
    for tag, text in texts:
        rank = _RANKS[tag]
        if rank < last or (rank == last and tag not in _REPEATED):
            groups.append([])
        groups[-1].append((tag, text))
        last = rank
    return groups


def _pieces(label: str) -> list[str]:
    """Cut a label at spaces into pieces of 140 characters, the most that `Ustrd` holds; a longer word stays whole."""
    pieces: list[str] = []
    while len(label) > _USTRD:
        cut = label.rfind(" ", 1, _USTRD + 1)
        cut = label.find(" ", _USTRD) if cut < 0 else cut
        if cut < 0:
            break
        pieces.append(label[:cut])
        label = label[cut + 1 :]
    return [*pieces, label] if label else pieces


def _detail(texts: Texts, amount: tuple[Node, ...], shapes: _Shapes) -> Node:
    references = [Node(tag, text) for tag, text in texts if tag in _REFERENCES]
    references += [_wrap("Prtry", Node("Tp", "Prtry"), Node("Ref", text)) for tag, text in texts if tag == "Prtry"]
    remittance = [_remittance(tag, text) for tag, text in texts if _RANKS[tag] in (_RANKS["Ustrd"], _RANKS["Strd"])]
    purposes = [_wrap("Purp", _choice(text)) for tag, text in texts if tag == "Purp"]
    return _wrap(
        "TxDtls",
        *_group("Refs", references),
        *amount,
        *_group("RltdPties", [node for pair in texts for node in _party(*pair, shapes)]),
        *purposes,
        *_group("RmtInf", remittance),
        *_group("RtrInf", [node for pair in texts for node in _return(*pair)]),
        *(Node(tag, text) for tag, text in texts if tag == "AddtlTxInf"),
    )


def _group(name: str, children: Sequence[Node]) -> tuple[Node, ...]:
    return (_wrap(name, *children),) if children else ()


def _party(tag: str, text: str, shapes: _Shapes) -> tuple[Node, ...]:
    if tag in ("Dbtr", "UltmtDbtr", "Cdtr", "UltmtCdtr"):
        return (shapes.party(tag, text),)
    return (_wrap(tag, _account(text)),) if tag in ("DbtrAcct", "CdtrAcct") else ()


def _choice(text: str) -> Node:
    return Node("Cd" if len(text) <= _CODE else "Prtry", text)


def _remittance(tag: str, text: str) -> Node:
    if tag == "Ustrd":
        return Node(tag, text)
    inner = {
        "RfrdDocInf": _wrap("RfrdDocInf", Node("Nb", text)),
        "Strd": _wrap("CdtrRefInf", Node("Ref", text)),
        "AddtlRmtInf": Node("AddtlRmtInf", text),
    }
    return _wrap("Strd", inner[tag])


def _return(tag: str, text: str) -> tuple[Node, ...]:
    if tag == "RtrInf":
        return (_wrap("Rsn", _choice(text)),)
    return (Node("AddtlInf", text),) if tag == "RtrAddtlInf" else ()
