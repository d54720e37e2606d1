"""The pieces of a CAMT message as rows.

Shapes are those of the XSDs 001.02 to 001.14 of camt.052, 053 and 054, all accepted whatever the version that the
document declares: the parties are nested since 07 (`Dbtr/Pty/Nm`), the status too (`Sts/Cd`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache

import attrs
import numpy as np

from tiers_payant.domain import (
    MOST_CENTS,
    SANS_DEVISE,
    Place,
    ProblemLog,
    Releves,
    Statut,
    Tables,
    Virements,
    canonical_compte,
    cents_from_decimal,
    one_line,
)
from tiers_payant.domain.tables import Bruts
from tiers_payant.errors import MoneyError, shape
from tiers_payant.formats._camt_kinds import KINDS
from tiers_payant.formats._camt_lots import check_details
from tiers_payant.formats._camt_xml import Leaves, Piece
from tiers_payant.formats._growing import GrowingColumns

__all__ = ["Message"]

_STATUTS = {
    "BOOK": Statut.COMPTABILISE,
    "PDNG": Statut.EN_ATTENTE,
    "FUTR": Statut.EN_ATTENTE,
    "INFO": Statut.INFORMATION,
}
_SIGNS = {"CRDT": 1, "DBIT": -1}

_TAGS = {
    "NtryRef": "NtryRef",
    "AcctSvcrRef": "AcctSvcrRef",
    "NtryDtls/Btch/MsgId": "MsgId",
    "NtryDtls/Btch/PmtInfId": "PmtInfId",
    "AddtlNtryInf": "AddtlNtryInf",
    "Refs/Prtry/Ref": "Prtry",
    "RltdPties/Dbtr/Nm": "Dbtr",
    "RltdPties/Dbtr/Pty/Nm": "Dbtr",
    "RltdPties/DbtrAcct/Id/IBAN": "DbtrAcct",
    "RltdPties/DbtrAcct/Id/Othr/Id": "DbtrAcct",
    "RltdPties/UltmtDbtr/Nm": "UltmtDbtr",
    "RltdPties/UltmtDbtr/Pty/Nm": "UltmtDbtr",
    "RltdPties/Cdtr/Nm": "Cdtr",
    "RltdPties/Cdtr/Pty/Nm": "Cdtr",
    "RltdPties/CdtrAcct/Id/IBAN": "CdtrAcct",
    "RltdPties/CdtrAcct/Id/Othr/Id": "CdtrAcct",
    "RltdPties/UltmtCdtr/Nm": "UltmtCdtr",
    "RltdPties/UltmtCdtr/Pty/Nm": "UltmtCdtr",
    "Purp/Cd": "Purp",
    "Purp/Prtry": "Purp",
    "RmtInf/Ustrd": "Ustrd",
    "RmtInf/Strd/RfrdDocInf/Nb": "RfrdDocInf",
    "RmtInf/Strd/CdtrRefInf/Ref": "Strd",
    "RmtInf/Strd/AddtlRmtInf": "AddtlRmtInf",
    "RtrInf/Rsn/Cd": "RtrInf",
    "RtrInf/Rsn/Prtry": "RtrInf",
    "RtrInf/AddtlInf": "RtrAddtlInf",
    "AddtlTxInf": "AddtlTxInf",
}
"""Path of a text under the entry or its detail, and the tag it is kept under."""
_REFERENCES = "Refs/"
"""Where every reference of a detail stands, kept under its own name."""

_LABELS = ("Ustrd", "AddtlNtryInf", "AddtlTxInf")
"""Where the label of a line is taken from: the first that is there."""

_ABSENT = "NOTPROVIDED"
"""What banks write where the schema requires a reference and there is none."""

_OF_RELEVE = (
    "compte", "compte_affiche", "identifiant", "devise", "avis", "initial_connu", "initial_cents", "final_connu",
    "final_cents", "du", "au",
)  # fmt: skip
_OF_VIREMENT = (
    "releve", "position", "date", "date_valeur", "montant_cents", "devise", "statut", "extourne", "code_operation",
    "emetteur", "libelle", "textes",
)  # fmt: skip

_SLICE = 1 << 13
"""Rows turned into columns at a time."""

_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[TZ+-].*)?", re.DOTALL)
_REFERENCE = re.compile(r"camt\.05[234]\.001\.[0-9]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_COMPTE, _OPERATION = 34, 4
"""Most characters of an account (the schema says so) and of an operation code (two, in France)."""
_ADVICES = {kind.root: kind.avis for kind in KINDS}
_EPOCH = date(1970, 1, 1).toordinal()
_NAT = np.iinfo(np.int64).min


@attrs.define
class _Releve:
    """A statement while it is being read."""

    line: int
    avis: bool
    identifiant: str = ""
    compte: str = ""
    affiche: str = ""
    devise: str = ""
    opening: tuple[int, int] | None = None
    previous: tuple[int, int] | None = None
    closing: tuple[int, int] | None = None
    period: dict[str, int] = attrs.field(factory=dict)
    entries: int = 0

    def row(self) -> tuple[object, ...]:
        """Return the values of `_OF_RELEVE`, in order."""
        start = self.opening or self.previous
        first = start[1] if start else _NAT
        last = self.closing[1] if self.closing else _NAT
        return (
            self.compte.encode("ascii", "replace"),
            self.affiche,
            self.identifiant,
            self.devise.encode("ascii"),
            self.avis,
            start is not None,
            start[0] if start else 0,
            self.closing is not None,
            self.closing[0] if self.closing else 0,
            first if first != _NAT else self.period.get("Fr", _NAT),
            last if last != _NAT else self.period.get("To", _NAT),
        )


class _Rows:
    """The rows read so far."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.releves = GrowingColumns(Releves, _OF_RELEVE)
        self.virements = GrowingColumns(Virements, _OF_VIREMENT)
        self.broken: list[str] = []

    def tables(self) -> Tables:
        """Return the rows, without their source; once, since what made them is let go on the way."""
        length = len(self.releves)
        releves = Releves.of(length, **self.releves.take(), source=np.zeros(length, dtype=np.int32))
        bruts = Bruts.of(
            code=np.full(len(self.broken), b"Ntry"),
            contenu=np.array(self.broken, dtype=object),
            source=np.zeros(len(self.broken), dtype=np.int32),
        )
        return Tables(releves=releves, virements=self._lines(releves), bruts=bruts)

    def _lines(self, releves: Releves) -> Virements:
        length, columns = len(self.virements), self.virements.take()
        owner = columns["releve"]
        for begin in range(0, length, _SLICE):
            rows = slice(begin, begin + _SLICE)
            blank = columns["devise"][rows] == b""
            columns["devise"][rows][blank] = releves.devise[owner[rows][blank]]
        return Virements.of(length, **columns, compte=releves.compte[owner], source=np.zeros(length, dtype=np.int32))


class Message:
    """Reads the pieces of a message in order; `take` gives what was read."""

    def __init__(self, log: ProblemLog) -> None:
        self.reference = ""
        self._log = log
        self._avis = False
        self._open: _Releve | None = None
        self._details: list[Leaves] = []
        self._rows = _Rows()
        self._takers: dict[str, Callable[[_Releve, Piece], None]] = {
            "Id": self._take_identifier,
            "Acct": self._take_account,
            "Bal": self._take_balance,
            "FrToDt": self._take_period,
            "Ntry": self._take_entry,
        }

    def read(self, pieces: Iterable[Piece]) -> Iterator[None]:
        """Read every piece, with a stop after each statement, where what was read can be taken.

        A statement cut before its end, by that of the file or by another statement inside it, which is told, keeps the
        entries that stand whole before. Entries that stand in no statement are kept as raw text.
        """
        for piece in pieces:
            if piece.name == "TxDtls":
                self._details.append(piece.leaves)
            elif piece.name == "Stmt":
                if self._open is not None:
                    self._log.add("RELEVE_IMBRIQUE", line=piece.line or None)
                self._interrupt()
                self._details.clear()
                self._open = _Releve(piece.line, self._avis)
            elif piece.name == "/Stmt":
                self._close(complete=True)
                yield
            elif piece.name in _ADVICES:
                self._avis = _ADVICES[piece.name]
                stated = _REFERENCE.search(piece.leaves[0][1])
                self.reference = self.reference or (stated[0] if stated else "")
            elif self._open is not None and piece.name in self._takers:
                self._takers[piece.name](self._open, piece)
            elif piece.name == "Ntry":
                self._keep_raw(piece)
        self._interrupt()

    def take(self) -> tuple[Tables, list[Place]]:
        """Give what was read since the last time, without its source, and where each statement stands."""
        rows, self._rows = self._rows, _Rows()
        return rows.tables(), rows.places

    def _interrupt(self) -> None:
        """End the statement that is open: entries already point to its row."""
        if self._open is not None and self._open.entries:
            self._close(complete=False)

    def _close(self, *, complete: bool) -> None:
        releve, self._open = self._open, None
        if releve is None:
            return
        if not releve.compte:
            self._log.add("RELEVE_SANS_COMPTE", line=releve.line)
        self._rows.releves.add(*releve.row())
        self._rows.places.append(Place(line=releve.line, complete=complete))

    def _take_identifier(self, releve: _Releve, piece: Piece) -> None:
        text = one_line(piece.leaves[0][1]) if piece.leaves else ""
        releve.identifiant = "" if text == _ABSENT else text

    def _take_account(self, releve: _Releve, piece: Piece) -> None:
        found = _first(piece.leaves)
        releve.affiche = one_line(found.get("Id/IBAN") or found.get("Id/Othr/Id", ""))
        releve.compte = canonical_compte(releve.affiche)
        if len(releve.compte) > _COMPTE:
            self._unexpected(f"{_COMPTE} caractères au plus", releve.compte, piece.line, "Acct/Id")
            releve.compte = ""
        releve.devise = self._currency(found.get("Ccy", ""), piece.line, "Acct/Ccy") or releve.devise

    def _currency(self, text: str, line: int, field: str) -> str:
        if not text or _CURRENCY.fullmatch(text):
            return text
        self._unexpected("EUR", text, line, field)
        return SANS_DEVISE

    def _take_period(self, releve: _Releve, piece: Piece) -> None:
        for path, text in piece.leaves:
            releve.period[path[:2]] = self._day(text, piece.line, path)

    def _take_balance(self, releve: _Releve, piece: Piece) -> None:
        """Read the opening and closing booked balances; other kinds decide nothing.

        A missing sign reads as credit. The credit line (`CdtLine/Amt`), which stands before the amount, is no balance.
        """
        found = _first(piece.leaves)
        kind = found.get("Tp/CdOrPrtry/Cd") or found.get("Tp/Cd", "")
        sign = _SIGNS.get(found.get("CdtDbtInd", "CRDT"))
        cents = self._amount(found.get("Amt", ""), piece.line, "Bal/Amt") if kind in ("OPBD", "PRCD", "CLBD") else None
        if cents is None:
            return
        if sign is None:
            self._unexpected("CRDT, DBIT", found["CdtDbtInd"], piece.line, "Bal/CdtDbtInd")
            return
        day = self._day(found.get("Dt/Dt") or found.get("Dt/DtTm", ""), piece.line, "Bal/Dt")
        releve.devise = releve.devise or self._currency(found.get("Amt@Ccy", ""), piece.line, "Bal/Amt@Ccy")
        slot = {"OPBD": "opening", "PRCD": "previous", "CLBD": "closing"}[kind]
        if getattr(releve, slot) is None:
            setattr(releve, slot, (sign * cents, day))

    def _take_entry(self, releve: _Releve, piece: Piece) -> None:
        """Read one booking: its own amount and sign rule, whatever its details say.

        The sign is `CdtDbtInd` alone: a reversal indicator never turns it. A line without a booking date takes its
        value date.
        """
        position, releve.entries = releve.entries, releve.entries + 1
        found = _first(piece.leaves)
        sign = _SIGNS.get(found.get("CdtDbtInd", ""))
        cents = self._amount(found.get("Amt", ""), piece.line, "Ntry/Amt")
        if sign is None:
            self._unexpected("CRDT, DBIT", found.get("CdtDbtInd", ""), piece.line, "Ntry/CdtDbtInd")
        if sign is None or cents is None:
            self._keep_raw(piece)
            return
        details, self._details = self._details, []
        value = self._day(found.get("ValDt/Dt") or found.get("ValDt/DtTm", ""), piece.line, "Ntry/ValDt")
        booked = self._day(found.get("BookgDt/Dt") or found.get("BookgDt/DtTm", ""), piece.line, "Ntry/BookgDt")
        currency = self._currency(found.get("Amt@Ccy", ""), piece.line, "Ntry/Amt@Ccy")
        releve.devise = releve.devise or currency
        check_details(found, piece, details, sign * cents, self._log)
        texts = _texts_of(piece.leaves, details)
        code, bank_codes = _bank_codes(found, details)
        emetteur = _payer(texts) if sign > 0 else ""
        libelle = _take_label(texts)
        self._rows.virements.add(
            len(self._rows.releves),
            position,
            value if booked == _NAT else booked,
            value,
            sign * cents,
            currency.encode("ascii"),
            self._status(found, piece.line),
            found.get("RvslInd", "") in ("true", "1"),
            code.encode("ascii", "replace"),
            emetteur,
            libelle,
            "\n".join(dict.fromkeys(f"{tag}: {text}" for tag, text in bank_codes + texts)),
        )

    def _keep_raw(self, piece: Piece) -> None:
        """Keep an entry and its details as text."""
        details, self._details = self._details, []
        told = (leaf for leaves in (piece.leaves, *details) for leaf in leaves)
        self._rows.broken.append("\n".join(f"{path}: {text}" for path, text in told))

    def _status(self, found: dict[str, str], line: int) -> Statut:
        """Read either shape of the status; a statement that gives none holds booked entries."""
        text = found.get("Sts") or found.get("Sts/Cd") or found.get("Sts/Prtry") or "BOOK"
        if text not in _STATUTS:
            self._unexpected(", ".join(_STATUTS), text, line, "Ntry/Sts")
        return _STATUTS.get(text, Statut.INFORMATION)

    def _amount(self, text: str, line: int, field: str) -> int | None:
        """Read an amount, which the schema wants unsigned; one whose sums would not fit is told like a broken one."""
        try:
            cents = cents_from_decimal(text) if text else -1
        except MoneyError:
            cents = -1
        if 0 <= cents <= MOST_CENTS and not text.startswith(("-", "+")):
            return cents
        self._unexpected("1234.50", text, line, field)
        return None

    def _day(self, text: str, line: int, field: str) -> int:
        """Read the day of a date or of a date and time, as the bank writes it whatever the zone."""
        day = _parse_day(text) if text else _NAT
        if day is None:
            forme = self._shape("DATE_ATTENDUE", text, field)
            self._log.add("DATE_ATTENDUE", line=line or None, field=field, format="AAAA-MM-JJ", forme=forme)
            return _NAT
        return day

    def _unexpected(self, expected: str, text: str, line: int, field: str) -> None:
        self._log.add(
            "VALEUR_ATTENDUE",
            line=line or None,
            field=field,
            attendu=expected,
            forme=self._shape("VALEUR_ATTENDUE", text, field),
        )

    def _shape(self, code: str, text: str, field: str) -> str:
        """Make the shape of *text* for a problem that will be listed: hundreds of thousands may not be."""
        return shape(text) if self._log.lists(code, field) else ""


def _first(leaves: Leaves) -> dict[str, str]:
    return dict(reversed(leaves))


def _texts_of(entry: Leaves, details: list[Leaves]) -> list[tuple[str, str]]:
    """Return the tagged texts of an entry: its own, those of its details, then what the bank adds about it."""
    texts = [
        (tag, one_line(text))
        for leaves in (entry, *details)
        for path, text in leaves
        if (tag := _TAGS.get(path) or (path[:5] == _REFERENCES and _reference(path))) and text != _ABSENT
    ]
    return [pair for pair in texts if pair[0] != "AddtlNtryInf"] + [pair for pair in texts if pair[0] == "AddtlNtryInf"]


def _reference(path: str) -> str:
    """Name the reference that stands at *path*, under `_REFERENCES`; empty when it is none."""
    return "" if "/" in path[5:] else path[5:]


def _payer(texts: list[tuple[str, str]]) -> str:
    """Take the payer out of *texts* when there is one only; several stay there."""
    for tag in ("Dbtr", "UltmtDbtr"):
        names = {text for kind, text in texts if kind == tag}
        if len(names) == 1:
            if tag == "Dbtr":
                texts[:] = [pair for pair in texts if pair[0] != tag]
            return names.pop()
        if names:
            return ""
    return ""


def _take_label(texts: list[tuple[str, str]]) -> str:
    """Take the label out of *texts*: all that the payer wrote, else what the bank adds."""
    for tag in _LABELS:
        words = [text for kind, text in texts if kind == tag]
        if words:
            texts[:] = [pair for pair in texts if pair[0] != tag]
            return " ".join(words)
    return ""


def _bank_codes(found: dict[str, str], details: list[Leaves]) -> tuple[str, list[tuple[str, str]]]:
    """Return the interbank operation code of the CFONB, and the other codes as texts.

    Two shapes are met for the first: `05` issued by `CFONB`, and `05/0123/TRF` issued by `CFONB/Interne/SWIFT`.
    """
    if not any(path.startswith("BkTxCd/") for path in found):
        found = next((inner for leaves in details if "BkTxCd/Prtry/Cd" in (inner := _first(leaves))), found)
    domain = [found.get(f"BkTxCd/Domn/{path}", "") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    texts = [("BkTxCd", "/".join(map(one_line, domain)))] if any(domain) else []
    own, issuer = found.get("BkTxCd/Prtry/Cd", ""), found.get("BkTxCd/Prtry/Issr", "")
    code = own.partition("/")[0] if issuer.partition("/")[0] == "CFONB" else ""
    code = code if len(code) <= _OPERATION else ""
    if own and own != code:
        texts.append(("BkTxCdPrtry", one_line(f"{own} ({issuer})" if issuer else own)))
    return code, texts


@lru_cache(maxsize=4096)
def _parse_day(text: str) -> int | None:
    """Return the days since 1970 of the date that *text* starts with, or None."""
    match = _DATE.fullmatch(text)
    try:
        return date.fromisoformat(match[1]).toordinal() - _EPOCH if match else None
    except ValueError:
        return None
