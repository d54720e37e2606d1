"""A sound plugin, of which the others are spoilt copies: one facture per line, pipes between."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from tiers_payant.domain import Entree, Factures, FormatSpec, Lecture, Source, Tables, hookimpl
from tiers_payant.errors import Location, Problem, shape

__all__ = ["MON_LGO", "of_lines", "problem", "read", "read_parts", "row_of", "spoilt", "texts_of", "write"]

ROW = re.compile(r"([0-9]{9})\|([0-9]{4}-[0-9]{2}-[0-9]{2})\|([0-9A-Z]{1,6})\|([0-9]{1,9})\|([0-9]{1,9})", re.ASCII)
Row = tuple[str, dt.date, str, str, int]


def sniff(head: bytes) -> float:
    return 1.0 if head.removeprefix(b"\xef\xbb\xbf").startswith(b"MONLGO|") else 0.0


def texts_of(content: bytes) -> list[str]:
    return [line.strip("\0") for line in re.split(r"\r\n|\r|\n", content.decode("utf-8-sig", "replace"))]


def row_of(text: str) -> Row | None:
    found = ROW.fullmatch(text)
    try:
        return (found[1], dt.date.fromisoformat(found[2]), found[3], found[4], int(found[5])) if found else None
    except ValueError:
        return None


def problem(file: str, line: int, text: str) -> Problem:
    told = {"attendu": "5 champs", "forme": shape(text)}
    return Problem(code="VALEUR_ATTENDUE", at=Location(file=file, line=line), params=told)


def of_lines(
    entree: Entree, lines: list[tuple[int, str]], *, parse: Callable[[str], Row | None] = row_of,
    told: Callable[[str, int, str], Problem] = problem,
) -> Lecture:  # fmt: skip
    rows, problems = [], []
    for line, text in lines:
        row = parse(text) if line > 1 else None
        if row is not None:
            rows.append(row)
        elif text and not (line == 1 and text.startswith("MONLGO|")):
            problems.append(told(entree.nom, line, text))
    return Lecture(tables_of(entree.nom, rows), problems)


def tables_of(nom: str, rows: list[Row]) -> Tables:
    columns: Any = zip(*rows, strict=True) if rows else [()] * 5
    officine, lot_date, lot, facture, cents = columns
    factures = Factures.of(
        len(rows), officine=officine, lot_date=lot_date, lot=lot, facture=facture, part_amo_cents=cents,
        paiement=["05"] * len(rows), source=[0] * len(rows),
    )  # fmt: skip
    return Tables(sources=(Source(nom=nom, format="mon-lgo"),), factures=factures)


def read(entree: Entree) -> Lecture:
    return of_lines(entree, list(enumerate(texts_of(bytes(entree.octets)), start=1)))


def read_parts(entree: Entree, octets: int) -> Iterator[Lecture]:
    with entree.flux() as stream:
        kept: list[tuple[int, str]] = []
        for line, raw in enumerate(io.BufferedReader(stream), start=1):  # type: ignore[type-var]
            kept.append((line, texts_of(raw)[0]))
            if len(kept) * 40 >= octets:
                yield of_lines(entree, kept)
                kept = []
        yield of_lines(entree, kept)


def write(tables: Tables, out: Any) -> None:
    out.write(b"MONLGO|1\n")
    for number in range(len(tables.factures)):
        row = tables.factures.row(number)
        fields = (row["officine"], row["lot_date"], row["lot"], row["facture"], row["part_amo_cents"])
        out.write(("|".join(map(str, fields)) + "\n").encode())


MON_LGO = FormatSpec(
    name="mon-lgo", label="Export de mon LGO", sniff=sniff, read=read, read_parts=read_parts, write=write,
    provider="mon-lgo",
)  # fmt: skip


@hookimpl
def tiers_payant_formats() -> list[FormatSpec]:
    return [MON_LGO]


def spoilt(name: str, **changes: Any) -> Any:
    """The hook of a plugin whose format is this one, but for its name and *changes*."""
    spec = attrs.evolve(MON_LGO, **{"name": name, "read_parts": None, "write": None, **changes})

    @hookimpl
    def tiers_payant_formats() -> list[FormatSpec]:
        return [spec]

    return tiers_payant_formats
