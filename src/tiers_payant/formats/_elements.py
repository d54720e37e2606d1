"""Files of fixed records as elements to look at: each field at its columns, masked."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from tiers_payant.domain import ChampLu, Controle, Element, Entree, Lecture, ProblemLog
from tiers_payant.errors import Location, shape
from tiers_payant.formats._b2_structure import LENGTH, find_records, record_name
from tiers_payant.formats._cfonb_frame import CFONB120, CFONB240, Shape, frame, openings
from tiers_payant.formats._choix import chosen_layout
from tiers_payant.formats._layout import Layout, Record
from tiers_payant.formats._noemie_cadrage import CADRAGES, unframe
from tiers_payant.formats._noemie_entites import cut

__all__ = ["b2_elements", "cfonb120_elements", "cfonb240_elements", "noemie_elements"]

_BLANKS = b" \0"
_BROKEN = "ligne qui n'est pas un enregistrement"


def _fields_of(record: Record | None, raw: bytes) -> tuple[ChampLu, ...]:
    """Read the fields of one record; one that no layout knows is one field."""
    if record is None:
        return (ChampLu(id="?", forme=shape(raw), first=1, last=len(raw)),)
    return tuple(
        ChampLu(
            id=field.id,
            forme=shape(raw[field.first - 1 : field.last].rstrip(_BLANKS)),
            first=field.first,
            last=field.last,
            label=field.label,
            confiance=field.confidence,
        )
        for field in record.fields
    )


def _named(layout: Layout, code: str) -> tuple[Record | None, str]:
    """Return the layout of a record and what to call it; some records are known by name only."""
    record = layout.records.get(code)
    if record is not None:
        return record, record.label
    known = layout.extra.get("sans_layout", {}).get(code, {})
    return None, known.get("label", "inconnu")


def _broken(at: Location, raw: bytes) -> Element:
    return Element(profondeur=3, code="?", at=at, nom=_BROKEN, champs=partial(_fields_of, None, raw))


# --- B2

_B2_DEPTHS = {"000": 0, "1": 1, "2": 2, "6": 2, "999": 1}
_B2_INSIDE = 3


def b2_elements(entree: Entree, lecture: Lecture) -> Iterator[Element]:
    """Yield the records of a B2 file: 000, lots of 1, factures of 2 with their 3 to 5, 6, 999."""
    layout = chosen_layout("b2", entree, ProblemLog(entree.nom))
    stream = np.frombuffer(entree.octets, dtype=np.uint8)
    found = find_records(stream, ProblemLog(entree.nom))
    kept = set(lecture.tables.factures.octet.tolist())
    pieces = [(start, start + LENGTH) for start in found.starts.tolist()]
    facture = -1
    for start, end in sorted([*pieces, *found.odd]) if found.odd else pieces:
        at = Location(file=entree.nom, offset=start)
        raw = stream[start:end].tobytes()
        if end - start != LENGTH:
            yield _broken(at, raw)
            continue
        code = record_name(raw)
        facture = start if code == "2" else facture
        record, nom = _named(layout, code)
        yield Element(
            profondeur=_B2_DEPTHS.get(code, _B2_INSIDE),
            code=code,
            at=at,
            nom=nom,
            controle=_b2_control(code, at, facture, known=facture in kept),
            champs=partial(_fields_of, record, raw),
        )


def _b2_control(code: str, at: Location, facture: int, *, known: bool) -> Controle | None:
    """Types 6 and 999 answer for themselves; what a type 5 controls is told at its facture, when that was read."""
    if code == "5":
        return Controle(at=Location(file=at.file, offset=facture), fait=known)
    return Controle(at=at) if code in ("6", "999") else None


# --- NOÉMIE

_CLOSE = b"990"


def noemie_elements(entree: Entree, lecture: Lecture) -> Iterator[Element]:
    """Yield the records and entities of NOÉMIE returns, each at the depth that the levels of the file give it."""
    log = ProblemLog(entree.nom)
    layout = chosen_layout("noemie", entree, log)
    cadrage = entree.options.get("cadrage", "")
    data = np.frombuffer(entree.octets, dtype=np.uint8)
    flux = unframe(data, layout, log, cadrage if cadrage in CADRAGES else "")
    entites = cut(flux, layout, log)
    fixed = deque(zip(flux.debuts.tolist(), flux.octets.tolist(), (row.tobytes() for row in flux.fixes), strict=True))
    octets = flux.to_file(entites.debuts).tolist()
    open_levels: list[int] = []
    spans = zip(entites.debuts.tolist(), entites.fins.tolist(), strict=True)
    for number, (debut, fin) in enumerate(spans):
        while fixed and fixed[0][0] <= debut:
            yield _fixed(entree, layout, *fixed.popleft()[1:])
            open_levels.clear()
        level = int(entites.niveaux[number])
        while level >= 0 and open_levels and open_levels[-1] >= level:
            open_levels.pop()
        raw = flux.data[debut : fin + 1].tobytes()
        at = Location(file=entree.nom, offset=octets[number])
        yield _entity(layout, raw, at, len(open_levels) + 1, level, readable=bool(entites.lisibles[number]))
        if level >= 0 and not raw.startswith(_CLOSE):
            open_levels.append(level)
    for _, octet, raw in fixed:
        yield _fixed(entree, layout, octet, raw)


def _entity(layout: Layout, raw: bytes, at: Location, depth: int, level: int, *, readable: bool) -> Element:
    code = raw[:3].decode("ascii") if raw[:3].isdigit() else "?"
    record, nom = _named(layout, code)
    return Element(
        profondeur=depth,
        code=code,
        at=at,
        nom=nom,
        niveau=f"{level:02d}" if level >= 0 else "",
        controle=Controle(at=at, fait=readable) if raw.startswith(_CLOSE) else None,
        champs=partial(_fields_of, record if readable else None, raw),
    )


def _fixed(entree: Entree, layout: Layout, octet: int, raw: bytes) -> Element:
    code = raw[:3].decode("ascii")
    at = Location(file=entree.nom, offset=octet)
    record, nom = _named(layout, code)
    is_end = code == "999"
    return Element(
        profondeur=1 if is_end else 0,
        code=code,
        at=at,
        nom=nom,
        controle=Controle(at=at) if is_end else None,
        champs=partial(_fields_of, record, raw),
    )


# --- CFONB

_CFONB120_DEPTHS = {"01": 0, "04": 1, "05": 2, "07": 1}
_CFONB240_DEPTHS = {"31": 0, "34": 1, "39": 1}


def cfonb120_elements(entree: Entree, lecture: Lecture) -> Iterator[Element]:
    """Yield the records of a CFONB 120 file: 01 opens an account, 07 closes it; 05 complete the 04 above."""
    return _cfonb_elements(entree, "cfonb120", CFONB120, _CFONB120_DEPTHS)


def cfonb240_elements(entree: Entree, lecture: Lecture) -> Iterator[Element]:
    """Yield the records of a CFONB 240 file: 31, then its 34, then 39."""
    return _cfonb_elements(entree, "cfonb240", CFONB240, _CFONB240_DEPTHS)


def _cfonb_elements(entree: Entree, name: str, kind: Shape, depths: Mapping[str, int]) -> Iterator[Element]:
    found = frame(entree.octets, kind)
    layout = chosen_layout(name, entree, ProblemLog(entree.nom), next(openings(found), b""))
    places = zip(found.starts.tolist(), found.offsets.tolist(), strict=True)
    records = [(offset, found.stream[start : start + kind.length].tobytes()) for start, offset in places]
    opening = -1
    for offset, raw in sorted([*records, *found.broken]) if found.broken else records:
        at = Location(file=entree.nom, offset=offset)
        code = raw[:2].decode("ascii", "replace")
        if len(raw) != kind.length or code.encode() not in kind.codes:
            yield _broken(at, raw)
            continue
        opening = offset if code == "01" else opening
        record, nom = _named(layout, code)
        control = Controle(at=Location(file=entree.nom, offset=opening), fait=opening >= 0) if code == "07" else None
        yield Element(
            profondeur=depths.get(code, 2),
            code=code,
            at=at,
            nom=nom,
            controle=control,
            champs=partial(_fields_of, record, raw),
        )
