"""Rows as CFONB 120 records."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, BinaryIO

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Releves, Statut, Tables, Virements
from tiers_payant.errors import ColumnError
from tiers_payant.formats._digits import Matrix
from tiers_payant.formats._encode import encode
from tiers_payant.formats._layout import load_layout

__all__ = ["latin", "write_cfonb120"]

Column = npt.NDArray[Any]

_INFORMATION, _LABEL, _SUITE = 70, 31, 35
_RIB = 21
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_FROM_CAMT = {
    "EndToEndId": "RCN", "PmtInfId": "REF", "InstrId": "REF2", "MndtId": "RUM", "UltmtDbtr": "NPO", "Ustrd": "LCC",
    "Dbtr": "NPY",
}  # fmt: skip
"""What CAMT says under other names."""
_OWN = {"CodeInterne": 4, "CodeRejet": 2, "NumeroEcriture": 7, "Reference": 16}
"""Texts of the 04 itself, and their width."""
_OPENING, _LINE, _COMPLEMENT, _CLOSING = range(4)


@attrs.define
class _Line:
    """The texts of one line, sorted into the zones that hold them."""

    own: dict[str, str] = attrs.field(factory=lambda: dict.fromkeys(_OWN, ""))
    complements: list[tuple[str, str]] = attrs.field(factory=list)


def write_cfonb120(tables: Tables, out: BinaryIO) -> None:
    """Write every statement of *tables*: 01, then each line as a 04 with its 05, then 07; LF after each record.

    `read_cfonb120` gives the same facts back. A label longer than 31 characters is cut in the 04 and whole in LCC and
    LC2. Only what is booked, on statements, is written: this format holds nothing else, advices included. Texts whose
    tag is neither a qualifier nor a CAMT tag with one to match are left out; characters outside latin-1 become their
    plain letter or `?`.

    Args:
        tables: `releves`, and the `virements` that point to them; others are left out.
        out: Where to write, opened in binary.

    Raises:
        ColumnError: An account that is no French one, or an amount over 14 digits.
    """
    releves = tables.releves.take(~tables.releves.avis)
    accounts = _accounts(releves)
    virements = _booked(tables)
    lines = [_sorted_texts(virements.row(number)) for number in range(len(virements))]
    parts = [
        _balances(releves, accounts, "01", _OPENING),
        _mouvements(virements, accounts, lines),
        _complements(virements, accounts, lines),
        _balances(releves, accounts, "07", _CLOSING),
    ]
    keys = np.concatenate([key for key, _ in parts])
    matrix = np.concatenate([records for _, records in parts])
    order = np.lexsort(keys.T[::-1])
    ended = np.full((len(matrix), matrix.shape[1] + 1), ord("\n"), dtype=np.uint8)
    ended[:, :-1] = matrix[order]
    out.write(ended.tobytes())


def _booked(tables: Tables) -> Virements:
    """Return the booked lines of the statements, which they point to by their number among statements."""
    lines = tables.virements
    virements = lines.take((lines.releve >= 0) & (lines.statut == Statut.COMPTABILISE))
    virements = virements.take(~tables.releves.avis[virements.releve])
    numbers = np.cumsum(~tables.releves.avis) - 1
    return virements.with_columns(releve=numbers[virements.releve].astype(np.int32))


def _accounts(releves: Releves) -> Column:
    lengths = np.char.str_len(releves.compte) if len(releves) else np.empty(0, dtype=np.int64)
    if (lengths != _RIB).any():
        raise ColumnError(f"compte: CFONB 120 holds accounts of {_RIB} characters only")
    return releves.compte


def _account_columns(accounts: Column, devises: Column) -> dict[str, Column]:
    letters = accounts.astype(f"S{_RIB}").view("S1").reshape(len(accounts), _RIB)

    def part(first: int, last: int) -> Column:
        return np.ascontiguousarray(letters[:, first:last]).view(f"S{last - first}").ravel()

    return {
        "banque": part(0, 5),
        "guichet": part(5, 10),
        "compte": part(10, _RIB),
        "devise": devises,
        "decimales": np.full(len(accounts), 2),
    }


def _keys(*columns: Column | int) -> Column:
    """Return what sorts records: statement, kind (04 and 05 together), line, then rank inside the line."""
    return np.stack(np.broadcast_arrays(*columns), axis=1).astype(np.int64)


def _balances(releves: Releves, accounts: Column, code: str, kind: int) -> tuple[Column, Matrix]:
    side, day = ("initial", "du") if code == "01" else ("final", "au")
    known = np.flatnonzero(getattr(releves, f"{side}_connu"))
    columns = _account_columns(accounts[known], releves.devise[known]) | {
        "enregistrement": np.full(len(known), code.encode()),
        "date": getattr(releves, day)[known],
        "montant": getattr(releves, f"{side}_cents")[known],
    }
    zeros = np.zeros(len(known), dtype=np.int64)
    return _keys(known, zeros + kind, zeros, zeros), encode(load_layout("cfonb120").records[code], len(known), columns)


def _mouvements(virements: Virements, accounts: Column, lines: list[_Line]) -> tuple[Column, Matrix]:
    count = len(virements)
    owner = virements.releve
    columns = _account_columns(accounts[owner], virements.devise) | {
        "enregistrement": np.full(count, b"04"),
        "code_operation": virements.code_operation,
        "date": virements.date,
        "date_valeur": virements.date_valeur,
        "libelle": _bytes(latin(str(label))[:_LABEL].rstrip() for label in virements.libelle),
        "montant": virements.montant_cents,
        "code_interne": _bytes(line.own["CodeInterne"] for line in lines),
        "code_rejet": _bytes(line.own["CodeRejet"] for line in lines),
        "numero_ecriture": _bytes(line.own["NumeroEcriture"] or "0000000" for line in lines),
        "reference": _bytes(line.own["Reference"] for line in lines),
    }
    zeros = np.zeros(count, dtype=np.int64)
    return _keys(owner, zeros + _LINE, np.arange(count), zeros), encode(
        load_layout("cfonb120").records["04"], count, columns
    )


def _complements(virements: Virements, accounts: Column, lines: list[_Line]) -> tuple[Column, Matrix]:
    flat = [
        (number, rank + 1, qualifier, text)
        for number, line in enumerate(lines)
        for rank, (qualifier, text) in enumerate(line.complements)
    ]
    numbers = np.array([number for number, *_ in flat], dtype=np.int64)
    owner = virements.releve[numbers]
    columns = _account_columns(accounts[owner], virements.devise[numbers]) | {
        "enregistrement": np.full(len(flat), b"05"),
        "code_operation": virements.code_operation[numbers],
        "date": virements.date[numbers],
        "qualifiant": _bytes(qualifier for *_, qualifier, _ in flat),
        "information": _bytes(text for *_, text in flat),
    }
    ranks = np.array([rank for _, rank, *_ in flat], dtype=np.int64)
    return _keys(owner, np.full(len(flat), _LINE), numbers, ranks), encode(
        load_layout("cfonb120").records["05"], len(flat), columns
    )


def _sorted_texts(line: dict[str, Any]) -> _Line:
    sorted_line = _Line()
    if line["emetteur"]:
        sorted_line.complements.append(("NPY", latin(line["emetteur"])[:_INFORMATION]))
    told = [(tag, latin(text)) for tag, _, text in (row.partition(": ") for row in line["textes"].splitlines())]
    if len(latin(line["libelle"])) > _LABEL and not any(_FROM_CAMT.get(tag, tag) == "LCC" for tag, _ in told):
        told.insert(0, ("LCC", latin(line["libelle"])))
    for tag, text in told:
        if tag in _OWN and len(text) <= _OWN[tag]:
            sorted_line.own[tag] = text
        else:
            _add(sorted_line.complements, _FROM_CAMT.get(tag, tag), text)
    return sorted_line


def _add(complements: list[tuple[str, str]], tag: str, text: str) -> None:
    """Add the 05 records that say *text*; a second zone joins the first when it comes just after."""
    qualifiers = load_layout("cfonb120").extra["qualifiants"]
    base = tag[:-1]
    if tag.endswith("2") and "suite" in qualifiers.get(base, {}):
        fits = complements and complements[-1][0] == base and len(complements[-1][1]) <= _SUITE
        first = complements.pop()[1] if fits else ""
        complements.append((base, first.ljust(_SUITE) + text[:_SUITE]))
    elif tag == "LCC":
        complements.extend(zip(("LCC", "LC2", "LIB", "LIB", "LIB", "LIB"), _pieces(text), strict=False))
    elif tag == "05" or len(tag) == 3:
        qualifier = "" if tag == "05" else tag
        complements.extend((qualifier, piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _INFORMATION):
        yield text[start : start + _INFORMATION]


def latin(text: str) -> str:
    """Return *text* in the letters that the format can hold."""
    flat = _CONTROL.sub(" ", text)
    if flat.isascii():
        return flat
    return "".join(letter if letter <= "\xff" else _plain(letter) for letter in flat)


def _plain(letter: str) -> str:
    bare = unicodedata.normalize("NFKD", letter)[0]
    return bare if bare.isascii() else "?"


def _bytes(texts: Iterator[str]) -> Column:
    return np.array([text.encode("latin-1") for text in texts], dtype="S")
