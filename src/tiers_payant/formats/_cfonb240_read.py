"""The records of a CFONB 240 file as rows.

An advice runs from its 31 to its 39; either may be missing. Records of other codes (35, 36...) are kept raw.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import (
    MOST_CENTS,
    Place,
    ProblemLog,
    Releves,
    Statut,
    Tables,
    Virements,
    compte_of_rib,
    one_line,
)
from tiers_payant.formats._cfonb_frame import Frame, Rows, raw_records, records
from tiers_payant.formats._decode import Decoded, decode
from tiers_payant.formats._layout import Layout, Record

__all__ = ["read_records"]

_COMPTE = ("banque", "guichet", "compte")
_EMETTEUR = ("banque_emetteur", "guichet_emetteur", "compte_emetteur")
_EN_TETE = (*_COMPTE, "date", "decimales", "devise")
_DETAIL = (
    *_COMPTE, *_EMETTEUR, "code_operation", "date", "emetteur", "destinataire", "libelle", "date_reglement_initial",
    "reference_presentateur", "montant",
)  # fmt: skip
_TOTAL = (*_COMPTE, "date", "montant")

Column = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class _Kind:
    """The records of one code: their numbers in the file, the advice of each, and their columns."""

    rows: Rows
    avis: Rows
    found: Decoded


@attrs.frozen(eq=False)
class _Outline:
    """How the records hang together: for each, its code and its advice (-1: none)."""

    codes: Rows
    avis: Rows
    count: int


@attrs.frozen(eq=False)
class _Heads:
    """What each advice says of itself."""

    comptes: list[tuple[str, str, str]]
    devises: Column
    decimales: Column
    du: Column
    au: Column
    first: Rows
    """Number of its first record."""


def read_records(frame: Frame, layout: Layout, log: ProblemLog) -> tuple[Tables, list[Place]]:
    """Return the rows of every record, and where each advice stands."""
    outline = _outline(frame)
    heads = _decoded(frame, outline, layout.records["31"], _EN_TETE, (), log)
    details = _decoded(frame, outline, layout.records["34"], _DETAIL, ("montant", "date"), log)
    totals = _decoded(frame, outline, layout.records["39"], _TOTAL, ("montant",), log)
    told = _heads(outline, heads, details, totals)
    cents, inexact = _hundredths(details, told.decimales)
    good = ~details.found.bad & ~inexact
    releves = _releves(frame, told)
    virements = _virements(frame, details, good, cents, releves, _elsewhere(layout))
    unknown = np.flatnonzero(~np.isin(outline.codes, (31, 34, 39)))
    _tell(frame, (heads, totals), told, unknown, log)
    supposed = int((virements.statut == Statut.COMPTABILISE).sum())
    if supposed:
        log.add("AVIS_SANS_SENS", nombre=supposed)
    for offset in frame.offsets[details.rows[inexact & ~details.found.bad]].tolist():
        log.add("VALEUR_ATTENDUE", offset=offset, field="montant", attendu="2 décimales au plus", forme="99.999")
    _check_totals(frame, totals, told, (details.avis[good], cents[good]), layout.records["39"], log)
    broken = np.concatenate([details.rows[~good], unknown, totals.rows[totals.found.bad]])
    places = [Place(offset=int(offset)) for offset in frame.offsets[told.first]]
    return Tables(releves=releves, virements=virements, bruts=raw_records(frame, np.sort(broken))), places


def _outline(frame: Frame) -> _Outline:
    three, kind = frame.stream[frame.starts], frame.stream[frame.starts + 1].astype(np.int64) - ord("0")
    codes = np.where((three == ord("3")) & (kind > 0) & (kind < 10), 30 + kind, -1)
    framing = np.flatnonzero(np.isin(codes, (31, 34, 39)))
    here = codes[framing]
    opens = here == 31
    opens[:1] = True
    opens[1:] |= here[:-1] == 39
    avis = np.full(len(codes), -1, dtype=np.int64)
    avis[framing] = np.cumsum(opens) - 1
    return _Outline(codes=codes, avis=avis, count=int(opens.sum()))


def _decoded(
    frame: Frame, outline: _Outline, record: Record, names: tuple[str, ...], deciding: tuple[str, ...], log: ProblemLog
) -> _Kind:
    rows = np.flatnonzero(outline.codes == int(record.id))
    found = decode(record, frame.stream, frame.starts[rows], names, log, frame.offsets[rows], deciding=deciding)
    return _Kind(rows, outline.avis[rows], found)


def _heads(outline: _Outline, heads: _Kind, details: _Kind, totals: _Kind) -> _Heads:
    """Gather what the 31 says; without one, the account is that of the first 34, else of the 39."""
    count = outline.count
    comptes = [("", "", "")] * count
    for kind in (totals, details, heads):
        parts = zip(*(kind.found[name].tolist() for name in _COMPTE), strict=True)
        for avis, part in reversed(list(zip(kind.avis.tolist(), parts, strict=True))):
            if any(part):
                comptes[avis] = (_ascii(part[0]), _ascii(part[1]), _ascii(part[2]))
    devises, decimales = np.full(count, b"EUR", dtype="S3"), np.full(count, 2, dtype=np.int64)
    given = heads.found["devise"] != b""
    # The decimals are blank where the currency is: a zero that nobody wrote must not multiply by a hundred.
    devises[heads.avis[given]], decimales[heads.avis[given]] = (
        heads.found["devise"][given], heads.found["decimales"][given],
    )  # fmt: skip
    du, au = (np.full(count, np.datetime64("NaT"), dtype="datetime64[D]") for _ in range(2))
    du[heads.avis], au[totals.avis] = heads.found["date"], totals.found["date"]
    inside = np.flatnonzero(outline.avis >= 0)
    first = inside[np.searchsorted(outline.avis[inside], np.arange(count))]
    return _Heads(comptes, devises, decimales, du, au, first)


def _hundredths(details: _Kind, decimales: Column) -> tuple[Column, Mask]:
    """Return the amounts in hundredths, and those that cannot be: less than a hundredth, or too large."""
    amounts, decimals = details.found["montant"], decimales[details.avis]
    down = 10 ** np.maximum(decimals - 2, 0)
    cents = amounts * 10 ** np.maximum(2 - decimals, 0) // down
    return cents, (amounts % down != 0) | (cents > MOST_CENTS)


def _releves(frame: Frame, told: _Heads) -> Releves:
    count = len(told.first)
    comptes = [compte_of_rib(*part) if any(part) else "" for part in told.comptes]
    return Releves.of(
        count,
        compte=np.array([compte.encode() for compte in comptes], dtype="S"),
        compte_affiche=_objects(["/".join(part) if any(part) else "" for part in told.comptes]),
        devise=told.devises,
        avis=np.ones(count, dtype=np.bool_),
        du=told.du,
        au=told.au,
        source=np.zeros(count, dtype=np.int32),
        octet=frame.offsets[told.first],
    )


def _elsewhere(layout: Layout) -> Column:
    """Return the operations that are no movement."""
    return np.array(sorted(map(str.encode, layout.extra["operations"])), dtype="S2")


def _virements(
    frame: Frame, details: _Kind, good: Mask, cents: Column, releves: Releves, elsewhere: Column
) -> Virements:
    """Return the lines; a 34 without a date takes that of its 31."""
    owner, found = details.avis[good], details.found
    operations = found["code_operation"][good]
    dates = found["date"][good]
    first = np.searchsorted(details.avis, np.arange(len(releves)))
    return Virements.of(
        len(owner),
        compte=releves.compte[owner],
        date=np.where(np.isnat(dates), releves.du[owner], dates),
        montant_cents=cents[good],
        devise=releves.devise[owner],
        statut=np.where(np.isin(operations, elsewhere), Statut.INFORMATION, Statut.COMPTABILISE).astype(np.int8),
        emetteur=_texts(found["emetteur"][good]),
        libelle=_texts(found["libelle"][good]),
        textes=_own_texts(found, np.flatnonzero(good), releves.compte[owner]),
        code_operation=operations,
        position=np.flatnonzero(good) - first[owner] if len(owner) else np.empty(0, dtype=np.int64),
        releve=owner.astype(np.int32),
        source=np.zeros(len(owner), dtype=np.int32),
        octet=frame.offsets[details.rows[good]],
    )


def _own_texts(found: Decoded, rows: Rows, comptes: Column) -> Column:
    """Tag what else each line says: both accounts, the addressee, the references."""
    lines = []
    for row, compte in zip(rows.tolist(), comptes.tolist(), strict=True):
        day = found["date_reglement_initial"][row]
        addressee = _rib(found, _COMPTE, row)
        told = {
            "DbtrAcct": _rib(found, _EMETTEUR, row),
            "Cdtr": _text(found["destinataire"][row]),
            "CdtrAcct": addressee if addressee.encode() != compte else "",
            "DateReglementInitial": "" if np.isnat(day) else str(day),
            "ReferencePresentateur": _text(found["reference_presentateur"][row]),
        }
        lines.append("\n".join(f"{tag}: {text}" for tag, text in told.items() if text))
    return _objects(lines)


def _rib(found: Decoded, names: tuple[str, ...], row: int) -> str:
    """Return an account as this library names it; empty when it is blank, or zeros as banks leave it."""
    parts = [_ascii(found[name][row]) for name in names]
    return compte_of_rib(*parts) if "".join(parts).strip("0") else ""


def _tell(frame: Frame, ends: tuple[_Kind, _Kind], told: _Heads, unknown: Rows, log: ProblemLog) -> None:
    for offset, record in records(frame, unknown):
        log.add("ENREGISTREMENT_INCONNU", offset=offset, code=record[:2].decode() if record[:2].isdigit() else "??")
    opened, closed = (set(kind.avis.tolist()) for kind in ends)
    for number, offset in enumerate(frame.offsets[told.first].tolist()):
        if number not in opened:
            log.add("DEBUT_ABSENT", offset=offset, code="31")
        if number not in closed:
            log.add("FIN_ABSENTE", offset=offset, code="39")
        if not any(told.comptes[number]):
            log.add("RELEVE_SANS_COMPTE", offset=offset)


def _check_totals(
    frame: Frame, totals: _Kind, told: _Heads, lines: tuple[Column, Column], record: Record, log: ProblemLog
) -> None:
    """Report the totals that differ from their lines; those of public samples do, so it is a warning.

    A total left blank where there are lines is reported as a check not made.
    """
    owners, cents = lines
    sums = np.zeros(len(told.first), dtype=np.int64)
    np.add.at(sums, owners, cents)
    stated, inexact = _hundredths(totals, told.decimales)
    last = record.field("montant")
    for row, avis in enumerate(totals.avis.tolist()):
        offset = int(frame.offsets[totals.rows[row]])
        start = int(frame.starts[totals.rows[row]]) + last.first - 1
        blank = not frame.stream[start : start + last.width].tobytes().strip()
        if totals.found.bad[row] or inexact[row]:
            continue
        if blank and sums[avis]:
            log.add("RELEVE_NON_CONTROLE", offset=offset, absent="le total")
        elif not blank and stated[row] != sums[avis]:
            log.add(
                "CONTROLE_SOMME", offset=offset, column=last.first, field="montant", quoi="Total 39",
                ecart_cents=int(stated[row] - sums[avis]),
            )  # fmt: skip


def _texts(texts: Column) -> Column:
    return _objects([_text(text) for text in texts.tolist()])


def _text(text: bytes) -> str:
    return one_line(text.decode("latin-1").strip())


def _objects(texts: list[str]) -> Column:
    return np.array(texts, dtype=object)


def _ascii(text: bytes) -> str:
    return text.decode("ascii", "replace").replace("\ufffd", "?").strip()
