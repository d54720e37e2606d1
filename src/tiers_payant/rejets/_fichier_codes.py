"""Code tables as CSV files: read whole or not at all, each fault with its line, its column and its name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tiers_payant.domain import CodeRejet, Confiance, Famille, Faults, Feuille, Row, day_of, unescaped
from tiers_payant.errors import LayoutError, shape
from tiers_payant.rejets._cellules import COLONNES, STUB
from tiers_payant.rejets._lignes import check_resent, cle_of, code_of, famille_of, overlap, portee_of, tidy

__all__ = ["parse_codes", "read_codes"]

_OTHER_NAMES = {
    "organisme": "portee", "payeur": "portee", "scope": "portee", "label": "libelle", "motif": "libelle",
    "family": "famille", "debut": "du", "valid_from": "du", "fin": "au", "valid_to": "au", "confidence": "confiance",
}  # fmt: skip


def read_codes(path: str | Path) -> tuple[CodeRejet, ...]:
    """Read the lines of one file.

    Raises:
        SourceError: It cannot be opened.
        LayoutError: It is no code table: one line per fault, each with its place. Nothing of it is kept then.
    """
    return parse_codes(*_FEUILLE.read(path))


def parse_codes(data: bytes, name: str) -> tuple[CodeRejet, ...]:
    """Read the lines of a file's content.

    Raises:
        LayoutError: As for `read_codes`.
    """
    faults = Faults(name)
    made = [(row.line, line) for row in _FEUILLE.rows(data, faults) if (line := _line(row, faults, name))]
    _check_overlaps(made, faults)
    faults.check()
    return tuple(line for _, line in made)


def _line(row: Row, faults: Faults, name: str) -> CodeRejet | None:
    """Return the line that a row makes; None when it is none, which is told, or a code that waits for its family."""
    values = {column: row.values[column] for column in COLONNES}
    if values["famille"] is None:
        if not row.values["nombre"]:
            row.fault(faults, "famille", "expected a family, got ''")
        return None
    if values["du"] and values["au"] and values["au"] < values["du"]:
        row.fault(faults, "au", "comes before du")
        return None
    line = CodeRejet(**{**values, "source": values["source"] or name})
    try:
        check_resent(line)
    except LayoutError as error:
        row.fault(faults, "famille", str(error))
        return None
    return line


def _check_overlaps(made: Sequence[tuple[int, CodeRejet]], faults: Faults) -> None:
    """Tell each line that says something of a code on a day of which another line of the file already does."""
    by_cle: dict[object, list[tuple[int, CodeRejet]]] = defaultdict(list)
    for number, line in made:
        by_cle[cle_of(line)].append((number, line))
    for lines in by_cle.values():
        ordered = sorted(lines, key=lambda each: (each[1].du or dt.date.min, each[0]))
        before, last = ordered[0]
        for number, line in ordered[1:]:
            if overlap(last, line):
                first, second = sorted((before, number))
                faults.add(f"this scope and code are in force on days of line {first} too", line=second, field="code")
            if (line.au or dt.date.max) >= (last.au or dt.date.max):
                before, last = number, line


# --- cells


def _famille(text: str) -> Famille | None:
    """A code of the list of unknown ones has none yet."""
    return famille_of(text) if text else None


def _day(text: str) -> dt.date | None:
    return day_of(text) if text else None


def _confiance(text: str) -> Confiance:
    try:
        return Confiance(text.upper()) if text else Confiance.BASSE
    except ValueError:
        raise LayoutError(f"expected H, M or L, got '{shape(text)}'") from None


def _text(text: str) -> str:
    return tidy(unescaped(text))


def _code(text: str) -> str:
    return code_of(unescaped(text, digits=True))


_FEUILLE = Feuille(
    nom="code table",
    lecteurs={
        "portee": portee_of, "code": _code, "libelle": _text, "famille": _famille, "du": _day, "au": _day,
        "source": _text, "confiance": _confiance, "nombre": str,
    },
    voulues=("portee", "code", "famille"),
    autres_noms=_OTHER_NAMES,
    passees=STUB,
    fermee=True,
    octets=8 << 20,
)  # fmt: skip
