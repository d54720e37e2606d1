"""The records of a CFONB 120 file as rows.

A statement runs from its 01 to its 07, and attaches by order and account number: the bank code may change inside one
(Crédit Mutuel does so). 01 and 07 may be missing; a change of account number also opens a statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tiers_payant.domain import Place, ProblemLog, Releves, Statut, Tables, Virements, compte_of_rib, one_line
from tiers_payant.formats._cfonb_frame import CFONB120, Frame, Rows, raw_records, records
from tiers_payant.formats._decode import Decoded, decode
from tiers_payant.formats._layout import Layout, Record

__all__ = ["read_records"]

_COMPTE = ("banque", "guichet", "devise", "decimales", "compte")
_SOLDE = (*_COMPTE, "date", "montant")
_MOUVEMENT = (
    *_COMPTE, "code_interne", "code_operation", "date", "code_rejet", "date_valeur", "libelle", "numero_ecriture",
    "montant", "reference",
)  # fmt: skip
_COMPLEMENT = ("compte", "qualifiant", "information")
_OWN_TAGS = {
    "code_interne": "CodeInterne",
    "code_rejet": "CodeRejet",
    "numero_ecriture": "NumeroEcriture",
    "reference": "Reference",
}
"""Fields of the 04 that are texts, and the tag they are kept under."""
_NO_DECIMALS = (b"XPF",)
_KINDS = ("01", "04", "05", "07")

Column = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class _Kind:
    """The records of one code: their numbers in the file, and their columns."""

    rows: Rows
    found: Decoded
    cents: Column
    bad: Mask


@attrs.frozen(eq=False)
class _Outline:
    """How the records hang together: for each, its code, its account and its statement (-1: none)."""

    codes: Rows
    comptes: Column
    releves: Rows
    count: int


def read_records(frame: Frame, layout: Layout, log: ProblemLog) -> tuple[Tables, list[Place]]:
    """Return the rows of every record, and where each statement stands."""
    outline = _outline(frame, layout)
    rows = {code: np.flatnonzero(outline.codes == int(code)) for code in ("01", "04", "07")}
    kinds = {code: _decoded(frame, layout.records[code], rows[code], log) for code in rows}
    releves = _releves(outline, kinds, frame, layout)
    mouvements = kinds["04"]
    good = ~mouvements.bad
    complements = _complements(frame, outline, mouvements.rows, layout, log)
    emetteurs, textes = _texts(mouvements, good, complements, layout)
    virements = _virements(frame, outline, mouvements, releves).with_columns(emetteur=emetteurs, textes=textes)
    unknown = np.flatnonzero(outline.codes < 0)
    broken = [kind.rows[kind.bad] for kind in kinds.values()]
    followers = complements.rows[mouvements.bad[complements.mouvements]]
    bruts = raw_records(frame, np.sort(np.concatenate([*broken, unknown, followers, complements.orphans])))
    _tell(frame, outline, kinds, unknown, complements.orphans, log)
    places = [Place(offset=int(offset)) for offset in _opening_offsets(frame, outline)]
    return Tables(releves=releves, virements=virements, bruts=bruts), places


def _virements(frame: Frame, outline: _Outline, mouvements: _Kind, releves: Releves) -> Virements:
    """Return the lines that could be read, without what their 05 say."""
    good, found = ~mouvements.bad, mouvements.found
    owner = outline.releves[mouvements.rows[good]]
    first = np.searchsorted(outline.releves[mouvements.rows], np.arange(outline.count))
    return Virements.of(
        len(owner),
        compte=releves.compte[owner],
        date=found["date"][good],
        date_valeur=found["date_valeur"][good],
        montant_cents=mouvements.cents[good],
        devise=np.where(found["devise"][good] == b"", releves.devise[owner], found["devise"][good]),
        statut=np.full(len(owner), Statut.COMPTABILISE, dtype=np.int8),
        libelle=_labels(found["libelle"][good]),
        code_operation=found["code_operation"][good],
        position=np.flatnonzero(good) - first[owner] if len(owner) else np.empty(0, dtype=np.int64),
        releve=owner.astype(np.int32),
        source=np.zeros(len(owner), dtype=np.int32),
        octet=frame.offsets[mouvements.rows[good]],
    )


def _outline(frame: Frame, layout: Layout) -> _Outline:
    codes = _codes(frame)
    comptes = _compte_field(frame, layout, "compte")
    framing = np.flatnonzero(np.isin(codes, (1, 4, 7)))
    here, compte = codes[framing], comptes[framing]
    opens = here == 1
    opens[:1] = True
    opens[1:] |= (here[:-1] == 7) | (compte[1:] != compte[:-1])
    releves = np.full(len(codes), -1, dtype=np.int64)
    releves[framing] = np.cumsum(opens) - 1
    return _Outline(codes=codes, comptes=comptes, releves=releves, count=int(opens.sum()))


def _codes(frame: Frame) -> Rows:
    zero, kind = frame.stream[frame.starts], frame.stream[frame.starts + 1]
    known = (zero == ord("0")) & np.isin(kind, [ord(code[1]) for code in _KINDS])
    return np.where(known, kind.astype(np.int64) - ord("0"), -1)


def _compte_field(frame: Frame, layout: Layout, name: str, rows: Any = slice(None)) -> Column:
    """Return a field of the account, which stands at the same columns in every record."""
    record = layout.records["04"]
    return decode(record, frame.stream, frame.starts[rows], (name,), ProblemLog(""), deciding=())[name]


def _decoded(frame: Frame, record: Record, rows: Rows, log: ProblemLog) -> _Kind:
    names = _MOUVEMENT if record.id == "04" else _SOLDE
    found = decode(record, frame.stream, frame.starts[rows], names, log, frame.offsets[rows], deciding=("montant",))
    cents, inexact = _hundredths(found["montant"], _decimals(frame, record, rows, found))
    for offset in frame.offsets[rows[inexact]].tolist():
        log.add("VALEUR_ATTENDUE", offset=offset, field="montant", attendu="2 décimales au plus", forme="99.999")
    return _Kind(rows=rows, found=found, cents=cents, bad=found.bad | inexact)


def _decimals(frame: Frame, record: Record, rows: Rows, found: Decoded) -> Column:
    """Return the number of decimals of each record: 2 when it is blank, 0 for the Pacific franc."""
    letters = frame.stream[frame.starts[rows] + record.field("decimales").first - 1]
    given = (letters >= ord("0")) & (letters <= ord("9"))
    return np.where(given, found["decimales"], np.where(np.isin(found["devise"], _NO_DECIMALS), 0, 2))


def _hundredths(amounts: Column, decimals: Column) -> tuple[Column, Mask]:
    """Return the amounts in hundredths, and those that hold less than a hundredth."""
    up = 10 ** np.maximum(2 - decimals, 0)
    down = 10 ** np.maximum(decimals - 2, 0)
    inexact = amounts % down != 0
    return amounts * up // down, inexact


def _releves(outline: _Outline, kinds: dict[str, _Kind], frame: Frame, layout: Layout) -> Releves:
    first = _opening_rows(outline)
    names = ("banque", "guichet", "compte")
    parts = list(zip(*(_compte_field(frame, layout, name, first).tolist() for name in names), strict=True))
    columns: dict[str, Column] = {}
    for code, side, day in (("01", "initial", "du"), ("07", "final", "au")):
        kind = kinds[code]
        good = ~kind.bad
        owner = outline.releves[kind.rows]
        known, cents = np.zeros(outline.count, dtype=np.bool_), np.zeros(outline.count, dtype=np.int64)
        days = np.full(outline.count, np.datetime64("NaT"), dtype="datetime64[D]")
        known[owner[good]], cents[owner[good]], days[owner] = True, kind.cents[good], kind.found["date"]
        columns |= {f"{side}_connu": known, f"{side}_cents": cents, day: days}
    return Releves.of(
        outline.count,
        compte=np.array([compte_of_rib(*map(_ascii, part)).encode() for part in parts], dtype="S"),
        compte_affiche=np.array(["/".join(map(_ascii, part)) for part in parts], dtype=object),
        devise=_currencies(outline, kinds),
        source=np.zeros(outline.count, dtype=np.int32),
        octet=frame.offsets[first],
        **columns,
    )


def _currencies(outline: _Outline, kinds: dict[str, _Kind]) -> Column:
    """Return the currency of each statement: the first that its records give, else the euro."""
    rows = np.concatenate([kind.rows for kind in kinds.values()])
    devises = np.concatenate([kind.found["devise"] for kind in kinds.values()])
    given = devises != b""
    order = np.argsort(rows[given], kind="stable")[::-1]
    found = np.full(outline.count, b"EUR", dtype="S3")
    found[outline.releves[rows[given]][order]] = devises[given][order]
    return found


@attrs.frozen(eq=False)
class _Complements:
    """The 05 records: what they say, of which 04 (its rank among all), and those that go raw."""

    rows: Rows
    mouvements: Rows
    qualifiants: list[str]
    textes: list[str]
    orphans: Rows


def _complements(frame: Frame, outline: _Outline, mouvements: Rows, layout: Layout, log: ProblemLog) -> _Complements:
    """Attach each 05 to the 04 of its account that comes just before, other 05 apart."""
    rows = np.flatnonzero(outline.codes == 5)
    framing = np.flatnonzero(np.isin(outline.codes, (1, 4, 7)))
    before, last = np.searchsorted(mouvements, rows) - 1, np.searchsorted(framing, rows) - 1
    held = before >= 0
    holder = mouvements[before[held]]
    same = outline.comptes[rows[held]] == outline.comptes[holder]
    held[held] = (framing[last[held]] == holder) & same
    qualifiants, textes = _decode_complements(frame, rows[held], layout, log)
    return _Complements(rows[held], before[held], qualifiants, textes, orphans=rows[~held])


def _decode_complements(frame: Frame, rows: Rows, layout: Layout, log: ProblemLog) -> tuple[list[str], list[str]]:
    starts, offsets = frame.starts[rows], frame.offsets[rows]
    new = decode(layout.records["05"], frame.stream, starts, _COMPLEMENT, log, offsets, deciding=())
    qualifiers = [text.decode("latin-1") for text in new["qualifiant"].tolist()]
    texts = [text.decode("latin-1") for text in new["information"].tolist()]
    unknown = np.array([code not in layout.extra["qualifiants"] for code in qualifiers], dtype=np.bool_)
    doubtful = np.flatnonzero(unknown)
    old = decode(
        layout.records["05_ancien"], frame.stream, starts[doubtful], ("information", "montant"), ProblemLog(""),
        deciding=("montant",),
    )  # fmt: skip
    for row, text in zip(doubtful[~old.bad].tolist(), old["information"][~old.bad].tolist(), strict=True):
        qualifiers[row], texts[row] = "", text.decode("latin-1")
    return qualifiers, texts


def _texts(mouvements: _Kind, good: Mask, complements: _Complements, layout: Layout) -> tuple[Column, Column]:
    """Return the payer and the other texts of each line that could be read."""
    lines = [_own_texts(*texts) for texts in _own_columns(mouvements)]
    payers = [""] * len(lines)
    pending: dict[int, str] = {}
    told = (complements.mouvements.tolist(), complements.qualifiants, complements.textes)
    for number, qualifier, text in zip(*told, strict=True):
        if qualifier == "LC2" and number in pending:
            lines[number][-1] = f"LCC: {one_line(_joined(pending.pop(number), text, layout))}"
            continue
        pending.pop(number, None)
        if qualifier == "NPY" and not payers[number]:
            payers[number] = one_line(text.strip())
            continue
        lines[number] += _zones(qualifier, text, layout)
        if qualifier == "LCC" and text.strip():
            pending[number] = text
    kept = np.flatnonzero(good).tolist()
    return _objects(payers[row] for row in kept), _objects("\n".join(lines[row]) for row in kept)


def _own_columns(mouvements: _Kind) -> Iterable[tuple[bytes, ...]]:
    return zip(*(mouvements.found[name].tolist() for name in _OWN_TAGS), strict=True)


def _own_texts(*texts: bytes) -> list[str]:
    """Tag the texts of the 04 itself; zeros are how banks leave a number blank."""
    return [
        f"{tag}: {one_line(text.decode('latin-1').strip())}"
        for tag, text in zip(_OWN_TAGS.values(), texts, strict=True)
        if text.strip().strip(b"0")
    ]


def _zones(qualifier: str, text: str, layout: Layout) -> list[str]:
    """Tag the text of a 05 by its qualifier; a second zone has the same tag and a 2."""
    suite = layout.extra["qualifiants"].get(qualifier, {}).get("suite", CFONB120.length)
    cut = max(0, suite - layout.records["05"].field("information").first)
    tag = one_line(qualifier.strip()) or "05"
    zones = ((tag, text[:cut].strip()), (f"{tag}2", text[cut:].strip()))
    return [f"{name}: {one_line(zone)}" for name, zone in zones if zone]


def _joined(first: str, second: str, layout: Layout) -> str:
    """Join the two lines of a client-to-client label: a full first line may end inside a word."""
    width = layout.records["05"].field("information").width
    return (first + second if len(first) == width else f"{first.rstrip()} {second.strip()}").strip()


def _tell(
    frame: Frame, outline: _Outline, kinds: dict[str, _Kind], unknown: Rows, orphans: Rows, log: ProblemLog
) -> None:
    for offset, record in records(frame, unknown):
        log.add("ENREGISTREMENT_INCONNU", offset=offset, code=record[:2].decode() if record[:2].isdigit() else "??")
    for offset in frame.offsets[orphans].tolist():
        log.add("COMPLEMENT_ORPHELIN", offset=offset, code="05")
    opened, closed = (set(outline.releves[kinds[code].rows].tolist()) for code in ("01", "07"))
    for number, offset in enumerate(_opening_offsets(frame, outline)):
        if number not in opened:
            log.add("DEBUT_ABSENT", offset=int(offset), code="01")
        if number not in closed:
            log.add("FIN_ABSENTE", offset=int(offset), code="07")


def _opening_rows(outline: _Outline) -> Rows:
    """Return the first record of each statement."""
    inside = np.flatnonzero(outline.releves >= 0)
    return inside[np.searchsorted(outline.releves[inside], np.arange(outline.count))]


def _opening_offsets(frame: Frame, outline: _Outline) -> Rows:
    return frame.offsets[_opening_rows(outline)]


def _labels(texts: Column) -> Column:
    return _objects(one_line(text.decode("latin-1").strip()) for text in texts.tolist())


def _objects(texts: Iterable[str]) -> Column:
    return np.array(list(texts), dtype=object)


def _ascii(text: bytes) -> str:
    return text.decode("ascii", "replace").replace("\ufffd", "?").strip()
